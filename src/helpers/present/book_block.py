"""An opened book in a notebook: of when, for whom, from which tables, and how much was set aside."""

from __future__ import annotations

import pandas as pd

from helpers.core.scope import COMPANY, Scope
from helpers.intake import reconciliation
from helpers.intake.tables import StandardTables
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, table


def book_block(month: pd.Period, scope: Scope, tables: StandardTables, n: Numbers) -> Table:
    """Show a book's month, scope and tables with their rows kept and set aside, up to the month end.

    A scope's block names tables alone: how many rows the company has is not its own.
    """
    _ = n.words
    frame = pd.DataFrame({"table": sorted(tables.supplied)})
    columns = {"table": Column(_("Table"))}
    if scope == COMPANY:
        rows = reconciliation(tables)
        rows = rows[rows["month"].isna() | (rows["month"] <= month.to_timestamp())]
        for status, head in (("kept", _("Rows")), ("quarantined", _("Set aside"))):
            sums = rows[rows["status"] == status].groupby("table")["rows"].sum()
            frame[status] = frame["table"].map(sums).fillna(0)
            columns[status] = Column(head, n.count)
    whose = scope.name or _("The company")
    return table(frame, columns, _("{scope}, {month}", scope=whose, month=n.month(month)))
