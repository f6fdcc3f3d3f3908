"""What a quantity counts: pieces or packs, what was ordered or what was delivered, with what came back or without."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helpers.intake.proposing.findings.draft import Draft, Finding, shown
from helpers.intake.reading.sql import literal
from helpers.intake.values.units import unit

#: Units that are one piece.
_PIECE_UNITS = (
    "ea", "each", "pc", "pcs", "pce", "piece", "pieces", "st", "stk", "stück", "pièce", "pza", "pieza", "个", "只", "個"
)  # fmt: skip
#: Units that are twelve pieces, wherever they are used.
_DOZENS = (
    "doz", "dz", "dzn", "dozen", "dozens", "dutzend", "dtz", "douzaine", "docena", "dozzina", "打", "ダース"
)  # fmt: skip
#: Words behind a number that say on which side it is booked, and no unit.
_SIDES = ("cr", "dr", "c", "d", "h", "s", "借", "贷")
_PIECES_BEHIND = re.compile(
    r"(?i)\s*(?:pcs?|pieces?|stück|stk?|units?|ea|pi[eè]ces?|piezas?|[个個只件支片本枚台张條条])\.?\s*$"
)
#: How many pieces a pack holds, in words: ``1箱=12瓶``, ``1x12``; ``12瓶/箱``, ``12/CS``.
_SIZES_IN_WORDS = ("[=x×*] *([0-9]+)[^0-9]*$", "^([0-9]+)[^0-9/]*/[^0-9]*$")
_QUANTITY = re.compile(r"(?i)qty|quantit|menge$|cantidad|aantal|ilość|количество|数量$|수량$")
#: Quantities that are not what was sold.
_OTHER_QUANTITY = re.compile(
    r"(?i)return|refund|cancel|open|remain|rest|back ?order|min|max|stock|on hand|pack|per |offen|lager|退|未|库存|在庫"
)


def pieces_by_head(head: str) -> int:
    """Return how many pieces one of a quantity is, by its head, as ``Qty (doz)`` and ``数量(万只)``; else 1."""
    found = re.search(r"[(（\[]\s*([^()（）\[\]]+?)\s*[)）\]]\s*$|(?<=[\s_,])([^\s_,]+)$", head)
    said = (found[1] or found[2] or "").lower().rstrip(".") if found else ""
    if said in _DOZENS:
        return 12
    several = _PIECES_BEHIND.sub("", said).strip()
    if several.isdigit() and several != said:
        return int(several)
    times = unit(f"({several})")[0] if several not in ("", "t", "m") else 1  # tonnes and metres
    return int(times) if times >= 1 else 1


def find_multiples(draft: Draft) -> Iterator[Finding]:
    """Take the quantity in pieces, where its head says that one of it is a dozen, or ten thousand."""
    column = draft.columns.get("quantity")
    times = pieces_by_head(column) if column else 1
    if column is None or times == 1:
        return
    quantity = draft.number(column)
    pieces = f"{quantity} * {times}"
    yield from _ask_what_the_price_is_of(
        draft, f"{column} is in units of {times:,}", quantity, pieces, "true"
    )
    yield Finding(f"{column} is in units of {times:,} pieces.", derived={"quantity": pieces})


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
    pack_size = _pack_size(draft, size) if size else None
    if size is None or column is None or pack_size is None:
        return
    quantity = draft.number(column)
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
    yield from _ask_what_the_price_is_of(draft, f"{size} says what a pack holds", quantity, pieces, several)
    answers = [
        (pieces, f"packs: {shown(quantities[0])} are {shown(quantities[1])} pieces"),
        (quantity, f"what is to be counted, pieces already or packs as such: {shown(quantities[0])}"),
    ]
    yield Finding(
        questions={"quantity": (f"{size} says what a pack holds: what does {column} count?", answers)},
        uses=(column, size),
    )


def _pack_size(draft: Draft, column: str) -> str | None:
    """Write how many pieces a pack holds, which stands in a column as a number or in words; None where it does not."""
    if draft.is_numeric(column):
        return draft.number(column)
    texts = {text for text in draft.texts(column) if text}
    pattern = next((each for each in _SIZES_IN_WORDS if all(re.search(each, text) for text in texts)), None)
    if pattern is None or not texts:
        return None
    return f"CAST(nullif(regexp_extract({draft.words(column)}, {literal(pattern)}, 1), '') AS DECIMAL(18,0))"


def _ask_what_the_price_is_of(
    draft: Draft, statement: str, quantity: str, pieces: str, where: str
) -> Iterator[Finding]:
    """Ask whether a price is of a piece or of what the quantity counts, where the amount is made of both."""
    net = draft.derived.get("net_amount", "")
    per_piece = _with_quantity(draft, net, quantity, pieces)
    if per_piece == net or not (values := draft.example(per_piece, net, where=where)):
        return
    answers = [
        (per_piece, f"of a piece, and the quantity counts packs: {shown(values[0])}"),
        (net, f"of what the quantity counts: {shown(values[1])}"),
    ]
    asks = f"{statement}, and no column is an amount: what is {draft.roles['price']} the price of?"
    yield Finding(questions={"net_amount": (asks, answers)})


def ask_units(draft: Draft) -> Iterator[Finding]:
    """Ask what the quantity counts, where products are sold in several units: pieces and boxes are not one number.

    The unit stands in a column beside the quantity, else behind the number in its own cell (``5 doz``).
    """
    column, product = draft.columns.get("quantity"), draft.columns.get("product_id")
    measure = draft.roles.get("measure")
    if column is None or (measure is not None and (product is None or draft.is_numeric(measure))):
        return
    word = draft.words(measure) if measure else f"regexp_extract({draft.words(column)}, '\\p{{L}}+')"
    dozens = draft.quoted(_DOZENS)
    products, units = draft.fetch_row(
        f"SELECT count(*), list_sort(list_distinct(flatten(list(units)))) FROM (SELECT list(DISTINCT {word}) AS units "
        f"FROM sample WHERE {word} <> '' AND lower({word}) NOT IN ({draft.quoted(_SIDES)}) "
        f"GROUP BY {draft.sql(product) if product else 'true'} "
        f"HAVING count(DISTINCT lower({word})) > 1 OR bool_or(lower({word}) IN ({dozens})))"
    )
    if products:
        quantity, named = draft.number(column), ", ".join(units)
        asks = (
            f"{measure or column} says {named} ({products} product{'s' * (products > 1)}): is {column} in one of "
            "them throughout? "
            f"Else write its number: CASE {word} WHEN '{units[0]}' THEN {quantity} * ... ELSE {quantity} END"
        )
        answers = [(quantity, "yes, or each of them is to count as one")]
        if {each.lower() for each in units} <= {*_PIECE_UNITS, *_DOZENS}:
            named = draft.quoted(each for each in units if each.lower() in _DOZENS)
            in_pieces = f"CASE WHEN {word} IN ({named}) THEN {quantity} * 12 ELSE {quantity} END"
            answers.insert(0, (in_pieces, f"no, in pieces: {named} is 12 of them"))
        yield Finding(
            questions={"quantity": (asks, answers)},
            uses=tuple(filter(None, (column, measure))),
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


def find_named_quantity(draft: Draft) -> Iterator[Finding]:
    """Take the one column whose head ends as those of quantities do, where no list has the whole of it."""
    if "quantity" in {*draft.columns, *draft.derived, *draft.questions}:
        return
    named = [name for name in draft.unmapped if _QUANTITY.search(name) and draft.is_numeric(name)]
    if len(named) == 1 and not _OTHER_QUANTITY.search(named[0]):
        yield Finding(
            f"{named[0]} is the quantity, by its head.", columns={"quantity": named[0]}, uses=(named[0],)
        )


def find_quantity(draft: Draft) -> Iterator[Finding]:
    """Count each row as one piece, where no column is a quantity, as in a register of invoices."""
    if "quantity" in {*draft.columns, *draft.derived, *draft.questions}:
        return
    net = draft.expression("net_amount")
    if net is None and "net_amount" not in draft.questions:
        return
    one_piece = "1" if net is None else f"CASE WHEN ({net}) < 0 THEN -1 ELSE 1 END"
    yield Finding("No column is a quantity: each row counts as one piece.", derived={"quantity": one_piece})
