"""Every customer's card in one file of a pack: where a name on a page leads."""

from __future__ import annotations

from urllib.parse import quote

from helpers.subjects.card.short_cards import ShortCard

#: The file of a pack that holds the cards.
FILE = "cards.html"
_FIGURES = 2
"""So many columns of the lines are figures: the last ones."""


def anchor(customer_id: str) -> str:
    """Return the id of a card on its page: without white space, which none may have."""
    return "card-" + quote(customer_id, safe="")


def card_link(customer_id: str) -> str:
    """Return where a customer's card stands in a pack."""
    return f"{FILE}#{quote(anchor(customer_id), safe='')}"


def card_context(card: ShortCard) -> dict[str, object]:
    """Return what the template shows of a card; a day or an order that is that of the line before is not said again."""
    texts = len(card.heads) - _FIGURES
    lines: list[tuple[str, ...]] = []
    for before, line in zip([(), *card.lines], card.lines, strict=False):
        repeated = 0  # how many of the first columns, but for the product, are as in the line before
        while repeated < texts - 1 and before and before[repeated] == line[repeated]:
            repeated += 1
        lines.append(("",) * repeated + line[repeated:])
    return {"card": card, "anchor": anchor(card.customer_id), "lines": lines, "texts": texts}
