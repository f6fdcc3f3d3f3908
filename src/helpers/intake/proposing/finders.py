"""What is looked for in the values of a table, and in which order."""

from __future__ import annotations

from helpers.intake.proposing.findings.amounts import (
    find_document_amounts,
    find_net_amount,
    find_register,
    find_unit_cost,
)
from helpers.intake.proposing.findings.closed import find_closed
from helpers.intake.proposing.findings.currency import find_currency, find_units
from helpers.intake.proposing.findings.customers import ask_customer, find_guests
from helpers.intake.proposing.findings.discounts import find_discounts, find_fees, find_paid, find_refunds
from helpers.intake.proposing.findings.documents import (
    find_credits,
    find_date_parts,
    find_document,
    find_heads_of_documents,
    find_quantity,
    find_repeated,
    find_row_numbers,
    find_two_sides,
)
from helpers.intake.proposing.findings.draft import Finder
from helpers.intake.proposing.findings.joins import find_product_cost
from helpers.intake.proposing.findings.packs import ask_counts, ask_packs, ask_units, find_packs
from helpers.intake.proposing.findings.rates import find_rates
from helpers.intake.proposing.findings.sold.kinds import find_kinds
from helpers.intake.proposing.findings.sold.spread import find_spread
from helpers.intake.proposing.findings.sold.status import find_not_sold

#: What is looked for in the values of order lines, in this order: each finder sees what those before it have found.
ORDER_LINES: tuple[Finder, ...] = (
    find_date_parts,
    find_row_numbers,
    ask_customer,
    find_document,
    find_document_amounts,
    find_two_sides,
    find_packs,
    find_net_amount,
    find_register,
    find_fees,
    find_units,
    find_discounts,
    find_paid,
    find_refunds,
    find_quantity,
    find_unit_cost,
    find_product_cost,
    ask_packs,
    ask_units,
    ask_counts,
    find_credits,
    find_currency,
    find_heads_of_documents,
    find_spread,
    find_not_sold,
    find_kinds,
    find_guests,
    find_repeated,
)
#: And in other tables.
OTHERS: tuple[Finder, ...] = (find_units, find_closed, find_currency, find_rates)
