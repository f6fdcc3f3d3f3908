"""A small shop whose export is written line by line, as the tests need it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.intake import StandardTables, read_tables
from helpers.settings.config import parse_settings

HEADER = "order_id,order_date,customer_id,line_no,product_id,quantity,net_amount"


class Shop:
    """A data folder and a cache; ``max_share`` is 1 so that single bad rows do not stop a small export."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "data"
        self.cache = folder / "cache"
        self.folder.mkdir()

    def write(self, name: str, lines: Iterable[str] | bytes, encoding: str = "utf-8") -> Path:
        path = self.folder / name
        path.write_bytes(
            lines if isinstance(lines, bytes) else "".join(f"{x}\n" for x in lines).encode(encoding)
        )
        return path

    def orders(self, *rows: str, header: str = HEADER, name: str = "order_lines.csv") -> Path:
        return self.write(name, [header, *rows])

    def read(self, data: Any = None, max_share: float = 1, **sections: Any) -> StandardTables:
        defaults = {"report": {"currency": "EUR"}, "quarantine": {"max_share": max_share}}
        settings = parse_settings(defaults | sections, "workbook.toml")
        return read_tables(self.folder if data is None else data, settings, self.cache)

    def table(self, name: str = "order_lines", **sections: Any) -> pd.DataFrame:
        return pd.read_parquet(self.read(**sections).path(name)).astype(object).replace({float("nan"): None})

    def quarantine(self, name: str = "order_lines", **sections: Any) -> pd.DataFrame:
        return pd.read_parquet(self.read(**sections).folder / "quarantine" / f"{name}.parquet")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)
