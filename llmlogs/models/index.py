"""The index: everything the JSONL files say, with every message stored once.

The worker writes these tables (`llmlogs.ingest`), everybody else reads them through the ORM on a
read-only connection. They are unmanaged: a generation of the index is one SQLite file whose tables
are made from these classes when the file is begun, and a change of this page means a new
generation (`SCHEMA_VERSION`), never a migration.

How an entry is laid out:

    IndexedEntry ──system_ref──▶ Message            the leading system message, if there is one
        │ ├────────node_ref────▶ PromptNode ─message_ref─▶ Message     the last of the prompt
        │ │                          └─parent_ref─▶ PromptNode … 0     its path is the prompt
        │ ├────────tools_ref───▶ Message            the whole list of tools, as one JSON text
        │ └────────answer_ref──▶ Message            the entry's own text, for search; without JSON
        │                                           until the next prompt repeats it as a message
        └─ same id ─▶ EntryBody                     the entry without messages and tools

References are plain integers (0 is the root of the prompt tree, NULL is "none"): the index is
derived, and a foreign key would cost a look-up on each of its inserts. Keys are 16-byte blake2b
digests, because ids and names from the outside may be of any length.
"""

from django.db import models

SCHEMA_VERSION = 8
"""Raised with every change of this page or of what the indexer writes; an index with another
version is rebuilt from the files."""

KEY_BYTES = 16

MAX_NAME_CHARS = 1_000
"""Of a name as it is stored to be shown; its key is that of the whole name."""


class IndexTable(models.Model):
    class Meta:
        abstract = True


class IndexState(IndexTable):
    """One row (id 1): where the worker stands. Times are Unix seconds."""

    id = models.IntegerField(primary_key=True)
    schema_version = models.IntegerField()
    generation = models.IntegerField()
    retention_seconds = models.FloatField()
    """Lines that were older when they were read, or have become so since, were left out."""
    last_sequence = models.IntegerField(default=0)
    last_message_ref = models.IntegerField(default=0)
    last_node_ref = models.IntegerField(default=0)
    """Highest ids ever given: readers keep arrays by id, so an id is never used twice."""
    last_indexed_at = models.FloatField(null=True)
    """When the newest batch was committed."""
    heartbeat_at = models.FloatField(null=True)
    """When the worker last looked at the files."""
    lag_bytes = models.IntegerField(default=0)
    """Bytes in the files that are not in the index yet."""
    total_bytes = models.IntegerField(default=0)
    is_complete = models.BooleanField(default=False)
    """False while a new index is being filled."""
    logs_folder_error = models.TextField(default="")
    """Why `logs/llm` cannot be read, or empty."""
    rejected_lines = models.IntegerField(default=0)
    repaired_lines = models.IntegerField(default=0)
    """Lines served although a value was NaN, a lone surrogate or of an unexpected type."""
    next_file_name = models.TextField(default="")
    next_file_goes_at = models.FloatField(null=True)
    """The file that retention deletes next, and when."""
    spared_files = models.IntegerField(default=0)
    """Files that are too old and stay only because the workspace was opened a short while ago."""
    rebuild_done_bytes = models.IntegerField(default=0)
    rebuild_total_bytes = models.IntegerField(default=0)
    """Progress of the next generation, both 0 when none is being built."""

    class Meta:
        managed = False
        db_table = "index_state"


class LogFile(IndexTable):
    """A file of `logs/llm` and the position up to which it has been read."""

    id = models.IntegerField(primary_key=True)
    name = models.TextField()
    device = models.IntegerField()
    inode = models.TextField()
    """Text: an inode number may have 64 bits without a sign."""
    fingerprint = models.BinaryField()
    fingerprint_bytes = models.IntegerField()
    """The fingerprint was taken of this many first bytes of the file."""
    offset = models.IntegerField(default=0)
    lines = models.IntegerField(default=0)
    rejected = models.IntegerField(default=0)
    is_gone = models.BooleanField(default=False)
    """Deleted, truncated or replaced: its entries are being taken out in steps."""
    last_timestamp = models.FloatField(null=True)
    """Effective time of the last line read; the next line without one inherits it."""
    oldest_timestamp = models.FloatField(null=True)
    newest_timestamp = models.FloatField(null=True)

    class Meta:
        managed = False
        db_table = "log_file"


