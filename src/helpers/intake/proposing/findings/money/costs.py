"""What a cost is of: one unit, a hundred or the line; and which way it goes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helpers.intake.proposing.columns import units_per_price
from helpers.intake.proposing.findings.draft import Draft, Finding, shown

#: Heads that say that a cost is the line's.
_OF_LINE = re.compile(
    r"(?i)total|amount|value|sum|cogs|goods|betrag|einsatz|montant|importe|valor|金额|合计|总|額|计$"
)
#: Of all rows so many must be alike.
_MOST = 0.95
#: Of so many products that are sold in several quantities this share must have one value.
_SEVERAL, _ALIKE = 2, 0.8


def find_unit_cost(draft: Draft) -> Iterator[Finding]:
    """Tell a cost for one unit from a line's cost: of one product it is the same whatever the quantity; else ask."""
    quantity, product = draft.columns.get("quantity"), draft.columns.get("product_id")
    column = draft.columns.get("cost_amount") or draft.roles.get("unit_cost")
    if column is None or quantity is None or not draft.is_numeric(column):
        return
    is_total = "cost_amount" in draft.columns
    cost, units = draft.number(column), draft.number(quantity)
    pieces = units_per_price(column)
    line_cost = f"{units} * {cost}" + (f" / {pieces}" if pieces > 1 else "")
    varied = 0
    if product is not None:
        constant, varied = _alike(draft, cost, units, product)
        if is_total and varied and constant >= _ALIKE * varied:
            is_total = False
    if not is_total or pieces > 1:
        yield Finding(
            f"{column} is the cost of {'one unit' if pieces == 1 else f'{pieces} units'}: cost_amount is quantity x "
            f"{column}{f' / {pieces}' if pieces > 1 else ''}.",
            derived={"cost_amount": line_cost},
            uses=(column,),
        )
        return
    net = draft.first_reading("net_amount")
    if varied or net is None or _OF_LINE.search(column):
        return
    comparable = f"abs({units}) > 1 AND {cost} <> 0 AND ({net}) <> 0"
    several, plausible, sales = draft.fetch_row(
        f"SELECT count(*), count(*) FILTER (WHERE abs(one) <= abs(net)), sum(net) FROM (SELECT ({line_cost}) AS one, "
        f"({net}) AS net, ({comparable}) AS met FROM sample) WHERE met"
    )
    if several and plausible >= _MOST * several:
        answers = []
        for expression, means in ((cost, "the line"), (line_cost, "one unit")):
            total = draft.signs(comparable, expression)[2]
            answers.append((expression, f"of {means}: {shown(total)} for sales of {shown(sales)}"))
        yield Finding(
            questions={
                "cost_amount": (f"is {column} the cost of the line or of one unit? Both may be", answers)
            },
            uses=(column,),
        )


def _alike(draft: Draft, value: str, units: str, product: str) -> tuple[int, int]:
    """Count the products sold in several quantities with one value throughout, and all that were so sold."""
    constant, varied = draft.fetch_row(
        f"SELECT count(*) FILTER (WHERE costs = 1), count(*) FROM (SELECT count(DISTINCT abs({value})) AS costs, "
        f"count(DISTINCT abs({units})) AS quantities FROM sample WHERE {value} IS NOT NULL AND {value} <> 0 "
        f"GROUP BY {draft.sql(product)}) WHERE quantities > 1"
    )
    return constant, varied


def find_amount_of_one(draft: Draft) -> Iterator[Finding]:
    """Ask whether an amount is a price, where products have one amount whatever their quantity."""
    column, quantity, product = (draft.columns.get(name) for name in ("net_amount", "quantity", "product_id"))
    if column is None or quantity is None or product is None or "price" in draft.roles:
        return
    net, units = draft.number(column), draft.number(quantity)
    constant, varied = _alike(draft, net, units, product)
    if varied >= _SEVERAL and constant >= _ALIKE * varied:
        extended = f"{units} * {net}"
        totals = draft.fetch_row(f"SELECT sum({extended}), sum({net}) FROM sample")
        yield Finding(
            questions={
                "net_amount": (
                    f"{column} is the same of {constant} of {varied} products whatever the quantity: is it a price?",
                    [
                        (extended, f"yes, of one unit: {shown(totals[0])} in all"),
                        (net, f"no, of the line: {shown(totals[1])} in all"),
                    ],
                )
            },
            uses=(column,),
        )


def find_cost_signs(draft: Draft) -> Iterator[Finding]:
    """Give costs the sign of their amounts: some ledgers write them below 0, some lists of returns above."""
    cost, net = draft.expression("cost_amount"), draft.first_reading("net_amount")
    if cost is None or net is None:
        return
    sold, opposite, returned, positive, money = draft.fetch_row(
        "SELECT count(*) FILTER (WHERE net > 0 AND cost <> 0), count(*) FILTER (WHERE net > 0 AND cost < 0), "
        "count(*) FILTER (WHERE net < 0 AND cost <> 0), count(*) FILTER (WHERE net < 0 AND cost > 0), "
        "sum(cost) FILTER (WHERE net < 0 AND cost > 0) "
        f"FROM (SELECT ({net}) AS net, ({cost}) AS cost FROM sample)"
    )
    column = draft.columns.get("cost_amount", "The cost")
    if sold and opposite >= _MOST * sold:
        yield Finding(
            f"{column} stands below 0 of sales, in {opposite} of {sold} rows: it is taken with the other sign.",
            derived={"cost_amount": f"-({cost})"},
            uses=(column,),
        )
    elif positive and positive == returned and not opposite:
        signed = f"CASE WHEN ({net}) < 0 THEN -abs({cost}) ELSE {cost} END"
        yield Finding(
            questions={
                "cost_amount": (
                    f"{column} stands above 0 in all {positive} rows of returns: did the goods come back?",
                    [
                        (signed, f"yes: {shown(money)} is taken off the cost"),
                        (cost, f"no: {shown(money)} is a cost of its own"),
                    ],
                )
            },
            uses=(column,),
        )
