"""How fast passwords may be tried."""

import pytest

from studio.session import FORGET_SECONDS, MAX_ADDRESSES, Attempts

ADDRESS = "192.0.2.7"


def failed_times(count, address=ADDRESS, now=100.0):
    attempts = Attempts()
    for _ in range(count):
        attempts.failed(address, now)
    return attempts


@pytest.mark.parametrize(
    ("failures", "wait"),
    [(0, 0), (2, 0), (3, 1), (4, 2), (5, 4), (8, 32), (9, 60), (10_000, 60)],
)
def test_after_three_failures_each_further_one_doubles_the_wait(failures, wait):
    assert failed_times(failures).wait_seconds(ADDRESS, 100.0) == wait


def test_waiting_is_enough():
    assert failed_times(5).wait_seconds(ADDRESS, 104.0) == 0


def test_other_addresses_do_not_wait():
    assert failed_times(9).wait_seconds("192.0.2.8", 100.0) == 0


def test_the_addresses_of_one_ipv6_network_count_as_one():
    attempts = failed_times(5, "2001:db8::1")
    assert attempts.wait_seconds("2001:db8::ffff:1", 100.0) == 4
    assert attempts.wait_seconds("2001:db8:0:1::1", 100.0) == 0


def test_the_right_password_forgives():
    attempts = failed_times(9)
    attempts.succeeded(ADDRESS)
    assert attempts.wait_seconds(ADDRESS, 100.0) == 0


def test_failures_are_forgotten_after_a_while():
    attempts = failed_times(9)
    later = 100.0 + FORGET_SECONDS + 1
    assert attempts.wait_seconds(ADDRESS, later) == 0
    attempts.failed(ADDRESS, later)
    assert attempts.wait_seconds(ADDRESS, later) == 0


def test_memory_is_bounded():
    attempts = Attempts()
    for number in range(MAX_ADDRESSES + 10):
        attempts.failed(f"host-{number}", 100.0)
    assert len(attempts.failures) == MAX_ADDRESSES
