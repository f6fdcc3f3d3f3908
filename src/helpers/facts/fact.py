"""`Fact`: what one fact is, and the ways in which a team or a salesperson sees a part of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis.expr.types as ir

from helpers.scope import Scope

if TYPE_CHECKING:
    from helpers.facts.store import Facts

#: The fact, the scope (never the company's), and all facts: the rows that the scope may see.
Scoped = Callable[[ir.Table, Scope, "Facts"], ir.Table]


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
    """

    build: Callable[[Facts], ir.Table]
    order: tuple[str, ...]
    scoped: Scoped


def own_owner(table: ir.Table, scope: Scope, facts: Facts) -> ir.Table:
    """Rows that name the scope as owner in ``salesperson_id`` or ``team``."""
    return table.filter(table[owner_column(scope)] == scope.id)


def own_customers(table: ir.Table, scope: Scope, facts: Facts) -> ir.Table:
    """Rows of the customers that the scope owns at the month end."""
    return table.semi_join(own_owner(facts.table("customers"), scope, facts), "customer_id")


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
