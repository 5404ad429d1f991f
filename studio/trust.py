"""Whom the Studio answers: pure functions over the parts of a request (decision 0002).

Each returns None if the request may pass, else the `Denial` to answer with. `studio.middleware`
asks them in this order on every request.
"""

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from studio import hosts

LOGIN_PATH = "/studio/login"

NETWORK_PATHS = frozenset(
    ("/api/health", "/api/register", "/api/unregister", "/api/poll", "/api/send_event")
)
"""What agents use; `llmlogs.network` checks their secrets itself."""

SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))
BODY_METHODS = frozenset(("POST",))
"""With which any route takes a body; for all others the route itself answers 405."""
_NAVIGATION_METHODS = frozenset(("GET", "HEAD"))


@dataclass(frozen=True, slots=True)
class Denial:
    """A refused request: the status, and a sentence that says what to do."""

    status: int
    error: str


def deny_host(host_header: str, *, bound_to: str, allowed: Collection[str]) -> Denial | None:
    """Refuse names that are not ours: a page of theirs may have been rebound to this address."""
    if hosts.is_allowed(host_header, bound_to=bound_to, allowed=allowed):
        return None
    return Denial(
        400,
        f"The request names the host '{host_header[:200]}'; expected one the Studio answers to; "
        "use the address it printed, or add the name to STUDIO_ALLOWED_HOSTS.",
    )


def deny_cross_site(
    method: str, *, site: str, mode: str, destination: str, origin: str, host_header: str
) -> Denial | None:
    """Refuse what another site makes a browser send; following a link from it is fine."""
    is_link = (
        method in _NAVIGATION_METHODS and mode == "navigate" and destination in ("", "document")
    )
    if site == "cross-site" and not is_link:
        return Denial(
            403,
            f"Another site asked the browser for this {method} (Sec-Fetch-Site: cross-site); "
            "expected a request of the Studio's own pages or of a script; "
            "open the Studio in a tab of its own.",
        )
    if origin and method not in SAFE_METHODS and not _is_same_origin(origin, host_header):
        return Denial(
            403,
            f"A page of '{origin[:200]}' sent this {method}; expected a page of the Studio; "
            "open the Studio in a tab of its own.",
        )
    return None


def deny_content_type(
    method: str, path: str, content_type: str, *, has_body: bool
) -> Denial | None:
    """Under /api bodies are JSON: what a foreign HTML form can send never is."""
    if method not in BODY_METHODS or not has_body or not is_api(path):
        return None
    if content_type.partition(";")[0].strip().lower() == "application/json":
        return None
    return Denial(
        415,
        f"The Content-Type is '{content_type[:200]}'; expected application/json; "
        "send the body as JSON with the header 'Content-Type: application/json'.",
    )


def deny_reader(
    path: str, *, needs_login: bool, is_logged_in: bool, authorization: str, api_token: str
) -> Denial | None:
    """Where a password is set, readers are logged in or bring the token."""
    if not needs_login or is_logged_in or is_open_path(path):
        return None
    if bearer_matches(authorization, api_token):
        return None
    return Denial(
        401,
        "Reading needs a login; expected the session of a logged-in browser or the header "
        f"'Authorization: Bearer …' with STUDIO_API_TOKEN; log in at {LOGIN_PATH}.",
    )


def is_api(path: str) -> bool:
    """Whether an address speaks JSON, errors included."""
    return path == "/api" or path.startswith("/api/")


def is_open_path(path: str) -> bool:
    """Paths that do without login: agents', the login page itself and static files."""
    return path in NETWORK_PATHS or path == LOGIN_PATH or path.startswith("/static/")


def bearer_matches(authorization: str, api_token: str) -> bool:
    scheme, _, token = authorization.partition(" ")
    is_bearer = bool(api_token) and scheme.lower() == "bearer"
    return is_bearer and same_secret(token.strip(), api_token)


def same_secret(given: str, expected: str) -> bool:
    """Compare in a time that does not tell how much of it was right."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def _is_same_origin(origin: str, host_header: str) -> bool:
    """By name and port; the scheme may differ behind a proxy that ends TLS."""
    try:
        name_and_port = urlsplit(origin).netloc
    except ValueError:  # a bracket that is not closed, say
        return False
    return name_and_port.lower() == host_header.lower()
