"""All facts by name: what computes each, how its rows are ordered, and what of it a scope may see.

A subject's facts stand in a module of their own (`expressions` what is sold, `service` complaints and potential,
...), at its end; here they are only put together. A new subject is a new line, nothing else.
"""

from __future__ import annotations

from helpers.facts import (
    card,
    contacts,
    expressions,
    linked_payments,
    months,
    orders,
    panel,
    proposals,
    receivables,
    service,
    signals_facts,
    trade,
    value,
)
from helpers.facts.fact import Fact

FACTS: dict[str, Fact] = {
    **orders.FACTS,
    **months.FACTS,
    **expressions.FACTS,
    **service.FACTS,
    **signals_facts.FACTS,
    **trade.FACTS,
    **proposals.FACTS,
    **linked_payments.FACTS,
    **receivables.FACTS,
    **contacts.FACTS,
    **panel.FACTS,
    **value.FACTS,
    **card.FACTS,
}
FACT_NAMES: tuple[str, ...] = tuple(FACTS)
