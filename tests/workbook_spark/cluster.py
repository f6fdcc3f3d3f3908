"""A standalone cluster of the installed PySpark: a master and workers, each with an address of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from processes import free_port, kill, started, wait_for_port

import helpers

_MASTER = "127.0.0.2"
_WORKERS = ("127.0.0.3", "127.0.0.4")


@dataclass
class Cluster:
    """The master's address, and the workers' processes, whose executors die with them."""

    address: str
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def lose(self, number: int) -> None:
        """Take a worker and its executors away, as when its machine loses power."""
        kill(self.workers[number])


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Start a master and two workers; gives them, and ends them and their executors."""
    import pyspark

    home = Path(pyspark.__file__).parent
    environment = os.environ | {
        "SPARK_HOME": str(home),
        "SPARK_DAEMON_MEMORY": "200m",
        "SPARK_DAEMON_JAVA_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "SPARK_LOCAL_DIRS": str(folder / "scratch"),
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": str(Path(helpers.__file__).parents[1]),  # the workers score with this package
    }
    port = free_port(_MASTER)
    found = Cluster(f"spark://{_MASTER}:{port}")

    def begun(name: str, address: str, *options: str) -> subprocess.Popen[bytes]:
        command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}", "--host", address]
        command += ["--webui-port", "0", *options]
        return stack.enter_context(started(command, folder / f"{address}.log", environment))

    with ExitStack() as stack:
        master = begun("master.Master", _MASTER, "--port", str(port))
        log = folder / f"{_MASTER}.log"
        assert wait_for_port(port, master, _MASTER), f"no master: {log.read_text()[-2000:]}"
        size = ("--cores", "1", "--memory", "1g", "--work-dir", str(folder / "work"))
        found.workers = [begun("worker.Worker", one, *size, found.address) for one in _WORKERS]
        yield found
