"""Sales channels of order lines and levels of regions: who buys through a channel, who is within a region."""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.core.amounts import from_units, to_units
from helpers.core.frames.groups import customer_column, cut_off
from helpers.core.frames.lookup import largest_first, left_join
from helpers.core.periods import trailing
from helpers.core.scope import COMPANY, Scope
from helpers.engine.connection import to_pandas
from helpers.engine.fact import by_customer
from helpers.engine.months.windows import in_span
from helpers.errors import WorkbookError
from helpers.subjects.composition.facts import channel_months
from helpers.subjects.queries import SubjectQueries


class ChannelQueries(SubjectQueries):
    """Queries on sales channels, and customers by level of their region."""

    def channel_customers(
        self,
        channel: str | None,
        only: Mapping[str, str | None] | None = None,
        window_months: int | None = None,
    ) -> pd.DataFrame:
        """Return who bought through a channel, in the window or in the one a year earlier.

        Parameters
        ----------
        channel
            The channel; None: lines without one.
        only, window_months
            As for `composition`.

        Returns
        -------
        pandas.DataFrame
            customer_id, name, net_amount_previous, net_amount, change_amount: of the channel alone; the largest change
            first, then customer_id.

        Examples
        --------
        >>> book.channel_customers("web shop")[["customer_id", "net_amount"]].head(2)
          customer_id  net_amount
        0      C00148  1299856.93
        1      C00331   321822.50
        """
        if not self._has_channels:
            raise WorkbookError("Which way customers order is in order_lines.channel, which is not supplied.")
        window_months = window_months or self.settings.periods.window_months
        rows = self._table("channel_months", self.scope)
        rows = rows.semi_join(self._people(only), "customer_id")
        sums = self._sums_by_channel(rows, window_months, self.scope)
        mine = sums.filter(sums.group.isnull() if channel is None else sums.group == channel)  # noqa: PD003
        found = to_pandas(
            mine.select("customer_id", net_amount_previous="customers_previous", net_amount="customers")
        )
        change = from_units(to_units(found["net_amount"]) - to_units(found["net_amount_previous"]))
        found = left_join(
            found.assign(change_amount=change), self.frame("customers")[["customer_id", "name"]]
        )
        found = found[found["net_amount"].ne(0) | found["net_amount_previous"].ne(0)]
        by_change = found.assign(size=found["change_amount"].abs())
        by_change = largest_first(by_change, "size", ignore_index=True)
        return by_change[["customer_id", "name", "net_amount_previous", "net_amount", "change_amount"]]

    @property
    def _has_channels(self) -> bool:
        return self.tables.has("order_lines", "channel")

    def _people(self, only: Mapping[str, str | None] | None) -> ir.Table:
        """Return the fact customers, filtered."""
        customers = self.facts.table("customers")
        for column, value in (only or {}).items():
            if value is not None:
                chosen = customer_column(customers, column).isin(self._values_within(column, value))
                customers = customers.filter(chosen)
        return customers

    def _at_level(self, rows: ir.Table, level: int | None) -> ir.Table:
        """Return rows with ``group`` at a level of regions."""
        between = self.settings.report.region_separator
        if level is None or between is None:
            return rows
        return rows.mutate(group=rows.group.split(between)[:level].join(between))

    def _members(self, customers: pd.DataFrame, level: int | None) -> pd.DataFrame:
        """Return customers with their region at a level."""
        between = self.settings.report.region_separator
        if level is None or between is None:
            return customers
        return customers.assign(region=cut_off(customers["region"], between, level))

    def _channels_after_day(self, scope: Scope) -> ir.Table:
        """Return customer_id, channel, month and net_amount of compared months after the last line's day."""
        after = channel_months(self._lines_after_day())
        return after if scope == COMPANY else by_customer(after, scope, self.facts)

    def _sums_by_channel(self, rows: ir.Table, window_months: int, scope: Scope) -> ir.Table:
        """Sum net sales by customer and channel (``group``), in the window and in the one a year earlier."""
        window = trailing(self.month, window_months)
        spans = {"customers": window, "customers_previous": window.year_back()}
        rows = rows.select("customer_id", "channel", "month", "net_amount")
        if self.until is not None:
            after, last = self._channels_after_day(scope), spans["customers_previous"].last
            after = after.filter(after.month == ibis.date(last.to_timestamp().date())).select(*rows.columns)
            rows = rows.union(after.mutate(net_amount=-after.net_amount))
        return rows.group_by("customer_id", group="channel").agg(
            **{
                name: rows.net_amount.sum(where=in_span(rows.month, span)).fill_null(0)
                for name, span in spans.items()
            }
        )

    def _active_in_channels(self, rows: ir.Table, window_months: int, scope: Scope) -> pd.DataFrame:
        """Count the customers with net sales > 0 in each channel, in the window and in the one a year earlier."""
        sums = self._sums_by_channel(rows, window_months, scope)
        counts = sums.group_by("group").agg(
            **{name: sums.count(where=sums[name] > 0) for name in ("customers", "customers_previous")}
        )
        return to_pandas(counts.order_by("group"))
