"""Routes of the API; to be tried last, because an entry's id may be any word."""

from django.urls import path

from llmlogs.api.routes import api

urlpatterns = [path("api/", api.urls)]
