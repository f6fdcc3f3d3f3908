"""Customer numbers merged into others: the join that replaces them in the standard tables, on any engine."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.core.mask import ID_COLUMNS
from helpers.engine.connection import to_pandas
from helpers.intake.merging import Decision

#: Tables whose rows say who counts as whom: they stay as they were decided.
_DECIDING = ("customer_aliases",)


def decisions_in(table: ir.Table) -> list[Decision]:
    """Return the rows of ``customer_aliases`` as decisions."""
    rows = to_pandas(table.select("customer_id", "same_as", "from_date", "decision"))
    days = [None if pd.isna(day) else day.date() for day in rows["from_date"]]
    is_same = (rows["decision"] != "different").tolist()
    return [
        Decision(number, other, day, same)
        for number, other, day, same in zip(rows["customer_id"], rows["same_as"], days, is_same, strict=True)
    ]


def merged_ids_digest(counted: Mapping[str, str]) -> str:
    """Name who counts as whom; empty where every number counts as itself."""
    text = "\0".join(f"{number}\0{other}" for number, other in sorted(counted.items()))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32] if counted else ""


def replace_merged_ids(name: str, table: ir.Table, counted: Mapping[str, str]) -> ir.Table:
    """Return a standard table in which merged numbers of customers are those under which they count.

    Of ``customers`` the records of the number that counts stay. Where it has none, those of the merged number that is
    first in the order of numbers take its place.
    """
    columns = [each for each in ID_COLUMNS if each in table.columns]
    if not counted or not columns or name in _DECIDING:
        return table
    names = table.columns
    ordered = sorted(counted)
    pairs = ibis.memtable(
        pd.DataFrame({"number": ordered, "counts_as": [counted[each] for each in ordered]}, dtype="str"),
        schema=ibis.schema({"number": "string", "counts_as": "string"}),
    )
    table = table.mutate(own_number=table[columns[0]])
    for column in columns:
        of_column = pairs.select(**{f"number_{column}": "number", f"counts_as_{column}": "counts_as"})
        table = table.left_join(of_column, table[column] == of_column[f"number_{column}"])
        table = table.mutate(**{column: ibis.coalesce(table[f"counts_as_{column}"], table[column])})
        table = table.drop(f"number_{column}", f"counts_as_{column}")
    if name == "customers":
        own_first = [(table.own_number != table.customer_id).cast("int8"), table.own_number.asc()]
        ranked = table.mutate(place=ibis.dense_rank().over(group_by="customer_id", order_by=own_first))
        table = ranked.filter(ranked.place == 0)
    return table.select(*names)
