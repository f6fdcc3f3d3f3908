"""The one Spark session of a process: found, started or connected to, with errors that say the way out."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from helpers.errors import WorkbookError
from helpers.spark_settings import Spark

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ACTIVE = "active"
_ANSWER_SECONDS = 5
_PATIENCE: dict[str, Any] = {"max_retries": 6, "max_backoff": 5000}
"""How often, and after how many milliseconds at most, Spark Connect is asked again where it does not answer: for some
half a minute in all. Its own rule is ten minutes."""
_CONNECTED: dict[str, SparkSession] = {}
"""Address -> the session that this process has there."""
_PORTS = {"spark": 7077, "sc": 15002}


def accept_pandas_3() -> None:
    """Silence what PySpark 4.3 says at every import and fetch: that it does not support all of pandas 3.

    What is used of it here (Arrow to pandas of a few columns, mapInArrow) is what the tests hold against DuckDB.
    """
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)


def open_session(settings: Spark, cache: Path) -> SparkSession:
    """Return a session with settings of its own: catalogue and cluster are shared, time zone and views are not.

    Parameters
    ----------
    settings
        ``session`` and ``options``.
    cache
        A local Spark keeps its scratch files below.

    Raises
    ------
    WorkbookError
        PySpark or Java is not there, nothing answers at the address, or no session is active where one is asked for.
    """
    if find_spec("pyspark") is None:
        raise WorkbookError(
            'engine = "spark" needs PySpark, which is not installed: install customer-workbook[spark], or leave '
            "the line out of [source] in workbook.toml."
        )
    accept_pandas_3()
    from pyspark.sql import SparkSession

    active = SparkSession.getActiveSession()
    wanted = settings.session
    if active is None and wanted == ACTIVE:
        raise WorkbookError(
            'spark.session = "active", but this process has no active Spark session: start one before the book is '
            "opened, or name a master or a Spark Connect address under [spark] in workbook.toml."
        )
    if active is not None and wanted in ("", ACTIVE):
        return _own(active)
    if wanted.startswith("sc://"):
        return _connected(wanted)
    return _own(_started(wanted or "local[*]", settings.options, cache))


def _own(session: SparkSession) -> SparkSession:
    """Keep the settings that are made for the workbook out of the caller's session."""
    own = session.newSession()
    own.catalog.setCurrentCatalog(session.catalog.currentCatalog())
    own.catalog.setCurrentDatabase(session.catalog.currentDatabase())
    _settle(own)
    remote = sys.modules.get("pyspark.sql.connect.session")
    if remote is not None and isinstance(own, remote.SparkSession):  # a notebook that has one of its own
        atexit.register(_leave, own)
    return own


def _settle(own: SparkSession) -> None:
    # Expressions are written so that nothing overflows or divides by zero; where they did it must not pass for NULL.
    own.conf.set("spark.sql.ansi.enabled", "true")
    own.conf.set("spark.sql.session.timeZone", "UTC")


def _connected(address: str) -> SparkSession:
    if find_spec("grpc") is None:
        raise WorkbookError(
            f"The address {_plain(address)} is one of Spark Connect, whose client is not installed: install "
            "pyspark[connect], which customer-workbook[spark] brings."
        )
    if (known := _CONNECTED.pop(address, None)) is not None:
        if _still_there(known):
            _CONNECTED[address] = known
            return known
        _leave(known)
    _see_that_it_answers(address)
    # Not by `pyspark.sql.SparkSession.builder`, which makes all of the process Spark Connect's from then on.
    from pyspark.sql.connect.client.retries import DefaultPolicy
    from pyspark.sql.connect.session import SparkSession as Remote

    try:
        session: Any = Remote.builder.remote(address).create()
        session.client.set_retry_policies([DefaultPolicy(**_PATIENCE)])
        _settle(session)
    except Exception as error:  # gRPC's and Spark's own; the message may name a token
        raise WorkbookError(
            f"Spark Connect at {_plain(address)} answers, but opens no session ({type(error).__name__}). See that it "
            "is a Spark Connect server of Spark 4 and that you may use it."
        ) from None
    _CONNECTED[address] = session
    # In the interpreter's last moments, when PySpark would do it, gRPC waits for a thread that is no longer there.
    atexit.register(_leave, session)
    return session


