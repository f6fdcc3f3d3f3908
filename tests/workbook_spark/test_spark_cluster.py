"""A cluster of several machines, here of several addresses: it computes as DuckDB does, and workers may die."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from cluster import cluster
from processes import kill

from helpers.data import read_data
from helpers.subjects.registry import open_facts

pytestmark = [
    pytest.mark.spark,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="loopback has one address alone on this machine"),
]
HERE = Path(__file__).parent
MONTH = pd.Period("2026-10", "M")


class Run:
    """A process that computes facts one after the other, each when it is told to."""

    def __init__(self, master, folder, *names):
        command = [sys.executable, str(HERE / "facts_on_cluster.py"), master, str(folder / "cache"), *names]
        paths = [str(HERE.parent), *filter(None, sys.path)]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
        self.log = folder / "driver.log"
        with self.log.open("w") as said:
            self.process = subprocess.Popen(
                command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True,
                start_new_session=True,
            )  # fmt: skip

    def says(self):
        """Return what became of a fact: ``computed PATH`` or ``stopped WHY``."""
        said = self.process.stdout.readline()
        assert said, self.log.read_text()[-2000:]
        return said.strip().split(" ", 1)

    def goes_on(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()


def test_workers_that_die_cost_time_alone_and_with_the_last_one_the_run_stops(tmp_path):
    computed = ("purchase_occasions", "customer_summary")
    with cluster(tmp_path) as found:
        run = Run(found.address, tmp_path, *computed, "wallet_changes", "END", "wallet_changes")
        try:
            said = [run.says()]
            for worker in (0, 1):
                run.goes_on()
                found.lose(worker)
                said.append(run.says())
            run.goes_on()
            said.append(run.says())
        finally:
            kill(run.process)
    assert [what for what, _ in said] == ["computed", "computed", "stopped", "stopped"], said
    assert f"The cluster at {found.address} has had no worker for this run" in said[2][1]
    assert f"Spark (spark.session = '{found.address}') has ended this run" in said[3][1]
    tables, settings = read_data(None)
    source = settings.source.model_copy(update={"engine": "spark"})
    by_spark = open_facts(tables, MONTH, settings.model_copy(update={"source": source}), tmp_path / "cache")
    by_duckdb = open_facts(tables, MONTH, settings, tmp_path / "duckdb")
    for name, (_, path) in zip(computed, said, strict=False):
        assert by_spark.path(name) == Path(path), "what was computed there is read here"
        pd.testing.assert_frame_equal(by_spark.frame(name), by_duckdb.frame(name), check_exact=True)
    assert not [path for path in by_spark.folder.glob(".*") if not path.name.endswith(".seal")], "drafts"
