"""Every customer's card in one file of a pack: where a name on a page leads."""

from __future__ import annotations

from urllib.parse import quote

#: The file of a pack that holds the cards.
FILE = "cards.html"


def card_link(customer_id: str) -> str:
    """Return where a customer's card stands in a pack."""
    return f"{FILE}#{quote(anchor(customer_id), safe='')}"


def anchor(customer_id: str) -> str:
    """Return the id of a card on its page."""
    return f"card-{customer_id}"
