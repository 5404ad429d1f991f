"""Routes of the live feed; to be tried before the API, whose ids would swallow `stream`."""

from django.urls import path

from llmlogs.live import views

urlpatterns = [
    path("api/llm-logs/stream", views.json_stream, name="stream"),
    path("studio/llm-logs/feed", views.html_feed, name="feed"),
]
