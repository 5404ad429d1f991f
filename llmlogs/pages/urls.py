"""Routes of the pages. A call's own address has at least two segments, so no word is in its way."""

from django.urls import path

import llmlogs.address  # noqa: F401  registers the converter used below
from llmlogs.pages import breakdown, call, calls, choices, delivery, overview

urlpatterns = [
    path("studio/llm-logs", calls.call_list, name="calls"),
    path("studio/llm-logs/", calls.call_list),
    path("studio/llm-logs/overview", overview.overview, name="overview"),
    path("studio/llm-logs/breakdown", breakdown.breakdown_page, name="breakdown"),
    path("studio/llm-logs/choices", choices.choices, name="choices"),
    path("studio/llm-logs/state", calls.state, name="index-state"),
    path("studio/llm-logs/rejected", calls.rejected, name="rejected-lines"),
    path("studio/llm-logs/delivery", delivery.delivery, name="delivery"),
    path("studio/llm-logs/<anytext:address>", call.call, name="call"),
]
