"""What the Studio keeps for itself: registrations of agents and the mail that waits for them.

These tables are managed by migrations and live in the database `studio` (alias `default`), which
is backed up; the index is not. Times are Unix seconds, as everywhere in the log store. Sizes are
bounded by `llmlogs.network`, the only code that writes here.
"""

from django.db import models

AGENT_ID_CHARS = 200


class AgentRegistration(models.Model):
    """One client that registered under an agent id; several processes may share one id."""

    id = models.BigAutoField(primary_key=True)
    agent_id = models.CharField(max_length=AGENT_ID_CHARS)
    secret_hash = models.CharField(max_length=64, unique=True)
    """sha256 of the secret, in hex; the secret itself is told to the client only."""
    metadata = models.TextField(default="{}")
    """What the client said about itself, as a JSON object."""
    registered_at = models.FloatField()
    last_seen_at = models.FloatField(db_index=True)
    """When the client last proved its secret, to the minute."""

    class Meta:
        indexes = (models.Index(fields=["agent_id", "last_seen_at"], name="registration_agent"),)


class MailboxItem(models.Model):
    """An event that waits until its agent polls; ids give the order of arrival."""

    id = models.BigAutoField(primary_key=True)
    agent_id = models.CharField(max_length=AGENT_ID_CHARS)
    event_bytes = models.IntegerField()
    event = models.TextField()
    """The event as its receiver will get it: a JSON object."""
    received_at = models.FloatField(db_index=True)

    class Meta:
        # Covers the sums that keep mailboxes bounded.
        indexes = (models.Index(fields=["agent_id", "id", "event_bytes"], name="mailbox_agent"),)


class AgentDelivery(models.Model):
    """The newest delivery receipt of one process of an agent, times by the Studio's clock.

    Receipts of an agent add up. The row whose `instance` is "" is the sum of processes too many to
    be kept apart.
    """

    id = models.BigAutoField(primary_key=True)
    agent_id = models.CharField(max_length=AGENT_ID_CHARS)
    instance = models.CharField(max_length=64)
    spool = models.CharField(max_length=64)
    """Whose `waiting` this row tells; "" if the process looks after no spool."""
    started_at = models.FloatField()
    received_at = models.FloatField(db_index=True)
    lost_at = models.FloatField(null=True, db_index=True)
    """When an entry was lost last, None if none was."""
    processes = models.IntegerField()
    written = models.BigIntegerField()
    delivered = models.BigIntegerField()
    waiting = models.BigIntegerField(db_index=True)
    dropped = models.TextField()
    """Reasons with their counts, as a JSON object."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["agent_id", "instance"], name="delivery_process"),
        )
