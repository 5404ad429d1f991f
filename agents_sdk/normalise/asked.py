"""Parameters and tools of a call, written as they are recorded: without keys to other systems, with
large media named instead of carried.
"""

from typing import Any

from agents_sdk.codec import EncodedJson
from agents_sdk.normalise.media import may_hold_media, with_bounded_media
from agents_sdk.normalise.secrets import without_secrets

MAX_KNOWN = 256
_without_keys: set[int] = set()
"""Hashes of what was written before and holds no key. The tools of an agent are the same in every
call, and looking through ten of them takes ten times as long as knowing them again."""


def encoded(asked: Any) -> EncodedJson:
    written = EncodedJson(asked)
    known = hash(written.data)
    if known not in _without_keys:
        clean = without_secrets(asked)
        if clean is asked:
            _remember(known)
        else:
            asked, written = clean, EncodedJson(clean)
    # They rarely hold media, which is seen sooner in what is encoded.
    return EncodedJson(with_bounded_media(asked)) if may_hold_media(written.data) else written


def _remember(known: int) -> None:
    if len(_without_keys) >= MAX_KNOWN:
        _without_keys.clear()
    _without_keys.add(known)