@contextmanager
def answering(settings: Spark) -> Iterator[None]:
    """Say it, and no more than that, where Spark Connect ends in the middle of what is done within.

    Raises
    ------
    WorkbookError
        The server is gone, or was started anew and knows nothing of this session. Every other error is let through.
    """
    # What PySpark warns of there: a schema is not checked, which Ibis asks not to; and an error follows at once.
    warnings.filterwarnings("ignore", "'verifySchema' is ignored", UserWarning)
    warnings.filterwarnings("ignore", r"\[RETRIES_EXCEEDED\]", UserWarning)
    try:
        yield
    except Exception as error:
        if not _is_gone(error):
            raise
        raise WorkbookError(
            f"Spark Connect at {_plain(settings.session)} no longer answers, or was started anew meanwhile. Nothing "
            "half done was kept: run again when it is there."
        ) from None


def _is_gone(error: BaseException | None) -> bool:
    """Whether an error, or what it came of, is that nobody answers: PySpark's own, or gRPC's."""
    while error is not None:
        code = getattr(error, "getGrpcStatusCode", None) or getattr(error, "code", None)
        if callable(code) and getattr(code(), "name", "") == "UNAVAILABLE":
            return True
        if "[INVALID_HANDLE.SESSION_" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _still_there(session: SparkSession) -> bool:
    """Whether the server knows a session of this process: it may have been started anew in between."""
    try:
        return session.conf.get("spark.sql.session.timeZone") == "UTC"
    except Exception:  # whatever is wrong with it, another will do
        return False


def _leave(session: Any) -> None:
    """End a session on the server, if that answers, and close the connection."""
    from pyspark.sql.connect.client.retries import DefaultPolicy

    with suppress(Exception), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        session.client.set_retry_policies([DefaultPolicy(max_retries=0)])
        session.client.release_session()
    with suppress(Exception):
        session.client.close()


def _started(master: str, options: dict[str, str], cache: Path) -> SparkSession:
    java = _java()
    if java is None:
        raise WorkbookError(
            "Spark needs Java 17 or 21, which is not found: install it (Debian: openjdk-17-jre-headless), or set "
            "JAVA_HOME to where it is. With a Spark Connect address (sc://HOST:15002) this machine needs none."
        )
    if master.startswith("spark://"):
        _see_that_it_answers(master)
    from pyspark.sql import SparkSession

    scratch = cache / "spill" / "spark"
    scratch.mkdir(parents=True, exist_ok=True)
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        "spark.local.dir": str(scratch),
        "spark.sql.parquet.compression.codec": "zstd",
    }
    if master.startswith("local"):
        # One process on this machine: nobody else connects to it, and its memory is all there is.
        settings |= {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.sql.warehouse.dir": str(cache / "spark-warehouse"),
            "spark.driver.memory": os.environ.get("WORKBOOK_MEMORY", "").replace("GB", "g") or _memory(),
            "spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 1)),
        }
        os.environ.setdefault(
            "PYSPARK_PYTHON", sys.executable
        )  # workers score with the libraries of this process
    builder = SparkSession.builder.master(master).appName("Customer workbook")
    for name, value in (settings | options).items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except Exception as error:  # of py4j, of the JVM, of a cluster manager: one of many
        said = str(error).strip().splitlines()
        raise WorkbookError(
            f"Spark with the master {master} cannot be started: {said[0] if said else type(error).__name__} See "
            "spark.session and spark.options in workbook.toml."
        ) from None


def _java() -> str | None:
    home = os.environ.get("JAVA_HOME")
    return shutil.which(str(Path(home) / "bin" / "java")) if home else shutil.which("java")


def _memory() -> str:
    """Take 40 % of the machine, as DuckDB does: pandas needs some too."""
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return "2g"
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{max(1024, int(total * 0.4) >> 20)}m"


def _see_that_it_answers(address: str) -> None:
    """Find out at once what Spark would try for a minute."""
    parts = urlsplit(address)
    try:
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        socket.create_connection((host, port), _ANSWER_SECONDS).close()
    except (OSError, ValueError):
        raise WorkbookError(
            f"Nothing answers at {_plain(address)}. See that Spark runs there, and that host and port of spark.session "
            "in workbook.toml are right."
        ) from None


def _plain(address: str) -> str:
    """Leave out what stands behind the host: Spark Connect addresses may hold a token."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rsplit('@', 1)[-1]}"
