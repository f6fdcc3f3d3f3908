"""Interactive explorers, one a notebook, for questions beyond the page.

``explorers.tiers(book)`` shows one.
"""

from helpers.subjects.card.explorer import cards
from helpers.subjects.churn.explorer import churn
from helpers.subjects.composition.explorer import composition
from helpers.subjects.contacts.explorer import visits
from helpers.subjects.identity.explorer import same_customers
from helpers.subjects.receivables.explorer import receivables
from helpers.subjects.tiers.explorer import tiers
from helpers.subjects.trade.explorer import trade
from helpers.subjects.value.explorer import value

__all__ = [
    "cards", "churn", "composition", "receivables", "same_customers", "tiers", "trade", "value", "visits",
]  # fmt: skip
