"""Rebate agreements: brackets of sales, quantity or growth, computed to the cent."""

import datetime as dt
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

import pandas as pd

CENT = Decimal("0.01")
ZERO = Decimal(0)
_YEAR_DAYS = 366

#: Reasons why an agreement is not computed.
Problem = Literal[
    "two_parties", "two_periods", "two_ways", "period", "two_texts", "one_payment", "below_zero", "part_filter",
    "marginal_mixed", "long_growth", "short_base", "no_base",
]  # fmt: skip


@dataclass(frozen=True)
class Bracket:
    """Start of a bracket, and its one kind of rebate: percent of net sales, an amount, or money a unit."""

    start: Decimal
    rate: Decimal | None = None
    amount: Decimal | None = None
    unit_amount: Decimal | None = None


@dataclass(frozen=True)
class Agreement:
    """One agreement, as known at the month end.

    Attributes
    ----------
    agreement_id, customer_id, group_id
        Which, and with whom: one of the two is None.
    first_day, last_day
        Its period, both days included.
    basis, counting, brackets
        What reaches a bracket, what a bracket pays for, and the brackets by ``start``: money, units, or (of growth)
        percent over the base.
    base_amount
        What growth is counted over; None: sales of the same days a year before.
    products, categories
        What counts; nothing in both: everything.
    """

    agreement_id: str
    customer_id: str | None
    group_id: str | None
    first_day: dt.date
    last_day: dt.date
    basis: str
    counting: str
    brackets: tuple[Bracket, ...]
    base_amount: Decimal | None = None
    products: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    @property
    def base_days(self) -> tuple[dt.date, dt.date] | None:
        """First and last day of the base of growth: the same days a year earlier; None if not needed."""
        if self.basis != "growth" or self.base_amount is not None:
            return None
        year, day = pd.DateOffset(years=1), pd.Timedelta(days=1)
        # The day before the same day: of a period to the end of February that of a leap year too.
        last = pd.Timestamp(self.last_day) + day - year - day
        return (pd.Timestamp(self.first_day) - year).date(), last.date()

    def starts(self, base: Decimal) -> list[Decimal]:
        """Return the start of each bracket, in money or units; empty if there is no base of growth."""
        if self.basis != "growth":
            return [bracket.start for bracket in self.brackets]
        return [base * (1 + bracket.start / 100) for bracket in self.brackets] if base > 0 else []

    def level(self, net: Decimal, quantity: Decimal) -> Decimal:
        """Return the value that is compared with the brackets."""
        return quantity if self.basis == "quantity" else net

    def earned(self, net: Decimal, quantity: Decimal = ZERO, base: Decimal = ZERO) -> Decimal:
        """Return the rebate on purchases, rounded half up to cents; 0 for purchases of 0 or less.

        Examples
        --------
        >>> terms = {
        ...     "agreement_id": "R1", "customer_id": "C1", "group_id": None, "basis": "net_sales",
        ...     "first_day": dt.date(2026, 1, 1), "last_day": dt.date(2026, 12, 31),
        ...     "brackets": (Bracket(Decimal(100_000), Decimal(1)), Bracket(Decimal(200_000), Decimal(3))),
        ... }
        >>> [str(Agreement(**terms, counting=c).earned(Decimal(250_000))) for c in ("retroactive", "marginal")]
        ['7500.00', '2500.00']
        """
        level, starts = self.level(net, quantity), self.starts(base)
        reached = [place for place, start in enumerate(starts) if start <= level] if level > 0 else []
        if not reached:
            return ZERO.quantize(CENT)
        if self.counting == "retroactive":
            found = _pays(self.brackets[reached[-1]], net, quantity)
        else:
            found = ZERO
            for place in reached:
                end = min(level, starts[place + 1]) if place + 1 < len(starts) else level
                part = end - max(starts[place], ZERO)
                found += _pays(self.brackets[place], part, part)
        return max(found, ZERO).quantize(CENT, ROUND_HALF_UP)


def _pays(bracket: Bracket, net: Decimal, quantity: Decimal) -> Decimal:
    if bracket.rate is not None:
        return net * bracket.rate / 100
    if bracket.unit_amount is not None:
        return quantity * bracket.unit_amount
    return bracket.amount or ZERO


