"""Which customers are learnt from where there are too many: sampled by a hash of the id, the same on any engine."""

from __future__ import annotations

import ibis.expr.types as ir

from helpers.engine.facts import Facts

#: Hexadecimal digits of the hash that are looked at.
_DIGITS = 8


def sampled(rows: ir.Table, share: float) -> ir.Table:
    """Keep the rows of about ``share`` of the customers; all of them where it is 1 or more.

    A customer is sampled by its id alone: month after month it is the same customers, and those of a smaller share are
    among those of a larger one.
    """
    if share >= 1:
        return rows
    limit = format(int(share * 16**_DIGITS), f"0{_DIGITS}x")
    # The hash costs more than all else here, so each id is hashed once and not in every row.
    ids = rows.select("customer_id").distinct()
    chosen = ids.filter(ids.customer_id.hexdigest("sha256").substr(0, _DIGITS) < limit)
    return rows.semi_join(chosen, "customer_id")


def sampled_ids(facts: Facts) -> ir.Table:
    """Return customer_id of the customers that are learnt from: one row each."""
    return sampled(facts.table("customers").select("customer_id"), facts.sampled_share)
