"""Static files, served by the web process itself: no build step, no second server.

`static_url` puts the file's digest into the address, so a browser keeps it for a year and asks
anew when the file changes; other addresses are answered with an ETag. Files are read once, kept
with their gzip form, and read again when their time or size changes.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseNotAllowed
from django.utils._os import safe_join
from django.utils.cache import get_conditional_response, patch_vary_headers

ONE_YEAR = "public, max-age=31536000, immutable"
ASK_EVERY_TIME = "no-cache"
DIGEST_CHARS = 12
MAX_FILES_KEPT = 256


@dataclass(frozen=True, slots=True)
class StaticFile:
    body: bytes
    gzipped: bytes | None
    content_type: str
    digest: str


def static_url(name: str) -> str:
    """The address of a static file, for templates: `{{ static("css/tokens.css") }}`."""
    return f"{settings.STATIC_URL}{name}?v={_find(name).digest}"


async def serve(request: HttpRequest, name: str) -> HttpResponseBase:
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    try:
        found = _find(name)
    except FileNotFoundError:
        raise Http404(f"There is no static file '{name}'.") from None
    response = _response(found, request.headers.get("Accept-Encoding", ""))
    is_versioned = request.GET.get("v") == found.digest
    response["Cache-Control"] = ONE_YEAR if is_versioned else ASK_EVERY_TIME
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def _response(found: StaticFile, accepted: str) -> HttpResponse:
    is_gzipped = found.gzipped is not None and "gzip" in accepted
    body = found.gzipped if is_gzipped and found.gzipped is not None else found.body
    response = HttpResponse(body, content_type=found.content_type)
    response["Content-Length"] = str(len(body))
    # Weak: the same content, in one of two encodings.
    response["ETag"] = f'W/"{found.digest}"'
    if is_gzipped:
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _find(name: str) -> StaticFile:
    for root in settings.STATIC_ROOTS:
        try:
            path = Path(safe_join(root, name))
        except (SuspiciousFileOperation, ValueError):
            continue
        if path.is_file():
            seen = path.stat()
            return _read(path, seen.st_mtime_ns, seen.st_size)
    raise FileNotFoundError(name)


@lru_cache(maxsize=MAX_FILES_KEPT)
def _read(path: Path, modified_ns: int, size_bytes: int) -> StaticFile:
    body = path.read_bytes()
    gzipped = gzip.compress(body, mtime=0)
    content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if content_type.startswith("text/"):
        content_type += "; charset=utf-8"
    return StaticFile(
        body=body,
        gzipped=gzipped if len(gzipped) < len(body) else None,
        content_type=content_type,
        digest=hashlib.sha256(body).hexdigest()[:DIGEST_CHARS],
    )