def in_force(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of each agreement's latest version (``recorded_at``; missing: the first version)."""
    written = rows["recorded_at"].fillna(pd.Timestamp("1900-01-01"))
    return rows[written == written.groupby(rows["agreement_id"]).transform("max")].reset_index(drop=True)


def agreements(rows: pd.DataFrame) -> tuple[list[Agreement], dict[str, Problem]]:
    """Parse the rows of the table ``rebate_agreements``, as known at a month end.

    Returns
    -------
    list of Agreement, dict of Problem
        Those that can be computed, by id; and why others cannot, by id.
    """
    found, problems = [], {}
    known = in_force(rows).astype("object")
    by_id: dict[str, list[dict[Hashable, Any]]] = {}
    for record in known.where(known.notna(), None).to_dict("records"):
        by_id.setdefault(record["agreement_id"], []).append(record)
    for key, records in sorted(by_id.items()):
        problem = _problem(records)
        if problem is None:
            found.append(_agreement(records))
        else:
            problems[key] = problem
    return found, problems


def without_base(terms: Sequence[Agreement], begins: dt.date) -> dict[str, Problem]:
    """Return agreements on growth whose base days are only partly in the data, which begin at ``begins``."""
    return {
        each.agreement_id: "short_base" for each in terms if each.base_days and each.base_days[0] < begins
    }


def of_one_now(terms: Sequence[Agreement], written: Mapping[str, str]) -> list[Agreement]:
    """Return agreements of merged customers that have another agreement under another number.

    Parameters
    ----------
    written
        The customer's number by agreement, as it was written: before numbers were merged.
    """

    def beside(one: Agreement, other: Agreement) -> bool:
        together = one.first_day <= other.last_day and other.first_day <= one.last_day
        apart = written.get(one.agreement_id) != written.get(other.agreement_id)
        return one.customer_id == other.customer_id and together and apart

    merged = [each for each in terms if each.customer_id is not None and each.agreement_id in written]
    return [each for each in merged if any(beside(each, other) for other in merged)]


def _problem(records: Sequence[Mapping[Hashable, Any]]) -> Problem | None:
    def several(*names: str) -> bool:
        return len({tuple(row[name] for name in names) for row in records}) > 1

    first = records[0]
    filtered = {row["product_id"] is not None or row["category"] is not None for row in records}
    pays = [
        [row[name] for name in ("rate", "amount", "unit_amount") if row[name] is not None] for row in records
    ]
    numbers = [row["bracket_from"] for row in records] + [each for some in pays for each in some]
    starts = {(row["bracket_from"], row["rate"], row["amount"], row["unit_amount"]) for row in records}
    units = any(row["unit_amount"] is not None for row in records)
    rates = any(row["rate"] is not None for row in records)
    days = (first["last_day"] - first["first_day"]).days + 1
    found: list[tuple[Problem, bool]] = [
        (
            "two_parties",
            several("customer_id", "group_id") or None not in (first["customer_id"], first["group_id"]),
        ),
        ("two_periods", several("first_day", "last_day")),
        ("two_ways", several("basis", "counting", "base_amount")),
        ("period", days < 1),
        ("one_payment", any(len(some) != 1 for some in pays)),
        ("below_zero", any(number < 0 for number in numbers)),
        ("two_texts", len(starts) > len({start[0] for start in starts})),
        ("part_filter", len(filtered) > 1),
        (
            "marginal_mixed",
            first["counting"] == "marginal" and (rates if first["basis"] == "quantity" else units),
        ),
        ("long_growth", first["basis"] == "growth" and first["base_amount"] is None and days > _YEAR_DAYS),
    ]
    return next((problem for problem, holds in found if holds), None)


def _agreement(records: Sequence[Mapping[Hashable, Any]]) -> Agreement:
    first = records[0]
    by_start = {
        row["bracket_from"]: Bracket(
            _decimal(row["bracket_from"]), *(_known(row[name]) for name in ("rate", "amount", "unit_amount"))
        )
        for row in records
    }
    return Agreement(
        agreement_id=first["agreement_id"],
        customer_id=first["customer_id"],
        group_id=first["group_id"],
        first_day=first["first_day"].date(),
        last_day=first["last_day"].date(),
        basis=first["basis"],
        counting=first["counting"],
        brackets=tuple(by_start[start] for start in sorted(by_start)),
        base_amount=_known(first["base_amount"]),
        products=tuple(sorted({row["product_id"] for row in records if row["product_id"] is not None})),
        categories=tuple(sorted({row["category"] for row in records if row["category"] is not None})),
    )


def _decimal(number: float) -> Decimal:
    """Return a number of a table, which has four decimals at most."""
    return Decimal(round(float(number) * 10_000)).scaleb(-4)


def _known(number: float | None) -> Decimal | None:
    return None if number is None else _decimal(number)


def shared_out(amount: Decimal, weights: Sequence[int]) -> list[Decimal]:
    """Allocate an amount by weights to the cent, by largest remainders; ties go to the first.

    Negative weights count as 0; if all are, the first gets everything.

    Examples
    --------
    >>> [str(part) for part in shared_out(Decimal("10.00"), [1, 1, 1])]
    ['3.34', '3.33', '3.33']
    """
    counted = [max(weight, 0) for weight in weights]
    total = sum(counted)
    if not counted:
        return []
    if not total:
        counted, total = [1, *[0] * (len(counted) - 1)], 1
    cents = int(amount / CENT)
    sign = -1 if cents < 0 else 1
    parts = [divmod(abs(cents) * weight, total) for weight in counted]
    shares = [part for part, _ in parts]
    most = sorted(range(len(parts)), key=lambda place: -parts[place][1])
    for place in most[: abs(cents) - sum(shares)]:
        shares[place] += 1
    return [Decimal(sign * share).scaleb(-2) for share in shares]