class RejectedLine(IndexTable):
    """A line that is not an entry, kept for people to look at."""

    id = models.IntegerField(primary_key=True)
    file_ref = models.IntegerField()
    offset = models.IntegerField()
    line_bytes = models.IntegerField()
    reason = models.TextField()
    excerpt = models.TextField()
    seen_at = models.FloatField()

    class Meta:
        managed = False
        db_table = "rejected_line"
        indexes = (models.Index(fields=["file_ref"], name="rejected_line_file"),)


class RepeatedLine(IndexTable):
    """A further line of an entry that is indexed already; it steps in if the first one goes."""

    id = models.IntegerField(primary_key=True)
    entry_ref = models.IntegerField()
    file_ref = models.IntegerField()
    offset = models.IntegerField()
    line_bytes = models.IntegerField()
    timestamp = models.FloatField()
    """Effective time, as in `IndexedEntry`."""

    class Meta:
        managed = False
        db_table = "repeated_line"
        indexes = (
            models.Index(fields=["entry_ref"], name="repeated_line_entry"),
            models.Index(fields=["file_ref"], name="repeated_line_file"),
        )


class Name(IndexTable):
    """A name stored once: `key` digests the whole name, `name` is its first 1,000 characters."""

    id = models.IntegerField(primary_key=True)
    key = models.BinaryField(unique=True)
    name = models.TextField()

    class Meta:
        abstract = True


class Agent(Name):
    class Meta:
        managed = False
        db_table = "agent"


class ModelName(Name):
    class Meta:
        managed = False
        db_table = "model_name"


class Provider(Name):
    class Meta:
        managed = False
        db_table = "provider"


class Message(IndexTable):
    """One distinct message, list of tools, or text of an answer."""

    id = models.IntegerField(primary_key=True)
    key = models.BinaryField(unique=True)
    """Digest of kind and JSON (or, without JSON, of the text)."""
    # SQLite reads a row from its front: the small before the large, and a picture's text before
    # its megabytes of JSON, which a search need not pass.
    answer_key = models.BinaryField(null=True)
    """For an assistant message: the digest that the call which answered so carries as well."""
    text = models.TextField()
    """What a person would read in it, folded for search (`llmlogs.searchtext`)."""
    json = models.BinaryField(null=True)
    """The exact JSON value, packed (`indexdb.packing`), cache markers taken out; NULL for the text
    of an answer that no prompt has repeated yet."""

    class Meta:
        managed = False
        db_table = "message"
        indexes = (
            models.Index(
                fields=["answer_key"],
                name="message_answer",
                condition=models.Q(answer_key__isnull=False),
            ),
        )


class LongText(IndexTable):
    """What the full-text index was given for a very long text; `id` is the message's."""

    id = models.IntegerField(primary_key=True)
    trigrams = models.TextField()
    """Each of its trigrams once (`indexdb.fulltext.distinct_trigrams`): needed to delete it."""

    class Meta:
        managed = False
        db_table = "long_text"


class PromptNode(IndexTable):
    """A step of the prompt tree: `message_ref` said after everything up to `parent_ref`.

    `parent_ref` is always smaller than `id` (0 is the root, which has no row), so one pass over
    the nodes in the order of their ids meets every parent before its children.
    """

    id = models.IntegerField(primary_key=True)
    parent_ref = models.IntegerField()
    message_ref = models.IntegerField()

    class Meta:
        managed = False
        db_table = "prompt_node"
        indexes = (models.Index(fields=["message_ref"], name="prompt_node_message"),)
        constraints = (
            models.UniqueConstraint(fields=["parent_ref", "message_ref"], name="node_step"),
        )


