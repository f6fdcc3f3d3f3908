"""Ranks and ABC tiers of amounts within their class, at one or several month ends."""

import numpy as np
import pandas as pd

from helpers.core.frames.lookup import look_up
from helpers.core.periods import Span
from helpers.engine.months.windows import trailing_sums

TIERS = ("A", "B", "C", "none")


def ranked_months(month: pd.Period, window_months: int, history_months: int) -> Span:
    """Return the months whose trailing sums are ranked at these month ends."""
    return Span(month - (history_months + window_months - 2), month)


def rank(units: np.ndarray, places: np.ndarray, cutoffs: tuple[float, float]) -> dict[str, np.ndarray]:
    """Rank positive amounts within their class; rows are sorted by customer_id.

    Returns
    -------
    dict of str to numpy.ndarray
        rank, share, cumulative_share_before, cumulative_share (NaN if the amount is not positive), code (position in
        `TIERS`), in the order given.
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
    """Return only the position in `TIERS` of each customer, as in `rank`."""
    ranked, _, before, _, _ = _ranked(units, places)
    code = np.full(len(units), len(TIERS) - 1, dtype="int8")
    code[ranked] = np.searchsorted(np.array(cutoffs), before, side="right")
    return code


def _ranked(
    units: np.ndarray, places: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Rank the positive amounts of each class, largest first.

    Returns
    -------
    tuple of numpy.ndarray
        By rank, class after class: where the customer stands, where its class begins, the share of the class before
        it, the total of the class, and its amount.
    """
    with_sales = np.flatnonzero(units > 0)
    # Stable: equal amounts stay in the order of ids. By class last: small numbers are put in order by their digits.
    ranked = with_sales[np.argsort(-units[with_sales], kind="stable")]
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


def tier_history(
    customers: pd.DataFrame, months: pd.DataFrame, by: str, window_months: int, cutoffs: tuple[float, float]
) -> pd.DataFrame:
    """Return every customer's tier within its class at each month end of `ranked_months`.

    Returns
    -------
    pandas.DataFrame
        Index customer_id, a column a month end (period), oldest first.
    """
    classes = look_up(months.index, customers.set_index("customer_id")[by])
    places = pd.factorize(classes, use_na_sentinel=False)[0].astype("int64")
    codes = {end: tier_codes(sums, places, cutoffs) for end, sums in trailing_sums(months, window_months)}
    return pd.DataFrame(
        {end: pd.Categorical.from_codes(code, pd.Index(TIERS)) for end, code in codes.items()}, months.index
    )
