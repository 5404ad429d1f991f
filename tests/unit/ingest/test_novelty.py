"""What was never added may be called new; what was added never is."""

from hashlib import blake2b

from llmlogs.ingest.novelty import Novelty


def key(number: int) -> bytes:
    return blake2b(str(number).encode(), digest_size=16).digest()


def test_what_was_added_is_never_new_and_what_was_not_nearly_always() -> None:
    novelty = Novelty(is_complete=True)
    novelty.add(map(key, range(20_000)))
    assert not any(novelty.is_new(key(number)) for number in range(20_000))
    assert sum(novelty.is_new(key(number)) for number in range(20_000, 40_000)) > 19_900


def test_nothing_is_new_where_not_all_was_seen() -> None:
    novelty = Novelty(is_complete=False)
    novelty.add([key(1)])
    assert not novelty.is_new(key(2))
