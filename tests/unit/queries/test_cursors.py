import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmlogs.queries.cursors import Cursor, InvalidCursor


@given(
    generation=st.integers(0, 10**15),
    timestamp=st.floats(allow_nan=False, allow_infinity=False),
    sequence=st.integers(0, 10**17),
)
def test_a_cursor_comes_back_exactly(generation: int, timestamp: float, sequence: int) -> None:
    cursor = Cursor(generation, timestamp, sequence)
    assert Cursor.decode(cursor.encode()) == cursor
    assert cursor.encode().replace("-", "").replace("_", "").isalnum()


@given(text=st.text(max_size=60))
def test_any_text_is_a_cursor_or_refused(text: str) -> None:
    try:
        cursor = Cursor.decode(text)
    except InvalidCursor:
        return
    assert Cursor.decode(cursor.encode()) == cursor


@pytest.mark.parametrize("plain", [b"g7/nan/1", b"g7/1e999/1", b"g7/-/1", b"g7/1.5", b"\xff"])
def test_a_damaged_cursor_is_refused(plain: bytes) -> None:
    with pytest.raises(InvalidCursor, match="Start again without one"):
        Cursor.decode(base64.urlsafe_b64encode(plain).decode())
