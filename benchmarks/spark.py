"""Intake and facts on Spark (local[2]) and on DuckDB: elapsed and CPU seconds, and the peak of memory.

``python benchmarks/spark.py DATA ENGINE [FACT ...]``: DATA as made by ``workbook sample``, ENGINE duckdb or spark.
Without facts, all. The cache is a new folder each time.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import tempfile
import time
from pathlib import Path

from helpers.engine.months.coverage import read_default_month
from helpers.intake import read_tables
from helpers.settings.config import load_settings
from helpers.subjects.registry import FACT_NAMES, open_facts

OPTIONS = {"spark.driver.memory": "4g", "spark.sql.shuffle.partitions": "4"}


def main(data: Path, engine: str, names: list[str]) -> None:
    settings = load_settings(data / "workbook.toml")
    settings = settings.model_copy(
        update={
            "source": settings.source.model_copy(update={"engine": engine}),
            "spark": settings.spark.model_copy(update={"session": "local[2]", "options": OPTIONS}),
        }
    )
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as folder:
        cache = Path(folder)
        os.environ["WORKBOOK_CACHE"] = folder
        if engine == "spark":
            measured("start of Spark", lambda: start(settings, cache))
        tables = measured("intake", lambda: read_tables(data, settings, cache))
        facts = open_facts(tables, read_default_month(tables, dt.date.today()).month, settings, cache)
        for name in names or FACT_NAMES:
            measured(name, lambda name=name: facts.table(name))
    print(f"| peak memory, MB | {peak_megabytes():,.0f} | |")


def start(settings, cache):
    from workbook_spark.session import accept_pandas_3, open_session

    accept_pandas_3()
    open_session(settings.spark, cache).range(1).count()


def measured(what, action):
    began, cpu = time.perf_counter(), cpu_seconds()
    result = action()
    print(f"| {what} | {time.perf_counter() - began:.1f} | {cpu_seconds() - cpu:.1f} |", flush=True)
    return result


def cpu_seconds() -> float:
    """CPU of this process and of the JVM that it started."""
    total = sum(os.times()[:2])
    for pid in jvms():
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def peak_megabytes() -> float:
    lines = [
        line
        for pid in (os.getpid(), *jvms())
        for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        if line.startswith("VmHWM")
    ]
    return sum(int(line.split()[1]) for line in lines) / 1024


def jvms() -> list[int]:
    if "pyspark" not in sys.modules:
        return []
    from pyspark import SparkContext

    gateway = SparkContext._gateway
    return [gateway.proc.pid] if gateway else []


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
