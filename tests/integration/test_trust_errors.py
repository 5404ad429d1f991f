"""Whatever goes wrong under /api leaves as JSON, without a traceback."""

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.test import Client
from django.urls import path

SECRET = "the reason nobody outside should read"


def broken(request):
    raise RuntimeError(SECRET)


async def broken_later(request):
    raise RuntimeError(SECRET)


def missing(request):
    raise Http404(SECRET)


def suspicious(request):
    raise SuspiciousOperation(SECRET)


def forbidden(request):
    raise PermissionDenied(SECRET)


def get_only(request):
    return HttpResponseNotAllowed(["GET"])


def post_only(request):
    return HttpResponseNotAllowed(["POST"])


def teapot(request):
    return HttpResponse("short and stout", status=418)


def refused(request):
    return JsonResponse({"success": False, "error": "Log entry not found"}, status=404)


def greedy(request):
    return HttpResponse(str(len(request.body)))


VIEWS = (
    *(broken, broken_later, missing, suspicious, forbidden),
    *(get_only, post_only, teapot, refused, greedy),
)
urlpatterns = [
    *(path(f"api/{view.__name__}", view) for view in VIEWS),
    path("broken", broken),
]
handler400 = "studio.answers.bad_request"
handler403 = "studio.answers.forbidden"
handler404 = "studio.answers.not_found"
handler500 = "studio.answers.server_error"


@pytest.fixture
def client(settings):
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False, headers={"host": "localhost"})


@pytest.mark.parametrize(
    ("name", "status", "sentence"),
    [
        ("broken", 500, "The Studio failed to answer; the reason stands in its log."),
        ("broken_later", 500, "The Studio failed to answer; the reason stands in its log."),
        ("missing", 404, "There is nothing at '/api/missing'; expected one of the addresses in"),
        ("suspicious", 400, "The request could not be understood; expected a well-formed HTTP"),
        ("forbidden", 403, "This request is not allowed."),
        ("post_only", 405, "GET /api/post_only is not served; expected POST."),
        ("teapot", 418, "The request failed: I'm a Teapot."),
        ("refused", 404, "Log entry not found"),
        ("nowhere", 404, "There is nothing at '/api/nowhere';"),
    ],
)
def test_a_failure_is_a_sentence_in_json(client, name, status, sentence):
    answer = client.get(f"/api/{name}")
    assert answer.status_code == status
    assert answer.json()["success"] is False
    assert answer.json()["error"].startswith(sentence)
    assert SECRET not in answer.text


def test_the_methods_an_address_takes_are_kept(client):
    answer = client.post("/api/get_only", "{}", content_type="application/json")
    assert (answer.status_code, answer["Allow"]) == (405, "GET")


def test_a_body_over_the_limit_is_413_whoever_reads_it(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    answer = client.post("/api/greedy", "[1, 2, 3, 4]", content_type="application/json")
    assert answer.status_code == 413
    assert answer.json()["error"] == (
        "The request body is larger than 10 bytes; expected a smaller one."
    )


def test_elsewhere_a_failure_is_a_page_without_a_traceback(client):
    answer = client.get("/broken")
    assert answer.status_code == 500
    assert "The Studio failed to answer" in answer.text
    assert SECRET not in answer.text
