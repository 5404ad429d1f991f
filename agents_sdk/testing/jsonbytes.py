"""JSON as servers write it: UTF-8, with escapes for what UTF-8 cannot carry."""

import json
from typing import Any


def json_bytes(value: Any) -> bytes:
    """
    >>> json_bytes(["Köln", "\\ud83d"])
    b'["K\\\\u00f6ln", "\\\\ud83d"]'
    """
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(value).encode()
