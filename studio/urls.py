"""Every address of the Studio; each part of `llmlogs` brings its own, written from the root."""

from importlib.util import find_spec

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, include, path

from studio.announce import FIRST_PAGE
from studio.login import login, logout
from studio.static import serve

PARTS = ("llmlogs.network.urls", "llmlogs.live.urls", "llmlogs.pages.urls", "llmlogs.api.urls")

handler400 = "studio.answers.bad_request"
handler403 = "studio.answers.forbidden"
handler404 = "studio.answers.not_found"
handler500 = "studio.answers.server_error"


async def first_page(request: HttpRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(FIRST_PAGE)


urlpatterns: list[URLPattern | URLResolver] = [
    path("", first_page, name="first-page"),
    path("studio", first_page),
    path("studio/login", login, name="login"),
    path("studio/logout", logout, name="logout"),
    path("static/<path:name>", serve, name="static"),
    *(path("", include(part)) for part in PARTS if find_spec(part)),
]
