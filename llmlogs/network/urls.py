"""Routes of the network protocol, with their full paths and no trailing slash.

A client that is redirected to a slash repeats its POST as an empty GET, so there is none to
redirect to.
"""

from django.urls import path

from llmlogs.network import views

urlpatterns = [
    path("api/health", views.health, name="network-health"),
    path("api/register", views.register, name="network-register"),
    path("api/unregister", views.unregister, name="network-unregister"),
    path("api/poll", views.poll, name="network-poll"),
    path("api/send_event", views.send_event, name="network-send-event"),
]
