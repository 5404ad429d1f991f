r"""JSON with its commonest phrases shortened to one byte: what makes the index a tenth smaller.

An entry is mostly the names of its keys. JSON without white space never holds a raw control
character (inside strings they are escaped), so each of them can stand for a phrase, and packing is
undone exactly, whatever the text says. Decision 0005 has the figures beside those of zlib.

>>> pack_message(b'{"role":"user","content":"hi"}')
b'\x19hi"}'
>>> unpack_message(b'\x19hi"}')
b'{"role":"user","content":"hi"}'
"""

MAX_PACKED_BYTES = 65_536
"""Longer JSON is stored as it is: there the phrases are nothing beside the text, and it can be read
into its place."""

_ENTRY_PHRASES = (
    b'{"log_id":"',
    b'","agent_id":"',
    b'","timestamp":',
    b',"model_name":"',
    b'","provider":"',
    b'","messages":null,"tools":null,"completion":"',
    b'","tool_calls":null,"latency_ms":',
    b'","tool_calls":[{"id":"',
    b',"input_tokens":',
    b',"output_tokens":',
    b',"total_tokens":',
    b',"error":null',
    b',"latency_ms":',
    b'","name":"',
    b'","arguments":"{\\"',
    b',"finish_reason":"',
    b',"time_to_first_token_ms":',
    b',"usage":{"prompt_tokens":',
    b',"completion_tokens":',
    b',"trace_id":"',
    b'","span_id":"',
    b',"response_model":"',
    b',"cache_read_tokens":',
    b',"reasoning_tokens":',
)
_MESSAGE_PHRASES = (
    b'{"role":"user","content":"',
    b'{"role":"assistant","content":"',
    b'{"role":"assistant","content":null,"tool_calls":[{"id":"',
    b'{"role":"tool","tool_call_id":"',
    b'","content":"',
    b'","type":"function","function":{"name":"',
    b'","tool_calls":',
)
PHRASES = (*_ENTRY_PHRASES, *_MESSAGE_PHRASES)
"""Position n has code n + 1. A change means a new `SCHEMA_VERSION`."""

_CODES = tuple((bytes([number]), phrase) for number, phrase in enumerate(PHRASES, start=1))
_ENTRY_CODES = _CODES[: len(_ENTRY_PHRASES)]
_MESSAGE_CODES = _CODES[len(_ENTRY_PHRASES) :]


def pack_entry(json: bytes) -> bytes:
    """Shorten an entry without its messages, as `codec.dumps` writes it: compact JSON."""
    return _pack(json, _ENTRY_CODES)


def pack_message(json: bytes) -> bytes:
    """Shorten a message or a list of tools, compact JSON as well."""
    return _pack(json, _MESSAGE_CODES)


def unpack_entry(stored: bytes) -> bytes:
    """The JSON that `pack_entry` was given."""
    return _unpack(stored, _ENTRY_CODES)


def unpack_message(stored: bytes) -> bytes:
    """The JSON that `pack_message` was given. A prompt has a thousand of them, so only the codes
    that can occur are looked for."""
    return _unpack(stored, _MESSAGE_CODES)


def _pack(json: bytes, codes: tuple[tuple[bytes, bytes], ...]) -> bytes:
    if len(json) > MAX_PACKED_BYTES:
        return json
    for code, phrase in codes:
        json = json.replace(phrase, code)
    return json


def _unpack(stored: bytes, codes: tuple[tuple[bytes, bytes], ...]) -> bytes:
    if len(stored) > MAX_PACKED_BYTES:
        return stored
    for code, phrase in codes:
        stored = stored.replace(code, phrase)
    return stored
