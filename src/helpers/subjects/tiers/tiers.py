"""ABC tiers within each class and over the whole company."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from helpers.core.amounts import UNITS, from_units, to_units
from helpers.core.frames import groups
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import index_positions, look_up
from helpers.core.periods import Span, trailing
from helpers.engine.months.windows import Window, trailing_sums
from helpers.errors import WorkbookError
from helpers.subjects.tiers.ranking import TIERS, rank, tier_codes

Measure = Literal["net_amount", "margin_amount"]

_NONE = len(TIERS) - 1


@dataclass(frozen=True)
class Tiers(Answer):
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
    unnamed_amount
        Net sales of the window that name no customer: in no ranking, and in no share.
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
    unnamed_amount: float = 0.0

    @property
    def by_margin(self) -> bool:
        """Whether amounts are margins; else they are net sales."""
        return self.measure == "margin_amount"


def required_measures(
    month: pd.Period, window_months: int, measure: Measure = "net_amount"
) -> dict[str, Window]:
    """Return the measures of each customer that `tiers` needs."""
    left = month - window_months
    costs = {} if measure == "net_amount" else {"cost_amount": Window("cost_amount", Span(left, month))}
    return costs | {
        "net_amount": Window("net_amount", trailing(month, window_months)),
        "entered_orders": Window("orders", Span(month, month)),
        "left_orders": Window("orders", Span(left, left)),
    }


def tiers(
    customers: pd.DataFrame,
    by_customer: pd.DataFrame,
    months: pd.DataFrame,
    month: pd.Period,
    first_month: pd.Period,
    by: str | None = "trade_class",
    window_months: int = 12,
    cutoffs: tuple[float, float] = (0.75, 0.95),
    measure: Measure = "net_amount",
    near_points: float = 2.0,
    order: list[str] | None = None,
) -> Tiers:
    """Rank the customers of each class by their amount in the trailing window.

    A customer is A while the cumulative share *before* it is below the first cut-off, so who crosses the line
    is still A; B up to the second; else C. Nothing or less in the window: ``none``, without a rank. Equal
    amounts rank by customer_id. Classes are those of the report's month for all months, so no move is a
    relabelling.

    Parameters
    ----------
    by_customer
        customer_id, ascending, and the columns of `required_measures`; orders tell one order from several.
    months
        What is measured, by customer and month, of the `ranked_months` of 2 month ends or more, over which
        stability is measured: see `helpers.engine.months.windows.amounts_by_month`.
    month, first_month, window_months, order
        As for `helpers.subjects.composition.composition.composition`.
    by
        The dimension within which customers are ranked; None ranks all together.
    cutoffs
        Cumulative shares at which A and B end, as fractions, 0 < first <= second <= 1.
    measure
        ``net_amount``, or ``margin_amount`` (of the lines with a cost).
    near_points
        How near the line counts as near, in percentage points of cumulative share.

    Raises
    ------
    WorkbookError
        The cut-offs are out of range, or margins are requested and no line has a cost.
    """
    if not 0 < cutoffs[0] <= cutoffs[1] <= 1:
        raise WorkbookError(f"ABC cut-offs must rise from above 0 to at most 1, but are {cutoffs}.")
    if measure == "margin_amount" and by_customer["cost_amount"].isna().all():
        raise WorkbookError(
            "Tiers by margin need the column cost_amount of order_lines, which is not supplied."
        )
    window = trailing(month, window_months)
    # By customer from here on: a class is the same in all months.
    ids = pd.Index(by_customer["customer_id"])
    rows = index_positions(months.index, ids)
    classes = groups.assign_groups(ids, customers, by).assign(net_amount=by_customer["net_amount"])
    index = groups.group_order(classes, pd.Series(True, classes.index), order or ())
    class_of = groups.group_positions(index, classes).set_axis(ids)
    places = class_of.to_numpy()
    amounts = np.column_stack([sums[rows] for _, sums in trailing_sums(months, window_months)])
    codes = np.column_stack([tier_codes(sums, places, cutoffs) for sums in amounts.T])
    table = _customer_table(class_of, amounts, codes, cutoffs, near_points, customers, index)
    return Tiers(
        by=by,
        month=month,
        window_months=window_months,
        cutoffs=cutoffs,
        measure=measure,
        history_months=codes.shape[1],
        previous_complete=first_month <= window.first - 1,
        customers=table.drop(columns="place"),
        summary=_summary(table, index),
        movement=_matrix(table),
        movers=_movers(table, by_customer, months[[month, month - window_months]]).drop(columns="place"),
        stability=_stability(codes, month, window_months, first_month),
    )


def _line_amounts(
    now: dict[str, np.ndarray], units: np.ndarray, places: np.ndarray, line: np.ndarray, nearest: np.ndarray
) -> np.ndarray:
    """Return the lead over the first customer beyond the nearest cut-off, or the lag behind the last before it."""
    result = np.full(len(units), np.nan)
    order = np.lexsort((now["rank"], places))
    order = order[~np.isnan(now["rank"][order])]
    place, code, amount = places[order], now["code"][order], units[order]
    for number in range(_NONE - 1):
        # A class is in rank order: those beyond the cut-off begin at one place in it.
        key = place * 2 + (code > number)
        beyond = np.searchsorted(key, place * 2 + 1)
        inside = (nearest[order] == number) & (line[order] > 0)
        outside = (nearest[order] == number) & (line[order] <= 0)
        has_beyond = beyond < np.searchsorted(place, place, side="right")
        has_before = beyond > np.searchsorted(place, place, side="left")
        has_line = inside & has_beyond
        result[order[has_line]] = (amount[has_line] - amount[beyond[has_line]]) / UNITS
        has_line = outside & has_before
        result[order[has_line]] = (amount[has_line] - amount[beyond[has_line] - 1]) / UNITS
    return result


def _customer_table(
    class_of: pd.Series,
    amounts: np.ndarray,
    codes: np.ndarray,
    cutoffs: tuple[float, float],
    near_points: float,
    customers: pd.DataFrame,
    index: pd.MultiIndex,
) -> pd.DataFrame:
    places = class_of.to_numpy(dtype="int64")
    now = rank(amounts[:, -1], places, cutoffs)
    same = codes == codes[:, [-1]]
    distance = 100 * (np.array(cutoffs) - now["cumulative_share_before"][:, None])
    nearest = np.abs(distance).argmin(axis=1) if len(distance) else np.zeros(0, dtype="int64")
    line = distance[np.arange(len(nearest)), nearest]
    names = customers.set_index("customer_id")["name"] if "name" in customers else pd.Series(dtype="object")
    # They are in the order of ids, by which equal ones are distinguished.
    order = np.lexsort((now["rank"], places))
    lines = {
        "line_points": line,
        "near": np.abs(line) <= near_points,
        "line_amount": _line_amounts(now, amounts[:, -1], places, line, nearest),
    }
    ids, shown = class_of.index.take(order), places[order]
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
    """Return the name at each position."""
    return pd.Series(np.array([*names], dtype="object")).take(places).array


def _summary(table: pd.DataFrame, index: pd.MultiIndex) -> pd.DataFrame:
    keys = [
        *groups.group_keys(index.get_level_values("kind"), index.get_level_values("group")),
        ("total", None),
    ]
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


def _movers(table: pd.DataFrame, by_customer: pd.DataFrame, months: pd.DataFrame) -> pd.DataFrame:
    """Return `Tiers.movers`; ``months``: what entered and left the window, by customer."""
    moved = table[table["tier"] != table["previous_tier"]].copy()
    orders = by_customer.set_index("customer_id")
    for name, amounts in zip(("entered", "left"), (months[each] for each in months), strict=True):
        moved[f"{name}_amount"] = look_up(moved["customer_id"], from_units(amounts))
        moved[f"{name}_orders"] = look_up(moved["customer_id"], orders[f"{name}_orders"], 0).astype("int64")
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


def tiers_by(first: Tiers, amounts: pd.Series) -> pd.DataFrame:
    """Rank the same customers in the same classes, at the same cut-offs, by other amounts.

    Parameters
    ----------
    amounts
        By customer_id; who has none has nothing.

    Returns
    -------
    pandas.DataFrame
        customer_id, tier, amount, by customer_id.
    """
    table = first.customers[["customer_id", "kind", "group"]].sort_values("customer_id", kind="stable")
    places = table.groupby(["kind", "group"], dropna=False).ngroup().to_numpy()
    amount = look_up(table["customer_id"], amounts, 0.0)
    tier = _named(TIERS, tier_codes(to_units(amount), places, first.cutoffs))
    return pd.DataFrame({"customer_id": table["customer_id"].array, "tier": tier, "amount": amount.array})


def two_way(first: Tiers, second: pd.DataFrame) -> pd.DataFrame:
    """Cross two tierings of the same customers.

    ``second``: customer_id, tier and amount, as in `Tiers.customers` and `tiers_by`.

    Returns
    -------
    pandas.DataFrame
        customer_id, name, first_tier, second_tier, first_amount, second_amount; largest first amount first.
    """
    other = second.set_index("customer_id")
    pair = first.customers[["customer_id", "name", "tier", "amount"]]
    pair = pair.rename(columns={"tier": "first_tier", "amount": "first_amount"})
    in_both = look_up(pair["customer_id"], pd.Series(True, other.index), False).to_numpy(dtype=bool)
    pair = pair if in_both.all() else pair[in_both]
    pair = pair.assign(
        **{f"second_{name}": look_up(pair["customer_id"], other[name]).array for name in ("tier", "amount")}
    )
    pair = pair.sort_values("customer_id", kind="stable")
    columns = ["customer_id", "name", "first_tier", "second_tier", "first_amount", "second_amount"]
    return (
        pair[columns].iloc[np.argsort(-pair["first_amount"].to_numpy(), kind="stable")].reset_index(drop=True)
    )
