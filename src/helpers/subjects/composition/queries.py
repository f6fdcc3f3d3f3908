"""Who the customers are and what has changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from helpers.core.frames.groups import AMOUNTS, UNASSIGNED
from helpers.core.periods import Span, trailing, year_to_date
from helpers.core.scope import COMPANY, Scope
from helpers.engine.as_of import current_rows
from helpers.engine.connection import to_pandas
from helpers.engine.months.windows import sums_by_group
from helpers.subjects.composition.bridge import Against, Bridge, bridge
from helpers.subjects.composition.bridge import looked_at as bridge_looks_at
from helpers.subjects.composition.categories import CategoryMix, category_mix
from helpers.subjects.composition.composition import (
    Composition,
    active_customers,
    compared,
    composition,
    looked_at,
    with_kind,
)
from helpers.subjects.composition.facts import class_product_months
from helpers.subjects.composition.price_volume_mix import PriceVolumeMix, price_volume_mix
from helpers.subjects.exchange.constant_rates import constant_changes, exchange_of
from helpers.subjects.exchange.effects import exchange_effects, has_rates
from helpers.subjects.queries import SubjectQueries


class CompositionQueries(SubjectQueries):
    """Composition, the bridge from period to period, and price, volume and mix."""

    def composition(
        self,
        by: str | None = None,
        only: Mapping[str, str | None] | None = None,
        window_months: int | None = None,
    ) -> Composition:
        """Return who the customers are, by one dimension (the main one).

        See `helpers.subjects.composition.composition`.

        Parameters
        ----------
        by
            A dimension; None takes the main one.
        only
            Column of the fact ``customers`` = value: the shares are among those customers, and neither policy nor
            plan, which are for all, is held against them. None as value chooses nothing.
        window_months
            Length of the window; the settings' unless given.

        Examples
        --------
        >>> diy = book.composition("region", only={"trade_class": "DIY shops"})
        >>> diy.groups[["group", "customers", "net_amount"]].head(2)
                 group  customers  net_amount
        0  South China         16  2438784.43
        1   East China         16  1082195.83
        """
        by = by or self.main_dimension
        if any(value is not None for value in (only or {}).values()):
            return self._part(by, only, window_months)
        company_shares = None
        if self.scope != COMPANY and self.settings.privacy.show_company_shares:
            company_shares = self._cache.in_memory(
                f"company_shares-{by}-{window_months}",
                lambda: self._composition(by, COMPANY, None, window_months).company_shares(),
            )
        return self._composition(by, self.scope, company_shares, window_months)

    def _part(self, by: str, only: Mapping[str, str | None] | None, window_months: int | None) -> Composition:
        periods = self.settings.periods
        window = window_months or periods.window_months
        return composition(
            *self._sold(by, self.scope, window, only),
            self.month,
            self.facts.coverage.months[0],
            by,
            window,
            order=self.settings.order.get(by),
            history_months=periods.history_months,
            after_day=self._sold_after_day(by, self.scope, only),
            until=self.until,
            year=self.year,
        )

    def _composition(
        self, by: str, scope: Scope, company_shares: pd.DataFrame | None, window_months: int | None = None
    ) -> Composition:
        periods = self.settings.periods
        window = window_months or periods.window_months
        result = composition(
            *self._sold(by, scope, window),
            self.month,
            self.facts.coverage.months[0],
            by,
            window,
            policy=self.settings.policy.get(by),
            order=self.settings.order.get(by),
            unassigned=self._frame("unassigned_months", scope),
            targets=self._targets(scope),
            plan_scope=(scope.kind, scope.id or None),
            history_months=periods.history_months,
            company_shares=company_shares,
            after_day=self._sold_after_day(by, scope, None),
            until=self.until,
            year=self.year,
        )
        return self._at_constant_rates(result, scope)

    def _at_constant_rates(self, result: Composition, scope: Scope) -> Composition:
        """Add the changes at constant rates, where sales are in several currencies whose rates move."""
        if not has_rates(self.facts):
            return result
        month, year = Span(self.month, self.month), year_to_date(self.month, self.year)
        window = trailing(self.month, result.window_months)
        days = self._table("currency_days", scope)
        effects, held = exchange_effects(
            self.facts, days, result.by, Span(min(year.first, window.first), self.month)
        )
        if effects.empty:
            return result
        spans = {
            "month_constant_percent": (month, "month_net_amount", "month_last_year_net_amount"),
            "ytd_constant_percent": (year, "ytd_net_amount", "ytd_previous_net_amount"),
            "constant_percent": (window, "net_amount", "net_amount_previous"),
        }
        groups, total = (constant_changes(table, effects, spans) for table in (result.groups, result.total))
        return replace(
            result, groups=groups, total=total, exchange=exchange_of(effects, self.month, year, held)
        )

    def _sold_after_day(
        self, by: str, scope: Scope, only: Mapping[str, str | None] | None
    ) -> pd.DataFrame | None:
        """Return kind, group, month and net_amount of what is left out of comparisons; None in a month that is over."""
        if self.until is None:
            return None
        customers = self.facts.table("customers")
        for column, value in (only or {}).items():
            customers = customers if value is None else customers.filter(customers[column] == value)
        rows = self._after_day(scope)
        span = Span(self.month - 12, self.month - 1)
        named = with_kind(
            to_pandas(
                sums_by_group(rows.semi_join(customers, "customer_id"), customers, by, span, ["net_amount"])
            )
        )
        nobody = rows.filter(rows.customer_id.isnull())  # noqa: PD003
        nobody = nobody.group_by("month").agg(net_amount=nobody.net_amount.sum())
        unassigned = to_pandas(nobody.order_by("month")).assign(kind=UNASSIGNED, group=None)
        return named if only else pd.concat([named, unassigned], ignore_index=True)

    def _sold(
        self, by: str, scope: Scope, window_months: int, only: Mapping[str, str | None] | None = None
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return net sales by group and month, and how many customers are active in each group."""
        people, sums = self._chosen(
            self._by_customer(compared(self.month, window_months, self._until_day), scope), only, scope
        )
        customers, rows = self.facts.table("customers"), self._table("customer_months", scope)
        for column, value in (only or {}).items():
            customers = customers if value is None else customers.filter(customers[column] == value)
        rows = (
            rows
            if len(people) == len(self._frame("customers", scope))
            else rows.semi_join(customers, "customer_id")
        )
        span = looked_at(self.month, window_months, self.settings.periods.history_months)
        sold = to_pandas(sums_by_group(rows, customers, by, span, AMOUNTS))
        return sold, active_customers(sums, people, by)

    def bridge(
        self,
        by: str | None = None,
        against: Against = "last_year",
        only: Mapping[str, str | None] | None = None,
        window_months: int | None = None,
    ) -> Bridge:
        """Return what the change of sales came from; see `helpers.subjects.composition.bridge`.

        Parameters
        ----------
        by, only, window_months
            As for `composition`; lines that name no customer are in no part.
        against
            ``last_year`` or ``last_month``.

        Examples
        --------
        >>> book.bridge(against="last_month").top("lost")[["customer_id", "group", "change_amount"]].head(2)
          customer_id             group  change_amount
        0      C00022  Specialist shops       -8648.17
        1      C00178         DIY shops       -2114.47
        """
        periods = self.settings.periods
        if by is None or window_months is None:  # asked in other words, it is the same question
            return self.bridge(
                by or self.main_dimension, against, only, window_months or periods.window_months
            )
        is_part = any(value is not None for value in (only or {}).values())
        people, sums = self._chosen(
            self._by_customer(bridge_looks_at(self.month, window_months, against, self._until_day)), only
        )
        nobody = None if is_part else self.frame("unassigned_months")
        return bridge(
            people,
            sums,
            self.month,
            self.facts.coverage.months[0],
            by,
            window_months,
            periods.lapse_months,
            against,
            unassigned=nobody,
            order=self.settings.order.get(by),
            nobody_after_day=self._nobody_after_day(),
        )

    def _nobody_after_day(self) -> pd.DataFrame | None:
        """Return month and net_amount of lines without a customer that are left out of comparisons."""
        after = self._sold_after_day(self.main_dimension, self.scope, None)
        return None if after is None else after[after["kind"] == UNASSIGNED]

    def price_volume_mix(self, against: Against = "last_year") -> PriceVolumeMix:
        """Return how much of the change is price, volume and mix; see `helpers.subjects.composition.price_volume_mix`.

        Examples
        --------
        >>> book.price_volume_mix("last_month").groups[["group", "price_amount", "volume_amount", "mix_amount"]].head(2)
                                 group  price_amount  volume_amount   mix_amount
        0  International parts dealers    12639.8154   -430273.1838  405488.0684
        1  International goods dealers   -20801.4726   -280099.1995  559026.5721
        """
        return price_volume_mix(
            self._product_months(),
            self.month,
            self.settings.periods.window_months,
            against,
            order=self.settings.order.get("trade_class"),
            first_month=self.facts.coverage.months[0],
            after_day=self._products_after_day(),
        )

    def _product_months(self) -> pd.DataFrame:
        return self.frame("company_product_months" if self.scope == COMPANY else "class_product_months")

    def category_mix(self) -> CategoryMix | None:
        """Return what is bought by product category, against last year; see `helpers.subjects.composition.categories`.

        None where the data supply no categories.

        Examples
        --------
        >>> book.category_mix().categories["category"].head(2).tolist()
        ['Batteries and chargers', 'Drills']
        """
        has = self.tables.has("products", "category") and self.tables.has("order_lines", "product_id")
        if not has:
            return None
        products = current_rows(self.facts.standard("products"), "product_id", self.facts.month_end)
        named = to_pandas(products.select("product_id", "category").order_by("product_id"))
        return category_mix(self.price_volume_mix(), self._product_months(), named)

    def _products_after_day(self) -> pd.DataFrame | None:
        """Return as class_product_months what is left out of comparisons; None in a month that is over."""
        if self._until_day is None:
            return None
        lines, facts = self.facts.lines, self.facts
        after = lines.filter(lines.order_date.day() > self._until_day)
        first = (self.month - 12).to_timestamp().date()
        rows = class_product_months(after, facts.table("customers"), first)
        if self.scope != COMPANY:
            rows = facts.registry["class_product_months"].scoped(rows, self.scope, facts)
        return to_pandas(rows)
