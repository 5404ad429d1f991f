"""A stream goes on for as long as the login that opened it is in force."""

from collections.abc import AsyncGenerator

from studio.session import Logouts
from studio.streams import LOOK_EVERY_SECONDS, Watch, while_in_force


class Login:
    """A login, how often it was looked at, and a clock."""

    def __init__(self) -> None:
        self.is_in_force = True
        self.looks = 0
        self.now = 100.0
        self.logouts = Logouts()

    async def look(self) -> bool:
        self.looks += 1
        return self.is_in_force

    def watch(self) -> Watch:
        return Watch(self.look, self.logouts, clock=lambda: self.now)


async def endless() -> AsyncGenerator[bytes, None]:
    while True:
        yield b": heartbeat\n\n"


async def test_while_nobody_logs_out_pieces_go_on_without_a_look() -> None:
    login = Login()
    stream = while_in_force(endless(), login.watch())
    for _ in range(1_000):
        assert await anext(stream) == b": heartbeat\n\n"
    assert login.looks == 0


async def test_after_a_logout_no_piece_leaves() -> None:
    login = Login()
    stream = while_in_force(endless(), login.watch())
    await anext(stream)
    login.is_in_force = False
    login.logouts.count += 1
    assert [piece async for piece in stream] == []
    assert login.looks == 1


async def test_the_logout_of_another_costs_one_look() -> None:
    login = Login()
    stream = while_in_force(endless(), login.watch())
    login.logouts.count += 1
    for _ in range(10):
        await anext(stream)
    assert login.looks == 1


async def test_a_login_that_ends_by_itself_is_noticed_after_a_while() -> None:
    login = Login()
    stream = while_in_force(endless(), login.watch())
    login.is_in_force = False
    await anext(stream)
    login.now += LOOK_EVERY_SECONDS
    assert [piece async for piece in stream] == []


async def test_a_stream_that_ends_is_closed() -> None:
    closed = []

    async def pieces() -> AsyncGenerator[bytes, None]:
        try:
            while True:
                yield b"x"
        finally:
            closed.append(True)

    login = Login()
    login.is_in_force = False
    login.logouts.count += 1
    stream = while_in_force(pieces(), Watch(login.look, Logouts(count=0), lambda: login.now))
    await anext(stream)
    login.now += LOOK_EVERY_SECONDS
    assert [piece async for piece in stream] == []
    assert closed == [True]
