"""The same content is read once, gives the same bytes, and any change of what counts is noticed."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from helpers.core.files.integrity import SEAL
from helpers.intake import build, reconciliation
from helpers.intake import cache as intake_cache
from helpers.settings.config import PROJECT_FOLDER

ROWS = [f"A{n},2026-01-{n % 28 + 1:02},{n % 5},1,P{n % 3},{n},{n}.25" for n in range(1, 60)]


def files_of(folder: Path) -> dict[str, bytes]:
    files = (
        path for path in folder.rglob("*") if path.is_file() and path.name != SEAL
    )  # its key is the cache's own
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_second_reading_builds_nothing(shop, monkeypatch):
    shop.orders(*ROWS)
    first = shop.read()

    def never(*_):
        raise AssertionError("built again")

    monkeypatch.setattr(intake_cache, "_build", never)
    assert shop.read() == first


def test_large_file_that_has_settled_is_not_hashed_again(shop, monkeypatch):
    shop.orders(*ROWS)
    monkeypatch.setattr(intake_cache, "_SMALL_BYTES", 0)
    monkeypatch.setattr(intake_cache, "_SETTLED_SECONDS", -1)
    first = shop.read()

    def never(path):
        raise AssertionError(f"{path} read again")

    monkeypatch.setattr(intake_cache, "hash_content", never)
    assert shop.read() == first


@pytest.mark.parametrize("small", [0, 2**20])
def test_another_file_of_the_same_size_and_time_is_another(shop, monkeypatch, small):
    monkeypatch.setattr(intake_cache, "_SMALL_BYTES", small)
    monkeypatch.setattr(intake_cache, "_SETTLED_SECONDS", -1)
    path = shop.orders(*ROWS)
    first, times = shop.read(), path.stat()
    other = path.with_name("other")
    other.write_bytes(path.read_bytes().replace(b"59.25", b"59.75"))
    os.utime(other, ns=(times.st_atime_ns, times.st_mtime_ns))
    other.replace(path)
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (times.st_size, times.st_mtime_ns)
    assert shop.read().key != first.key


def test_a_remembered_hash_that_somebody_else_wrote_is_not_believed(shop, monkeypatch):
    monkeypatch.setattr(intake_cache, "_SMALL_BYTES", 0)
    monkeypatch.setattr(intake_cache, "_SETTLED_SECONDS", -1)
    shop.orders(*ROWS)
    first = shop.read()
    (note,) = (shop.cache / "hashes").iterdir()
    *known, digest, tag = note.read_text().split(" ")
    note.write_text(" ".join([*known, "0" * len(digest), tag]))
    assert shop.read().key == first.key


def test_cache_hit_needs_neither_engine_nor_contracts(shop):
    shop.orders(*ROWS)
    shop.read()
    code = (
        "import sys; from pathlib import Path; from helpers.settings.config import parse_settings; from "
        "helpers.intake import read_tables;"
        "settings = parse_settings({'quarantine': {'max_share': 1}, 'report': {'currency': 'EUR'}}, 'x');"
        f"read_tables(Path({str(shop.folder)!r}), settings, Path({str(shop.cache)!r}));"
        "print(sorted({'duckdb', 'ibis', 'pandera', 'pandas', 'pyarrow'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(PROJECT_FOLDER / "src")},
    )
    assert done.stdout.strip() == "[]"


def test_content_settings_and_code_make_the_key(shop, monkeypatch):
    shop.orders(*ROWS)
    keys = {
        shop.read().key,
        shop.read(source={"decimal": "."}).key,
        shop.read(report={"currency": "USD"}).key,
    }
    monkeypatch.setattr(intake_cache, "code_key", lambda *modules: "other code")
    keys.add(shop.read().key)
    shop.orders(*ROWS[:-1])
    keys.add(shop.read().key)
    assert len(keys) == 5


def test_what_intake_does_not_use_leaves_the_key(shop):
    shop.orders(*ROWS)
    before = shop.read().key
    shop.write("notes.csv", ["a,b", "1,2"])
    shop.write("workbook.toml", ["[report]"])
    assert (
        shop.read(report={"company": "Bolts", "currency": "EUR"}, periods={"window_months": 6}).key == before
    )


def test_result_is_byte_identical_each_time(shop, tmp_path):
    shop.orders(*ROWS, ROWS[3], "B1,2026-01-01,1,1,P,x,1")
    first = shop.read()
    shop.cache = tmp_path / "other"
    second = shop.read()
    assert first.folder != second.folder
    assert files_of(first.folder) == files_of(second.folder)
    assert {
        "order_lines.parquet",
        "quarantine/order_lines.parquet",
        "reconciliation.parquet",
        "reconciliation_by_file.parquet",
        "tables.json",
    } == set(files_of(first.folder))


@pytest.mark.slow
def test_bytes_do_not_depend_on_the_number_of_threads(shop, tmp_path, monkeypatch):
    path = shop.folder / "order_lines.parquet"
    duckdb.sql(
        f"""COPY (SELECT 'A' || (i // 3) AS order_id,
        DATE '2024-01-01' + CAST(hash(i) % 700 AS INTEGER) AS order_date,
        hash(i // 3) % 90 AS customer_id, i % 3 AS line_no,
        1 AS quantity, (hash(i) % 9999) / 100 AS net_amount
        FROM range(400_000) AS t(i)) TO '{path}'"""
    )
    engine, results = build._engine, []
    for threads in (1, 3):

        def with_threads(work, settings, threads=threads):
            connection = engine(work, settings)
            connection.execute(f"SET threads = {threads}")
            return connection

        monkeypatch.setattr(build, "_engine", with_threads)
        shop.cache = tmp_path / f"threads-{threads}"
        results.append(files_of(shop.read().folder))
    assert results[0] == results[1]


def test_two_readers_at_once_get_one_whole_result(shop):
    shop.orders(*ROWS)
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda _: shop.read(), range(2))
    assert one == other
    assert [path.name for path in (shop.cache / "tables").iterdir()] == [one.key]


def test_failed_reading_leaves_nothing_behind(shop):
    shop.orders("A1,2026-01-05,1,1,P,x,1")
    with pytest.raises(Exception, match="quantity"):
        shop.read()
    assert list((shop.cache / "tables").iterdir()) == []


def test_inputs_name_each_file_with_its_rows(shop):
    shop.orders(*ROWS)
    shop.write("customers.csv", ["customer_id,name", "1,Ann"])
    inputs = shop.read().inputs
    assert [(each.name, each.rows) for each in inputs] == [("customers.csv", 1), ("order_lines.csv", 59)]
    assert inputs[1].bytes == (shop.folder / "order_lines.csv").stat().st_size


def cut_short(path):
    path.write_bytes(path.read_bytes()[:-20])


def flip_a_bit(path):
    """One bit in the middle, under the same size and time."""
    data, state = bytearray(path.read_bytes()), path.stat()
    data[len(data) // 2] ^= 4
    path.write_bytes(data)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


@pytest.mark.parametrize("harm", [Path.unlink, cut_short, flip_a_bit])
@pytest.mark.parametrize("name", ["order_lines.parquet", "reconciliation.parquet", "tables.json", SEAL])
def test_a_cache_that_lost_something_is_made_anew(shop, name, harm):
    """A file deleted or cut short: the same data are read again, to the same key and the same rows."""
    shop.orders(*ROWS)
    first = shop.read()
    rows = pd.read_parquet(first.path("order_lines"))
    harm(first.folder / name)

    again = shop.read()
    assert again.key == first.key
    pd.testing.assert_frame_equal(pd.read_parquet(again.path("order_lines")), rows)
    assert reconciliation(again)["rows"].sum() == len(rows)
