"""`Fact`: how one fact is computed, and the rules by which a team or a salesperson sees a part of it."""

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
ScopeRule = Callable[[ir.Table, Scope, Facts], ir.Table]
Materialization = Literal["engine", "process", "view"]


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
    scoped_only
        Whether only packs of teams and salespeople need it; the company has a smaller fact of the same.
    materialized
        Where it is computed: "engine", as an expression, and written; "process", in arrays of this process,
        whatever the engine, from other facts, and written; or "view", an expression over other facts that is
        never written.
    is_ordered
        Whether the expression of ``build`` ends by ordering by ``order``: its file stands so, and all of it, or a range
        of customers, is read without being ordered again.
    empty_without
        Another fact: where that has no row, this one has none, and is not computed.
    """

    build: Callable[[Facts], ir.Table]
    order: tuple[str, ...]
    scoped: ScopeRule
    monthly: Monthly | None = None
    scoped_only: bool = False
    materialized: Materialization = "engine"
    is_ordered: bool = False
    empty_without: str | None = None


def monthly_fact(monthly: Monthly, *, order: tuple[str, ...], scoped: ScopeRule) -> Fact:
    """Return a fact that a report adds its months to; an engine that does not keep months computes all of them."""
    return Fact(lambda facts: monthly.rows(facts, None), order, scoped, monthly)


def by_owner(table: ir.Table, scope: Scope, facts: Facts) -> ir.Table:
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


def by_customer(table: ir.Table, scope: Scope, facts: Facts) -> ir.Table:
    """Rows of the customers that the scope owns at the month end."""
    return table.semi_join(by_owner(facts.table("customers"), scope, facts), "customer_id")


def by_customer_pair(table: ir.Table, scope: Scope, facts: Facts) -> ir.Table:
    """Rows of two customers (``customer_id``, ``other_id``), both of whom the scope owns at the month end."""
    owned = by_owner(facts.table("customers"), scope, facts)
    return table.semi_join(owned, "customer_id").semi_join(owned.select(other_id="customer_id"), "other_id")


def by_target_scope(table: ir.Table, scope: Scope, facts: Facts) -> ir.Table:
    """Rows set for the scope itself."""
    return table.filter((table.scope_type == scope.kind) & (table.scope_id == scope.id))


def company_only(table: ir.Table, scope: Scope, facts: Facts) -> ir.Table:
    """No row: it is nobody's but the company's."""
    return table.limit(0)


def unscoped(table: ir.Table, scope: Scope, facts: Facts) -> ir.Table:
    """All rows: they hold nothing of any customer (the product list)."""
    return table


def owner_column(scope: Scope) -> str:
    """Return the column that names a row's owner of the scope's kind."""
    return "team" if scope.kind == "team" else "salesperson_id"
