"""What intake hands on: the standard tables as Parquet files, and where each row of the input went."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: What is known of the tables beside their rows: key, inputs, columns supplied and left aside, notes.
META = "tables.json"


@dataclass(frozen=True)
class InputFile:
    """One file (or database table) that was read: name without folder, content hash, size and row count."""

    name: str
    sha256: str
    bytes: int
    rows: int


@dataclass(frozen=True)
class StandardTables:
    """The standard tables of one data set, cleaned, typed and reconciled.

    Every contract column stands in each file, NULL where the source has none; ``supplied`` tells which the
    source has, so that "not supplied" is never taken for "zero".

    Attributes
    ----------
    folder
        Holds ``TABLE.parquet`` for each table of ``supplied``, ``quarantine/TABLE.parquet`` where rows were
        set aside, and ``reconciliation.parquet``.
    key
        Hash over the content of all inputs, the settings that intake uses and intake's code.
    supplied
        Table name -> the standard columns that the source supplies. A table that is not there has no entry.
    inputs
        The files read, in name order.
    """

    folder: Path
    key: str
    supplied: Mapping[str, frozenset[str]]
    inputs: tuple[InputFile, ...]

    def has(self, table: str, *columns: str) -> bool:
        """Whether the source supplies the table, and each of the columns."""
        return table in self.supplied and set(columns) <= self.supplied[table]

    def notes(self) -> list[str]:
        """Say what a reader of the figures should know: which files overlap, what is alike and counts."""
        notes: list[str] = self._said().get("notes", [])
        return notes

    def unread(self) -> dict[str, list[str]]:
        """Return the unused columns of each table's source; under "" what of a database is not read."""
        said = self._said()
        return {**said.get("unknown", {}), "": list(said.get("unread", ()))}

    def _said(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads((self.folder / META).read_text(encoding="utf-8"))
        return said

    def path(self, table: str) -> Path:
        """Return the Parquet file of a standard table."""
        return self.folder / f"{table}.parquet"
