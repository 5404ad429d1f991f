"""OpenTelemetry's instrumentors of the openai client, as recorders to compare with.

Both keep prompt and answer, as we do, and hand their spans to a batch processor whose exporter
drops them: what an exporter costs its own thread is left out, which is in their favour.
"""

import os
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

_CONTENT = {
    "OTEL_SEMCONV_STABILITY_OPT_IN": "gen_ai_latest_experimental",
    "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "span_only",
}
_INSTRUMENTORS = {
    "OpenTelemetry openai-v2, batch": "opentelemetry.instrumentation.openai_v2",
    "OpenInference openai, batch": "openinference.instrumentation.openai",
}


def recorders() -> list[tuple[str, Callable[[], object], Callable[[], object]]]:
    """Name, on and off of each."""
    os.environ.update(_CONTENT)
    return [_recorder(name, module) for name, module in _INSTRUMENTORS.items()]


def _recorder(name: str, module: str) -> tuple[str, Callable[[], object], Callable[[], object]]:
    instrumentor = import_module(module).OpenAIInstrumentor()
    provider = import_module("opentelemetry.sdk.trace").TracerProvider()
    export = import_module("opentelemetry.sdk.trace.export")
    provider.add_span_processor(export.BatchSpanProcessor(_dropping_exporter(export)))

    def turn_off() -> None:
        instrumentor.uninstrument()
        _restore()

    return name, lambda: instrumentor.instrument(tracer_provider=provider), turn_off


def _restore() -> None:
    """OpenInference leaves a method in each client, which hides what others patch below it."""
    openai = import_module("openai")
    for client in (openai.OpenAI, openai.AsyncOpenAI):
        if "request" in vars(client):
            del client.request


def _dropping_exporter(export: Any) -> Any:
    def drop(self: Any, spans: Sequence[Any]) -> Any:
        return export.SpanExportResult.SUCCESS

    return type("DroppingExporter", (export.SpanExporter,), {"export": drop})()
