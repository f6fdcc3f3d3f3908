"""Queries on composition, the bridge, and price, volume and mix."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.core.frames.groups import AMOUNTS, UNASSIGNED, customer_column, depth, tree
from helpers.core.periods import Span, trailing, year_ago, year_to_date
from helpers.core.scope import COMPANY, Scope
from helpers.engine.as_of import current_rows
from helpers.engine.connection import to_pandas
from helpers.engine.months.windows import sum_groups
from helpers.errors import WorkbookError
from helpers.settings.config import Grouping
from helpers.subjects.composition.bridge import Against, Bridge, base_distance, bridge
from helpers.subjects.composition.bridge import required_measures as bridge_looks_at
from helpers.subjects.composition.channels import ChannelQueries
from helpers.subjects.composition.composition import (
    Composition,
    active_customers,
    activity_windows,
    composition,
    required_months,
    with_kind,
)
from helpers.subjects.composition.facts import class_product_months, recorded_groups
from helpers.subjects.composition.price_volume_mix import (
    CategoryMix,
    PriceVolumeMix,
    category_mix,
    price_volume_mix,
)
from helpers.subjects.exchange.exchange import constant_changes, exchange_effects, exchange_of, has_rates


@dataclass(frozen=True)
class _Request:
    """The arguments of `CompositionQueries.composition`."""

    by: str
    scope: Scope
    window_months: int
    only: Mapping[str, str | None] | None = None
    grouping: Grouping = "now"
    level: int | None = None

    @property
    def is_part(self) -> bool:
        """Whether the customers are filtered."""
        return any(value is not None for value in (self.only or {}).values())


#: Columns that count customers -> sums by which they are active.
_COUNTED = {"customers": "net_amount", "customers_previous": "net_amount_previous"}


class CompositionQueries(ChannelQueries):
    """Composition, the bridge from period to period, and price, volume and mix."""

    def composition(
        self,
        by: str | None = None,
        only: Mapping[str, str | None] | None = None,
        window_months: int | None = None,
        grouping: Grouping | None = None,
        level: int | None = None,
    ) -> Composition:
        """Return the composition by one dimension, by default the main one.

        See `helpers.subjects.composition.composition`.

        Parameters
        ----------
        by
            A dimension, or ``channel`` (the sales channel of the lines); None takes the main one.
        only
            Filters: column of the fact ``customers`` = value. Shares are among these customers, without policy and
            plan, which are for all customers. None as value does not filter.
        window_months
            Length of the window; the settings' unless given.
        grouping
            ``now``: customers are in their group of the month end, also for past months; ``then``: each month counts
            in the group recorded at its end. None takes ``report.grouping``.
        level
            How many levels of regions are told apart, the first being 1; None: all.

        Raises
        ------
        WorkbookError
            ``then``, where customers are counted by group, or their records are not dated (``valid_from``).

        Examples
        --------
        >>> diy = book.composition("region", only={"trade_class": "DIY shops"})
        >>> diy.groups[["group", "customers", "net_amount"]].head(2)
                 group  customers  net_amount
        0  South China         16  2438784.43
        1   East China         16  1082195.83
        """
        by = by or self.main_dimension
        request = _Request(
            by, self.scope, window_months or self.settings.periods.window_months, only,
            self._grouping(grouping, by), level,
        )  # fmt: skip
        self._require_levels(by, level)
        if request.is_part:
            return self._composition(request)
        company_shares = None
        if self.scope != COMPANY and self.settings.privacy.show_company_shares:
            company_shares = self._cache.in_memory(
                f"company_shares-{by}-{request.window_months}-{request.grouping}-{level}",
                lambda: self._composition(replace(request, scope=COMPANY)).company_shares(),
            )
        return self._composition(request, company_shares)

    def _require_levels(self, by: str, level: int | None) -> None:
        if level is not None and (by != "region" or self.settings.report.region_separator is None):
            raise WorkbookError(
                "Only regions have levels, where region_separator under [report] in workbook.toml says what stands "
                "between them. Leave level out."
            )

    def region_levels(self) -> tuple[Composition, pd.DataFrame]:
        """Return the composition by the first level of regions, and the regions within each.

        Those within are rows of `helpers.core.frames.groups.tree`; there are none where regions have no levels.

        Examples
        --------
        >>> first, within = book.region_levels()  # the sample's have one level
        >>> first.by, len(within)
        ('region', 0)
        """
        between = self.settings.report.region_separator
        if between is None:
            return self.composition("region"), tree([], "")
        found = self.frame("customers")["region"]
        levels = [self.composition("region", level=level) for level in range(1, depth(found, between) + 1)]
        return levels[0], tree([each.groups for each in levels], between)

    def _grouping(self, grouping: Grouping | None, by: str) -> Grouping:
        """Return how customers are grouped; ``channel`` is always ``now``, as it belongs to the lines."""
        requested = grouping or self.settings.report.grouping
        if requested == "now" or by == "channel":
            return "now"
        if not self.can_group_then:
            raise WorkbookError(
                "Composition as customers were grouped then needs records with valid_from (customers.valid_from), and "
                'customers counted one by one (count = "account"). Leave report.grouping out.'
            )
        return "then"

    @property
    def can_group_then(self) -> bool:
        """Return whether the records have the groups of earlier months.

        Examples
        --------
        >>> book.can_group_then
        True
        """
        return self.facts.accounts is None and self.tables.has("customers", "valid_from")

    def _composition(self, request: _Request, company_shares: pd.DataFrame | None = None) -> Composition:
        periods, scope, by = self.settings.periods, request.scope, request.by
        of_all: dict[str, Any] = {} if request.is_part else {
            "policy": self.settings.policy.get(by),
            "unassigned": self._frame("unassigned_months", scope),
            "targets": self._targets(scope),
            "plan_scope": (scope.kind, scope.id or None),
            "company_shares": company_shares,
        }  # fmt: skip
        result = composition(
            *self._sales(request),
            self.month,
            self.facts.coverage.first_whole,
            by,
            request.window_months,
            order=self.settings.order.get(by),
            history_months=periods.history_months,
            after_day=self._sales_after_day(request),
            until=self.until,
            year=self.year,
            **of_all,
        )
        if by == "channel":  # who buys through two counts in both, and once in all
            counts = self._chosen(self._two_windows(request), request.only, scope)[1]
            total = {
                name: (counts[of] > 0).sum()
                for name, of in _COUNTED.items()
                if result.total[name].notna().all()
            }
            return replace(result, total=result.total.assign(**total))
        if request.grouping == "then":
            return replace(result, grouping="then")
        return result if request.is_part else self._at_constant_rates(result, request)

    def _at_constant_rates(self, result: Composition, request: _Request) -> Composition:
        """Add changes at constant rates, if sales are in several currencies whose rates changed."""
        if not has_rates(self.facts):
            return result
        month, year = Span(self.month, self.month), year_to_date(self.month, self.year)
        window = trailing(self.month, result.window_months)
        days = self._table("currency_days", request.scope)
        effects, held_rates = exchange_effects(
            self.facts, days, self._labelled(request), Span(min(year.first, window.first), self.month)
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
            result, groups=groups, total=total, exchange=exchange_of(effects, self.month, year, held_rates)
        )

    def _sales_after_day(self, request: _Request) -> pd.DataFrame | None:
        """Return kind, group, month and net_amount excluded from comparisons; None in a complete month."""
        if self.until is None:
            return None
        rows = (
            self._channels_after_day(request.scope)
            if request.by == "channel"
            else self._after_day(request.scope)
        )
        span = Span(year_ago(self.month), self.month - 1)
        own = rows.semi_join(self._people(request.only), "customer_id")
        named = with_kind(to_pandas(sum_groups(self._grouped(own, request), span, ["net_amount"])))
        nobody = rows.filter(rows.customer_id.isnull())  # noqa: PD003
        nobody = nobody.group_by("month").agg(net_amount=nobody.net_amount.sum())
        unassigned = to_pandas(nobody.order_by("month")).assign(kind=UNASSIGNED, group=None)
        return named if request.is_part else pd.concat([named, unassigned], ignore_index=True)

    def _grouped(self, rows: ir.Table, request: _Request) -> ir.Table:
        """Add ``group`` to rows of customers and months."""
        if request.by == "channel":
            return rows.mutate(group=rows.channel if self._has_channels else ibis.null("string"))
        if request.grouping == "then":
            records = self.facts.standard("customers")
            recorded = recorded_groups(rows, records, request.by, self.year.months)
            return self._at_level(recorded, request.level)
        return rows.left_join(self._labelled(request), "customer_id")

    def _labelled(self, request: _Request) -> ir.Table:
        """Return customer_id and group of the customers asked about."""
        people = self._people(request.only)
        named = people.select("customer_id", group=customer_column(people, request.by))
        return self._at_level(named, request.level)

    def _two_windows(self, request: _Request) -> pd.DataFrame:
        return self._by_customer(
            activity_windows(self.month, request.window_months, self.until), request.scope
        )

    def _sales(self, request: _Request) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return net sales by group and month, and the number of active customers of each group."""
        people, sums = self._chosen(self._two_windows(request), request.only, request.scope)
        by_channel = request.by == "channel" and self._has_channels
        rows = self._table("channel_months" if by_channel else "customer_months", request.scope)
        if len(people) != len(self._frame("customers", request.scope)):
            rows = rows.semi_join(self._people(request.only), "customer_id")
        span = required_months(self.month, request.window_months, self.settings.periods.history_months)
        sold = to_pandas(sum_groups(self._grouped(rows, request), span, AMOUNTS))
        if by_channel:
            return sold, self._active_in_channels(rows, request.window_months, request.scope)
        if request.grouping == "now":
            return sold, active_customers(
                sums, self._members(people, request.level).assign(channel=None), request.by
            )
        active = self._active_by_recorded_group(sums, people, request)
        # Who changed within a window counts in the group at its end, which need not have sold anything yet.
        silent = active.loc[~active["group"].isin(sold["group"]), ["group"]]
        nothing = silent.assign(month=self.month.to_timestamp(), **dict.fromkeys(AMOUNTS, 0.0))
        return pd.concat([sold, nothing.astype(sold.dtypes)], ignore_index=True), active

    def _active_by_recorded_group(
        self, sums: pd.DataFrame, people: pd.DataFrame, request: _Request
    ) -> pd.DataFrame:
        """Count active customers by the group recorded at the end of each window."""
        day = self.year.last_day(year_ago(self.month))
        records = current_rows(self.facts.standard("customers"), "customer_id", day).select(
            "customer_id", request.by
        )
        counts = [
            active_customers(sums, self._members(members, request.level), request.by).set_index("group")[name]
            for members, name in ((people, "customers"), (to_pandas(records), "customers_previous"))
        ]
        both = pd.concat(counts, axis=1).fillna(0).astype("int64")
        return both[(both > 0).any(axis=1)].rename_axis("group").reset_index()

    def bridge(
        self,
        by: str | None = None,
        against: Against = "last_year",
        only: Mapping[str, str | None] | None = None,
        window_months: int | None = None,
        level: int | None = None,
    ) -> Bridge:
        """Return the bridge of the change in sales; see `helpers.subjects.composition.bridge`.

        Parameters
        ----------
        by, only, window_months, level
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
                by or self.main_dimension, against, only, window_months or periods.window_months, level
            )
        self._require_levels(by, level)
        is_part = any(value is not None for value in (only or {}).values())
        people, sums = self._chosen(
            self._by_customer(bridge_looks_at(self.month, window_months, against, self.until)), only
        )
        nobody = None if is_part else self.frame("unassigned_months")
        return bridge(
            self._members(people, level), sums, self.month, self.facts.coverage.first_whole, by, window_months,
            periods.lapse_months, against, unassigned=nobody,
            order=self.settings.order.get(by), nobody_after_day=self._unassigned_after_day(),
            bought_after_day=self._bought_after_day(self.month - base_distance(against, self.month)),
        )  # fmt: skip

    def _unassigned_after_day(self) -> pd.DataFrame | None:
        """Return month and net_amount of lines without a customer excluded from comparisons."""
        after = self._sales_after_day(_Request(self.main_dimension, self.scope, 1))
        return None if after is None else after[after["kind"] == UNASSIGNED]

    def price_volume_mix(self, against: Against = "last_year") -> PriceVolumeMix:
        """Return price, volume and mix; see `helpers.subjects.composition.price_volume_mix`.

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
            first_month=self.facts.coverage.first_whole,
            after_day=self._products_after_day(),
        )

    def _product_months(self) -> pd.DataFrame:
        return self.frame("company_product_months" if self.scope == COMPANY else "class_product_months")

    def category_mix(self) -> CategoryMix | None:
        """Return net sales by product category against last year.

        See `helpers.subjects.composition.price_volume_mix.category_mix`.

        None if the data supply no categories.

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
        """Return class_product_months excluded from comparisons; None in a complete month."""
        if self.until is None:
            return None
        facts, first = self.facts, year_ago(self.month).to_timestamp().date()
        rows = class_product_months(self._lines_after_day(), facts.table("customers"), first)
        if self.scope != COMPANY:
            rows = facts.registry["class_product_months"].scoped(rows, self.scope, facts)
        return to_pandas(rows)
