"""The fact ``same_customers``: pairs of customer numbers that are likely one business, as of the month end."""

from typing import Final

import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.core.mask import mask_key
from helpers.engine.as_of import current_rows
from helpers.engine.fact import Fact, by_customer_pair
from helpers.engine.facts import Facts
from helpers.subjects.identity.candidates import RECORD, candidates
from helpers.subjects.identity.strength import compared

_SCHEMA: Final = ibis.schema(
    {
        "customer_id": "string", "other_id": "string", "strength": "float64", "kind": "string", "name": "string",
        "likeness": "float64", "same_tax": "string", "same_phone": "string", "same_address": "string",
        "same_town": "string", "same_seller": "string", "stopped": "date", "began": "date", "gap_days": "float64",
    }
)  # fmt: skip


def records(facts: Facts) -> ir.Table:
    """Return one row a customer with the columns of `candidates.RECORD`, by customer_id.

    For masked customers the columns are empty: pairs must not be derived from pseudonyms.
    """
    people = facts.table("customers")
    summary = facts.table("customer_summary")
    active = summary.recency_days.fill_null(0.0) + ibis.coalesce(summary.mean_gap_days, 30.0)
    bought = summary.select(
        "first_purchase", "last_purchase", "mean_gap_days", buyer_id="customer_id",
        net_amount_day=summary.net_amount_lifetime.cast("float64") / active.nullif(0.0),
    )  # fmt: skip
    joined = people.left_join(bought, people.customer_id == bought.buyer_id)
    nothing = {name: ibis.null("string") for name in ("tax_number", "phone", "address", "town")}
    if mask_key():
        joined = joined.mutate(name=ibis.null("string"), **nothing)
    elif (rows := facts.optional("customers")) is None:
        joined = joined.mutate(**nothing)
    else:
        current = current_rows(rows, "customer_id", facts.month_end)
        unlinked = current.select(*nothing, record_id="customer_id")
        joined = joined.left_join(unlinked, joined.customer_id == unlinked.record_id)
    return joined.mutate(place=joined.region).select(*RECORD.names).order_by("customer_id")


def same_customers(facts: Facts) -> ir.Table:
    """Return the pairs: the columns of `helpers.subjects.identity.strength.compared`, by customer_id and other_id."""
    rows = records(facts).to_pyarrow().cast(RECORD)
    with candidates(facts.engine, rows) as batches:
        found = [compared(batch, facts.month_end) for batch in batches]
    kept = [frame for frame in found if len(frame)]
    if not kept:
        return ibis.memtable([], schema=_SCHEMA)
    pairs = pd.concat(kept, ignore_index=True).sort_values(["customer_id", "other_id"], ignore_index=True)
    return ibis.memtable(pairs, schema=_SCHEMA)


FACTS: dict[str, Fact] = {
    "same_customers": Fact(
        same_customers, order=("customer_id", "other_id"), scoped=by_customer_pair, materialized="process"
    )
}
