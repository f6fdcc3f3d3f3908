"""SQL on any engine: text from data and settings enters it as an identifier or a literal, never as SQL."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import Any, Protocol


class Connection(Protocol):
    """What intake asks with: DuckDB's connection, or another engine's that takes DuckDB's SQL."""

    def execute(self, query: str, /) -> Any:
        """Run a statement; its result has ``fetchall`` and ``fetchone``."""


_EXACT = "CAST(x AS DECIMAL(28,8))"
_AWAY = f"round({_EXACT}, places)"
_OTHER = f"{_EXACT} + {_EXACT} - {_AWAY}"
#: Rounding as ledgers do, exactly: a half goes to the even digit (DuckDB's ``round_even`` of a decimal is a float).
#: A value lies half-way where its mirror image in the rounded value's place has no more decimals either.
HALF_EVEN = (
    f"CREATE OR REPLACE MACRO half_even(x, places) AS CASE WHEN {_AWAY} <> {_EXACT} AND round({_OTHER}, places) ="
    f" {_OTHER} AND round({_AWAY} * 0.5, places) <> {_AWAY} * 0.5 THEN {_OTHER} ELSE {_AWAY} END"
)

#: What shows nothing: blanks of every width and script, controls, marks without a width and of the way of writing.
BLANKS = (
    r"[\x{1}-\x{20}\x{7f}-\x{a0}\x{ad}\x{61c}\x{180e}\p{Z}"
    r"\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{206f}\x{feff}]"
)


def identifier(name: str) -> str:
    """Return a column or table name, quoted."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text value, quoted."""
    return "'" + text.replace("'", "''") + "'"


def stripped_sql(text: str) -> str:
    """Write the SQL of a text without what shows nothing at its ends; NULL where nothing is left."""
    # Quicker than DuckDB's trim (1.5.6), which makes a set of the characters for each row; by itself it takes spaces.
    return f"nullif(regexp_replace({text}, '^{BLANKS}+|{BLANKS}+$', '', 'g'), '')"


def parquet_files(path: Path) -> str:
    """Name to the engine's readers a file, or the parts in a folder, as Spark writes a table."""
    return glob.escape(str(path)) + ("/*.parquet" if path.is_dir() else "")


def parquet_sql(path: Path) -> str:
    """Return what stands after FROM for Parquet files: their own columns, and none of the folders that they lie in.

    DuckDB (1.5.6) takes any folder NAME=VALUE of the path for a partition, and its value in place of the file's column.
    """
    return f"read_parquet({literal(parquet_files(path))}, hive_partitioning = false)"


def file_literal(path: object) -> str:
    """Return a file name for the engine's readers, which would otherwise take ``*`` and ``[`` for patterns."""
    return literal(glob.escape(str(path)))
