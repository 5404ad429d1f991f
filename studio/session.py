"""Who is logged in: sessions in the studio database, and how fast passwords may be tried.

Each login has a row of its own, which a logout removes; Django's session store keeps them. A row
carries a digest of the password it was given for, so a new password ends every session. The cookie
is signed: what nobody here has signed costs no look at the database.
"""

import hashlib
import ipaddress
import logging
from collections import OrderedDict
from dataclasses import dataclass, field

from channels.db import database_sync_to_async  # type: ignore[import-untyped]
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from studio.trust import same_secret

logger = logging.getLogger(__name__)

COOKIE = "studio_session"
_SALT = "studio.session"
_PASSWORD_DIGEST = "password_digest"
MAX_AGE_SECONDS = 14 * 86_400

FREE_FAILURES = 3
LONGEST_WAIT_SECONDS = 60.0
FORGET_SECONDS = 900.0
MAX_ADDRESSES = 4_096
"""Beyond this the address that failed longest ago is forgotten: memory stays bounded."""


def is_logged_in(request: HttpRequest) -> bool:
    """Whether the cookie is of a login that is in force; a database that fails knows of none."""
    key = _session_key(request)
    if not settings.STUDIO.password or not key:
        return False
    try:
        session = SessionStore(key).load()
    except DatabaseError as error:
        logger.error("Logins cannot be read: %s", error)
        return False
    return same_secret(session.get(_PASSWORD_DIGEST, ""), _digest(settings.STUDIO.password))


async def is_logged_in_async(request: HttpRequest) -> bool:
    """The same, without a thread for a request that brings no login."""
    if not _session_key(request):
        return False
    look = database_sync_to_async(is_logged_in, thread_sensitive=False)
    return bool(await look(request))


async def log_in(request: HttpRequest, response: HttpResponse) -> None:
    """Begin a session, and forget those whose time is over. Raises DatabaseError."""
    await SessionStore.aclear_expired()
    session = SessionStore()
    await session.aset(_PASSWORD_DIGEST, _digest(settings.STUDIO.password))
    await session.aset_expiry(MAX_AGE_SECONDS)
    await session.acreate()
    response.set_signed_cookie(
        COOKIE,
        session.session_key or "",
        salt=_SALT,
        max_age=MAX_AGE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


async def log_out(request: HttpRequest, response: HttpResponse) -> None:
    """End the session of the request. Raises DatabaseError."""
    if key := _session_key(request):
        await SessionStore(key).adelete()
        LOGOUTS.count += 1
    response.delete_cookie(COOKIE, samesite="Lax")


def brings_a_login(request: HttpRequest) -> bool:
    """Whether the browser still has a cookie of ours, whatever it is worth."""
    return COOKIE in request.COOKIES


def _session_key(request: HttpRequest) -> str:
    if not brings_a_login(request):
        return ""
    given = request.get_signed_cookie(COOKIE, default="", salt=_SALT, max_age=MAX_AGE_SECONDS)
    return given or ""


def _digest(password: str) -> str:
    # Keyed, or the cookie's owner could try passwords against it without asking the Studio.
    key = settings.SECRET_KEY.encode()
    return hashlib.blake2b(password.encode(), key=hashlib.sha256(key).digest()).hexdigest()


@dataclass(slots=True)
class Logouts:
    """How many logins were ended since this process began: open streams look after their own when
    it changes."""

    count: int = 0


LOGOUTS = Logouts()


@dataclass(slots=True)
class Attempts:
    """Failed logins by address: after three, each further one doubles the wait. Times passed in."""

    failures: OrderedDict[str, tuple[int, float]] = field(default_factory=OrderedDict)

    def wait_seconds(self, address: str, now: float) -> float:
        """How long this address has to wait before its next try; 0 if it may try now."""
        count, failed_at = self.failures.get(_network_of(address), (0, 0.0))
        if count < FREE_FAILURES or now - failed_at > FORGET_SECONDS:
            return 0.0
        wait = min(2.0 ** min(count - FREE_FAILURES, 16), LONGEST_WAIT_SECONDS)
        return max(0.0, failed_at + wait - now)

    def failed(self, address: str, now: float) -> None:
        network = _network_of(address)
        count, failed_at = self.failures.pop(network, (0, 0.0))
        is_forgotten = now - failed_at > FORGET_SECONDS
        self.failures[network] = (1 if is_forgotten else count + 1, now)
        while len(self.failures) > MAX_ADDRESSES:
            self.failures.popitem(last=False)

    def succeeded(self, address: str) -> None:
        self.failures.pop(_network_of(address), None)


def _network_of(address: str) -> str:
    """One IPv6 customer has 2^64 addresses: they count as one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)))
