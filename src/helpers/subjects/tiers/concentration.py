"""Concentration of net sales on customers."""

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.amounts import from_units, to_units
from helpers.core.calendar.period_names import months_a_year
from helpers.core.frames import groups
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import largest_first, look_up
from helpers.core.periods import trailing
from helpers.engine.months.windows import Window, trailing_sums

TOP_COUNTS = (1, 5, 10)
TOP_PERCENTS = (1, 5, 10)
MEASURES = [
    "customers", "net_amount", "gini", "hhi", "effective_customers",
    *(f"top_{count}_share" for count in TOP_COUNTS),
    *(f"top_{percent}_percent_share" for percent in TOP_PERCENTS),
]  # fmt: skip


@dataclass(frozen=True)
class Concentration(Answer):
    """How evenly net sales are spread over the customers with net sales > 0 in a trailing window.

    Customers with nothing or less, and lines without a customer id, are left out of numerator and
    denominator.

    Attributes
    ----------
    measures
        customers; net_amount of them; gini (0: all alike, towards 1: one has all); hhi (Herfindahl-Hirschman index, the
        sum of squared shares, 1/customers to 1); effective_customers (1 / hhi: so many alike would be as concentrated);
        top_1_share, top_5_share, top_10_share (of the largest customers); top_1_percent_share, top_5_percent_share,
        top_10_percent_share (of the largest percent, rounded up to whole customers). Fractions; NaN if no customer has
        net sales > 0.
    history
        The same columns and month, for each month end that is ranked, ascending; only
        those whose window lies within the data. Of a month in course, its like months of earlier years end on its day.
    lorenz
        customers_share, net_amount_share: the Lorenz curve from the smallest customer up, from (0, 0) to (1,
        1).
    """

    month: pd.Period
    window_months: int
    measures: pd.Series
    history: pd.DataFrame
    lorenz: pd.DataFrame


def concentration(
    months: pd.DataFrame,
    month: pd.Period,
    first_month: pd.Period,
    window_months: int = 12,
    up_to_day: pd.DataFrame | None = None,
) -> Concentration:
    """Measure the concentration of net sales over customers.

    Parameters
    ----------
    months
        Net sales of the `helpers.subjects.tiers.ranking.ranked_months`, by customer and month.
    month, first_month, window_months
        As for `helpers.subjects.composition.composition.composition`.
    up_to_day
        Of a month in course, the windows' net sales up to its day at `like_months`, a column each; None: whole months.

    References
    ----------
    Gini (1912) in the form of Dixon et al. (1987), without the small-sample factor; Herfindahl (1950),
    Hirschman (1964).
    """
    rows, units = [], np.zeros(0, dtype="int64")
    for each, whole in trailing_sums(months, window_months):
        sums = whole
        if up_to_day is not None and str(each) in up_to_day:
            sums = to_units(up_to_day[str(each)])
        units = np.sort(sums[sums > 0])
        if each == month or trailing(each, window_months).first >= first_month:
            rows.append({"month": each.to_timestamp(), **measure(units)})
    history = pd.DataFrame(rows, columns=["month", *MEASURES])
    cumulative = np.concatenate([[0], np.cumsum(units)])
    lorenz = pd.DataFrame(
        {
            "customers_share": np.arange(len(units) + 1) / max(len(units), 1),
            "net_amount_share": cumulative / max(int(cumulative[-1]), 1),
        }
    )
    kept = history if trailing(month, window_months).first >= first_month else history.iloc[:-1]
    return Concentration(
        month,
        window_months,
        history.iloc[-1][MEASURES].astype("float64"),
        kept.reset_index(drop=True),
        lorenz,
    )


def like_months(
    month: pd.Period, window_months: int, history_months: int, until: dt.date | None
) -> dict[str, Window]:
    """Return the windows that end with the like months of earlier years, up to a day, by the month's name."""
    years = range(months_a_year(month), history_months, months_a_year(month))
    spans = {str(month - back): trailing(month - back, window_months) for back in years}
    return {name: Window("net_amount", span, until=until) for name, span in spans.items()}


