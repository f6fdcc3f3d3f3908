"""Queries that compare two books, and scenarios."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import cast, get_args

from helpers.core.calendar.period_names import period_name
from helpers.core.periods import trailing, trailing_year
from helpers.engine.months.windows import Window
from helpers.engine.scoped_tables import ScopedTables
from helpers.errors import WorkbookError
from helpers.intake.tables import StandardTables
from helpers.subjects.churn.queries import ChurnQueries
from helpers.subjects.compare.compare import UNASSIGNED, Comparison, Over, comparison, different_settings
from helpers.subjects.compare.scenario import Scenario, scenario
from helpers.subjects.composition.queries import CompositionQueries
from helpers.subjects.targets.queries import TargetQueries
from helpers.subjects.value.queries import ValueQueries

#: Figures of `Composition.total` that are compared.
_OF_SALES = ("net_amount", "customers", "margin_amount", "month_net_amount", "ytd_net_amount")


class CompareQueries(CompositionQueries, TargetQueries, ChurnQueries, ValueQueries):
    """Comparison with another book, and scenarios."""

    def compare(self, other: CompareQueries, over: Over = "window", *, learnt: bool = False) -> Comparison:
        """Compare this book with another month, scope, data set or settings.

        Parameters
        ----------
        other
            As from `helpers.book.open_book`.
        over
            Whether customers' sales are those of the window that ends with each book's month, or of the month alone.
        learnt
            Whether to compare states, value and expected loss too, which have to be learnt first.

        Raises
        ------
        WorkbookError
            ``over`` is neither, ``other`` is not a book, or the books' amounts are in different currencies.

        Examples
        --------
        >>> from helpers.book import open_book
        >>> apart = book.compare(open_book(month="2026-10", scope="salesperson:S01"))
        >>> apart.movements
             movement  customers  difference_amount
        0   only_this        234        63204602.66
        1        same         78               0.00
        2  unassigned          0          669093.68
        """
        if over not in get_args(Over):
            raise WorkbookError(f"compare: over is {over!r}; write {' or '.join(map(repr, get_args(Over)))}.")
        if not isinstance(other, CompareQueries):
            raise WorkbookError(
                f"compare: {other!r} is no book; give one as from open_book(month=..., scope=...)."
            )
        money = [book.settings.report.currency for book in (self, other)]
        if money[0] != money[1]:
            raise WorkbookError(
                f"Amounts in {money[0]} and in {money[1]} cannot be compared: bring both data sets to one currency "
                "([report] currency)."
            )
        books = (self, other)
        names: dict[str, str] = {}
        for book in reversed(books):
            people = book.frame("customers").dropna(subset="name")
            names |= dict(zip(people["customer_id"], people["name"], strict=True))
        return comparison(
            (_display_name(self), _display_name(other)),
            (self._compared(learnt=learnt), other._compared(learnt=learnt)),
            (self._sales_by_customer(over), other._sales_by_customer(over)),
            names,
            list(_different(self, other)),
        )

    def _sales_by_customer(self, over: Over) -> dict[str, Decimal]:
        """Return exact net sales by customer."""
        months = self.settings.periods.window_months if over == "window" else 1
        span = trailing(self.month, months)
        lines = cast(ScopedTables, self.tables).order_lines
        inside = lines.filter(lines.month >= span.first.to_timestamp().date())
        sums = inside.group_by("customer_id").agg(sold=inside.net_amount.sum()).to_pyarrow()
        pairs = zip(sums["customer_id"].to_pylist(), sums["sold"].to_pylist(), strict=True)
        return {customer or UNASSIGNED: amount for customer, amount in pairs}

    def _compared(self, *, learnt: bool) -> dict[str, float | None]:
        """Return the figures to compare."""
        total = self.composition().total.iloc[0]
        found: dict[str, float | None] = {name: total.get(name) for name in _OF_SALES}
        if learnt:
            states = self.customer_states()
            found |= {f"state_{name}": float(count) for name, count in states.counts.items()}
            equity = self.lifetime().equity
            found |= {
                f"value_{horizon}": amount
                for horizon, amount in zip(equity["horizon"], equity["value_amount"], strict=True)
            }
            found["risk_amount"] = self.risk_list().risk_amount
        return found

    def scenario(self, price: float = 0.0, volume: float = 0.0, lost: Collection[str] = ()) -> Scenario:
        """Return value and targets under other prices or quantities, or without some customers.

        Parameters
        ----------
        price, volume
            Relative changes after the month end: 0.02 is two percent more. If a price change reduces quantities,
            say so in ``volume``.
        lost
            Ids of customers who stop buying.

        Raises
        ------
        WorkbookError
            A change is not a number, is -1 or less or above 1, or an id is not a customer of this book.

        Examples
        --------
        >>> after = book.scenario(price=0.02, lost=["C00003"])
        >>> after.value[["horizon", "value_amount", "scenario_amount"]].head(1).round(-4)
          horizon  value_amount  scenario_amount
        0       1    20420000.0       21920000.0
        """
        for name, change in (("price", price), ("volume", volume)):
            # What more than doubles is 2 written for 2 %.
            if isinstance(change, str) or not -1 < change <= 1:
                raise WorkbookError(
                    f"scenario: {name} is {change!r}; write 2 % more as 0.02, 2 % less as -0.02."
                )
        ids = [lost] if isinstance(lost, str) else list(lost)
        people = self.frame("customers")["customer_id"]
        if unknown := sorted(set(ids) - set(people)):
            raise WorkbookError(f"scenario: {', '.join(unknown)} is no customer of {self!r}.")
        window = trailing_year(self._over)
        sold = self._by_customer({"net_amount": Window("net_amount", window)}).set_index("customer_id")[
            "net_amount"
        ]
        return scenario(self.lifetime(), self.attainment(), sold.fillna(0.0), price, volume, ids)


def _display_name(book: CompareQueries) -> str:
    return f"{period_name(book.month)}, {book.scope.id or 'company'}"


def _different(this: CompareQueries, other: CompareQueries) -> list[tuple[str, str, str]]:
    pairs = [
        ("month", period_name(this.month), period_name(other.month)),
        ("scope", this.scope.text, other.scope.text),
    ]
    different = [each for each in pairs if each[1] != each[2]]
    if this.tables.key != other.tables.key:
        different.append(("data", _inputs(this.tables), _inputs(other.tables)))
    plain = [book.settings.model_dump(mode="json") for book in (this, other)]
    return different + list(different_settings(plain[0], plain[1]))


def _inputs(tables: StandardTables) -> str:
    return ", ".join(f"{each.name} ({each.rows})" for each in tables.inputs)
