"""Large pictures, sound and files are named instead of carried, wherever a call has them."""

import base64
import json
from typing import Any

import pytest

from agents_sdk.instrumentation.recording import Recording
from agents_sdk.normalise.media import with_bounded_media
from agents_sdk.normalise.shapes import Answer, Prompt
from agents_sdk.testing import CapturingLogger

LARGE = bytes(range(256)) * 257
PNG = b"\x89PNG\r\n\x1a\n" + LARGE
SMALL = b"\x00\x01\xff" * 9


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def data_url(data: bytes, mime_type: str) -> str:
    return f"data:{mime_type};base64,{encoded(data)}"


PARTS: list[Any] = [
    {"type": "input_audio", "input_audio": {"data": LARGE, "format": "wav"}},
    {"type": "file", "file": {"filename": "a.pdf", "file_data": "URL application/pdf"}},
    {"type": "input_file", "filename": "a.pdf", "file_data": "URL application/pdf"},
    {"type": "input_image", "image_url": "URL image/png"},
    {"type": "image_generation_call", "result": LARGE, "output_format": "webp"},
    {"type": "image", "source": {"type": "base64", "media_type": "image/gif", "data": LARGE}},
    {"type": "tool_result", "content": [{"type": "image", "data": LARGE, "mimeType": "image/png"}]},
    {"inlineData": {"mimeType": "image/png", "data": LARGE}},
    {"inline_data": {"mime_type": "image/png", "data": LARGE}},
]


def filled(value: Any, data: bytes) -> Any:
    """A part with these bytes where it says so, as base64 or as the data URL of a type."""
    if isinstance(value, dict):
        return {key: filled(item, data) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, data) for item in value]
    if isinstance(value, str) and value.startswith("URL "):
        return data_url(data, value.removeprefix("URL "))
    return encoded(data) if value is LARGE else value


@pytest.mark.parametrize("part", PARTS, ids="-".join)
def test_a_large_part_of_any_provider_is_named_and_a_small_one_stays(part: Any) -> None:
    small = [{"role": "user", "content": [filled(part, SMALL)]}]
    assert with_bounded_media(small) is small
    bounded = str(with_bounded_media([{"role": "user", "content": [filled(part, LARGE)]}]))
    assert len(bounded) < 400
    assert f"'size_bytes': {len(LARGE)}" in bounded
    assert "'mime_type': None" not in bounded


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes_of_any_kind_become_base64_or_a_name(kind: Any) -> None:
    image = {"image": {"format": "png", "source": {"bytes": kind(SMALL)}}}
    (small,) = with_bounded_media([image])
    assert small["image"]["source"]["bytes"] == encoded(SMALL)
    image["image"]["source"]["bytes"] = kind(LARGE)
    (large,) = with_bounded_media((image,))
    assert large["image"]["source"]["bytes"]["omitted"]["size_bytes"] == len(LARGE)


def test_a_picture_in_the_json_text_of_a_tool_is_named_and_the_text_stays_json() -> None:
    screen = {"title": "Köln", "screenshot": encoded(PNG)}
    mcp = {"content": [{"type": "image", "data": encoded(LARGE), "mimeType": "image/webp"}]}
    for told, mime_type in ((screen, "image/png"), (mcp, "image/webp")):
        message = {"role": "tool", "tool_call_id": "1", "content": json.dumps(told)}
        (bounded,) = with_bounded_media([message])
        text = bounded["content"]
        assert len(text) < 400
        assert json.loads(text).keys() == told.keys()
        assert json.dumps(mime_type) in text


def test_a_picture_in_the_middle_of_a_text_is_named_there() -> None:
    text = f"Look: ![x]({data_url(PNG, 'image/png')}) and ![y]({data_url(SMALL, 'image/png')})"
    (bounded,) = with_bounded_media([{"role": "tool", "content": text}])
    assert bounded["content"].startswith(f"Look: ![x]([omitted: image/png, {len(PNG)} bytes, ")
    assert bounded["content"].endswith(f"({data_url(SMALL, 'image/png')})")


@pytest.mark.parametrize(
    "text",
    [
        "word " * 50_000,
        "x" * 200_000,
        "deadBEEF, " * 20_000,
        json.dumps({"words": ["word"] * 30_000}),
        json.dumps({"output": "0123456789abcdef" * 10_000, "text": "x" * 200_000}),
        "[" + "x" * 200_000,
        "data:, and so on " * 10_000,
    ],
    ids=lambda text: text[:20],
)
def test_a_long_text_that_is_no_file_stays_as_it_is(text: str) -> None:
    messages = [{"role": "tool", "content": text}, {"role": "user", "result": text}]
    assert with_bounded_media(messages) is messages


@pytest.mark.parametrize("url_safe", [True, False])
def test_base64_is_read_in_either_alphabet_with_line_breaks_and_without_its_end(
    url_safe: bool,
) -> None:
    text = encoded(LARGE + b"xx")
    assert "/" in text and "+" in text and text.endswith("=")
    if url_safe:
        text = text.replace("+", "-").replace("/", "_").rstrip("=")
    lines = "\r\n".join(text[start : start + 76] for start in range(0, len(text), 76))
    for written in (text, lines):
        (bounded,) = with_bounded_media([{"data": written}])
        assert bounded["data"]["omitted"]["size_bytes"] == len(LARGE) + 2


def test_tools_parameters_and_answers_of_a_recording_carry_no_large_media_either() -> None:
    picture = {"type": "image", "data": encoded(PNG)}
    logger = CapturingLogger()
    messages = [{"role": "system", "content": [picture]}]
    request = {"input_image_mask": {"image_url": data_url(PNG, "image/png")}, "raw": LARGE}
    prompt = Prompt("m", messages, [{"name": "x", "example": picture}], request)
    recording = Recording(logger, "p", prompt)
    done = {"id": "1", "name": "draw", "arguments": "{}", "executed_by": "provider"}
    calls = [{**done, "result": encoded(PNG)}]
    recording.succeed(Answer([{"type": "text", "text": "Here."}, picture], calls))
    (entry,) = logger.entries
    for key in ("messages", "tools", "request", "completion", "tool_calls"):
        assert len(str(entry[key])) < 600, key
        assert "'size_bytes': " in str(entry[key]), key


def test_an_endless_value_is_left_to_the_codec() -> None:
    endless: Any = [SMALL]
    endless.append(endless)
    assert len(with_bounded_media([{"content": endless}])) == 1
