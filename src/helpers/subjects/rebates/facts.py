"""The fact ``rebate_days``: purchases that count for an agreement, by customer and day."""

# Ibis columns, not pandas: `isnull` is Ibis' name.
# ruff: noqa: PD003

import datetime as dt
from collections.abc import Sequence
from typing import Final

import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.engine.as_of import MONEY, current_rows, own_day, validity_periods
from helpers.engine.connection import to_pandas
from helpers.engine.fact import Fact, by_customer
from helpers.engine.facts import Facts
from helpers.subjects.rebates.terms import Agreement, agreements

_TABLE: Final = "rebate_agreements"
#: Days before the month end that the forecast of a period's end, and its test, look at.
REACH_DAYS = 728
_DAYS = {
    "agreement_id": "string", "customer_id": "string", "order_date": "date", "net_amount": MONEY, "quantity": MONEY,
}  # fmt: skip
_MEMBERS = {
    "agreement_id": "string", "member_id": "string", "from_day": "date", "until_day": "date", "reach_day": "date",
    "first_day": "date", "last_day": "date", "filtered": "boolean",
}  # fmt: skip


def rebate_days(facts: Facts) -> ir.Table:
    """Return net sales and quantity that count for each agreement, up to the month end.

    Agreements run by days: a line counts on its own, wherever the company's months date it. A line of the period counts
    where its customer belonged to the agreement on its day. Earlier lines, a year before the period at least, count
    where the customer belongs to it a year later, or at the month end where that is earlier: so the base of growth
    moves with the members.

    Returns
    -------
    ibis.expr.types.Table
        agreement_id, customer_id, order_date (together unique), net_amount, quantity.
    """
    if (rows := facts.optional(_TABLE)) is None:
        return ibis.memtable([], schema=ibis.schema(_DAYS))
    known, _ = agreements(to_pandas(rows))
    spans = members(facts, known)
    if spans.empty:
        return ibis.memtable([], schema=ibis.schema(_DAYS))
    member_rows = ibis.memtable(spans, schema=ibis.schema(_MEMBERS))
    lines = facts.lines
    lines = lines.select("customer_id", "product_id", "net_amount", "quantity", order_date=own_day(lines))
    joined = lines.inner_join(member_rows, lines.customer_id == member_rows.member_id)
    a_year_on = ibis.least(
        (joined.order_date + ibis.interval(years=1)).cast("date"), ibis.date(facts.year.last_day(facts.month))
    )
    day = (joined.order_date < joined.first_day).ifelse(a_year_on, joined.order_date)
    counts = (
        (joined.order_date >= joined.reach_day)
        & (joined.order_date <= joined.last_day)
        & (joined.from_day.isnull() | (day >= joined.from_day))
        & (joined.until_day.isnull() | (day < joined.until_day))
    )
    columns = [
        "agreement_id",
        "customer_id",
        "product_id",
        "order_date",
        "net_amount",
        "quantity",
        "filtered",
    ]
    joined = joined.filter(counts).select(columns)
    if spans["filtered"].any():
        some = joined.filter(joined.filtered).semi_join(
            _products(facts, known), ["agreement_id", "product_id"]
        )
        joined = joined.filter(~joined.filtered).union(some.select(columns))
    return joined.group_by("agreement_id", "customer_id", "order_date").agg(
        net_amount=joined.net_amount.sum().cast(MONEY), quantity=joined.quantity.sum().cast(MONEY)
    )


def _products(facts: Facts, known: Sequence[Agreement]) -> ir.Table:
    """Return agreement_id and product_id of products that count, in the categories of the month end."""
    named = [(each.agreement_id, product) for each in known for product in each.products]
    texts = {"agreement_id": "string", "product_id": "string"}
    found = ibis.memtable(pd.DataFrame(named, columns=list(texts), dtype="str"), schema=ibis.schema(texts))
    pairs = [(each.agreement_id, category) for each in known for category in each.categories]
    if not pairs or (products := facts.optional("products")) is None:
        return found
    texts = {"agreement_id": "string", "wanted_category": "string"}
    kinds = ibis.memtable(pd.DataFrame(pairs, columns=list(texts), dtype="str"), schema=ibis.schema(texts))
    current = current_rows(products, "product_id", facts.month_end).select("product_id", "category")
    of_kinds = current.inner_join(kinds, current.category == kinds.wanted_category)
    return found.union(of_kinds.select("agreement_id", "product_id"), distinct=True)


