"""A clock that stands still until it is told otherwise."""


class FrozenClock:
    """Call it for the time, as `time.time`.

    >>> clock = FrozenClock(1000.0)
    >>> clock.advance(1.5)
    >>> clock()
    1001.5
    """

    def __init__(self, now: float = 1_765_195_200.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds
