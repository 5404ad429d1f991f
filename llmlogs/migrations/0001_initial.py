"""The tables of the database `studio`.

The tables of the index stand here by name only: they are unmanaged, their columns are the business
of the index's schema version, and Django wants to know no more of them than that they exist.
"""

from django.db import migrations, models

INDEX_TABLES = {
    "Agent": "agent",
    "EntryBody": "entry_body",
    "IndexState": "index_state",
    "IndexedEntry": "entry",
    "LogFile": "log_file",
    "Message": "message",
    "ModelName": "model_name",
    "PromptNode": "prompt_node",
    "Provider": "provider",
    "RejectedLine": "rejected_line",
    "RepeatedLine": "repeated_line",
}


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []

    operations = [
        *(
            migrations.CreateModel(
                name=name,
                fields=[("id", models.IntegerField(primary_key=True, serialize=False))],
                options={"db_table": table, "managed": False},
            )
            for name, table in INDEX_TABLES.items()
        ),
        migrations.CreateModel(
            name="AgentRegistration",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("agent_id", models.CharField(max_length=200)),
                ("secret_hash", models.CharField(max_length=64, unique=True)),
                ("metadata", models.TextField(default="{}")),
                ("registered_at", models.FloatField()),
                ("last_seen_at", models.FloatField(db_index=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["agent_id", "last_seen_at"], name="registration_agent")
                ],
            },
        ),
        migrations.CreateModel(
            name="MailboxItem",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("agent_id", models.CharField(max_length=200)),
                ("event_bytes", models.IntegerField()),
                ("event", models.TextField()),
                ("received_at", models.FloatField(db_index=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["agent_id", "id", "event_bytes"], name="mailbox_agent")
                ],
            },
        ),
    ]
