"""The words of an exception of somebody else's code, whose own methods may fail too."""

from agents_sdk.jsonforms import replace_surrogates


def words_of(error: BaseException) -> str:
    """What an exception says, as text that can be sent; "" if it says nothing. Never raises."""
    try:
        return replace_surrogates(str.__str__(str(error)))
    except Exception:
        return ""


def described_error(error: BaseException) -> str:
    """Its words, else its repr, else its type; of an end of the program both. Never raises."""
    words = words_of(error)
    if words:
        return words if isinstance(error, Exception) else f"{type(error).__name__}: {words}"
    try:
        return replace_surrogates(str.__str__(repr(error)))
    except Exception:
        return type(error).__name__
