"""Entries on their way to a server: on the disk first, then over the wire.

log_call ─▶ writer ─▶ {spool}/{agent}.{server}/entries.jsonl
                               │  set aside: entries_20251208_120000.jsonl
                      reader ◀─┘  position.json: how much of it was acknowledged
                         │
                      shipper ─▶ reporter ─▶ POST /api/send_event
"""