def measure(units: np.ndarray) -> dict[str, float]:
    """Return `MEASURES` of positive int64 amounts (in ten-thousandths) in ascending order."""
    count, total = len(units), int(units.sum())
    if not count:
        return {"customers": 0, "net_amount": 0.0, **dict.fromkeys(MEASURES[2:], math.nan)}
    ranks = np.arange(1, count + 1)
    share = units / total
    hhi = math.fsum(share**2)
    largest = np.cumsum(units[::-1])
    return {
        "customers": count,
        "net_amount": float(from_units(total)),
        "gini": 2 * math.fsum(ranks * share) / count - (count + 1) / count,
        "hhi": hhi,
        "effective_customers": 1 / hhi,
        **{f"top_{top}_share": largest[min(top, count) - 1] / total for top in TOP_COUNTS},
        **{f"top_{top}_percent_share": largest[-(-count * top // 100) - 1] / total for top in TOP_PERCENTS},
    }


#: Number of groups listed.
MOST_GROUPS = 10


@dataclass(frozen=True)
class GroupShares(Answer):
    """Concentration by account and by group.

    Attributes
    ----------
    by_account, by_group
        `helpers.subjects.tiers.concentration.MEASURES`, of accounts and of groups, accounts in no group for themselves.
    groups
        The `MOST_GROUPS` largest groups of two accounts or more, the largest first, then by group_id: group_id, name
        (missing: not known), accounts, net_amount, share (of the net sales of groups and accounts above 0).
    circle
        Why groups cannot be summed: parents go round in a circle; empty if they can. The rest is then empty.
    """

    month: pd.Period
    window_months: int
    by_account: pd.Series
    by_group: pd.Series
    groups: pd.DataFrame
    circle: str = ""


def group_shares(
    sales: pd.DataFrame, members: pd.DataFrame, names: pd.Series, month: pd.Period, window_months: int
) -> GroupShares:
    """Sum the window's net sales by group, and measure concentration both ways.

    Parameters
    ----------
    sales
        customer_id, net_amount of each account in the window.
    members
        customer_id, group_id, group_name: see `helpers.engine.tables.groups.by_parent`.
    names
        What each account is called, by customer_id.
    """
    units = pd.Series(to_units(sales["net_amount"]), index=pd.Index(sales["customer_id"]))
    groups = members.set_index("customer_id")["group_id"]
    key = np.where(units.index.isin(groups.index), look_up(units.index, groups), units.index)
    summed = units.groupby(key).sum()
    listed = members.groupby("group_id").agg(
        accounts=("customer_id", "size"), group_name=("group_name", "first")
    )
    listed = listed[listed["accounts"] > 1]
    listed["units"] = summed.reindex(listed.index).fillna(0).astype("int64")
    positive = int(summed[summed > 0].sum())
    listed = listed.rename_axis("group_id").reset_index()
    own = look_up(listed["group_id"], names)
    listed["name"] = own.where(listed["group_name"].isna(), listed["group_name"])
    listed["net_amount"] = from_units(listed["units"].to_numpy())
    listed["share"] = listed["units"] / positive if positive else np.nan
    listed = largest_first(listed, "units", then="group_id").head(MOST_GROUPS)
    return GroupShares(
        month,
        window_months,
        _measured(units),
        _measured(summed),
        listed[["group_id", "name", "accounts", "net_amount", "share"]].reset_index(drop=True),
    )


def _measured(units: pd.Series) -> pd.Series:
    return pd.Series(measure(np.sort(units[units > 0].to_numpy(dtype="int64"))), dtype="float64")


#: Numbers of largest customers that are assumed lost.
LOST_COUNTS = (1, 3)


@dataclass(frozen=True)
class Dependence(Answer):
    """Net sales that depend on the largest customers.

    Customers with net sales <= 0 in the window, and lines without a customer id, are left out everywhere.

    Attributes
    ----------
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
    """Return the rows of one class from arrays sorted by net sales, largest first; none without net sales."""
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
