"""The one Spark session of a process: found, started or connected to, with errors that say the way out."""

from __future__ import annotations

import os
import re
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.core.files.private import private_folder
from helpers.errors import WorkbookError
from helpers.settings.engine import Spark
from workbook_spark.address import plain, see_that_it_answers
from workbook_spark.cluster import forget_what_ended, has_ended, watched
from workbook_spark.connect import connected, is_gone, made_ready, refused, settle
from workbook_spark.written import is_remote

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ACTIVE = "active"
_SECRET = re.compile(r"secret|password|token|access\.?key", re.IGNORECASE)


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
    forget_what_ended()
    active, wanted = _active(), settings.session
    if active is None and wanted == ACTIVE:
        raise WorkbookError(
            'spark.session = "active", but this process has no active Spark session: start one before the book is '
            "opened, or name a master or a Spark Connect address under [spark] in workbook.toml."
        )
    try:
        if active is not None and wanted in ("", ACTIVE):
            return _own(active)
        if wanted.startswith("sc://"):
            return connected(wanted)
        return _own(_started(wanted or "local[*]", settings.options, cache))
    except WorkbookError as error:
        error.__context__ = None  # or `answering` would say that what was never there has ended
        raise


def _active() -> SparkSession | None:
    """Find the session that this process has: of a Spark in it, or of Spark Connect."""
    from pyspark.sql import SparkSession

    session = SparkSession.getActiveSession()
    # A process that has one of either kind is not Spark Connect's as a whole, and tells only of the other.
    remote = sys.modules.get("pyspark.sql.connect.session")
    if session is None and remote is not None:
        found: SparkSession | None = remote.SparkSession.getActiveSession()
        return found
    return session


def _own(session: SparkSession) -> SparkSession:
    """Keep the settings that are made for the workbook out of the caller's session."""
    own = session.newSession()
    if is_remote(own):
        made_ready(own)
    else:
        settle(own)
    own.catalog.setCurrentCatalog(session.catalog.currentCatalog())
    own.catalog.setCurrentDatabase(session.catalog.currentDatabase())
    return own


@contextmanager
def answering(settings: Spark) -> Iterator[None]:
    """Say it, and no more than that, where Spark ends in the middle of what is done within.

    Raises
    ------
    WorkbookError
        The server, the cluster or its last worker is gone, or a server lets this user in no longer. Every other error
        is let through.
    """
    # What PySpark warns of there: a schema is not checked, which Ibis asks not to; and an error follows at once.
    warnings.filterwarnings("ignore", "'verifySchema' is ignored", UserWarning)
    warnings.filterwarnings("ignore", r"\[RETRIES_EXCEEDED\]", UserWarning)
    try:
        with watched(settings.session):
            yield
    except Exception as error:
        said = refused(error, settings.session)
        if said is None and is_gone(error):
            said = f"Spark Connect at {plain(settings.session)} no longer answers, or was started anew meanwhile."
        elif said is None and not settings.session.startswith("sc://") and has_ended():
            said = (
                f"Spark (spark.session = '{settings.session}') has ended this run: somebody stopped it, or its workers "
                "cannot reach this machine (spark.driver.host in spark.options) or fail one after the other; the "
                "cluster's logs have why."
            )
        if said is None:
            raise
        raise WorkbookError(f"{said} Nothing half done was kept: run again when it is there.") from None


def _started(master: str, options: dict[str, str], cache: Path) -> SparkSession:
    java = _java()
    if java is None:
        raise WorkbookError(
            "Spark needs Java 17 or 21, which is not found: install it (Debian: openjdk-17-jre-headless), or set "
            "JAVA_HOME to where it is. With a Spark Connect address (sc://HOST:15002) this machine needs none."
        )
    settings = _settings(master, cache)
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master).appName("Customer workbook")
    for name, value in (settings | options).items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except Exception as error:  # of py4j, of the JVM, of a cluster manager: one of many
        said = next(iter(str(error).strip().splitlines()), type(error).__name__)
        for value in (value for name, value in options.items() if _SECRET.search(name) and value):
            said = said.replace(value, "***")
        raise WorkbookError(
            f"Spark with the master {master} cannot be started: {said} See spark.session and spark.options in "
            "workbook.toml."
        ) from None


def _settings(master: str, cache: Path) -> dict[str, str]:
    """Return Spark's settings for a session that is started here, and tell its Java where it is."""
    scratch = cache / "spill" / "spark"
    private_folder(scratch)
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        "spark.local.dir": str(scratch),
        "spark.sql.parquet.compression.codec": "zstd",
    }
    own_address = ""
    if master.startswith("spark://"):
        # What Spark takes for it else may be "localhost", or of a network that no worker reaches.
        settings["spark.driver.host"] = own_address = see_that_it_answers(master)
    elif master.startswith("local"):
        own_address = "127.0.0.1"
        # One process on this machine: nobody else connects to it, and its memory is all there is.
        settings |= {
            "spark.driver.bindAddress": own_address,
            "spark.driver.host": own_address,
            "spark.sql.warehouse.dir": str(cache / "spark-warehouse"),
            "spark.driver.memory": os.environ.get("WORKBOOK_MEMORY", "").replace("GB", "g") or _memory(),
            "spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 1)),
        }
        # Workers score with the libraries of this process.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    if (
        own_address
    ):  # else Java looks the machine's name up, and ends where nobody knows that, as in many a container
        os.environ.setdefault("SPARK_LOCAL_IP", own_address)
    return settings


def _java() -> str | None:
    home = os.environ.get("JAVA_HOME")
    return shutil.which(str(Path(home) / "bin" / "java")) if home else shutil.which("java")


def _memory() -> str:
    """Take 40 % of the machine, as DuckDB does: pandas needs some too."""
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return "2g"
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{max(1024, int(total * 0.4) >> 20)}m"
