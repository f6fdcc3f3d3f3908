"""Bits of cached files flip: what is asked comes out as before, made anew where it has to be, and never otherwise."""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path

import pandas as pd
import pytest

from helpers.settings.config import PROJECT_FOLDER


@pytest.fixture
def faults(monkeypatch):
    """The measurement of benchmarks/faults.py, which harms many more files."""
    monkeypatch.syspath_prepend(str(PROJECT_FOLDER / "benchmarks"))
    yield __import__("faults")
    for name in ("faults", "kill_runs"):
        sys.modules.pop(name, None)


@pytest.fixture
def asked(faults, tmp_path, own_cache):
    return faults.Asked(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("how", "rounds"), [(("bit",), 12), (("cut", "gone", "exchanged"), 4)])
def test_after_files_were_harmed_all_that_is_asked_is_as_it_was(faults, asked, how, rounds):
    files, wrong = faults.harmed(asked, rounds, 5, how)
    assert wrong == []
    if how == ("bit",):
        assert {"customer_months.parquet", "order_lines.parquet", "largest.answer", "tables.json"} <= set(
            files
        )


@pytest.mark.parametrize("what", ["largest.answer", "customers.parquet", "tables.json"])
def test_what_somebody_else_put_there_is_never_loaded(asked, tmp_path, what):
    """A file of the right name, with the seal of another: loading it would make an empty folder."""
    first = asked()
    planted = pickle.dumps(_Planted(tmp_path / "loaded"))
    for path in asked.cache.rglob(what):
        path.write_bytes(planted)
    for name, frame in asked().items():
        pd.testing.assert_frame_equal(frame, first[name], check_exact=True, obj=name)
    assert all(path.read_bytes() != planted for path in asked.cache.rglob(what))
    assert not (tmp_path / "loaded").exists()


class _Planted:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (str(self.folder),)
