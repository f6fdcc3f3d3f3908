"""Bits of cached files flip: what is asked comes out as before, made anew where it has to be, and never otherwise."""

from __future__ import annotations

import os
import pickle
import random
from pathlib import Path

import pandas as pd
import pytest

from helpers.core.files import integrity
from helpers.engine.cache.cache import Cache
from helpers.intake import read_tables
from helpers.settings.config import parse_settings
from helpers.subjects.registry import open_facts

FACTS = ("customer_months", "purchase_occasions", "customer_summary", "customers")
ROUNDS, FLIPS = 12, 5


@pytest.fixture
def company(tmp_path, monkeypatch):
    """What is asked of a small company, in a process that has looked at nothing yet."""
    data, cache = tmp_path / "data", tmp_path / "cache"
    monkeypatch.setenv("WORKBOOK_CACHE", str(cache))
    data.mkdir()
    orders = ["order_id,order_date,customer_id,quantity,net_amount"]
    orders += [
        f"A{n},{2024 + n // 12 % 2}-{n % 12 + 1:02}-{n % 28 + 1:02},{n % 37},{n % 7 + 1},{n * 13 % 997}.{n % 100:02}"
        for n in range(1, 1500)
    ]
    (data / "order_lines.csv").write_text("\n".join(orders), encoding="utf-8")
    customers = ["customer_id,name,region", *(f"{n},Customer {n},Region {n % 4}" for n in range(37))]
    (data / "customers.csv").write_text("\n".join(customers), encoding="utf-8")
    settings = parse_settings({"report": {"currency": "EUR"}}, "workbook.toml")

    def asked():
        integrity._checked.clear()
        tables = read_tables(data, settings, cache)
        facts = open_facts(tables, pd.Period("2025-11", "M"), settings, cache)
        found = {name: facts.frame(name) for name in FACTS}

        def largest():
            return found["customer_months"].nlargest(5, "net_amount")

        largest.__module__ = "helpers.subjects.churn.churn"
        found["answer"] = Cache(facts, settings).get_or_compute("largest", largest)
        facts.engine.disconnect()
        return found

    return asked, cache


def flip(path, generator: random.Random) -> None:
    """Flip one bit of a file, under the size and time that it has."""
    data, state = bytearray(path.read_bytes()), path.stat()
    data[generator.randrange(len(data))] ^= 1 << generator.randrange(8)
    path.write_bytes(data)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


@pytest.mark.slow
def test_after_sixty_flipped_bits_all_that_is_asked_is_as_it_was(company):
    asked, cache = company
    first, generator, flipped = asked(), random.Random(2611), set()
    for _ in range(ROUNDS):
        files = sorted(path for path in cache.rglob("*") if path.is_file() and path.stat().st_size)
        for path in generator.sample(files, FLIPS):
            flipped.add(path.name.removeprefix(".").removesuffix(".seal"))
            flip(path, generator)
        for name, frame in asked().items():
            pd.testing.assert_frame_equal(frame, first[name], check_exact=True, obj=name)
    assert {"customer_months.parquet", "order_lines.parquet", "largest.answer", "tables.json"} <= flipped


@pytest.mark.parametrize("what", ["largest.answer", "customers.parquet", "tables.json"])
def test_what_somebody_else_put_there_is_never_loaded(company, tmp_path, what):
    """A file of the right name, with the seal of another: loading it would make an empty folder."""
    asked, cache = company
    first = asked()
    planted = pickle.dumps(_Planted(tmp_path / "loaded"))
    for path in cache.rglob(what):
        path.write_bytes(planted)
    for name, frame in asked().items():
        pd.testing.assert_frame_equal(frame, first[name], check_exact=True, obj=name)
    assert all(path.read_bytes() != planted for path in cache.rglob(what))
    assert not (tmp_path / "loaded").exists()


class _Planted:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (str(self.folder),)