def members(facts: Facts, known: Sequence[Agreement]) -> pd.DataFrame:
    """Return the members of each agreement with first and last day (NaT: unlimited), as of the month end.

    The members of a group are those in ``buying_groups``; if it has none, the company of that number and all below it
    by ``parent_id``.
    """
    groups = sorted({each.group_id for each in known if each.group_id is not None})
    of_group = _of_groups(facts, groups) if groups else {}
    rows = []
    for each in known:
        if each.customer_id is not None:
            belong: list[tuple[str, object, object]] = [(each.customer_id, pd.NaT, pd.NaT)]
        else:
            belong = of_group.get(str(each.group_id), [])
        back = facts.year.last_day(facts.month) - dt.timedelta(days=REACH_DAYS)
        reach = min(each.first_day - dt.timedelta(days=366), back)
        filtered = bool(each.products or each.categories)
        rows += [
            (each.agreement_id, *member, reach, each.first_day, each.last_day, filtered) for member in belong
        ]
    frame = pd.DataFrame(rows, columns=list(_MEMBERS))
    days = [name for name, kind in _MEMBERS.items() if kind == "date"]
    return _merge_overlaps(frame.assign(**{name: pd.to_datetime(frame[name]) for name in days}))


def _merge_overlaps(spans: pd.DataFrame) -> pd.DataFrame:
    """Merge overlapping spans of a member (of merged numbers), so that nothing counts twice."""
    keys = ["agreement_id", "member_id"]
    if not spans.duplicated(keys).any():
        return spans
    always = {"from_day": pd.Timestamp("1900-01-01"), "until_day": pd.Timestamp("2200-01-01")}
    rows = spans.fillna(always).sort_values([*keys, "from_day"], ignore_index=True)
    reached = rows.groupby(keys)["until_day"].cummax().groupby([rows[key] for key in keys]).shift()
    number = (~(rows["from_day"] <= reached)).cumsum()
    last = rows.groupby(number)["until_day"].transform("max")
    joined = rows.assign(until_day=last)[~number.duplicated()]
    return joined.assign(**{name: joined[name].where(joined[name] != day) for name, day in always.items()})


def _of_groups(facts: Facts, groups: Sequence[str]) -> dict[str, list[tuple[str, object, object]]]:
    found: dict[str, list[tuple[str, object, object]]] = {}
    if (rows := facts.optional("buying_groups")) is not None:
        spans = to_pandas(
            validity_periods(rows, "customer_id").select("customer_id", "group_id", "valid_from", "until")
        )
        spans = spans[spans["group_id"].isin(groups)].sort_values(["group_id", "customer_id", "valid_from"])
        for group, part in spans.groupby("group_id", sort=True):
            found[str(group)] = list(zip(part["customer_id"], part["valid_from"], part["until"], strict=True))
    rest = [group for group in groups if group not in found]
    if rest and (rows := facts.optional("customers")) is not None:
        spans = to_pandas(
            validity_periods(rows, "customer_id").select("customer_id", "parent_id", "valid_from", "until")
        )
        spans = spans[spans["parent_id"].notna() & (spans["parent_id"] != spans["customer_id"])]
        below = {str(key): part for key, part in spans.groupby("parent_id", sort=True)}
        for group in rest:
            found[group] = [(group, pd.NaT, pd.NaT), *_descendants(group, below, pd.NaT, pd.NaT, (group,))]
    return found


def _descendants(
    top: str, below: dict[str, pd.DataFrame], start: object, end: object, path: tuple[str, ...]
) -> list[tuple[str, object, object]]:
    """Return the descendants of a company, and the time in which each is below the group itself."""
    found: list[tuple[str, object, object]] = []
    rows = below.get(top, pd.DataFrame(columns=["customer_id", "valid_from", "until"]))
    for customer, since, until in zip(rows["customer_id"], rows["valid_from"], rows["until"], strict=True):
        if customer in path:
            continue
        first = pd.Series([start, since], dtype="datetime64[ns]").max()
        last = pd.Series([end, until], dtype="datetime64[ns]").min()
        if pd.isna(first) or pd.isna(last) or first < last:
            found += [(customer, first, last), *_descendants(customer, below, first, last, (*path, customer))]
    return found


FACTS: dict[str, Fact] = {
    "rebate_days": Fact(rebate_days, order=("agreement_id", "customer_id", "order_date"), scoped=by_customer)
}
