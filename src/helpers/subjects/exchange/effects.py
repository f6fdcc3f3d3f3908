"""What exchange rates did to the sales of each group and month, added up on the engine."""

# Ibis columns are not pandas': there `isnull` is the name.
# ruff: noqa: PD003

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.core.frames.groups import GROUP, NOT_RECORDED, UNASSIGNED
from helpers.core.periods import Span
from helpers.engine.connection import to_pandas
from helpers.engine.store import FactStore
from helpers.intake.values.rates import FILE
from helpers.subjects.exchange.constant_rates import exchange_shares


def has_rates(facts: FactStore) -> bool:
    """Whether sales have currencies, and rates that move."""
    return facts.tables.has("order_lines", "currency") and (facts.tables.folder / FILE).exists()


def exchange_effects(facts: FactStore, days: ir.Table, by: str, span: Span) -> pd.DataFrame:
    """Return the effect of exchange rates by group, month and currency.

    Parameters
    ----------
    days
        The fact `currency_days`, of the scope.
    by
        The dimension of the groups.
    span
        The months looked at.

    Returns
    -------
    pandas.DataFrame
        kind, group (as in a composition), month, currency, exchange_amount (NaN: of a currency without a rate a year
        earlier), held_days (days on which the rate is that of an earlier day).
    """
    rates = pd.read_parquet(facts.tables.folder / FILE)
    rates = rates[pd.to_datetime(rates["day"]) <= pd.Timestamp(facts.month_end)]
    shares = exchange_shares(rates, span)
    first, last = (month.to_timestamp().date() for month in (span.first, span.last))
    inside = days.filter(days.month.between(ibis.date(first), ibis.date(last)))
    inside = inside.filter(inside.currency.isin(sorted(set(rates["currency"])) or [""]))
    people = facts.table("customers")
    people = people.select(label_of="customer_id", group=by)
    labelled = inside.left_join(people, inside.customer_id == people.label_of)
    schema = ibis.schema(
        {"currency": "string", "order_date": "date", "exchange_share": "float64", "held": "boolean"}
    )
    known = ibis.memtable(shares.assign(order_date=shares["order_date"].dt.date), schema=schema)
    joined = labelled.left_join(known, ["currency", "order_date"])
    kind = ibis.cases(
        (joined.customer_id.isnull(), UNASSIGNED),
        (joined.group.isnull(), NOT_RECORDED),
        else_=GROUP,
    )
    joined = joined.mutate(kind=kind)
    keys = ["kind", "group", "month", "currency"]
    sums = joined.group_by(keys).agg(
        exchange_amount=(joined.net_amount.cast("float64") * joined.exchange_share).sum(),
        unknown=joined.count(where=joined.exchange_share.isnan().fill_null(True)),
        held_days=joined.order_date.nunique(where=joined.held.fill_null(False)),
    )
    found = to_pandas(sums.order_by([ibis.asc(key, nulls_first=False) for key in keys]))
    found["exchange_amount"] = found["exchange_amount"].round(4).where(found.pop("unknown") == 0)
    return found
