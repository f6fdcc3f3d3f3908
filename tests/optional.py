"""What a machine may lack, whether it is here, and what is said of the tests that need it.

A test says by a marker what it needs (`MARKED`), and is skipped with the reason where a part of that is missing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from helpers.settings.config import PROJECT_FOLDER
from workbook_spark.session import _java

#: Public data beside the project; tests that need them are marked `shared`.
SHARED_DATA = Path(os.environ.get("WORKBOOK_SHARED") or PROJECT_FOLDER.parent / "shared") / "data"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: With these Spark 4 runs.
JAVA_VERSIONS = range(17, 22)


@cache
def chromium() -> str | None:
    """Return the browser's program."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@cache
def initdb() -> str | None:
    """Return the program that makes a PostgreSQL server's folder; the others lie beside it."""
    of_debian = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")))  # not on the PATH there
    return shutil.which("initdb") or next(reversed(of_debian), None)


@cache
def _no_java() -> str | None:
    program = _java()
    if program is None:
        return "there is no Java on this machine"
    said = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    if found and int(found[1]) in JAVA_VERSIONS:
        return None
    return f"Spark needs Java 17 or 21; {program} is {found[1] if found else 'none that says its version'}"


def _unless(there: Callable[[], object], reason: str) -> Callable[[], str | None]:
    return lambda: None if there() else reason


def _module(name: str, reason: str) -> Callable[[], str | None]:
    return _unless(lambda: find_spec(name), reason)


#: Part -> why it cannot be used; None: it can.
PARTS: dict[str, Callable[[], str | None]] = {
    "axe": _module("axe_playwright_python", "axe is not installed"),
    "chromium": _unless(chromium, "there is no Chromium on this machine"),
    "connect": _module("grpc_status", "the client of Spark Connect, pyspark[connect], is not installed"),
    "java": _no_java,
    "pdftotext": _unless(lambda: shutil.which("pdftotext"), "pdftotext is not here to read printed pages"),
    "playwright": _module("playwright", "playwright is not installed"),
    "postgresql": _unless(initdb, "PostgreSQL's server is not installed"),
    "psycopg": _module("psycopg", "psycopg is not installed (the extra postgres)"),
    "pyspark": _module("pyspark", "PySpark is not installed (make spark)"),
    "shared": _unless(SHARED_DATA.is_dir, "the public data sets are not beside the project"),
    "voila": _module("voila", "voila is not installed (the extra app)"),
}
#: Marker -> the parts without which its tests are skipped.
MARKED = {
    "browser": ("playwright", "chromium"),
    "postgres": ("psycopg", "postgresql"),
    "pyspark": ("pyspark",),
    "shared": ("shared",),
    "spark": ("pyspark", "java"),
}


def missing(*parts: str) -> str | None:
    """Return why the first of these parts that is missing cannot be used; None: all can."""
    return next(filter(None, (PARTS[part]() for part in parts)), None)


def need(*parts: str) -> None:
    """Skip the test where one of these parts is missing."""
    if reason := missing(*parts):
        pytest.skip(reason)


def need_what_is_marked(item: pytest.Item) -> None:
    """Skip a test whose markers ask for what is missing."""
    for marker, parts in MARKED.items():
        if item.get_closest_marker(marker):
            need(*parts)
