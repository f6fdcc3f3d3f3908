"""What tests on Spark share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from spark_shop import Shop


@pytest.fixture
def shop(tmp_path: Path, spark_session: Any) -> Shop:
    return Shop(tmp_path)
