"""The world of a scope alone: a company that has nobody else's data tells nothing of others, whatever its packs say."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd

from helpers.core.scope import Scope
from helpers.report.monthly import make_reports
from helpers.report.requests import ReportRequest


def pack_of_scope_alone(data: Path, scope: Scope, month: str, out: Path) -> Path:
    """Make the scope's pack from a copy of some data without the customers and targets of others."""
    folder = shutil.copytree(data, out / "data")
    tables = {path: pd.read_parquet(path) for path in folder.glob("*.parquet")}
    named = {path.stem: table for path, table in tables.items()}
    owners = named["customers"].drop_duplicates("customer_id", keep="last")
    owners = owners.merge(
        named["salespeople"].drop_duplicates("salesperson_id", keep="last")[["salesperson_id", "team"]],
        on="salesperson_id",
    )
    mine = owners[scope.owns(owners)]
    orders = named["order_lines"].loc[
        named["order_lines"]["customer_id"].isin(mine["customer_id"]), "order_id"
    ]
    members = {scope.id, *mine["salesperson_id"]}
    kept = {"customer_id": mine["customer_id"], "order_id": orders, "scope_id": members}
    for path, table in tables.items():
        by = next((column for column in kept if column in table), None)
        if by is not None:
            table[table[by].isin(kept[by])].to_parquet(path, index=False)
    request = ReportRequest(str(folder), month=month, scope=scope.text, out=out / "reports")
    (pack,) = make_reports(request, lambda step: None).packs
    assert pack.failures == ()
    return pack.folder
