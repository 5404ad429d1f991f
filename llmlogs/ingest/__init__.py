"""From lines of JSONL to rows of the index: the only code that writes the index.

    files ──▶ scan ──▶ follower ──▶ indexer ──▶ writer ──▶ index
                        (reader)   (entry_rows: prompt_starts, layout, facts, store_once)
                 ▲                     │
                 └───── positions ◀────┘   saved in the transaction of the rows

`generation` holds these together for one index file; `rebuild` asks for the next. `removal` takes
out what has left the files or is too old, `upkeep` rotates and deletes the files themselves. The
worker (`llmlogs.worker`) calls all of them in bounded steps.
"""
