"""The table of delivery receipts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("llmlogs", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="AgentDelivery",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("agent_id", models.CharField(max_length=200)),
                ("instance", models.CharField(max_length=64)),
                ("spool", models.CharField(max_length=64)),
                ("started_at", models.FloatField()),
                ("received_at", models.FloatField(db_index=True)),
                ("lost_at", models.FloatField(null=True, db_index=True)),
                ("processes", models.IntegerField()),
                ("written", models.BigIntegerField()),
                ("delivered", models.BigIntegerField()),
                ("waiting", models.BigIntegerField(db_index=True)),
                ("dropped", models.TextField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["agent_id", "instance"], name="delivery_process"
                    )
                ],
            },
        ),
    ]
