"""What a quantity counts: pieces or packs, what was ordered or what was delivered, with what came back or without."""

from __future__ import annotations

from collections.abc import Iterator

from helpers.intake.proposing.findings.draft import Draft, Finding, shown

#: Units that are one piece.
_PIECE_UNITS = (
    "ea", "each", "pc", "pcs", "pce", "piece", "pieces", "st", "stk", "stück", "pièce", "pza", "pieza", "个", "只", "個"
)  # fmt: skip


def find_packs(draft: Draft) -> Iterator[Finding]:
    """Take the number of packs for the quantity, where there is no other; `ask_packs` asks what it counts."""
    packs = draft.roles.get("packs")
    if "quantity" not in draft.columns and packs is not None and draft.is_numeric(packs):
        yield Finding(columns={"quantity": packs})


def ask_packs(draft: Draft) -> Iterator[Finding]:
    """Ask what the quantity counts, and what the price is of, where packs hold more than one piece.

    An amount beside them tells what the price is of, and not which of the two the quantity counts.
    """
    size, column = draft.roles.get("pack_size"), draft.columns.get("quantity")
    if size is None or column is None or not draft.is_numeric(size):
        return
    quantity, pack_size = draft.number(column), draft.number(size)
    packs = draft.roles.get("packs")
    if packs not in (None, column) and draft.agree(f"{draft.number(str(packs))} * {pack_size}", quantity):
        yield Finding(f"{column} is {packs} x {size}: pieces.", uses=(str(packs), size))
        return
    pieces, several = f"{quantity} * {pack_size}", f"({pack_size}) > 1 AND ({quantity}) <> 0"
    quantities = draft.example(quantity, pieces, where=several)
    if not quantities:
        return
    measure = draft.roles.get("measure")
    unit_and_pack = zip(draft.texts(measure), draft.values(several), strict=True) if measure else ()
    units = {unit.lower() for unit, is_pack in unit_and_pack if is_pack}
    if units and units <= {*_PIECE_UNITS}:
        yield Finding(f"{measure} says that {column} counts pieces.", uses=(size, str(measure)))
        return
    net = draft.derived.get("net_amount", "")
    per_piece = _with_quantity(draft, net, quantity, pieces)
    if per_piece != net and (
        values := draft.example(per_piece, net, where=several)
    ):  # no column is an amount
        answers = [
            (per_piece, f"of a piece, and {column} counts packs: {shown(values[0])}"),
            (net, f"of what {column} counts: {shown(values[1])}"),
        ]
        price = draft.roles["price"]
        asks = f"{size} says what a pack holds, and no column is an amount: what is {price} the price of?"
        yield Finding(questions={"net_amount": (asks, answers)})
    answers = [
        (pieces, f"packs: {shown(quantities[0])} are {shown(quantities[1])} pieces"),
        (quantity, f"what is to be counted, pieces already or packs as such: {shown(quantities[0])}"),
    ]
    yield Finding(
        columns={"quantity": None},
        questions={"quantity": (f"{size} says what a pack holds: what does {column} count?", answers)},
        uses=(column, size),
    )


def ask_units(draft: Draft) -> Iterator[Finding]:
    """Ask what the quantity counts, where products are sold in several units: pieces and boxes are not one number."""
    column, product = draft.columns.get("quantity"), draft.columns.get("product_id")
    measure = draft.roles.get("measure")
    if column is None or product is None or measure is None or draft.is_numeric(measure):
        return
    word = draft.words(measure)
    products, units = draft.fetch_row(
        f"SELECT count(*), list_sort(list_distinct(flatten(list(units)))) FROM (SELECT list(DISTINCT {word}) AS units "
        f"FROM sample WHERE {word} <> '' GROUP BY {draft.sql(product)} HAVING count(DISTINCT lower({word})) > 1)"
    )
    if products:
        quantity, named = draft.number(column), ", ".join(units)
        asks = (
            f"{measure} says {named}, of {products} products more than one: is {column} in one of them throughout? "
            f"Else write its number: CASE {word} WHEN '{units[0]}' THEN {quantity} * ... ELSE {quantity} END"
        )
        answers = [(quantity, "yes, or each of them is to count as one")]
        yield Finding(
            columns={"quantity": None}, questions={"quantity": (asks, answers)}, uses=(column, measure)
        )


def ask_counts(draft: Draft) -> Iterator[Finding]:
    """Ask which of two quantities counts, where an amount is made of one of them, and what becomes of returns."""
    column = draft.columns.get("quantity")
    if column is None:
        return
    quantity = draft.number(column)
    delivered, returned = draft.roles.get("delivered"), draft.roles.get("returned")
    if delivered is not None and draft.is_numeric(delivered):
        yield from _ask_which_quantity(
            draft, column, delivered, draft.number(delivered), f"{delivered} is not {column}"
        )
    if returned is not None and draft.is_numeric(returned) and "quantity" in draft.columns:
        net_quantity = f"({quantity} - abs({draft.number_or_0(returned)}))"
        yield from _ask_which_quantity(
            draft, column, returned, net_quantity, f"{returned} came back of {column}"
        )


def _ask_which_quantity(
    draft: Draft, column: str, other_column: str, other_quantity: str, difference: str
) -> Iterator[Finding]:
    """Ask for the quantity, and for the amount that is made of it, or that is that of all of it."""
    quantity, net = draft.number(column), draft.expression("net_amount")
    differs = f"({other_quantity}) <> ({quantity})"
    rows, _ = draft.money(differs)
    if not rows or net is None or "net_amount" in draft.questions:
        return
    quantities = draft.example(other_quantity, quantity, where=differs)
    if not quantities:
        return
    other_amount = _with_quantity(draft, net, quantity, other_quantity)
    if other_amount == net:
        if "abs(" not in other_quantity:
            return  # an amount of its own says what was sold
        other_amount = f"{net} * {other_quantity} / nullif({quantity}, 0)"
    if not (values := draft.example(other_amount, net, where=differs)):
        return
    asks = f"{difference} in {rows} rows"
    yield Finding(
        columns={"quantity": None, "net_amount": None},
        questions={
            "quantity": (
                f"{asks}: which counts?",
                [
                    (other_quantity, f"by {other_column}: {shown(quantities[0])}"),
                    (quantity, f"{column}: {shown(quantities[1])}"),
                ],
            ),
            "net_amount": (
                f"{asks}: of which is the amount?",
                [
                    (other_amount, f"by {other_column}: {shown(values[0])}"),
                    (net, f"of {column}, or less it already: {shown(values[1])}"),
                ],
            ),
        },
        uses=tuple(filter(None, [column, other_column, draft.columns.get("net_amount")])),
    )


def _with_quantity(draft: Draft, net: str, quantity: str, other: str) -> str:
    """Write an amount that is made of a quantity and its price as that of another quantity; else as it stands."""
    if (price := draft.roles.get("price")) is None:
        return net
    return net.replace(f"{quantity} * {draft.number(price)}", f"{other} * {draft.number(price)}")
