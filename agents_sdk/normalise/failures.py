"""What went wrong with a call, in one vocabulary for all providers' exceptions.

Classes of errors: rate_limit, overloaded, auth, invalid_request, server, timeout, connection,
cancelled, stream_interrupted, parse, unknown. Read from the exception's own fields and the names
of its classes, so no provider's library is needed to know them.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from agents_sdk.fields import field, path
from agents_sdk.normalise.secreturls import text_without_keys

RETRYABLE = frozenset({"rate_limit", "overloaded", "server", "timeout", "connection"})

# The numbers are those of MiniMax, which has no words.
_BY_WORD = {
    "rate_limit": "rate_limit_error rate_limit_exceeded throttlingexception resource_exhausted"
    " toomanyrequestsexception servicequotaexceededexception insufficient_quota"
    " modelnotreadyexception 1002 1039 1041 2056",
    "overloaded": "overloaded_error serviceunavailableexception unavailable overloaded",
    "auth": "authentication_error permission_error accessdeniedexception unauthenticated"
    " permission_denied unrecognizedclientexception expiredtokenexception invalid_api_key"
    " invalidsignatureexception 1004 2049",
    "invalid_request": "invalid_request_error not_found_error request_too_large"
    " validationexception resourcenotfoundexception invalid_argument not_found"
    " failed_precondition invalid_prompt context_length_exceeded paramvalidationerror"
    " billing_error out_of_range badrequesterror 1008 1026 1027 1042 2013",
    "server": "api_error internalserverexception internal server_error modelerrorexception"
    " unknown_error modelstreamerrorexception internalservererror 1000 1013 1024 1033",
    "timeout": "timeout_error modeltimeoutexception deadline_exceeded apitimeouterror timeouterror"
    " readtimeouterror connecttimeouterror connecttimeout readtimeout writetimeout pooltimeout"
    " timeoutexception 1001",
    "connection": "apiconnectionerror endpointconnectionerror connectionclosederror"
    " connectionerror connecterror readerror remoteprotocolerror sslerror proxyconnectionerror"
    " httpclienterror",
    "parse": "no_completion lengthfinishreasonerror contentfilterfinishreasonerror validationerror"
    " jsondecodeerror apiresponsevalidationerror",
    "stream_interrupted": "empty_stream incompleteread responsestreamingerror eventstreamerror",
}
_CLASSES = {word: name for name, words in _BY_WORD.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class Failure:
    """`error_type` is the exception's class, `error_class` what kind of trouble it is."""

    error: str
    error_type: str
    error_class: str
    error_code: str | None = None
    status_code: int | None = None
    request_id: str | None = None

    @property
    def is_retryable(self) -> bool:
        return self.error_class in RETRYABLE


def failure_of(
    error: BaseException, *, in_stream: bool = False, is_of_parsing: bool = False
) -> Failure:
    """Describe an exception; never raises.

    What is raised over an answer (`is_of_parsing`) is such, whatever its name, unless it is known
    to be something else.
    """
    code = _code(error)
    status = _status(error)
    kind = _class_of(error, code, status, in_stream and not is_of_parsing)
    return Failure(
        error=_text(error),
        error_type=type(error).__name__,
        error_class="parse" if is_of_parsing and kind == "unknown" else kind,
        error_code=code,
        status_code=status,
        request_id=_request_id(error),
    )


def error_class_of_code(code: str | None, default: str = "unknown") -> str:
    """The class of an error that came as data: a code instead of an exception."""
    return _class_of_code(code) or default


def _class_of_code(code: str | None) -> str | None:
    """OpenRouter's codes are those of HTTP, MiniMax has numbers of its own."""
    word = (code or "").lower()
    by_status = _class_of_status(int(word)) if word.isdecimal() and len(word) == 3 else None
    return _CLASSES.get(word) or by_status


def _class_of(error: BaseException, code: str | None, status: int | None, in_stream: bool) -> str:
    if isinstance(error, asyncio.CancelledError | KeyboardInterrupt | GeneratorExit):
        return "cancelled"
    names = [kind.__name__.lower() for kind in type(error).__mro__]
    by_code = _class_of_code(code)
    by_name = next((_CLASSES[name] for name in names if name in _CLASSES), None)
    # An error inside a stream carries the status of the stream's beginning, 200.
    by_status = _class_of_status(status)
    found = by_code or by_status or by_name
    if in_stream and found in (None, "connection"):
        return "stream_interrupted"
    if found is None and isinstance(error, OSError):
        return "connection"
    return found or "unknown"


def _class_of_status(status: int | None) -> str | None:
    if status is None or status < 400:
        return None
    if status in (401, 403):
        return "auth"
    named = {408: "timeout", 429: "rate_limit", 503: "overloaded", 529: "overloaded"}
    return named.get(status) or ("server" if status >= 500 else "invalid_request")


def _code(error: BaseException) -> str | None:
    """OpenAI and Anthropic say `type` (and `code`), Gemini `status`, botocore `Error.Code`."""
    candidates = (
        path(error, "response", "Error", "Code"),
        _attribute(error, "type"),
        _attribute(error, "code"),
        _attribute(error, "status"),
        path(error, "body", "error", "type"),
    )
    words = [item for item in candidates if isinstance(item, str) and item]
    known = [word for word in words if word.lower() in _CLASSES]
    return next(iter([*known, *words]), None)


def _status(error: BaseException) -> int | None:
    candidates = (
        _attribute(error, "status_code"),
        _attribute(error, "code"),
        path(error, "response", "ResponseMetadata", "HTTPStatusCode"),
        path(error, "response", "status_code"),
    )
    return next((item for item in candidates if type(item) is int), None)


def _request_id(error: BaseException) -> str | None:
    candidates = (
        _attribute(error, "request_id"),
        path(error, "response", "ResponseMetadata", "RequestId"),
    )
    return next((item for item in candidates if isinstance(item, str) and item), None)


def _attribute(error: BaseException, name: str) -> Any:
    return field(error, name)


def _text(error: BaseException) -> str:
    name = type(error).__name__
    try:
        text = str(error)
    except Exception:
        return name
    # An HTTP client names the address that it asked, and some providers take their keys there.
    return text_without_keys(f"{name}: {text}") if text else name
