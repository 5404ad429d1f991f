import contextlib

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from llmlogs.network.bodies import BodyTooLarge, UnexpectedType, parse_object, read_object
from llmlogs.network.events import MalformedRequest


def posted(data: bytes, content_type: str = "application/json"):
    return RequestFactory().post("/api/send_event", data=data, content_type=content_type)


def test_a_body_up_to_the_limit_is_read():
    assert read_object(posted(b'{"a":1}'), max_bytes=7) == {"a": 1}


def test_a_charset_beside_the_content_type_is_fine():
    assert read_object(posted(b"{}", "application/json; charset=utf-8"), max_bytes=7) == {}


def test_a_body_over_the_limit_is_refused_with_413():
    with pytest.raises(BodyTooLarge) as caught:
        read_object(posted(b'{"a":12}'), max_bytes=7)
    assert caught.value.status == 413
    assert str(caught.value) == (
        "The body is larger than 7 bytes; expected up to that many. Send fewer entries at once, "
        "or raise STUDIO_MAX_EVENT_BYTES."
    )


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_content_type_is_refused_with_415(content_type):
    with pytest.raises(UnexpectedType, match="expected 'application/json'") as caught:
        read_object(posted(b"{}", content_type), max_bytes=7)
    assert caught.value.status == 415


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"[]", "a JSON array"), (b"null", "JSON null"), (b"1", "a number"), (b'"x"', "'x'")],
)
def test_json_that_is_no_object_is_malformed(body, kind):
    with pytest.raises(MalformedRequest) as caught:
        parse_object(body)
    assert str(caught.value) == f"The body is {kind}; expected one JSON object."


@pytest.mark.parametrize(
    "body", [b"", b"{", b"{} {}", b"\xff\xfe", b"[" * 200_000, b'{"a":' * 100_000]
)
def test_what_is_no_json_is_malformed(body):
    with pytest.raises(MalformedRequest, match=r"The body of \d+ bytes is .*in UTF-8\."):
        parse_object(body)


@pytest.mark.parametrize("neighbours", [0, 600])
def test_an_entry_of_500_levels_fits_into_its_event_and_a_body_of_533_is_refused(neighbours):
    shallow = b'{"n":[' + b",".join([b"[]"] * neighbours) + b'],"a":%s}'
    assert "a" in parse_object(shallow % (b"[" * 531 + b"]" * 531))
    with pytest.raises(MalformedRequest, match="nested deeper than 532 levels"):
        parse_object(shallow % (b"[" * 532 + b"]" * 532))


def test_nan_and_lone_surrogates_are_read_as_the_contract_serves_them():
    assert parse_object(b'{"a": NaN, "b": "\\ud800"}') == {"a": None, "b": "\ufffd"}


def test_whole_numbers_beyond_64_bits_keep_their_value():
    assert parse_object(b'{"a": 123456789012345678901234567890}') == {
        "a": 123456789012345678901234567890
    }


@given(st.binary(max_size=200))
def test_any_bytes_are_an_object_or_malformed(body):
    with contextlib.suppress(MalformedRequest):
        assert isinstance(parse_object(body), dict)
