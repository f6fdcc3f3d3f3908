"""What losing the largest customers of each class would mean (R2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.analysis import groups
from helpers.analysis.groups import grouped_months
from helpers.analysis.lookup import look_up
from helpers.analysis.money import from_units, sum_by, to_units
from helpers.analysis.periods import trailing

#: How many of the largest customers are thought away.
LOST_COUNTS = (1, 3)


@dataclass(frozen=True)
class Dependence:
    """What hangs on the largest customers.

    Customers with net sales <= 0 in the window, and lines without a customer id, are left out everywhere.

    Attributes
    ----------
    by, month, window_months
        The parameters.
    groups
        One row per class and number of customers thought away (1 and 3), in composition's order of classes,
        then the same for all customers together as kind ``total``: kind, group, top (1 or 3), customers (so
        many have net sales > 0), customer_ids and names (tuples, largest first, fewer than ``top`` in a small
        class; the id where there is no name), net_amount (theirs), share (of the class), total_share (of all
        customers), margin_amount and margin_share (theirs, of the class's margin, on lines with a cost; NaN
        where unknown or the class has none), average_other_amount (mean net sales of the class's other
        customers) and customers_to_replace (net_amount / average_other_amount; both NaN where there are no
        others).
    """

    by: str
    month: pd.Period
    window_months: int
    groups: pd.DataFrame


def dependence(
    customers: pd.DataFrame,
    customer_months: pd.DataFrame,
    month: pd.Period,
    by: str = "trade_class",
    window_months: int = 12,
    order: list[str] | None = None,
) -> Dependence:
    """Think the largest customers of each class away, and count what goes with them.

    Equal net sales rank by customer_id, as in `helpers.analysis.tiers.tiers`.

    Parameters
    ----------
    customers, customer_months
        Facts of these names, of the company or one scope.
    month, by, window_months, order
        As for `helpers.analysis.composition.composition`.
    """
    window = trailing(month, window_months)
    recent = customer_months[window.holds(customer_months["month"])]
    labelled = grouped_months(customers, recent, None, by)
    index = groups.group_order(labelled, pd.Series(True, index=labelled.index), order or ())
    labelled["place"] = groups.positions(index, labelled)
    labelled["margin_amount"] = labelled["net_amount_with_cost"] - labelled["cost_amount"]
    sums = sum_by(labelled, ["place", "customer_id"], ["net_amount", "margin_amount"]).reset_index()
    sums = sums[sums["net_amount"] > 0]
    ranked = sums.sort_values(["net_amount", "customer_id"], ascending=[False, True], kind="stable")
    names = customers.set_index("customer_id")["name"] if "name" in customers else pd.Series(dtype="object")
    known = look_up(ranked["customer_id"], names).astype("object")
    ranked = ranked.assign(name=known.where(known.notna(), ranked["customer_id"]))
    whole = int(to_units(ranked["net_amount"]).sum())
    rows = []
    for place, (kind, name) in enumerate(groups.keys(*_levels(index))):
        rows += _rows(ranked[ranked["place"] == place], kind, name, whole)
    rows += _rows(ranked, "total", None, whole)
    return Dependence(by, month, window_months, pd.DataFrame(rows, columns=COLUMNS).astype(_KINDS))


COLUMNS = [
    "kind", "group", "top", "customers", "customer_ids", "names", "net_amount", "share", "total_share",
    "margin_amount", "margin_share", "average_other_amount", "customers_to_replace",
]  # fmt: skip
_KINDS = {"top": "int64", "customers": "int64"} | dict.fromkeys(COLUMNS[6:], "float64")


def _levels(index: pd.MultiIndex) -> tuple[pd.Index, pd.Index]:
    return index.get_level_values("kind"), index.get_level_values("group")


def _rows(ranked: pd.DataFrame, kind: str, group: str | None, whole: int) -> list[tuple[object, ...]]:
    """Rows of one class; none where nobody has net sales."""
    units, margins = to_units(ranked["net_amount"]), to_units(ranked["margin_amount"])
    known = ranked["margin_amount"].notna().to_numpy()
    total, margin_total, count = int(units.sum()), int(margins.sum()), len(ranked)
    rows: list[tuple[object, ...]] = []
    for top in LOST_COUNTS if count else ():
        lost, others = int(units[:top].sum()), count - min(top, count)
        average = (total - lost) / others if others else np.nan
        margin = int(margins[:top].sum()) if known[:top].any() else np.nan
        rows.append(
            (
                kind, group, top, count, tuple(ranked["customer_id"][:top]), tuple(ranked["name"][:top]),
                float(from_units(lost)), lost / total, lost / whole, float(from_units(margin)),
                margin / margin_total if margin_total > 0 else np.nan,
                round(float(from_units(average)), 4), lost / average if others else np.nan,
            )
        )  # fmt: skip
    return rows
