"""Takes the keys out of addresses and leaves the rest of them readable."""

import re
from urllib.parse import unquote_plus

from agents_sdk.normalise.secretnames import is_secret_in_query

REMOVED = "[removed]"
_SPACE = re.compile(r"\s")
_IN_TEXT = re.compile(r"""://[^\s"'<>]+""")
_USER_INFO = re.compile(r"(?<=://)[^/?#]+(?=@)")
_LOGIN_IN_TEXT = re.compile(r"""://[^\s/?#"'<>]+@""")
_PARAMETER = re.compile(r"(?<=[?&#;])([^=&#;?]{1,256})=([^&#;\s]+(?:;[^=&#;\s]*(?=[&#;\s]|\Z))*)")
"""Either sign may stand between two; after a semicolon comes a name or more of the value."""


def address_without_keys(text: str) -> str:
    """An address without who logs in there and the parameters that open it.

    A text with blanks is what somebody says: only who logs in is taken out of its addresses.

    >>> address_without_keys("https://me:S@host/mcp?api_key=S&page=2")
    'https://[removed]@host/mcp?api_key=[removed]&page=2'
    """
    return _without_logins(text) if _SPACE.search(text.strip()) else _cleaned(text)


def text_without_keys(text: str) -> str:
    """The same for every address in a text, such as that of an error."""
    return _IN_TEXT.sub(lambda found: _cleaned(found[0]), text) if "://" in text else text


def _without_logins(text: str) -> str:
    new = _LOGIN_IN_TEXT.sub(f"://{REMOVED}@", text) if "@" in text else text
    return text if new == text else new


def _cleaned(address: str) -> str:
    new = _PARAMETER.sub(_without_value, _USER_INFO.sub(REMOVED, address))
    return address if new == address else new


def _without_value(match: re.Match[str]) -> str:
    name = match[1]
    return f"{name}={REMOVED}" if is_secret_in_query(unquote_plus(name)) else match[0]
