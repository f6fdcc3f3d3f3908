"""What is looked for in the values of a table, and in which order."""

from __future__ import annotations

from helpers.intake.proposing.by_values import (
    ask_amount,
    ask_day,
    ask_number,
    ask_quantity,
    ask_repeated_heads,
)
from helpers.intake.proposing.findings.amounts import find_net_amount, find_register
from helpers.intake.proposing.findings.closed import find_closed, find_outcome
from helpers.intake.proposing.findings.currency import find_columns_per_currency, find_currency
from helpers.intake.proposing.findings.customers import (
    ask_customer,
    find_customer_role,
    find_shared_numbers,
    find_walk_in_customers,
)
from helpers.intake.proposing.findings.discounts import find_discounts, find_refunds
from helpers.intake.proposing.findings.documents import (
    find_credits,
    find_document_headers,
    find_row_numbers,
    find_two_sides,
)
from helpers.intake.proposing.findings.draft import Finder
from helpers.intake.proposing.findings.joins import find_product_cost
from helpers.intake.proposing.findings.money.costs import find_amount_of_one, find_cost_signs, find_unit_cost
from helpers.intake.proposing.findings.money.instalments import find_instalments
from helpers.intake.proposing.findings.money.kept_back import find_fees, find_paid
from helpers.intake.proposing.findings.money.of_documents import find_document_amounts
from helpers.intake.proposing.findings.money.open_items import find_balance, find_payments
from helpers.intake.proposing.findings.money.priced import find_unread_discounts
from helpers.intake.proposing.findings.money.sizes import find_units
from helpers.intake.proposing.findings.money.targets import ask_metric, find_month, find_scope
from helpers.intake.proposing.findings.packs import (
    ask_counts,
    ask_packs,
    ask_units,
    find_multiples,
    find_named_quantity,
    find_packs,
    find_quantity,
)
from helpers.intake.proposing.findings.postings import find_postings
from helpers.intake.proposing.findings.rates import find_rates
from helpers.intake.proposing.findings.sold.again import find_repeated_rows
from helpers.intake.proposing.findings.sold.dates import (
    find_date_parts,
    find_other_days,
    find_times,
)
from helpers.intake.proposing.findings.sold.days_in_texts import ask_day_within, find_numbered_days
from helpers.intake.proposing.findings.sold.kinds import find_called_totals, find_kinds
from helpers.intake.proposing.findings.sold.numbers import find_document, find_shared_orders
from helpers.intake.proposing.findings.sold.signs import (
    find_below_zero,
    find_returned_files,
    find_signs,
    find_type_codes,
)
from helpers.intake.proposing.findings.sold.spread import find_spread
from helpers.intake.proposing.findings.sold.status import find_not_sold
from helpers.intake.proposing.findings.sold.swapped_days import find_swapped_days
from helpers.intake.proposing.samples import Sample
from helpers.settings.source import TableName

#: What is looked for in the values of order lines, in this order: each finder sees what those before it have found.
_ORDER_LINES: tuple[Finder, ...] = (
    find_date_parts, find_swapped_days, find_numbered_days, ask_day, ask_day_within, find_times, find_row_numbers,
    ask_customer, ask_number, find_document, find_named_quantity, ask_quantity, find_document_amounts, find_two_sides,
    find_packs, find_columns_per_currency,
    find_net_amount, ask_repeated_heads, find_amount_of_one, find_register, ask_amount, find_fees, find_units,
    find_discounts, find_unread_discounts, find_paid, find_refunds, find_quantity, find_unit_cost, find_product_cost,
    ask_packs,
    find_multiples, ask_units, ask_counts, find_below_zero, find_credits, find_returned_files, find_signs,
    find_type_codes, find_cost_signs, find_currency, find_document_headers, find_spread, find_not_sold, find_kinds,
    find_other_days, find_called_totals,
    find_walk_in_customers, find_repeated_rows, find_customer_role, find_shared_orders, find_shared_numbers,
)  # fmt: skip
#: And in other tables.
_OTHERS: tuple[Finder, ...] = (find_swapped_days, find_units, find_closed, find_currency, find_rates)
_OF_TABLE: dict[TableName, tuple[Finder, ...]] = {
    "invoices": (
        find_swapped_days,
        ask_amount,
        find_units,
        find_instalments,
        find_below_zero,
        find_credits,
        find_currency,
        find_not_sold,
    ),
    "payments": (
        find_swapped_days,
        find_two_sides,
        ask_amount,
        find_units,
        find_below_zero,
        find_payments,
        find_currency,
    ),
    "targets": (ask_amount, ask_metric, find_scope, find_month, *_OTHERS),
    "quotes": (ask_amount, find_outcome, *_OTHERS),
    "costs": (ask_amount, find_below_zero, *_OTHERS),
    "rebate_payments": (ask_amount, find_below_zero, *_OTHERS),
    "wallet_evidence": (ask_amount, *_OTHERS),
}


def finders_of(table: TableName, sample: Sample, with_payments: bool) -> tuple[Finder, ...]:
    """Return the finders of a table, in their order.

    Parameters
    ----------
    with_payments
        Whether a table of payments stands beside it.
    """
    if sample.postings is not None:
        return (find_postings,)
    finders = _ORDER_LINES if table == "order_lines" else _OF_TABLE.get(table, _OTHERS)
    return (*finders, find_balance) if table == "invoices" and not with_payments else finders