class IndexedEntry(IndexTable):
    """The narrow row of an entry: what lists, filters and sums need. `id` is its sequence."""

    id = models.IntegerField(primary_key=True)
    log_key = models.BinaryField()
    """Digest of `log_id`."""
    agent_ref = models.IntegerField()
    model_ref = models.IntegerField(null=True)
    provider_ref = models.IntegerField(null=True)
    timestamp = models.FloatField()
    """Effective time in Unix seconds: the entry's own, else by the rule of contract 1."""
    indexed_at = models.FloatField()
    latency_ms = models.FloatField(null=True)
    input_tokens = models.IntegerField(null=True)
    output_tokens = models.IntegerField(null=True)
    total_tokens = models.IntegerField()
    """As lists show it: reported, else input + output, else 0."""
    has_error = models.BooleanField()
    has_tool_calls = models.BooleanField()
    session_key = models.BinaryField(null=True)
    system_ref = models.IntegerField(null=True)
    node_ref = models.IntegerField()
    tools_ref = models.IntegerField(null=True)
    answer_ref = models.IntegerField(null=True)
    answer_key = models.BinaryField(null=True)
    message_count = models.IntegerField()
    file_ref = models.IntegerField()
    offset = models.IntegerField()
    line_bytes = models.IntegerField()

    class Meta:
        managed = False
        db_table = "entry"
        constraints = (
            models.UniqueConstraint(fields=["log_key", "agent_ref"], name="entry_identity"),
        )
        indexes = (
            # Covers every filter but the session: a walk in the list's order without the table.
            models.Index(
                fields=[
                    "timestamp",
                    "id",
                    "agent_ref",
                    "model_ref",
                    "provider_ref",
                    "has_error",
                    "latency_ms",
                ],
                name="entry_facts",
            ),
            # Covers every sum: its order has the groups side by side, so that nothing is sorted.
            models.Index(
                fields=[
                    "agent_ref",
                    "model_ref",
                    "provider_ref",
                    "has_error",
                    "timestamp",
                    "latency_ms",
                    "input_tokens",
                    "output_tokens",
                    "total_tokens",
                ],
                name="entry_sums",
            ),
            models.Index(fields=["agent_ref", "timestamp", "id"], name="entry_agent"),
            models.Index(fields=["model_ref", "timestamp", "id"], name="entry_model"),
            models.Index(
                fields=["session_key", "timestamp", "id"],
                name="entry_session",
                condition=models.Q(session_key__isnull=False),
            ),
            models.Index(
                fields=["answer_key", "timestamp"],
                name="entry_answer_key",
                condition=models.Q(answer_key__isnull=False),
            ),
            models.Index(fields=["node_ref", "timestamp"], name="entry_node"),
            models.Index(fields=["answer_ref"], name="entry_answer"),
            models.Index(
                fields=["system_ref"],
                name="entry_system",
                condition=models.Q(system_ref__isnull=False),
            ),
            models.Index(
                fields=["tools_ref"],
                name="entry_tools",
                condition=models.Q(tools_ref__isnull=False),
            ),
            models.Index(fields=["file_ref"], name="entry_file"),
        )


class EntryBody(IndexTable):
    """The rest of an entry; `id` is the entry's sequence."""

    id = models.IntegerField(primary_key=True)
    log_id = models.TextField(null=True)
    """Only where the entry has no usable one of its own: the hash of its line."""
    json = models.BinaryField()
    """The entry as JSON, its keys in their order; where a list of messages or tools was taken out
    stands null (`llmlogs.ingest.layout` and `llmlogs.queries.assemble` are the two ends)."""
    is_prompt_taken = models.BooleanField()
    is_tools_taken = models.BooleanField()
    markers = models.BinaryField(null=True)
    """Cache markers taken out of the messages: JSON `[[message index, path, value], …]`."""
    preview = models.TextField()
    """First 100 characters of the newest message, with "…" if it was cut."""

    class Meta:
        managed = False
        db_table = "entry_body"
