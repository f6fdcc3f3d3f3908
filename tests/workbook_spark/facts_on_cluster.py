"""The run of a test on a cluster, in a process of its own, since one has but one Spark: master and cache come as words.

It says each fact that it has, or how it was stopped, and waits for a line before the next. The fact called END is none:
there Spark is stopped, as a cluster does that ends an application.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
from pyspark import SparkContext
from small_spark import SMALL_SPARK

from helpers.data import read_data
from helpers.errors import WorkbookError
from helpers.settings.engine import Spark
from helpers.subjects.registry import open_facts
from workbook_spark import cluster as spark_cluster

_SIZE = {
    "spark.executor.memory": "600m",
    "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}


def main(master: str, cache: str, *names: str) -> None:
    spark_cluster._PATIENCE_SECONDS = 6
    tables, settings = read_data(None)
    source = settings.source.model_copy(update={"engine": "spark"})
    spark = Spark(session=master, options=SMALL_SPARK | _SIZE | {"spark.sql.shuffle.partitions": "2"})
    chosen = settings.model_copy(update={"source": source, "spark": spark})
    facts = open_facts(tables, pd.Period("2026-10", "M"), chosen, Path(cache))
    for name in names:
        if name == "END":
            SparkContext._active_spark_context._jsc.sc().stop()
            continue
        try:
            facts.table(name)
            print("computed", facts.path(name), flush=True)
        except WorkbookError as error:
            print("stopped", error, flush=True)
        sys.stdin.readline()


if __name__ == "__main__":
    main(*sys.argv[1:])
