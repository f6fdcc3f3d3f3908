"""The embedded engine: one private DuckDB per use, bounded in memory, with no network access."""

from __future__ import annotations

import os
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis.backends.duckdb import Backend

from helpers.errors import WorkbookError


def connect(cache: Path) -> Backend:
    """Open an engine that spills below ``cache`` and never fetches an extension.

    The memory limit is half of the machine's memory, or ``WORKBOOK_MEMORY`` (such as ``2GB``).
    """
    spill = cache / "spill"
    try:
        spill.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkbookError(
            f"The cache folder {cache} cannot be written: {error.strerror}. "
            "Set WORKBOOK_CACHE to a folder that can."
        ) from None
    return ibis.duckdb.connect(
        temp_directory=str(spill),
        memory_limit=os.environ.get("WORKBOOK_MEMORY") or f"{_physical_memory_bytes() // 2 // 2**20}MiB",
        autoinstall_known_extensions=False,
        autoload_known_extensions=False,
    )


def _physical_memory_bytes() -> int:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # no sysconf on Windows
        return 4 * 2**30


def to_pandas(table: ir.Table) -> pd.DataFrame:
    """Fetch rows: DECIMAL as float64 rounded to 4 decimals, DATE as datetime64, text as pandas' str."""
    schema = table.schema()
    decimals = [name for name, kind in schema.items() if kind.is_decimal()]
    casts = dict.fromkeys(decimals, "float64") | {
        n: "timestamp" for n, kind in schema.items() if kind.is_date()
    }
    frame = table.cast(casts).to_pyarrow().to_pandas() if casts else table.to_pyarrow().to_pandas()
    frame[decimals] = frame[decimals].astype("float64").round(4)
    return frame
