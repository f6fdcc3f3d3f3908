"""Looking back from several earlier days: what was known then, and what came after.

A forecast is judged on days that it did not know. An *origin* is such a day: the summary of each customer as it stood
on that day, and the purchases of the time that followed. The log is read, checked and sorted once; every origin is a
slice of it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.models.errors import InvalidSummaryError
from helpers.subjects.sales.purchase_summary import UNIT_DAYS, Unit, in_units

#: Lengths of the trailing windows in which a summary counts purchases, in days.
RECENT_DAYS = (30, 91, 182, 365)
#: Ends of the histories from which `PurchaseHistories.matched_origins` looks back, as shares of the mean observed time.
MATCHED_ENDS = (1.0, 0.85, 0.7)
_EPOCH = pd.Timestamp(0)


@dataclass(frozen=True)
class Origin:
    """One day of the past from which a forecast is made and judged.

    Attributes
    ----------
    cutoff
        The last day that the summary knows.
    periods
        Length of the time after it, in the histories' unit.
    summary
        As from `PurchaseHistories.summary`, of the customers who had bought by then.
    actual
        Purchase days of each of them in the ``periods`` after the cut-off; same index.
    """

    cutoff: pd.Timestamp
    periods: float
    summary: pd.DataFrame
    actual: pd.Series[int]


@dataclass(frozen=True)
class PurchaseHistories:
    """All purchase days of all customers up to ``observed_until``, checked and sorted; see `purchase_histories`.

    Attributes
    ----------
    customers
        The customers, sorted; ``code`` points into it.
    code, day
        One entry a purchase day: whose, and when (days since 1970), by customer, then day; no pair twice.
    observed_until
        The last day observed, inclusive.
    unit
        Unit of all times in summaries: D, W, M or Y (see `helpers.subjects.sales.purchase_summary`).
    """

    customers: pd.Index
    code: NDArray[np.int64]
    day: NDArray[np.int64]
    observed_until: pd.Timestamp
    unit: Unit

    @property
    def unit_days(self) -> float:
        """Length of the unit in days."""
        return UNIT_DAYS[self.unit]

    @property
    def first_day(self) -> pd.Timestamp:
        """The day of the first purchase of all; ``observed_until`` where there is none."""
        return _EPOCH + pd.Timedelta(days=int(self.day.min())) if len(self.day) else self.observed_until

    @property
    def span_days(self) -> int:
        """Days from the first purchase of all to the end."""
        return (self.observed_until - self.first_day).days

    def until(self, cutoff: pd.Timestamp) -> PurchaseHistories:
        """Return what was known on an earlier day: nothing after it is left in the result."""
        if cutoff > self.observed_until:
            raise InvalidSummaryError(
                f"The histories end on {self.observed_until.date()}; {cutoff.date()} lies after it."
            )
        known = self.day <= (cutoff - _EPOCH).days
        seen = np.unique(self.code[known])
        return replace(
            self,
            customers=self.customers[seen],
            code=np.searchsorted(seen, self.code[known]),
            day=self.day[known],
            observed_until=cutoff,
        )

    def summary(self) -> pd.DataFrame:
        """Return one row a customer: what the models read, and recent purchases.

        Returns
        -------
        DataFrame
            ``frequency``, ``recency``, ``T``, ``sum_log_gaps`` as of `helpers.subjects.sales.purchase_summary`, and
            ``purchases_30_days`` ... ``purchases_365_days``: purchase days, the first included, in the last so many
            days (the last day observed counts).
        """
        size, last_day = len(self.customers), (self.observed_until - _EPOCH).days
        counts = np.bincount(self.code, minlength=size)
        ends = np.cumsum(counts)
        first, last = self.day[ends - counts], self.day[ends - 1]
        gaps = np.diff(self.day, prepend=0).astype(np.float64)
        gaps[ends - counts] = 1.0  # a first purchase has no gap: log 1 = 0
        # Whole 1e-12ths, as the engine sums them.
        log_gaps = np.concatenate(([0], np.cumsum(np.rint(np.log(gaps) * 1e12).astype(np.int64))))
        columns = {
            "frequency": counts - 1,
            "recency_days": last - first,
            "T_days": last_day - first,
            "sum_log_gaps": (log_gaps[ends] - log_gaps[ends - counts]) / 1e12,
        }
        recent = {
            f"purchases_{days}_days": np.bincount(self.code[self.day > last_day - days], minlength=size)
            for days in RECENT_DAYS
        }
        return in_units(pd.DataFrame(columns, index=self.customers), self.unit_days).assign(**recent)

    def purchases_after(self, cutoff: pd.Timestamp, periods: float) -> pd.Series[int]:
        """Count each customer's purchase days in the ``periods`` after a day, itself not included."""
        begin = (cutoff - _EPOCH).days
        inside = (self.day > begin) & (self.day <= begin + round(periods * self.unit_days))
        counts = np.bincount(self.code[inside], minlength=len(self.customers))
        return pd.Series(counts, self.customers, name="actual")

    def origin(self, cutoff: pd.Timestamp, periods: float) -> Origin:
        """Cut the histories in two at a day.

        Raises
        ------
        InvalidSummaryError
            The time to be judged is not wholly observed.
        """
        if (self.observed_until - cutoff).days < round(periods * self.unit_days):
            raise InvalidSummaryError(
                f"{periods:g} {self.unit} after {cutoff.date()} lie beyond {self.observed_until.date()}, the last day."
            )
        summary = self.until(cutoff).summary()
        return Origin(cutoff, periods, summary, self.purchases_after(cutoff, periods).reindex(summary.index))

    def matched_origins(self, periods: float) -> list[Origin]:
        """Cut the past so that it looks ahead as far as is wanted now, compared to how long customers were observed.

        How far a model goes astray depends on that ratio. Of each origin the days from its cut to its end are to the
        mean observed time at its cut as ``periods`` are to the mean observed time now. Their ends are the last day and
        earlier ones, see `MATCHED_ENDS`; what is judged reaches to them.

        Parameters
        ----------
        periods
            The horizon that the forecast is wanted for, in the histories' unit.

        Returns
        -------
        list
            The latest end first; fewer where there is no such day.
        """
        observed_days = self.span_days - float(self._first_days().mean()) if len(self.day) else 0.0
        if not (observed_days > 0 and periods > 0):
            return []
        found = []
        for share in MATCHED_ENDS:
            end = self.observed_until - pd.Timedelta(days=round((1 - share) * observed_days))
            if end <= self.first_day:
                continue
            known = self.until(end)
            if ahead := known._days_ahead(periods * self.unit_days / observed_days):
                found.append(known.origin(end - pd.Timedelta(days=ahead), ahead / self.unit_days))
        return found

    def _first_days(self) -> NDArray[np.int64]:
        """Days from the first purchase of all to the first of each customer, ascending."""
        starts = np.flatnonzero(np.diff(self.code, prepend=-1))
        return np.sort(self.day[starts] - self.day.min())

    def _days_ahead(self, ratio: float) -> int:
        """Days from a cut to the end that are ``ratio`` of the mean observed time at the cut; 0 if there is none."""
        first, cuts = self._first_days(), np.arange(1, self.span_days)
        if not len(cuts):
            return 0
        known = np.searchsorted(first, cuts, side="right")
        observed = cuts - np.cumsum(first)[known - 1] / known
        ahead = self.span_days - cuts
        apart = np.abs(np.log(ahead / np.maximum(observed, 1e-9)) - np.log(ratio))
        return int(ahead[apart.argmin()])


