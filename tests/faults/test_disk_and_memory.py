"""Too little memory, a full disk, a file cut short: it finishes, or says what is wrong and leaves nothing behind."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from helpers.errors import WorkbookError
from helpers.intake import StandardTables, read_tables
from helpers.settings.config import parse_settings
from helpers.subjects.registry import open_facts

CURRENCY = {"report": {"currency": "EUR"}}
LINES = 500_000


@pytest.fixture(scope="module")
def company(tmp_path_factory) -> Path:
    """Order lines of 30,000 customers over two years, typed and clean."""
    folder = tmp_path_factory.mktemp("company") / "data"
    folder.mkdir()
    duckdb.sql(
        f"""COPY (SELECT 'order number ' || i // 3 AS order_id, DATE '2024-01-01' + CAST(hash(i // 3) % 730 AS INTEGER)
        AS order_date, 'customer number ' || hash(i // 3) % 30000 AS customer_id, CAST(i % 3 AS VARCHAR) AS line_no,
        'product number ' || hash(i) % 200 AS product_id, CAST(1 AS DECIMAL(18,4)) AS quantity,
        CAST((hash(i) % 9999) / 100 AS DECIMAL(18,4)) AS net_amount
        FROM range({LINES}) AS t(i)) TO '{folder / "order_lines.parquet"}'"""
    )
    return folder


def read(folder: Path, cache: Path) -> StandardTables:
    return read_tables(folder, parse_settings(CURRENCY, "workbook.toml"), cache)


def months_of(folder: Path, cache: Path) -> pd.DataFrame:
    settings = parse_settings(CURRENCY, "workbook.toml")
    return open_facts(read(folder, cache), pd.Period("2025-11", "M"), settings, cache).frame(
        "customer_months"
    )


@pytest.fixture(scope="module")
def plenty(company, tmp_path_factory) -> tuple[pd.DataFrame, Path]:
    """What is found where nothing is short, and the cache that it left."""
    cache = tmp_path_factory.mktemp("plenty")
    return months_of(company, cache), cache


def left_behind(cache: Path) -> list[Path]:
    """Drafts that a failed run did not take away."""
    return [
        path for path in cache.rglob("*") if path.name.startswith(".") and not path.name.endswith(".seal")
    ]


def bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.mark.slow
def test_with_little_memory_the_engine_spills_and_finds_the_same(company, plenty, tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBOOK_MEMORY", "70MB")
    pd.testing.assert_frame_equal(months_of(company, tmp_path / "little"), plenty[0], check_exact=True)


@pytest.mark.slow
def test_without_room_to_spill_so_little_memory_is_an_error_that_says_the_way_out(
    company, tmp_path, monkeypatch
):
    settings, tables = parse_settings(CURRENCY, "workbook.toml"), read(company, tmp_path)
    monkeypatch.setenv("WORKBOOK_MEMORY", "60MB")
    facts = open_facts(tables, pd.Period("2025-11", "M"), settings, tmp_path)
    facts.engine.raw_sql("SET max_temp_directory_size = '1MB'")
    with pytest.raises(WorkbookError, match=r"The fact \w+ cannot be computed.*memory_gigabytes"):
        facts.frame("customer_months")
    facts.engine.disconnect()  # until then it may hold a file that it spilled to
    assert not left_behind(tmp_path)
    monkeypatch.setenv("WORKBOOK_MEMORY", "200MB")  # the way out
    assert len(months_of(company, tmp_path)) > 0


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files")
def test_a_full_disk_is_told_and_leaves_nothing_half_written(company, tmp_path):
    """No file may grow beyond a size, which the engine and Python meet as they meet a full disk."""
    script = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000));"
        "from pathlib import Path; from helpers.errors import WorkbookError;"
        "from helpers.settings.config import parse_settings; from helpers.intake import read_tables\n"
        "try: read_tables(Path(sys.argv[1]), parse_settings({'report': {'currency': 'EUR'}}, 'w'), Path(sys.argv[2]))\n"
        "except WorkbookError as error: print(error); sys.exit(2)"
    )
    command = [sys.executable, "-c", script, str(company), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "There is no room to read the data" in done.stdout
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "tables").iterdir())
    assert len(months_of(company, tmp_path)) > 0


FILLED = """
import subprocess, sys
from pathlib import Path
import pandas as pd
from helpers.settings.config import parse_settings
from helpers.errors import WorkbookError
from helpers.subjects.registry import open_facts
from helpers.intake import read_tables

data, cache, size = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
settings = parse_settings({"report": {"currency": "EUR"}}, "workbook.toml")

def months():
    tables = read_tables(data, settings, cache)
    facts = open_facts(tables, pd.Period("2025-11", "M"), settings, cache)
    return facts.frame("customer_months")

subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", cache], check=True)
try:
    months()
    print("there was room")
except WorkbookError as error:
    print(error)
left = [path for path in cache.rglob("*") if path.name.startswith(".") and not path.name.endswith(".seal")]
print("left behind:", left)
subprocess.run(["mount", "-o", "remount,size=1g", cache], check=True)
found = months()
print("then:", len(found), f"{found['net_amount'].sum():.4f}")
"""
IN_A_NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount")


@pytest.mark.slow
@pytest.mark.skipif(
    shutil.which("unshare") is None
    or subprocess.run([*IN_A_NAMESPACE, "true"], capture_output=True, check=False).returncode != 0,
    reason="this system lets nobody mount a small disk of his own",
)
@pytest.mark.parametrize(
    ("of_tables", "of_facts", "what"),
    [(0.5, 0, "There is no room to read the data"), (1, 0.5, "cannot be computed")],
)
def test_on_a_disk_that_fills_up_the_error_says_so_and_with_room_the_next_run_is_right(
    company, plenty, tmp_path, of_tables, of_facts, what
):
    """The disk is full while the data are read, or while the first fact is written."""
    months, room = plenty
    cache = tmp_path / "small disk"
    cache.mkdir()
    size = of_tables * bytes_in(room / "tables") + of_facts * bytes_in(room / "facts")
    command = [*IN_A_NAMESPACE, sys.executable, "-c", FILLED, str(company), str(cache), str(int(size))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    error, left, then = done.stdout.splitlines()
    assert what in error
    assert left == "left behind: []"
    assert then == f"then: {len(months)} {months['net_amount'].sum():.4f}"


@pytest.mark.slow
def test_a_parquet_file_cut_short_is_named_and_leaves_nothing(company, tmp_path):
    whole = (company / "order_lines.parquet").read_bytes()
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "order_lines.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(WorkbookError, match=r"order_lines.parquet cannot be read as parquet.*cut off"):
        read(folder, tmp_path / "cache")
    assert not list((tmp_path / "cache" / "tables").iterdir())
    (folder / "order_lines.parquet").write_bytes(whole)
    assert read(folder, tmp_path / "cache").inputs[0].rows == LINES


@pytest.mark.slow
def test_what_is_counted_does_not_depend_on_the_road(company, tmp_path):
    """A table taken over as it is and the same table read value by value hold the same rows."""
    folder = tmp_path / "data"
    folder.mkdir()
    duckdb.sql(
        f"""COPY (SELECT ' ' || order_id AS order_id, * EXCLUDE order_id
        FROM '{company / "order_lines.parquet"}') TO '{folder / "order_lines.parquet"}'"""
    )
    taken, cleaned = read(company, tmp_path / "taken"), read(folder, tmp_path / "cleaned")
    rows = " UNION ALL ".join(
        f"(FROM '{a.path('order_lines')}' EXCEPT ALL FROM '{b.path('order_lines')}')"
        for a, b in ((taken, cleaned), (cleaned, taken))
    )
    assert duckdb.sql(f"SELECT count(*) FROM ({rows})").fetchone() == (0,)
    pd.testing.assert_frame_equal(
        pd.read_parquet(taken.folder / "reconciliation.parquet"),
        pd.read_parquet(cleaned.folder / "reconciliation.parquet"),
    )


@pytest.mark.slow
def test_a_repeated_line_alone_is_set_aside_and_the_rest_taken_over(company, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    target = folder / "order_lines.parquet"
    duckdb.sql(
        f"COPY (FROM '{company / 'order_lines.parquet'}' UNION ALL (FROM '{company / 'order_lines.parquet'}' LIMIT 5))"
        f" TO '{target}'"
    )
    tables = read(folder, tmp_path / "cache")
    aside = pd.read_parquet(tables.folder / "quarantine" / "order_lines.parquet")
    assert list(aside["rule"]) == ["duplicate"] * 5
    counted = duckdb.sql(f"SELECT count(*) FROM '{tables.path('order_lines')}'").fetchone()
    assert counted == (LINES,)
