"""`Fact`: what one fact is, and the ways in which a team or a salesperson sees a part of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir

from helpers.core.scope import Scope
from helpers.engine.as_of import current_rows
from helpers.engine.facts import Facts
from helpers.engine.months.monthly import Monthly

#: The fact, the scope (never the company's), and all facts: the rows that the scope may see.
Scoped = Callable[[ir.Table, Scope, Facts], ir.Table]
Made = Literal["by the engine", "here", "when asked"]


@dataclass(frozen=True)
class Fact:
    """One fact.

    Attributes
    ----------
    build
        Computes it, lazily, from the tables and other facts.
    order
        The columns by which its rows are ordered when they come to pandas; together they are unique.
    scoped
        What of it a team or a salesperson may see. No default: whoever adds a fact has to decide.
    monthly
        How its rows are added month by month, where they are: see `monthly_fact`.
    of_owners
        Whether only packs of teams and salespeople ask for it; the company has a smaller fact of the same.
    made
        Where it is computed: "by the engine", as an expression, and written; "here", in arrays of this process,
        whatever the engine, from other facts, and written; or "when asked", an expression over other facts that is
        never written.
    written_in_order
        Whether the expression of ``build`` ends by ordering by ``order``: its file stands so, and all of it, or a range
        of customers, is read without being ordered again.
    none_without
        A fact: where that has no row, this one has none, and the engine is not asked for it.
    """

    build: Callable[[Facts], ir.Table]
    order: tuple[str, ...]
    scoped: Scoped
    monthly: Monthly | None = None
    of_owners: bool = False
    made: Made = "by the engine"
    written_in_order: bool = False
    none_without: str | None = None


def monthly_fact(monthly: Monthly, *, order: tuple[str, ...], scoped: Scoped) -> Fact:
    """Return a fact that a report adds its months to; an engine that does not keep months computes all of them."""
    return Fact(lambda facts: monthly.rows(facts, None), order, scoped, monthly)


def own_owner(table: ir.Table, scope: Scope, facts: Facts) -> ir.Table:
    """Rows that name the scope as owner in ``salesperson_id`` or ``team``."""
    return table.filter(table[owner_column(scope)] == scope.id)


def owners_of(facts: Facts) -> ir.Table:
    """Return salesperson_id, salesperson_name and team of all who own customers or stand in the salespeople table."""
    owned = facts.table("customers").select("salesperson_id", "salesperson_name", "team").distinct()
    if (rows := facts.optional("salespeople")) is not None:
        staff = current_rows(rows, "salesperson_id", facts.month_end)
        name = ibis.coalesce(staff.name, staff.salesperson_id)
        staff = staff.select("salesperson_id", "team", salesperson_name=name).select(*owned.columns)
        owned = owned.union(staff, distinct=True)
    return owned.filter(owned.salesperson_id.notnull()).order_by("salesperson_id")


def own_customers(table: ir.Table, scope: Scope, facts: Facts) -> ir.Table:
    """Rows of the customers that the scope owns at the month end."""
    return table.semi_join(own_owner(facts.table("customers"), scope, facts), "customer_id")


def own_pairs(table: ir.Table, scope: Scope, facts: Facts) -> ir.Table:
    """Rows of two customers (``customer_id``, ``other_id``), both of whom the scope owns at the month end."""
    owned = own_owner(facts.table("customers"), scope, facts)
    return table.semi_join(owned, "customer_id").semi_join(owned.select(other_id="customer_id"), "other_id")


def own_targets(table: ir.Table, scope: Scope, facts: Facts) -> ir.Table:
    """Rows set for the scope itself."""
    return table.filter((table.scope_type == scope.kind) & (table.scope_id == scope.id))


def company_only(table: ir.Table, scope: Scope, facts: Facts) -> ir.Table:
    """No row: it is nobody's but the company's."""
    return table.limit(0)


def everybody(table: ir.Table, scope: Scope, facts: Facts) -> ir.Table:
    """All rows: they hold nothing of any customer (the product list)."""
    return table


def owner_column(scope: Scope) -> str:
    """Return the column that names a row's owner of the scope's kind."""
    return "team" if scope.kind == "team" else "salesperson_id"
