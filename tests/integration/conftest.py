from collections.abc import Iterator
from typing import Any

import pytest

from tests.model_fixtures import model_server, recorded
from tests.queried_workspace import Workspace, opened_workspace

__all__ = ["model_server", "recorded"]


@pytest.fixture(scope="session")
def index_access(django_db_blocker: Any) -> Iterator[None]:
    """Lets tests read the index, which belongs to a workspace of theirs and needs no clean-up."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def workspace(index_access: None) -> Iterator[Workspace]:
    with opened_workspace() as workspace:
        yield workspace
