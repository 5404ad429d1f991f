"""The login page: one password, attempts slowed by address."""

import math
import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from studio.announce import FIRST_PAGE
from studio.session import Attempts, brings_a_login, is_logged_in_async, log_in, log_out
from studio.trust import LOGIN_PATH, same_secret

ATTEMPTS = Attempts()
OVER = "Your login is over. Log in again to go on where you were."


async def login(request: HttpRequest) -> HttpResponseBase:
    """Show the form, or take the password. No thread between check and count: tries can't race."""
    after = _after_login(request)
    if not settings.STUDIO.password:
        return HttpResponseRedirect(after)
    if request.method in ("GET", "HEAD"):
        is_over = brings_a_login(request) and not await is_logged_in_async(request)
        return _form(request, after, "", told=OVER if is_over else "")
    if request.method != "POST":
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    return await _try(request, after)


async def logout(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    response = HttpResponseRedirect(LOGIN_PATH)
    await log_out(request, response)
    return response


async def _try(request: HttpRequest, after: str) -> HttpResponseBase:
    address, now = request.META.get("REMOTE_ADDR", ""), time.monotonic()
    wait = math.ceil(ATTEMPTS.wait_seconds(address, now))
    if wait:
        problem = f"Too many wrong passwords; expected a pause of {wait} s; try again then."
        response = _form(request, after, problem, status=429)
        response["Retry-After"] = str(wait)
        return response
    if not same_secret(request.POST.get("password", ""), settings.STUDIO.password):
        ATTEMPTS.failed(address, now)
        problem = "This is not the password; expected the one in STUDIO_PASSWORD; try again."
        return _form(request, after, problem, status=403)
    ATTEMPTS.succeeded(address)
    response = HttpResponseRedirect(after)
    await log_in(request, response)
    return response


def _form(
    request: HttpRequest, after: str, problem: str, *, told: str = "", status: int = 200
) -> HttpResponse:
    context = {"after": after, "problem": problem, "told": told, "login_path": LOGIN_PATH}
    response = render(request, "login/login.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _after_login(request: HttpRequest) -> str:
    """Where to go afterwards: a path of the Studio, whatever the address says."""
    after = request.POST.get("next") or request.GET.get("next") or FIRST_PAGE
    is_ours = url_has_allowed_host_and_scheme(after, allowed_hosts=None)
    return after if is_ours and after.startswith("/") else FIRST_PAGE
