"""Dependence on the largest customers of each class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.amounts import from_units, to_units
from helpers.core.frames import groups
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import look_up
from helpers.core.periods import trailing
from helpers.engine.months.windows import Window

#: Numbers of largest customers that are assumed lost.
LOST_COUNTS = (1, 3)


@dataclass(frozen=True)
class Dependence(Answer):
    """Net sales that depend on the largest customers.

    Customers with net sales <= 0 in the window, and lines without a customer id, are left out everywhere.

    Attributes
    ----------
    by, month, window_months
        The parameters.
    groups
        One row per class and number of customers thought away (1 and 3), in composition's order of classes, then the
        same for all customers together as kind ``total``: kind, group, top (1 or 3), customers (so many have net sales
        > 0), customer_ids and names (tuples, largest first, fewer than ``top`` in a small class; the id where there is
        no name), net_amount (theirs), share (of the class), total_share (of all customers), margin_amount and
        margin_share (theirs, of the class's margin, on lines with a cost; NaN if unknown or the class has none),
        average_other_amount (mean net sales of the class's other customers) and customers_to_replace (net_amount /
        average_other_amount; both NaN if there are no others).
    """

    by: str
    month: pd.Period
    window_months: int
    groups: pd.DataFrame


def required_measures(month: pd.Period, window_months: int) -> dict[str, Window]:
    """Return the measures of each customer that `dependence` needs."""
    window = trailing(month, window_months)
    return {name: Window(name, window) for name in ("net_amount", "margin_amount")}


def dependence(
    customers: pd.DataFrame,
    by_customer: pd.DataFrame,
    month: pd.Period,
    by: str = "trade_class",
    window_months: int = 12,
    order: list[str] | None = None,
) -> Dependence:
    """Compute what would be lost with the largest customers of each class.

    Equal net sales rank by customer_id, as in `helpers.subjects.tiers.tiers.tiers`.

    Parameters
    ----------
    customers
        The fact of this name, of the company or one scope.
    by_customer
        customer_id, ascending, and the columns of `required_measures`.
    month, by, window_months, order
        As for `helpers.subjects.composition.composition.composition`.
    """
    ids = pd.Index(by_customer["customer_id"])
    units, margins = (to_units(by_customer[name]) for name in ("net_amount", "margin_amount"))
    costed = by_customer["margin_amount"].notna().to_numpy()
    classes = groups.assign_groups(ids, customers, by).assign(net_amount=by_customer["net_amount"])
    index = groups.group_order(classes, pd.Series(True, index=classes.index), order or ())
    places = groups.group_positions(index, classes).to_numpy()
    ranked = np.flatnonzero(units > 0)
    ranked = ranked[np.argsort(-units[ranked], kind="stable")]  # equal ones stay in the order of ids
    names = customers.set_index("customer_id")["name"] if "name" in customers else pd.Series(dtype="object")

    def rows(kind: str, name: str | None, members: np.ndarray) -> list[tuple[object, ...]]:
        first = ids.take(members[: max(LOST_COUNTS)])
        known = look_up(first, names).astype("object")
        labels = known.where(known.notna(), first)
        return _rows(
            units[members], margins[members], costed[members], list(first), list(labels), kind, name, total
        )

    total, table = int(units[ranked].sum()), []
    for place, (kind, name) in enumerate(groups.group_keys(*_levels(index))):
        table += rows(kind, name, ranked[places[ranked] == place])
    table += rows("total", None, ranked)
    return Dependence(by, month, window_months, pd.DataFrame(table, columns=COLUMNS).astype(_KINDS))


COLUMNS = [
    "kind", "group", "top", "customers", "customer_ids", "names", "net_amount", "share", "total_share",
    "margin_amount", "margin_share", "average_other_amount", "customers_to_replace",
]  # fmt: skip
_KINDS = {"top": "int64", "customers": "int64"} | dict.fromkeys(COLUMNS[6:], "float64")


def _levels(index: pd.MultiIndex) -> tuple[pd.Index, pd.Index]:
    return index.get_level_values("kind"), index.get_level_values("group")


def _rows(
    units: np.ndarray,
    margins: np.ndarray,
    known: np.ndarray,
    ids: list[str],
    names: list[str],
    kind: str,
    group: str | None,
    all_units: int,
) -> list[tuple[object, ...]]:
    """Return the rows of one class, whose customers are sorted largest first; none without net sales."""
    total, margin_total, count = int(units.sum()), int(margins.sum()), len(units)
    rows: list[tuple[object, ...]] = []
    for top in LOST_COUNTS if count else ():
        lost, others = int(units[:top].sum()), count - min(top, count)
        average = (total - lost) / others if others else np.nan
        margin = int(margins[:top].sum()) if known[:top].any() else np.nan
        rows.append(
            (
                kind, group, top, count, tuple(ids[:top]), tuple(names[:top]),
                float(from_units(lost)), lost / total, lost / all_units, float(from_units(margin)),
                margin / margin_total if margin_total > 0 else np.nan,
                round(float(from_units(average)), 4), lost / average if others else np.nan,
            )
        )  # fmt: skip
    return rows
