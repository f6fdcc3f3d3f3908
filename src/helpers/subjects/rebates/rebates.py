"""Rebates as of a month end: accrued, paid and open, by agreement, month and customer; the next bracket."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from helpers.core.amounts import UNITS, to_units
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import largest_first
from helpers.core.periods import CALENDAR_YEAR, CompanyYear
from helpers.subjects.rebates.forecast import backtest, forecast, pulled_forward
from helpers.subjects.rebates.terms import CENT, ZERO, Agreement, Problem, shared_out

_MONTHS = 24
_NO_BASE: Problem = "no_base"
#: Columns and types of the frames, also of empty ones.
_AGREEMENT = {
    **dict.fromkeys(("agreement_id", "party_id", "name", "basis", "counting"), "str"),
    **dict.fromkeys(("first_day", "last_day"), "datetime64[us]"),
    "running": "bool",
    **dict.fromkeys(
        ("level", "base_amount", "net_amount", "bracket_from", "accrued_amount", "paid_amount", "open_amount",
         "next_from", "distance", "distance_amount", "worth_amount", "left_amount", "expected", "low_80", "high_80",
         "probability"),
        "float64",
    ),
}  # fmt: skip
_QUESTION = {
    **dict.fromkeys(("agreement_id", "name", "basis"), "str"), "day": "datetime64[us]",
    **dict.fromkeys(("before", "usual_before", "after", "usual_after"), "float64"),
    **dict.fromkeys(("alike", "compared"), "int64"),
}  # fmt: skip
_MONTH = {"month": "period[M]", **dict.fromkeys(("accrued_amount", "paid_amount", "open_amount"), "float64")}
_CUSTOMER = {
    "customer_id": "str",
    **dict.fromkeys(("accrued_amount", "open_amount", "window_amount", "previous_amount"), "float64"),
}


@dataclass(frozen=True)
class Rebates(Answer):
    """Rebates as of the month end. Money is in the report's currency, to the cent.

    Attributes
    ----------
    agreements
        One row an agreement, the largest open amount first: agreement_id, party_id and name (the customer or
        group), customer_id (as which it is counted; of the book's answer), basis, counting, first_day,
        last_day, running (the period is not over), level (net sales or units so far), base_amount (of
        growth), net_amount (so far), bracket_from (where the bracket reached begins, in money or units; NaN:
        none), accrued_amount, paid_amount, open_amount (the difference); of running ones next_from, distance
        (in the unit of level), distance_amount (in money), worth_amount (what the next bracket adds to the
        rebate), left_amount (our margin on the distance less that; NaN without costs), expected, low_80,
        high_80 (level at the period's end), probability (of reaching the next bracket).
    months
        month, accrued_amount, paid_amount, open_amount at its end; the last 24, from the first agreement on.
    customers
        customer_id, accrued_amount, open_amount, window_amount, previous_amount (what the window, and the previous one,
        added to the accrual): each agreement's, shared out to its customers by what counted of theirs.
    questions
        Brackets reached after far more purchases than usual and before far fewer: see `ahead.pulled_forward`.
    problems
        Why agreements are not computed, by id.
    shared
        Agreements left out because customers of others belong to them too; 0 in the company's report.
    unknown_amount
        Paid under agreements that are not supplied.
    merged
        Agreements beside others of what is one customer now (`terms.of_one_now`); of the book's answer.
    held, tests
        How many of so many earlier forecasts of 13 weeks held within their interval.
    """

    month: pd.Period
    agreements: pd.DataFrame
    months: pd.DataFrame
    customers: pd.DataFrame
    questions: pd.DataFrame
    problems: Mapping[str, Problem]
    shared: int
    unknown_amount: float
    held: int
    tests: int
    merged: int = 0

    @property
    def open_amount(self) -> float:
        """Accrued less paid."""
        return float(self.months["open_amount"].iloc[-1]) if len(self.months) else 0.0


@dataclass(frozen=True)
class _Counted:
    """One agreement with its purchases by customer and day, in ten-thousandths (``net``, ``units``)."""

    terms: Agreement
    days: pd.DataFrame

    @cached_property
    def by_day(self) -> pd.DataFrame:
        """Purchases by day, including days before the period."""
        return self.days.groupby("order_date", sort=True)[["net", "units"]].sum()

    @cached_property
    def _sums(self) -> tuple[np.ndarray, np.ndarray]:
        """The days of the period, and the cumulative sums at each."""
        rows = self.by_day[self.by_day.index >= pd.Timestamp(self.terms.first_day)]
        return rows.index.to_numpy(), rows.to_numpy(dtype="int64").cumsum(axis=0)

    def until(self, end: pd.Timestamp) -> tuple[Decimal, Decimal]:
        """Return net sales and units from the start of the period to a day."""
        days, sums = self._sums
        place = int(np.searchsorted(days, end.to_datetime64(), side="right"))
        return (_money(sums[place - 1, 0]), _money(sums[place - 1, 1])) if place else (ZERO, ZERO)

    @cached_property
    def base(self) -> Decimal:
        """The base that growth is measured from; 0 without one."""
        if self.terms.base_days is None:
            return self.terms.base_amount or ZERO
        first, last = map(pd.Timestamp, self.terms.base_days)
        day = self.by_day.index
        return _money(self.by_day.loc[(day >= first) & (day <= last), "net"].sum())

    @property
    def grows_over_nothing(self) -> bool:
        """Whether the base of growth is 0."""
        return self.terms.basis == "growth" and self.base <= 0

    def earned(self, end: pd.Timestamp) -> Decimal:
        """Return the rebate accrued by a day."""
        return self.terms.earned(*self.until(end), self.base)

    def by_customer(self, end: pd.Timestamp) -> dict[str, Decimal]:
        """Allocate the rebate accrued by a day to customers, by their purchases."""
        if self.terms.customer_id is not None:
            return {self.terms.customer_id: self.earned(end)}
        counted = self._of_customers(end)["units" if self.terms.basis == "quantity" else "net"]
        return dict(
            zip(counted.index, shared_out(self.earned(end), counted.astype(int).tolist()), strict=True)
        )

    def _of_customers(self, end: pd.Timestamp) -> pd.DataFrame:
        day = self.days["order_date"]
        rows = self.days[(day >= pd.Timestamp(self.terms.first_day)) & (day <= end)]
        return rows.groupby("customer_id", sort=True)[["net", "units"]].sum()

    def margin_rate(self, end: pd.Timestamp, rates: pd.Series) -> float:
        """Return our margin rate on the period's purchases; NaN if a customer's rate is unknown."""
        if self.terms.customer_id is not None:
            return float(rates.get(self.terms.customer_id, math.nan))
        bought = self._of_customers(end)["net"].astype("float64")
        if bought.sum():
            return float((bought * rates.reindex(bought.index)).sum(skipna=False) / bought.sum())
        return math.nan

    @cached_property
    def levels(self) -> pd.Series:
        """Values compared with the brackets, by day, in money or units, including earlier days."""
        return self.by_day["units" if self.terms.basis == "quantity" else "net"].astype("float64") / UNITS


def rebates(
    terms: list[Agreement],
    problems: Mapping[str, Problem],
    days: pd.DataFrame,
    payments: pd.DataFrame,
    customers: pd.DataFrame,
    margin_rate: pd.Series,
    month: pd.Period,
    window_months: int,
    own: frozenset[str] | None = None,
    year: CompanyYear = CALENDAR_YEAR,
) -> Rebates:
    """Compute rebates.

    Parameters
    ----------
    terms, problems
        See `helpers.subjects.rebates.terms.agreements`.
    days
        The fact rebate_days, of the whole company: an agreement's bracket is reached by all its customers.
    payments
        agreement_id, payment_date, amount: those known at the month end.
    customers
        customer_id, name.
    margin_rate
        By customer_id, margin over the net sales whose cost is known.
    own
        The customers of a team or a salesperson; None: the company. An agreement to which others belong too is left
        out: what it earns would tell of their purchases.
    year
        Whose months end: agreements run by days, whatever month these are counted in.
    """
    end = year.ends(month)
    names = customers.dropna(subset="name").set_index("customer_id")["name"]
    days_of = {str(key): part for key, part in _in_units(days).groupby("agreement_id", sort=True)}
    nothing = _in_units(days.iloc[:0])
    known = [_Counted(each, days_of.get(each.agreement_id, nothing)) for each in terms]
    no_base = dict.fromkeys((each.terms.agreement_id for each in known if each.grows_over_nothing), _NO_BASE)
    problems = {**problems, **no_base}
    known = [each for each in known if not each.grows_over_nothing]
    mine = [each for each in known if own is None or _is_own(each, own)]
    paid = _paid(payments)
    rows = [_row(each, paid.get(each.terms.agreement_id), end, names, margin_rate) for each in mine]
    table = _frame(rows, _AGREEMENT)
    table = largest_first(table, "open_amount", then="agreement_id", ignore_index=True)
    tests = [backtest(each.levels, end) for each in mine if pd.Timestamp(each.terms.last_day) > end]
    ids = {each.terms.agreement_id for each in known} | set(problems)
    unknown = (
        sum((_paid_until(part, end) for key, part in paid.items() if key not in ids), ZERO)
        if own is None
        else ZERO
    )
    return Rebates(
        month=month,
        agreements=table,
        months=_months(mine, paid, month, year),
        customers=_customers(mine, paid, [year.ends(month - back * window_months) for back in (0, 1, 2)]),
        questions=_frame(list(_questions(mine, end, names)), _QUESTION),
        problems=problems if own is None else {},
        shared=0 if own is None else sum(not _is_own(each, own) and _touches(each, own) for each in known),
        unknown_amount=float(unknown),
        held=sum(hits for hits, _ in tests),
        tests=sum(made for _, made in tests),
    )


def _frame(rows: Sequence[Any], kinds: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(kinds)).astype(kinds)


def _is_own(each: _Counted, own: frozenset[str]) -> bool:
    """Return whether an agreement is only with these customers; one with a group always counts as shared."""
    if each.terms.customer_id is not None:
        return each.terms.customer_id in own
    return _touches(each, own) and set(each.days["customer_id"]) <= own


def _touches(each: _Counted, own: frozenset[str]) -> bool:
    return not own.isdisjoint(each.days["customer_id"])


def _in_units(days: pd.DataFrame) -> pd.DataFrame:
    return days.assign(net=to_units(days["net_amount"]), units=to_units(days["quantity"]))


def _money(units: float) -> Decimal:
    return Decimal(int(units)).scaleb(-4)


def _paid(payments: pd.DataFrame) -> dict[str, list[tuple[pd.Timestamp, Decimal]]]:
    """Return days and amounts of payments by agreement."""
    found: dict[str, list[tuple[pd.Timestamp, Decimal]]] = {}
    rows = zip(payments["agreement_id"], payments["payment_date"], to_units(payments["amount"]), strict=True)
    for key, day, units in rows:
        found.setdefault(key, []).append((day, _money(units)))
    return found


def _paid_until(paid: Sequence[tuple[pd.Timestamp, Decimal]] | None, end: pd.Timestamp) -> Decimal:
    return sum((amount for day, amount in paid or () if day <= end), ZERO)


def _row(
    each: _Counted,
    paid: Sequence[tuple[pd.Timestamp, Decimal]] | None,
    end: pd.Timestamp,
    names: pd.Series,
    margin_rate: pd.Series,
) -> dict[str, object]:
    terms, base = each.terms, each.base
    net, units = each.until(end)
    level, starts = terms.level(net, units), terms.starts(base)
    accrued, paid_amount = terms.earned(net, units, base), _paid_until(paid, end)
    party = terms.customer_id if terms.customer_id is not None else terms.group_id
    running = pd.Timestamp(terms.last_day) > end
    found: dict[str, object] = {
        "agreement_id": terms.agreement_id, "party_id": party, "name": names.get(party, party), "basis": terms.basis,
        "counting": terms.counting, "first_day": pd.Timestamp(terms.first_day),
        "last_day": pd.Timestamp(terms.last_day), "running": running, "level": float(level),
        "base_amount": float(base) if terms.basis == "growth" else float("nan"), "net_amount": float(net),
        "bracket_from": max((float(start) for start in starts if start <= level and level > 0), default=float("nan")),
        "accrued_amount": float(accrued), "paid_amount": float(paid_amount),
        "open_amount": float(accrued - paid_amount),
    }  # fmt: skip
    if not running:
        return found
    expected = forecast(each.levels, end, (pd.Timestamp(terms.last_day) - end).days)
    if expected is not None:
        found |= {
            "expected": float(level) + expected.expected,
            "low_80": max(float(level) + expected.low, float(level)),
            "high_80": float(level) + expected.high,
        }
    to_come = [start for start in starts if start > level]
    if not to_come:
        return found
    distance = to_come[0] - level
    # Units still to come cost what those of the period cost on average.
    price = net / units if terms.basis == "quantity" and units > 0 else Decimal(1)
    more = distance * price
    at_start = (net + more, units + distance) if terms.basis == "quantity" else (net + more, units)
    worth = terms.earned(*at_start, base) - accrued
    rate = each.margin_rate(end, margin_rate)
    return found | {
        "next_from": float(to_come[0]), "distance": float(distance), "distance_amount": float(more.quantize(CENT)),
        "worth_amount": float(worth), "left_amount": round(float(more) * rate - float(worth), 2),
        "probability": float("nan") if expected is None else expected.reaches(float(distance)),
    }  # fmt: skip


def _months(
    mine: list[_Counted],
    paid: Mapping[str, Sequence[tuple[pd.Timestamp, Decimal]]],
    month: pd.Period,
    year: CompanyYear,
) -> pd.DataFrame:
    if not mine:
        return _frame([], _MONTH)
    begun = min(each.terms.first_day for each in mine)
    first = year.month_of(begun)
    first = max(first, month - (_MONTHS - 1))
    rows = []
    for each in pd.period_range(first, month, freq="M"):
        end = year.ends(each)
        accrued = sum((one.earned(end) for one in mine), ZERO)
        paid_amount = sum((_paid_until(paid.get(one.terms.agreement_id), end) for one in mine), ZERO)
        rows.append((each, float(accrued), float(paid_amount), float(accrued - paid_amount)))
    return _frame(rows, _MONTH)


def _customers(
    mine: list[_Counted],
    paid: Mapping[str, Sequence[tuple[pd.Timestamp, Decimal]]],
    ends: Sequence[pd.Timestamp],
) -> pd.DataFrame:
    """Allocate each agreement's accrual to its customers: now, at the window's start, and a window earlier."""
    names = list(_CUSTOMER)[1:]
    sums: dict[str, list[Decimal]] = {}
    for each in mine:
        now, then, before = (each.by_customer(end) for end in ends)
        paid_amount = _paid_until(paid.get(each.terms.agreement_id), ends[0])
        paid_to = dict(
            zip(now, shared_out(paid_amount, [int(value / CENT) for value in now.values()]), strict=True)
        )
        for customer in sorted({*now, *then, *before}):
            of_now, of_then, of_before = (part.get(customer, ZERO) for part in (now, then, before))
            sums_of = sums.setdefault(customer, [ZERO] * len(names))
            more = (of_now, of_now - paid_to.get(customer, ZERO), of_now - of_then, of_then - of_before)
            sums[customer] = [one + other for one, other in zip(sums_of, more, strict=True)]
    rows = [(customer, *map(float, values)) for customer, values in sorted(sums.items())]
    return _frame(rows, _CUSTOMER)


def _questions(mine: list[_Counted], end: pd.Timestamp, names: pd.Series) -> Iterator[dict[str, object]]:
    """Return pulled-forward purchases at brackets reached in the last year."""
    since = end - pd.DateOffset(years=1)
    for each in mine:
        terms = each.terms
        if pd.Timestamp(terms.last_day) < since:
            continue
        starts = [float(start) for start in terms.starts(each.base)]
        party = terms.customer_id if terms.customer_id is not None else terms.group_id
        for found in pulled_forward(each.levels, starts, pd.Timestamp(terms.first_day), end):
            named = {
                "agreement_id": terms.agreement_id,
                "name": names.get(party, party),
                "basis": terms.basis,
            }
            if found["day"] > since:
                yield {**named, **found}
