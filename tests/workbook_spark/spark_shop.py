"""A small shop whose export is read by both engines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from helpers.intake import StandardTables, read_tables
from helpers.settings.config import parse_settings

ENGINES = ("duckdb", "spark")


class Shop:
    """A data folder read by either engine; ``max_share`` is 1 so that single bad rows do not stop a small export."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.cache = folder / "data", folder / "cache"
        self.folder.mkdir()

    def write(self, name: str, *rows: str) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")

    def read(self, engine: str, max_share: float = 1, **sections: Any) -> StandardTables:
        source = {**sections.pop("source", {}), "engine": engine}
        settings = {"quarantine": {"max_share": max_share}, "source": source, **sections}
        return read_tables(self.folder, parse_settings(settings, "workbook.toml"), self.cache)


def rows_of(tables: StandardTables, name: str = "order_lines") -> pd.DataFrame:
    """Rows of a standard table in a stated order."""
    frame = pd.read_parquet(tables.path(name))
    return frame.sort_values(list(frame.columns), ignore_index=True)


def quarantine_of(tables: StandardTables, name: str = "order_lines") -> pd.DataFrame:
    """Rows set aside, but for where a row of a file stands, which only one engine knows."""
    frame = pd.read_parquet(tables.folder / "quarantine" / f"{name}.parquet")
    frame = frame.drop(columns=["row_number", "row_as_read"])
    return frame.sort_values(["file", "rule", "sentence"], ignore_index=True)
