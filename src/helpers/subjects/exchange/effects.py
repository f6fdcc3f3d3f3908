"""Exchange effects on the sales of each group and month, summed on the engine."""

# Ibis columns, not pandas: `isnull` is Ibis' name.
# ruff: noqa: PD003

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.core.frames.groups import GROUP, NOT_RECORDED, UNASSIGNED
from helpers.core.periods import CompanyYear, Span
from helpers.engine.connection import to_pandas
from helpers.engine.store import FactStore
from helpers.intake.values.rates import FILE
from helpers.subjects.exchange.constant_rates import exchange_shares


def has_rates(facts: FactStore) -> bool:
    """Return whether sales have currencies with changing rates."""
    return facts.tables.has("order_lines", "currency") and (facts.tables.folder / FILE).exists()


def exchange_effects(
    facts: FactStore, days: ir.Table, people: ir.Table, span: Span
) -> tuple[pd.DataFrame, int]:
    """Return the exchange effect by group, month and currency, and the days that use an earlier day's rate.

    Parameters
    ----------
    days
        The fact `currency_days`, of the scope.
    people
        customer_id and group.
    span
        The months looked at; it ends with the report's.

    Returns
    -------
    pandas.DataFrame
        kind, group (as in a composition), month, currency, exchange_amount (NaN: of a currency without a rate a year
        earlier).
    int
        Days of the last month on which something was sold at the rate of an earlier day.
    """
    rates = pd.read_parquet(facts.tables.folder / FILE)
    rates = rates[pd.to_datetime(rates["day"]) <= facts.year.ends(facts.month)]
    sold = _with_shares(days, rates, span, facts.year)
    people = people.select("group", label_of="customer_id")
    joined = sold.left_join(people, sold.customer_id == people.label_of)
    kind = ibis.cases(
        (joined.customer_id.isnull(), UNASSIGNED), (joined.group.isnull(), NOT_RECORDED), else_=GROUP
    )
    joined, keys = joined.mutate(kind=kind), ["kind", "group", "month", "currency"]
    # Sums of decimals do not depend on the order of threads.
    sums = joined.group_by(keys).agg(
        exchange_amount=(joined.net_amount.cast("float64") * joined.share)
        .cast("decimal(28, 8)")
        .sum()
        .cast("float64"),
        unknown=joined.count(where=~joined.known),
    )
    found = to_pandas(sums.order_by([ibis.asc(key, nulls_first=False) for key in keys]))
    found["exchange_amount"] = found["exchange_amount"].round(4).where(found.pop("unknown") == 0)
    held_lines = sold.filter(sold.held, sold.month == ibis.date(span.last.to_timestamp().date()))
    return found, int(held_lines.day.nunique().to_pyarrow().as_py())


def _with_shares(days: ir.Table, rates: pd.DataFrame, span: Span, year: CompanyYear) -> ir.Table:
    """Return the days of some months in currencies that have rates, with ``share`` (0: not ``known``) and ``held``."""
    shares = exchange_shares(rates, span, year)
    schema = ibis.schema(
        {"rate_of": "string", "rate_day": "date", "exchange_share": "float64", "is_held": "boolean"}
    )
    by_day = shares.assign(day=shares["day"].dt.date).set_axis(schema.names, axis=1)
    known = ibis.memtable(by_day, schema=schema)
    first, last = (month.to_timestamp().date() for month in (span.first, span.last))
    inside = days.filter(days.month.between(ibis.date(first), ibis.date(last)))
    inside = inside.filter(inside.currency.isin(sorted(set(rates["currency"])) or [""]))
    joined = inside.left_join(known, [inside.currency == known.rate_of, inside.day == known.rate_day])
    is_known = (~joined.exchange_share.isnan()).fill_null(False)
    return joined.select(
        *days.columns, known=is_known, share=is_known.ifelse(joined.exchange_share, 0.0),
        held=joined.is_held.fill_null(False),
    )  # fmt: skip