def purchase_histories(
    log: pd.DataFrame,
    customer: str,
    date: str,
    observed_until: str | dt.date,
    unit: Unit = "W",
) -> PurchaseHistories:
    """Read a purchase log once, for summaries as of any day up to its end.

    Parameters
    ----------
    log
        One row a purchase, order or order line.
    customer, date
        Its columns. All rows of a customer on one day are one purchase; rows after ``observed_until`` are not looked
        at.
    observed_until
        The last day observed, inclusive.
    unit
        Unit of all times.

    Raises
    ------
    InvalidSummaryError
        A column, a customer or a date is missing, or the unit is unknown.
    """
    if unit not in UNIT_DAYS:
        raise InvalidSummaryError(f"unit = {unit!r} is unknown; use one of {', '.join(UNIT_DAYS)}.")
    for name in (customer, date):
        if name not in log.columns:
            raise InvalidSummaryError(f"The purchase log has no column '{name}'.")
    until = pd.Timestamp(observed_until).normalize()
    days = pd.DataFrame({"customer": log[customer], "day": pd.to_datetime(log[date]).dt.normalize()})
    days = days[~(days["day"] > until)]
    if missing := int(days.isna().any(axis=1).sum()):
        raise InvalidSummaryError(
            f"{missing} rows of the purchase log have no '{customer}' or no '{date}'. "
            "Leave rows without customer out before modelling customers."
        )
    code, customers = pd.factorize(days["customer"], sort=True)
    day = ((days["day"] - _EPOCH).dt.days).to_numpy()
    first = int(day.min()) if len(day) else 0
    width = int(day.max()) - first + 1 if len(day) else 1
    pairs = np.unique(code.astype(np.int64) * width + (day - first))
    return PurchaseHistories(
        pd.Index(customers, name=customer), pairs // width, pairs % width + first, until, unit
    )
