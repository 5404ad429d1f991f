"""Routes of the API; to be tried last, because an entry's id may be any word."""

from django.urls import path

from llmlogs.api.heads import with_heads
from llmlogs.api.routes import api

_patterns, _app, _namespace = api.urls

urlpatterns = [path("api/", (list(with_heads(_patterns)), _app, _namespace))]
