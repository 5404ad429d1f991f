"""Which names the Studio answers to."""

import pytest

from studio.hosts import is_allowed, is_loopback, name_of


@pytest.mark.parametrize(
    "header",
    [
        "localhost",
        "LOCALHOST:8700",
        "127.0.0.1:8700",
        "[::1]:8700",
        "app.localhost:80",
        "127.1.2.3",
    ],
)
def test_loopback_names_are_answered_everywhere(header):
    assert is_allowed(header, bound_to="127.0.0.1", allowed=())
    assert is_allowed(header, bound_to="0.0.0.0", allowed=())


@pytest.mark.parametrize(
    "header",
    [
        "",
        "evil.example",
        "evil.example:8700",
        "localhost.evil.example",
        "notlocalhost",
        "127.0.0.1.evil.example",
        "localhost,evil.example",
        "localhost:8700, evil.example",
        "localhost:evil",
        "[::1].evil.example",
        "[evil.example]",
        "user@localhost",
        "localhost/..",
        "192.168.1.7:8700",
        "0.0.0.0:8700",
    ],
)
def test_on_loopback_nothing_else_is_answered(header):
    assert not is_allowed(header, bound_to="127.0.0.1", allowed=())


@pytest.mark.parametrize("header", ["192.168.1.7:8700", "[2001:db8::7]:8700"])
def test_beyond_loopback_a_bare_address_is_answered(header):
    assert is_allowed(header, bound_to="0.0.0.0", allowed=())


def test_beyond_loopback_a_foreign_name_is_not_answered():
    assert not is_allowed("evil.example:8700", bound_to="0.0.0.0", allowed=())


def test_the_name_it_is_bound_to_is_answered():
    assert is_allowed("studio.example.org", bound_to="studio.example.org", allowed=())


@pytest.mark.parametrize(
    ("header", "is_answered"),
    [
        ("logs.example.org:443", True),
        ("LOGS.example.org.", True),
        ("a.internal", True),
        ("internal", True),
        ("notinternal", False),
        ("example.org", False),
    ],
)
def test_listed_names_are_answered(header, is_answered):
    allowed = ("logs.example.org", ".internal")
    assert is_allowed(header, bound_to="127.0.0.1", allowed=allowed) is is_answered


def test_a_star_allows_every_well_formed_name():
    assert is_allowed("anything.example", bound_to="127.0.0.1", allowed=("*",))
    assert not is_allowed("a,b", bound_to="127.0.0.1", allowed=("*",))


@pytest.mark.parametrize("header", ["a b", "a\tb", "[::1", "::1", "a:80:80", "a:８０"])
def test_a_malformed_header_has_no_name(header):
    assert name_of(header) == ""


@pytest.mark.parametrize("host", ["127.1", "127.0.1", "0x7f.1", "2130706433", "127.0.0.1", "::1"])
def test_every_numeric_way_to_write_loopback_is_loopback(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["128.1", "1", "0", "127.1.evil.example", "127.1 x", "127"])
def test_other_numbers_are_not(host):
    assert not is_loopback(host)
