"""SQL on any engine: text from data and settings enters it as an identifier or a literal, never as SQL."""

from __future__ import annotations

import glob
from typing import Any, Protocol


class Connection(Protocol):
    """What intake asks with: DuckDB's connection, or another engine's that takes DuckDB's SQL."""

    def execute(self, query: str, /) -> Any:
        """Run a statement; its result has ``fetchall`` and ``fetchone``."""

    def extract_statements(self, query: str, /) -> list[Any]:
        """Take a text apart into statements."""


def identifier(name: str) -> str:
    """Give a column or table name, quoted."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Give a text value, quoted."""
    return "'" + text.replace("'", "''") + "'"


def file_literal(path: object) -> str:
    """Give a file name for the engine's readers, which would otherwise take ``*`` and ``[`` for patterns."""
    return literal(glob.escape(str(path)))
