"""A text as a stream brings it: in at most so many pieces, which keeps the demo light."""

MAX_PIECES = 24
_MIN_PIECE_CHARS = 6


def in_pieces(text: str) -> list[str]:
    """The text cut into pieces of about one size; none for no text."""
    size = max(_MIN_PIECE_CHARS, -(-len(text) // MAX_PIECES))
    return [text[start : start + size] for start in range(0, len(text), size)]
