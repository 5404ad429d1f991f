"""The examples in the documentation of the pure modules are true."""

import doctest
from types import ModuleType

import pytest

from llmlogs.pages.callview import (
    binary,
    jsontree,
    messages,
    pointers,
    prettyjson,
    stretches,
    usage,
)


@pytest.mark.parametrize(
    "module",
    [binary, jsontree, messages, pointers, prettyjson, stretches, usage],
    ids=lambda module: module.__name__,
)
def test_the_examples_in_the_documentation_are_true(module: ModuleType) -> None:
    results = doctest.testmod(module)
    assert results.attempted > 0
    assert results.failed == 0
