"""What tests on Spark share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import optional
import pytest
from spark_shop import Shop


@pytest.fixture
def shop(tmp_path: Path, spark_session: Any) -> Shop:
    return Shop(tmp_path)


@pytest.fixture
def shop_folder(tmp_path: Path) -> Shop:
    """A shop that says itself which Spark reads it."""
    return Shop(tmp_path)


@pytest.fixture(scope="session")
def connect_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One small server of Spark Connect for all tests of a process: it takes seconds to start."""
    optional.need("connect")
    from connect_server import connect_server

    with connect_server(tmp_path_factory.mktemp("connect")) as address:
        yield address
