"""User-defined signals at past month ends, from which the churn model may learn."""

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.engine.scoped_tables import ScopedTables
from helpers.errors import WorkbookError
from helpers.intake.map_sql import check_sums
from helpers.intake.tables import StandardTables
from helpers.settings.report import OwnSignal
from helpers.subjects.churn.learning.features import DECIMALS, OWN
from helpers.subjects.own.signals import measure, signal_columns, signal_rows

#: Tables whose rows say on their own day all that they ever say. An answer to a complaint comes later, and a customer's
#: record is today's.
_SAID_AT_ONCE = ("order_lines", "invoices", "interactions", "surveys", "wallet_evidence")


def signals_with_history(signals: Mapping[str, OwnSignal], tables: StandardTables) -> dict[str, OwnSignal]:
    """Return the signals that can be measured as of a past month end.

    These use rows that do not change later, and no column of the customer record or of stock.
    """
    return {
        name: signal
        for name, signal in signals.items()
        if signal.table in _SAID_AT_ONCE and not _looks_at_today(signal, tables)
    }


def _looks_at_today(signal: OwnSignal, tables: StandardTables) -> bool:
    known = {
        name: kind
        for name, kind in signal_columns(signal.table, tables).items()
        if name == "customer_id" or not name.startswith(("customer_", "product_stock"))
    }
    try:
        for sql in (signal.value, signal.usual):
            check_sums("", sql, known, sums=True, result="DOUBLE")
    except WorkbookError:
        return True
    return False


def own_panel(
    signals: Mapping[str, OwnSignal], tables: ScopedTables, month_ends: Sequence[dt.date]
) -> pd.DataFrame:
    """Measure signals at past month ends, on the rows dated by then.

    Parameters
    ----------
    signals
        From `signals_with_history`.
    tables
        Of the whole company.
    month_ends
        Last days of months.

    Returns
    -------
    pandas.DataFrame
        customer_id, origin (the month end), and of each signal ``own:NAME`` (its value) and, where a usual is known,
        ``own:NAME:change`` (from it); both by the inverse hyperbolic sine, which is about proportional for large
        figures and plain for small ones. One row a customer and month end of whom one can be said.
    """
    panel = pd.DataFrame({"customer_id": pd.Series(dtype="str"), "origin": pd.Series(dtype="datetime64[us]")})
    for name, signal in signals.items():
        found = []
        for end in month_ends:
            rows = signal_rows(signal.table, tables, end)
            then = measure(signal, rows.filter(rows.days_ago >= 0))
            found.append(then.assign(origin=pd.Timestamp(end).as_unit("us")))
        if found:
            measured = pd.concat(found, ignore_index=True)
            value, usual = np.arcsinh(measured["value"]), np.arcsinh(measured["usual"])
            measured[f"{OWN}{name}"] = value.round(DECIMALS)
            measured[f"{OWN}{name}:change"] = (value - usual).round(DECIMALS)
            measured = measured.drop(columns=["value", "usual", "noticed"])
            panel = panel.merge(measured, on=["customer_id", "origin"], how="outer")
    return panel
