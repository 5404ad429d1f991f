"""What agents say over HTTP, and the only code that accepts it.

In: requests of the network protocol (docs/network.md). Out: lines of JSONL, registrations, mail.
A request passes `views` (thin), `bodies` (bytes to an object), `events` (an object to an `Event`),
`dispatch` (who may, and what it does), then `receiver`, `mailbox` or `registry`.
"""
