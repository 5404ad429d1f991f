"""JSON over HTTP to one server, with what the standard library brings.

An answer is a value, never an exception: a server that is down, slow, half dead or not ours is an
everyday thing for an agent. No proxies, no redirects (a redirected POST would lose its body).
"""

import http.client
from dataclasses import dataclass
from typing import Any, Self

from agents_sdk.codec import WRITTEN_DEPTH, LineError, loads
from agents_sdk.fields import field
from agents_sdk.urls import Url, is_token, parse_url

MAX_ANSWER_BYTES = 67_108_864
"""A list answer of the API stops at 32 MB."""
_LONGEST_RETRY_AFTER_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `status` is None if nothing usable did; then `problem` says why."""

    status: int | None
    body: Any = None
    problem: str = ""
    retry_after_seconds: float | None = None
    is_late: bool = False
    """Nothing came within the time; the server may still be doing what it was asked."""

    @property
    def is_success(self) -> bool:
        return self.status == 200 and field(self.body, "success") is True

    @property
    def message(self) -> str:
        """The server's own words on why not, or ours."""
        for name in ("error_message", "error", "message"):
            text = field(self.body, name)
            if isinstance(text, str) and text:
                return text
        return self.problem or f"HTTP {self.status}"


class Wire:
    """A connection to `base_url`, kept open between requests. For one thread at a time.

    With `longest_timeout_seconds` each request that was given up doubles the time for the next.
    """

    def __init__(
        self,
        base_url: str,
        *,
        timeout_seconds: float,
        longest_timeout_seconds: float | None = None,
    ) -> None:
        self._url = parse_url(base_url)
        self._timeout_seconds = timeout_seconds
        self._longest_timeout_seconds = max(timeout_seconds, longest_timeout_seconds or 0.0)
        self._connection: http.client.HTTPConnection | None = None

    def get(self, path: str, token: str | None = None) -> Answer:
        if token and not is_token(token):
            return Answer(None, problem="the API token cannot be sent; expected printable ASCII")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self._request("GET", path, None, headers)

    def post(self, path: str, body: bytes) -> Answer:
        return self._request("POST", path, body, {"Content-Type": "application/json"})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _request(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> Answer:
        is_reused = self._connection is not None
        answer = self._once(method, path, body, headers)
        if answer.status is None and is_reused and not answer.is_late:
            # The server may have closed the idle connection; whether it is there says a new one.
            answer = self._once(method, path, body, headers)
        return answer

    def _once(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        try:
            if self._connection is None:
                self._connection = connection_to(self._url, self._timeout_seconds)
            self._connection.request(
                method, self._url.prefix + path, body, {"Accept": "application/json", **headers}
            )
            response = self._connection.getresponse()
            content = response.read(MAX_ANSWER_BYTES + 1)
            if response.length and len(content) <= MAX_ANSWER_BYTES:
                raise http.client.IncompleteRead(content, response.length)
            if response.will_close or response.length:
                self.close()
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            is_late = isinstance(error, TimeoutError)
            if is_late:
                doubled = 2 * self._timeout_seconds
                self._timeout_seconds = min(doubled, self._longest_timeout_seconds)
            problem = f"{self._url.shown} does not answer: {reason_of(error)}"
            return Answer(None, problem=problem, is_late=is_late)
        return read_answer(response, content, self._url.shown)


def connection_to(url: Url, timeout_seconds: float) -> http.client.HTTPConnection:
    """A connection, opened with the first request."""
    if url.is_tls:
        return http.client.HTTPSConnection(url.host, url.port, timeout=timeout_seconds)
    return http.client.HTTPConnection(url.host, url.port, timeout=timeout_seconds)


def read_answer(response: http.client.HTTPResponse, content: bytes, shown: str) -> Answer:
    """The answer whose body was read, at most one byte more than is taken."""
    if len(content) > MAX_ANSWER_BYTES:
        return Answer(None, problem=f"{shown} answered more than {MAX_ANSWER_BYTES} bytes")
    try:
        body = loads(content, WRITTEN_DEPTH)
    except LineError as error:
        if response.status == 200:
            return Answer(None, problem=f"{shown} answered something that is {error.reason}")
        body = None
    return Answer(
        response.status,
        body,
        problem=f"{shown} answered HTTP {response.status}",
        retry_after_seconds=_retry_after_seconds(response.headers.get("Retry-After")),
    )


def _retry_after_seconds(header: str | None) -> float | None:
    if header is None or not header.isascii() or not header.isdigit():
        return None
    return min(float(header), _LONGEST_RETRY_AFTER_SECONDS)


def reason_of(error: Exception) -> str:
    """What the system says went wrong."""
    return (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__
