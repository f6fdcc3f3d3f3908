"""The explorers, one a notebook: what an analyst asks beyond the page, on the controls of `helpers.views.widgets`.

from helpers.views import explorers

explorers.tiers(book)
"""

from helpers.views.explorers.cards import cards
from helpers.views.explorers.composition import composition
from helpers.views.explorers.leaving import leaving
from helpers.views.explorers.receivables import receivables
from helpers.views.explorers.tiers import tiers
from helpers.views.explorers.trade import trade
from helpers.views.explorers.value import value
from helpers.views.explorers.visits import visits

__all__ = ["cards", "composition", "leaving", "receivables", "tiers", "trade", "value", "visits"]
