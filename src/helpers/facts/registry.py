"""All facts by name: what computes each, how its rows are ordered, and what of it a scope may see.

A subject's facts stand in a module of their own (`expressions` what is sold, `service` complaints and potential,
...); here they are only put together. A new fact is a new entry, nothing else.
"""

from __future__ import annotations

import ibis
import pandas as pd

from helpers.facts import contacts, expressions, panel, receivables, service, signals_facts, trade, value
from helpers.facts.drawn import drawn
from helpers.facts.fact import Fact, company_only, own_customers, own_owner, own_targets

FACTS: dict[str, Fact] = {
    "customers": Fact(
        lambda f: expressions.customers(
            f.lines,
            f.optional("customers"),
            f.optional("salespeople"),
            f.month_end,
            owner_from_customers=f.tables.has("customers", "salesperson_id"),
        ),
        order=("customer_id",),
        scoped=own_owner,
    ),
    "purchase_occasions": Fact(
        lambda f: expressions.purchase_occasions(f.lines), order=("customer_id", "date"), scoped=own_customers
    ),
    "customer_months": Fact(
        lambda f: expressions.customer_months(f.lines, f.table("purchase_occasions")),
        order=("customer_id", "month"),
        scoped=own_customers,
    ),
    "unassigned_months": Fact(
        lambda f: expressions.unassigned_months(f.lines), order=("month",), scoped=company_only
    ),
    "class_product_months": Fact(
        lambda f: expressions.class_product_months(f.lines, f.table("customers"), f.window(12)[0]),
        order=("salesperson_id", "team", "trade_class", "assigned", "product_id", "month"),
        scoped=own_owner,
    ),
    "company_product_months": Fact(
        lambda f: expressions.class_product_months(f.lines, f.table("customers"), f.window(12)[0], owner=()),
        order=("trade_class", "assigned", "product_id", "month"),
        scoped=company_only,
    ),
    "customer_summary": Fact(
        lambda f: expressions.customer_summary(
            f.lines, f.table("purchase_occasions"), f.month_end, f.window(), f.window(12)
        ),
        order=("customer_id",),
        scoped=own_customers,
    ),
    "targets": Fact(
        lambda f: expressions.targets(f.optional("targets")),
        order=("metric", "scope_type", "scope_id", "period", "target"),
        scoped=own_targets,
    ),
    "complaint_counts": Fact(
        lambda f: service.complaint_counts(
            f.optional("complaints"),
            f.window()[0],
            f.month_end,
            has_resolutions=f.tables.has("complaints", "resolved_at"),
        ),
        order=("customer_id", "severity"),
        scoped=own_customers,
    ),
    "wallet_estimates": Fact(
        lambda f: service.wallet_estimates(f.optional("wallet_evidence"), f.month_end),
        order=("customer_id", "method"),
        scoped=own_customers,
    ),
    **signals_facts.FACTS,
    **trade.FACTS,
    "open_items": Fact(
        lambda f: receivables.open_items(f.optional("invoices"), f.optional("payments"), f.month_end),
        order=("invoice_id",),
        scoped=own_customers,
    ),
    "receivables": Fact(
        lambda f: receivables.receivables(
            f.optional("invoices"), f.optional("payments"), f.table("open_items"), f.month_end, f.window()[0]
        ),
        order=("customer_id",),
        scoped=own_customers,
    ),
    "open_weeks": Fact(
        lambda f: receivables.open_weeks(f.table("open_items")),
        order=("customer_id", "weeks_late"),
        scoped=own_customers,
    ),
    "payment_weeks": Fact(
        lambda f: receivables.payment_weeks(f.optional("invoices"), f.optional("payments"), f.month_end),
        order=("weeks_late",),
        scoped=company_only,
    ),
    "receivable_months": Fact(
        lambda f: receivables.receivable_months(f.optional("invoices"), f.optional("payments"), f.month_end),
        order=("customer_id", "month"),
        scoped=own_customers,
    ),
    "seller_months": Fact(
        lambda f: contacts.seller_months(f.lines, f.table("customers"), f.optional("salespeople")),
        order=("salesperson_id", "month"),
        scoped=own_owner,
    ),
    "survey_months": Fact(
        lambda f: contacts.survey_months(f.optional("surveys"), f.month_end),
        order=("customer_id", "month"),
        scoped=own_customers,
    ),
    "occasion_months": Fact(
        lambda f: panel.occasion_months(f.table("purchase_occasions")),
        order=("customer_id", "month"),
        scoped=own_customers,
    ),
    "drawn_months": Fact(
        lambda f: drawn(f.table("occasion_months"), f.learning_share),
        order=("customer_id", "month"),
        scoped=company_only,
    ),
    "purchase_panel": Fact(
        lambda f: panel.purchase_panel(
            f.table("occasion_months"),
            pd.period_range(
                max(f.coverage.months[0], f.month - panel.MOST_ORIGINS + 1), f.month, freq="M"
            ).tolist(),
            f.coverage.months[0],
            f.table("drawn_months") if f.learning_share < 1 else None,
        ),
        order=("customer_id", "origin"),
        scoped=own_customers,
    ),
    "last_contacts": Fact(
        lambda f: panel.last_contacts(f.optional("interactions"), ibis.date(f.month_end)),
        order=("customer_id",),
        scoped=own_customers,
    ),
    "purchase_months": Fact(
        lambda f: value.purchase_months(f.table("purchase_occasions")),
        order=("customer_id", "month"),
        scoped=own_customers,
    ),
    "complaint_cases": Fact(
        lambda f: contacts.complaint_cases(f.optional("complaints"), f.month_end),
        order=("customer_id", "opened_at", "category", "severity", "first_response_at", "resolved_at"),
        scoped=own_customers,
    ),
    "contact_months": Fact(
        lambda f: contacts.contact_months(f.optional("interactions"), f.month_end),
        order=("customer_id", "month"),
        scoped=own_customers,
    ),
    "prospects": Fact(
        lambda f: contacts.prospects(
            f.optional("prospects"), f.table("customer_summary"), f.optional("salespeople"), f.month_end
        ),
        order=("prospect_id", "first_contact_date", "source", "grade"),
        scoped=own_owner,
    ),
}
FACT_NAMES: tuple[str, ...] = tuple(FACTS)
