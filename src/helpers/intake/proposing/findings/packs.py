"""Pieces and packs: what a quantity counts where a column beside it says how many pieces a pack holds."""

from __future__ import annotations

from collections.abc import Iterator

from helpers.intake.proposing.findings.draft import Draft, Finding, shown


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
    quantity, holds = draft.number(column), draft.number(size)
    packs = draft.roles.get("packs")
    if packs not in (None, column) and draft.agree(f"{draft.number(str(packs))} * {holds}", quantity):
        yield Finding(f"{column} is {packs} x {size}: pieces.", uses=(str(packs), size))
        return
    pieces, several = f"{quantity} * {holds}", f"({holds}) > 1 AND ({quantity}) <> 0"
    counts = draft.example(quantity, pieces, where=several)
    if not counts:
        return
    price, net = draft.roles.get("price"), draft.derived.get("net_amount", "")
    times = f"{quantity} * {draft.number(price)}" if price else ""
    if times and times in net:  # no column is an amount
        of_piece = net.replace(times, f"{pieces} * {draft.number(str(price))}")
        values = draft.example(of_piece, net, where=several)
        answers = [
            (of_piece, f"of a piece, and {column} counts packs: {shown(values[0])}"),
            (net, f"of what {column} counts: {shown(values[1])}"),
        ]
        asks = f"{size} says what a pack holds, and no column is an amount: what is {price} the price of?"
        yield Finding(questions={"net_amount": (asks, answers)})
    answers = [
        (pieces, f"packs: {shown(counts[0])} are {shown(counts[1])} pieces"),
        (quantity, f"what is to be counted, pieces already or packs as such: {shown(counts[0])}"),
    ]
    yield Finding(
        columns={"quantity": None},
        questions={"quantity": (f"{size} says what a pack holds: what does {column} count?", answers)},
        uses=(column, size),
    )
