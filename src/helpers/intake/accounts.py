"""Reading the reconciliation: where every row and every cent of the input went."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from helpers.intake.tables import StandardTables

if TYPE_CHECKING:
    import pandas as pd

FILE = "reconciliation.parquet"
#: The same with the column ``file``; Spark writes none.
BY_FILE = "reconciliation_by_file.parquet"
_STATUSES = ["kept", "quarantined", "excluded", "filtered"]


def reconciliation(tables: StandardTables) -> pd.DataFrame:
    """Rows and money of the input, by table, month and what became of them.

    Returns
    -------
    pandas.DataFrame
        ``table``; ``month`` (first day of the month from which the row is known, see
        `helpers.intake.contracts.KNOWN_FROM`; NaT where no day says it); ``status`` (kept, quarantined, excluded,
        filtered); ``rule`` (of kept rows empty, or ``rounded``: a number had more than four decimals); ``rows``;
        ``amount`` (sum of the table's money as read, Decimal, in the source's currencies; None where the table has
        none); ``report_amount`` (of kept rows, in the report's currency).
    """
    import pandas as pd

    frame = pd.read_parquet(tables.folder / FILE)
    frame["month"] = pd.to_datetime(frame["month"])
    return frame


def known_by(tables: StandardTables, month: pd.Period) -> StandardTables:
    """Return the tables as they were supplied by a month's end: one whose first row came later was not.

    So a report says "not supplied" of what was not, also when it is made again years later.
    """
    frame = reconciliation(tables)
    known = frame["month"].isna() | (frame["month"] <= month.to_timestamp())
    there = {"order_lines", *frame.loc[known & (frame["status"] == "kept"), "table"]}
    return replace(
        tables, supplied={name: tables.supplied[name] for name in tables.supplied if name in there}
    )


def reconciliation_text(tables: StandardTables) -> str:
    """Return the reconciliation in words and figures, as `workbook check` prints it."""
    import pandas as pd

    frame = reconciliation(tables)
    lines = []
    for table, rows in frame.groupby("table", sort=True):
        read = rows["rows"].sum()
        has_money = rows["amount"].notna().any()
        kept = rows[rows["status"] == "kept"].dropna(subset=["amount", "report_amount"])
        one_currency = sum(kept["amount"], Decimal(0)) == sum(kept["report_amount"], Decimal(0))
        money = _money(rows, 0) if one_currency else "in several currencies"
        lines.append(f"{table}: {read:,} rows read" + (f", {money}" if has_money else ""))
        rows = rows.assign(status=pd.Categorical(rows["status"], _STATUSES))
        for (status, rule), part in rows.groupby(["status", "rule"], sort=True, observed=True):
            name = status if not rule or rule == status else f"{status}: {rule}"
            money = _money(part, 24) if has_money and one_currency else ""
            if has_money and not one_currency and status == "kept":
                money = f"{sum(part['report_amount'].dropna(), Decimal(0)):>24,.4f} in the report's currency"
            lines.append(f"    {name:<40}{part['rows'].sum():>14,}{money}")
    lines += [f"{table}: 0 rows read" for table in sorted({*tables.supplied} - {*frame["table"]})]
    lines += [f"Note: {note}" for note in tables.notes()]
    return "\n".join(lines) + "\n"


def _money(rows: pd.DataFrame, width: int) -> str:
    """Return a sum; amounts that cannot be read are counted beside it, and never as 0."""
    unknown = int(rows.loc[rows["amount"].isna(), "rows"].sum())
    known = rows["amount"].dropna()
    text = f"{sum(known, Decimal(0)):,.4f}" if len(known) else "unknown"
    beside = f" and {unknown:,} without a readable amount" if unknown and len(known) else ""
    return f"{text:>{width}}{beside}"
