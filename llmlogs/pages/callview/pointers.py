"""JSON pointers (RFC 6901): how a page names a value inside an entry."""

MAX_POINTER_CHARS = 4_000
MAX_STEPS = 500


def child(pointer: str, step: str | int) -> str:
    """
    >>> child("/messages/3", "a/b~c")
    '/messages/3/a~1b~0c'
    """
    return f"{pointer}/{str(step).replace('~', '~0').replace('/', '~1')}"


def steps(pointer: str) -> list[str] | None:
    """The steps of a pointer; None if it is none, or absurdly long.

    >>> steps(""), steps("/messages/3"), steps("messages")
    ([], ['messages', '3'], None)
    """
    if pointer == "":
        return []
    if not pointer.startswith("/") or len(pointer) > MAX_POINTER_CHARS:
        return None
    found = [part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/")]
    return found if len(found) <= MAX_STEPS else None


def as_index(step: str) -> int | None:
    """A step into a list.

    >>> as_index("12"), as_index("-1"), as_index("٣")
    (12, None, None)
    """
    return int(step) if step.isascii() and step.isdecimal() and len(step) < 10 else None
