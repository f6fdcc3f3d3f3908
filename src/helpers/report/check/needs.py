"""Which table or column would fill what the pages of a data set have to leave out."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.intake.tables import StandardTables


@dataclass(frozen=True)
class Need:
    """What some page shows, and the table (with a column) that it needs, or another table with that column."""

    what: str
    table: str
    column: str = ""
    or_table: str = ""


#: In the order of the pages.
NEEDS = (
    Need("names of customers", "customers", "name"),
    Need("customers and tiers by trade class", "customers", "trade_class"),
    Need("reports of salespeople", "order_lines", "salesperson_id", "customers"),
    Need("reports of teams", "salespeople", "team"),
    Need("margins, and what customers are worth in margin", "order_lines", "cost_amount"),
    Need("discounts", "order_lines", "list_amount"),
    Need("products", "order_lines", "product_id"),
    Need("turn from whole systems to components", "products", "offering_role"),
    Need("stock turnover and cross ratio", "products", "stock"),
    Need("share of wallet", "wallet_evidence"),
    Need("targets and attainment", "targets"),
    Need("receivables: balance, ageing, overdue", "invoices"),
    Need("how fast customers pay", "payments"),
    Need("use of credit limits", "customers", "credit_limit"),
    Need("visits, contacts, attention gap", "interactions"),
    Need("complaints", "complaints"),
    Need("satisfaction", "surveys"),
    Need("prospects and their conversion", "prospects"),
    Need("quotes: win rate, what is open", "quotes"),
    Need("delivery on time in full, orders in hand", "deliveries"),
    Need("reasons of returns", "return_reasons"),
)


@dataclass(frozen=True)
class Missing:
    """What the pages will lack, and what would fill it: ``table`` or ``table.column``."""

    what: str
    filled_by: str


def missing(tables: StandardTables) -> tuple[Missing, ...]:
    """List what pages will lack, in their order."""
    return tuple(
        Missing(need.what, ".".join(filter(None, (need.table, need.column))))
        for need in NEEDS
        if not _there(tables, need)
    )


def _there(tables: StandardTables, need: Need) -> bool:
    columns = [need.column] if need.column else []
    return tables.has(need.table, *columns) or (bool(need.or_table) and tables.has(need.or_table, *columns))
