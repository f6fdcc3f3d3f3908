"""A standalone cluster of the installed PySpark: a master and workers, each with an address of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from processes import free_port, kill, started, wait_for_port

import helpers

_ADDRESSES = ("127.0.0.2", "127.0.0.3", "127.0.0.4")
_CLASSES = "org.apache.spark.deploy"


@dataclass
class Cluster:
    """The master's address, and the workers' processes, whose executors die with them."""

    address: str
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def lose(self, number: int) -> None:
        """Take a worker and its executors away, as when its machine loses power."""
        kill(self.workers[number])


@contextmanager
def cluster(
    folder: Path, addresses: Sequence[str] = _ADDRESSES, within: Sequence[Sequence[str]] = ((), (), ())
) -> Iterator[Cluster]:
    """Start a master and a worker at each further address; gives them, and ends them and their executors.

    ``within`` is written before each command, such as ``ip netns exec NAME`` where addresses are those of a network
    of its own.
    """
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
    program = [str(home / "bin" / "spark-class")]
    port = free_port()
    master = [*within[0], *program, f"{_CLASSES}.master.Master", "--host", addresses[0], "--port", str(port)]
    found = Cluster(f"spark://{addresses[0]}:{port}")
    with ExitStack() as stack:
        log = folder / "master.log"
        server = stack.enter_context(started([*master, "--webui-port", "0"], log, environment))
        assert wait_for_port(port, server, addresses[0]), f"no master: {log.read_text()[-2000:]}"
        for number, address in enumerate(addresses[1:]):
            log = folder / f"worker-{number}.log"
            worker = [*within[number + 1], *program, f"{_CLASSES}.worker.Worker", "--host", address]
            worker += [
                "--cores",
                "1",
                "--memory",
                "1g",
                "--webui-port",
                "0",
                "--work-dir",
                str(folder / "work"),
            ]
            found.workers.append(stack.enter_context(started([*worker, found.address], log, environment)))
        yield found
