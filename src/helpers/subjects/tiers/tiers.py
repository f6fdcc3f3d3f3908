"""Who carries the business: ABC tiers in each class and over the whole company."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.core.amounts import UNITS, from_units, to_units
from helpers.core.frames import groups
from helpers.core.frames.lookup import look_up
from helpers.core.periods import first_month_of, trailing, up_to
from helpers.errors import WorkbookError
from helpers.subjects.tiers.tier_months import CustomerMonths, Measure

TIERS = ("A", "B", "C", "none")
_NONE = len(TIERS) - 1


@dataclass(frozen=True)
class Tiers:
    """ABC tiers as of a month.

    Attributes
    ----------
    by, month, window_months, cutoffs, measure, history_months
        The parameters; ``by`` None: one ranking of the whole company.
    previous_complete
        Whether the window that ended a month earlier lies within the data; if not, movements mean nothing.
    customers
        One row per customer with lines in this window or the one a month earlier, in composition's order of
        classes, then by rank: customer_id, name, kind, group, rank (1: largest of its class; NaN for tier
        ``none``), amount, share (of the class's positive total), cumulative_share_before, cumulative_share,
        tier, previous_amount, previous_tier, months_in_tier (consecutive month ends, this one included, at
        most the history's length), tier_changes (over the history), line_points (percentage points of
        cumulative share by which the customer begins before, > 0, or after, <= 0, the nearest cut-off), near
        (within ``near_points`` of it), line_amount (how much more it has than the largest customer of its
        class beyond that cut-off, or, <= 0, how much less than the smallest before it; NaN: nobody there).
    summary
        kind, group, tier, customers, amount, share (of the class), for every class and tier; and the whole as
        kind ``total``.
    movement
        Customers by previous tier (rows) and tier (columns), in the order of `TIERS`.
    movers
        The customers whose tier changed, best new tier first, then the largest change: customer_id, name,
        kind, group, previous_tier, tier, previous_amount, amount, change_amount, entered_amount and
        entered_orders (of this month), left_amount and left_orders (of the month that left the window),
        reason: ``order_entered``, ``orders_entered``, ``order_left``, ``orders_left`` (singular: one order
        alone), ``returns_entered`` (this month's), ``returns_left`` (returns that left the window), or
        ``others`` (its own figures did not move it that way: the line moved).
    stability
        month, kept_share (of the customers with a tier A to C at this and the previous month end, how many
        have the same one), customers; ascending.
    """

    by: str | None
    month: pd.Period
    window_months: int
    cutoffs: tuple[float, float]
    measure: Measure
    history_months: int
    previous_complete: bool
    customers: pd.DataFrame
    summary: pd.DataFrame
    movement: pd.DataFrame
    movers: pd.DataFrame
    stability: pd.DataFrame


def tiers(
    customers: pd.DataFrame,
    customer_months: pd.DataFrame,
    month: pd.Period,
    by: str | None = "trade_class",
    window_months: int = 12,
    cutoffs: tuple[float, float] = (0.75, 0.95),
    measure: Measure = "net_amount",
    history_months: int = 12,
    near_points: float = 2.0,
    order: list[str] | None = None,
    first_month: pd.Period | None = None,
) -> Tiers:
    """Rank the customers of each class by what they brought in the trailing window.

    A customer is A while the cumulative share *before* it is below the first cut-off, so who crosses the line
    is still A; B up to the second; else C. Nothing or less in the window: ``none``, without a rank. Equal
    amounts rank by customer_id. Classes are those of the report's month for all months, so no move is a
    relabelling.

    Parameters
    ----------
    customers, customer_months
        Facts of these names; ``orders`` of the latter tells one order from several.
    month, window_months, order, first_month
        As for `helpers.subjects.composition.composition.composition`.
    by
        The dimension within which customers are ranked; None ranks all together.
    cutoffs
        Cumulative shares at which A and B end, as fractions, 0 < first <= second <= 1.
    measure
        ``net_amount``, or ``margin_amount`` (of the lines with a cost).
    history_months
        Month ends, up to this one, over which stability is measured; at least 2.
    near_points
        How near the line counts as near, in percentage points of cumulative share.

    Raises
    ------
    WorkbookError
        The cut-offs are out of range, or margins are asked for and no line has a cost.
    """
    if not 0 < cutoffs[0] <= cutoffs[1] <= 1:
        raise WorkbookError(f"ABC cut-offs must rise from above 0 to at most 1, but are {cutoffs}.")
    customer_months = up_to(month, customer_months)
    rows = CustomerMonths.of(customer_months, month, measure)
    begin = first_month or first_month_of(customer_months) or month
    window, history = trailing(month, window_months), max(history_months, 2)
    # By customer from here on: a class is the same in all months.
    shown = rows.of_buyers_since(window_months)
    classes = groups.classes_of(shown.ids, customers, by)
    classes["net_amount"] = from_units(next(shown.sums("net_amount", window_months, 1)))
    index = groups.group_order(classes, pd.Series(True, classes.index), order or ())
    who = groups.positions(index, classes).set_axis(shown.ids)
    places = who.to_numpy()
    amounts = np.column_stack(list(shown.sums(measure, window_months, history)))
    codes = np.column_stack([tier_codes(sums, places, cutoffs) for sums in amounts.T])
    table = _customer_table(who, amounts, codes, cutoffs, near_points, customers, index)
    return Tiers(
        by=by,
        month=month,
        window_months=window_months,
        cutoffs=cutoffs,
        measure=measure,
        history_months=history,
        previous_complete=begin <= window.first - 1,
        customers=table.drop(columns="place"),
        summary=_summary(table, index),
        movement=_matrix(table),
        movers=_movers(table, shown, window_months, measure).drop(columns="place"),
        stability=_stability(codes, month, window_months, begin),
    )


def _line_amounts(
    now: dict[str, np.ndarray], units: np.ndarray, places: np.ndarray, line: np.ndarray, nearest: np.ndarray
) -> np.ndarray:
    """Lead over the first customer beyond the nearest cut-off, or lag behind the last one before it."""
    result = np.full(len(units), np.nan)
    order = np.lexsort((now["rank"], places))
    order = order[~np.isnan(now["rank"][order])]
    place, code, amount = places[order], now["code"][order], units[order]
    for number in range(_NONE - 1):
        # A class stands in rank order: those beyond the cut-off begin at one place in it.
        key = place * 2 + (code > number)
        beyond = np.searchsorted(key, place * 2 + 1)
        inside = (nearest[order] == number) & (line[order] > 0)
        outside = (nearest[order] == number) & (line[order] <= 0)
        has_beyond = beyond < np.searchsorted(place, place, side="right")
        has_before = beyond > np.searchsorted(place, place, side="left")
        there = inside & has_beyond
        result[order[there]] = (amount[there] - amount[beyond[there]]) / UNITS
        there = outside & has_before
        result[order[there]] = (amount[there] - amount[beyond[there] - 1]) / UNITS
    return result


def rank(units: np.ndarray, places: np.ndarray, cutoffs: tuple[float, float]) -> dict[str, np.ndarray]:
    """Rank positive amounts within their class; the customers are in ascending order of their ids.

    Returns
    -------
    dict of str to numpy.ndarray
        rank, share, cumulative_share_before, cumulative_share (NaN where the amount is not positive), code
        (position in `TIERS`), in the order given.
    """
    ranked, first, before, total, amount = _ranked(units, places)
    running = np.cumsum(amount)
    earlier = (running - amount)[first]
    known = {
        "rank": np.arange(len(ranked)) - first + 1,
        "share": amount / total,
        "cumulative_share_before": before,
        "cumulative_share": (running - earlier) / total,
    }
    result = {name: np.full(len(units), np.nan) for name in known}
    for name, values in known.items():
        result[name][ranked] = values
    return {**result, "code": tier_codes(units, places, cutoffs)}


def tier_codes(units: np.ndarray, places: np.ndarray, cutoffs: tuple[float, float]) -> np.ndarray:
    """Return the position in `TIERS` of each customer, as `rank` has it, and nothing else."""
    ranked, _, before, _, _ = _ranked(units, places)
    code = np.full(len(units), _NONE, dtype="int8")
    code[ranked] = np.searchsorted(np.array(cutoffs), before, side="right")
    return code


def _ranked(
    units: np.ndarray, places: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Rank the positive amounts of each class, the largest first.

    Returns
    -------
    tuple of numpy.ndarray
        By rank, class after class: where the customer stands, where its class begins, the share of the class before
        it, the total of the class, and its amount.
    """
    there = np.flatnonzero(units > 0)
    # Stable: equal amounts stay in the order of ids. By class last: small numbers are put in order by their digits.
    ranked = there[np.argsort(-units[there], kind="stable")]
    ranked = ranked[np.argsort(places[ranked].astype("int16"), kind="stable")]
    amount = units[ranked]
    sizes = np.bincount(places[ranked])
    sizes = sizes[sizes > 0]
    starts = np.cumsum(sizes) - sizes
    begins = np.repeat(starts, sizes)
    running = np.cumsum(amount)
    total = np.repeat(np.add.reduceat(amount, starts), sizes) if len(amount) else amount
    before = (running - amount - (running - amount)[begins]) / total
    return ranked, begins, before, total, amount


def _customer_table(
    who: pd.Series,
    amounts: np.ndarray,
    codes: np.ndarray,
    cutoffs: tuple[float, float],
    near_points: float,
    customers: pd.DataFrame,
    index: pd.MultiIndex,
) -> pd.DataFrame:
    places = who.to_numpy(dtype="int64")
    now = rank(amounts[:, -1], places, cutoffs)
    same = codes == codes[:, [-1]]
    distance = 100 * (np.array(cutoffs) - now["cumulative_share_before"][:, None])
    nearest = np.abs(distance).argmin(axis=1) if len(distance) else np.zeros(0, dtype="int64")
    line = distance[np.arange(len(nearest)), nearest]
    names = customers.set_index("customer_id")["name"] if "name" in customers else pd.Series(dtype="object")
    # They stand in the order of ids, by which equal ones are told apart.
    order = np.lexsort((now["rank"], places))
    lines = {
        "line_points": line,
        "near": np.abs(line) <= near_points,
        "line_amount": _line_amounts(now, amounts[:, -1], places, line, nearest),
    }
    ids, shown = who.index.take(order), places[order]
    return pd.DataFrame(
        {
            "customer_id": ids.array,
            "name": look_up(ids, names).array,
            "kind": _named(index.get_level_values("kind"), shown),
            "group": _named(index.get_level_values("group"), shown),
            "rank": now["rank"][order],
            "amount": from_units(amounts[order, -1]),
            **{name: now[name][order] for name in ("share", "cumulative_share_before", "cumulative_share")},
            "tier": _named(TIERS, codes[order, -1]),
            "previous_amount": from_units(amounts[order, -2]),
            "previous_tier": _named(TIERS, codes[order, -2]),
            "months_in_tier": np.cumprod(same[:, ::-1], axis=1, dtype="int8").sum(axis=1)[order],
            "tier_changes": (np.diff(codes, axis=1) != 0).sum(axis=1)[order],
            **{name: values[order] for name, values in lines.items()},
            "place": shown,
        }
    )


def _named(names: Iterable[str | None], places: np.ndarray) -> Any:
    """Return the name at each place; few names need no text a row to be made."""
    return pd.Series(np.array([*names], dtype="object")).take(places).array


def _summary(table: pd.DataFrame, index: pd.MultiIndex) -> pd.DataFrame:
    keys = [*groups.keys(index.get_level_values("kind"), index.get_level_values("group")), ("total", None)]
    size = len(TIERS)
    cells = table["place"].to_numpy(dtype="int64") * size + _codes(table["tier"])
    counts, units = (np.zeros((len(keys), size), dtype="int64") for _ in range(2))
    np.add.at(counts.reshape(-1), cells, 1)
    np.add.at(units.reshape(-1), cells, to_units(table["amount"]))
    counts[-1], units[-1] = counts.sum(axis=0), units.sum(axis=0)
    shares = np.full(units.shape, np.nan)
    positive = units[:, :_NONE].sum(axis=1, keepdims=True)
    np.divide(units[:, :_NONE], positive, out=shares[:, :_NONE], where=positive > 0)
    return pd.DataFrame(
        {
            "kind": np.repeat(np.array([kind for kind, _ in keys], dtype="object"), size),
            "group": pd.Series([name for _, name in keys for _ in TIERS], dtype="object"),
            "tier": list(TIERS) * len(keys),
            "customers": counts.reshape(-1),
            "amount": from_units(units.reshape(-1)),
            "share": shares.reshape(-1),
        }
    )


def _codes(tier: pd.Series) -> np.ndarray:
    return pd.Categorical(tier, TIERS).codes.astype("int64")


def _matrix(table: pd.DataFrame) -> pd.DataFrame:
    counts = np.zeros((len(TIERS), len(TIERS)), dtype="int64")
    np.add.at(counts, (_codes(table["previous_tier"]), _codes(table["tier"])), 1)
    names = list(TIERS)
    return pd.DataFrame(counts, pd.Index(names, name="previous_tier"), pd.Index(names, name="tier"))


def _movers(table: pd.DataFrame, rows: CustomerMonths, window_months: int, measure: Measure) -> pd.DataFrame:
    moved = table[table["tier"] != table["previous_tier"]].copy()
    for name, age in (("entered", 0), ("left", window_months)):
        month = rows.of_month(age, moved["customer_id"])
        moved[f"{name}_amount"] = look_up(moved["customer_id"], month[measure].astype("float64"), 0.0)
        moved[f"{name}_orders"] = look_up(moved["customer_id"], month["orders"].astype("int64"), 0)
    change = to_units(moved["amount"]) - to_units(moved["previous_amount"])
    moved["change_amount"] = from_units(change)
    code = {tier: number for number, tier in enumerate(TIERS)}
    rises = (moved["tier"].map(code) < moved["previous_tier"].map(code)).to_numpy()
    one_in, one_out = moved["entered_orders"] == 1, moved["left_orders"] == 1
    # Entering raises the window's sum and leaving lowers it, returns the other way: the larger counts.
    entering_weighs_more = (moved["entered_amount"].abs() >= moved["left_amount"].abs()).to_numpy()
    up, down = rises & (change > 0), ~rises & (change < 0)
    moved["reason"] = np.select(
        [
            up & entering_weighs_more & one_in,
            up & entering_weighs_more,
            up,
            down & ~entering_weighs_more & one_out,
            down & ~entering_weighs_more,
            down,
        ],
        ["order_entered", "orders_entered", "returns_left", "order_left", "orders_left", "returns_entered"],
        default="others",
    )
    moved["order"], moved["size"] = moved["tier"].map(code), np.abs(change)
    moved = moved.sort_values(["order", "size", "customer_id"], ascending=[True, False, True], kind="stable")
    return moved[[*MOVER_COLUMNS, "place"]].reset_index(drop=True)


MOVER_COLUMNS = [
    "customer_id", "name", "kind", "group", "previous_tier", "tier", "previous_amount", "amount",
    "change_amount", "entered_amount", "entered_orders", "left_amount", "left_orders", "reason",
]  # fmt: skip


def _stability(codes: np.ndarray, month: pd.Period, window_months: int, begin: pd.Period) -> pd.DataFrame:
    rows = []
    for back in range(codes.shape[1] - 2, -1, -1):
        before, now = codes[:, codes.shape[1] - 2 - back], codes[:, codes.shape[1] - 1 - back]
        both = (before != _NONE) & (now != _NONE)
        if trailing(month - back - 1, window_months).first >= begin:
            kept = float((before == now)[both].mean()) if both.any() else np.nan
            rows.append(((month - back).to_timestamp(), kept, int(both.sum())))
    return pd.DataFrame(rows, columns=["month", "kept_share", "customers"])


def two_way(first: Tiers, second: Tiers) -> pd.DataFrame:
    """Cross two tierings of the same customers: by class and over the company, or by sales and by margin.

    Returns
    -------
    pandas.DataFrame
        customer_id, name, first_tier, second_tier, first_amount, second_amount; largest first amount first.
    """
    other = second.customers.set_index("customer_id")
    pair = first.customers[["customer_id", "name", "tier", "amount"]]
    pair = pair.rename(columns={"tier": "first_tier", "amount": "first_amount"})
    there = look_up(pair["customer_id"], pd.Series(True, other.index), False).to_numpy(dtype=bool)
    pair = pair if there.all() else pair[there]
    pair = pair.assign(
        **{f"second_{name}": look_up(pair["customer_id"], other[name]).array for name in ("tier", "amount")}
    )
    pair = pair.sort_values("customer_id", kind="stable")
    wanted = ["customer_id", "name", "first_tier", "second_tier", "first_amount", "second_amount"]
    return (
        pair[wanted].iloc[np.argsort(-pair["first_amount"].to_numpy(), kind="stable")].reset_index(drop=True)
    )
