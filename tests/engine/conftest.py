"""What the engine computes, it computes in every test anew."""

from pathlib import Path

import pytest


@pytest.fixture
def cache_of_worlds(tmp_path: Path) -> Path:
    return tmp_path / "cache"
