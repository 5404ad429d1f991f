"""Fixtures of all tests that watch a provider's client talk to a model on this machine."""

import gc
import warnings
from collections.abc import Iterator

import pytest

from agents_sdk import instrument, uninstrument
from agents_sdk.instrumentation.switch import instrumentation_problems
from agents_sdk.testing import CapturingLogger, ModelServer, Reply


@pytest.fixture
def model_server() -> Iterator[ModelServer]:
    """Clients leave sockets of broken streams to the garbage collector: here, in no later test.

    It need not look at what was there before, which is most: the modules of the libraries.
    """
    gc.freeze()
    with ModelServer(Reply("It rains in Köln today.")) as running:
        yield running
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
    gc.unfreeze()


@pytest.fixture
def recorded() -> Iterator[CapturingLogger]:
    """The logger of an instrumented process; what went wrong inside fails the test.

    The server on this machine stands for the provider's, which understands the wish for a usage.
    """
    before = instrumentation_problems()
    logger = CapturingLogger()
    instrument(logger=logger, stream_usage=True)
    yield logger
    uninstrument()
    assert instrumentation_problems() == before
