"""Engines and databases that data lie in, and exports of the programs that they come from."""

from __future__ import annotations

import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

from works_with.seen import PROJECT, NotHereError, Rows, Seen, Work, run, tests, version_of

HERE = Path(sys.executable)


def spark(work: Work) -> Rows:
    """The sample's facts on a local Spark and by Spark Connect, held against DuckDB's."""
    if find_spec("pyspark") is None:
        raise NotHereError("PySpark is not in this environment (make spark)")
    version = version_of("pyspark", HERE)
    local, connect = (tests(f"tests/workbook_spark/test_spark_{each}.py") for each in ("sample", "connect"))
    yield Seen(
        "PySpark", f"{version}, local", f"every fact of the sample is DuckDB's to the last bit: {local}"
    )
    said = f"intake, a table of a catalogue, facts, scores of its workers: {connect}"
    yield Seen("PySpark", f"{version}, Spark Connect", said)


def postgresql(work: Work) -> Rows:
    """Tables read from a server of each version that is installed."""
    servers = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not servers:
        raise NotHereError("PostgreSQL's server is not on this machine (Debian's package postgresql)")
    version = run([str(servers[-1]), "--version"]).split()[2]
    passed = tests("tests/intake/reading/test_postgres.py")
    yield Seen("PostgreSQL", version, f"tables, types, columns nobody needs: {passed}")


def exports(work: Work) -> Rows:
    """The maps that ship, and proposals for exports of programs."""
    passed = tests("tests/intake/test_erp_maps.py", "tests/intake/proposing/test_exports_of_programs.py")
    for path in sorted((PROJECT / "data" / "maps").glob("*.toml")):
        text = path.read_text(encoding="utf-8")
        tomllib.loads(text)
        first = text.splitlines()[0].removeprefix("# ").split(". ")[0].rstrip(".")
        yield Seen(f"`data/maps/{path.name}`", "", first)
    yield Seen("all of these", "", f"totals are those of the programs, held by tests: {passed}")


LOOKS = {"Spark": spark, "PostgreSQL": postgresql, "exports": exports}
