"""A server for each test."""

from collections.abc import Iterator

import pytest

from tests.indexes.served.embedding_servers import ModelServer, model_server


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as served:
        yield served
