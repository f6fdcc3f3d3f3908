"""SQL of expressions that were asked before in this process, of other tables: taken over, not compiled again.

Ibis takes more time for the SQL of a question than the engine for its answer where there are few rows, and the same
questions are asked of every scope, of past months and of other data. What differs is the names of the tables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from itertools import count
from typing import Any

import ibis.expr.operations as ops

#: Names that Ibis makes up, as of views over Parquet files: random, so that nothing else is called so.
_MADE_UP = re.compile(r"ibis_[a-z_]+_[a-z2-7]{26}")
_TABLES = (ops.DatabaseTable, ops.InMemoryTable)
#: What may not be what it was, or is known by more than what it is made of.
_OTHERS = (ops.SQLQueryResult, ops.SQLStringView, ops.AliasedRelation, ops.Impure)
#: So many parts of questions are known at most; all are forgotten then.
_MOST = 300_000

_next = count()
_numbers: dict[Hashable, int] = {}
"""Every part of a question that was asked, by its kind, its values and the numbers of its own parts.

No number is given twice, also after all was forgotten or by threads."""
_compiled: dict[int, tuple[str, list[str]]] = {}
"""By the number of a whole question: its SQL, and the tables in the order in which they were met in it."""


class _UnlikeOthersError(Exception):
    """A question whose SQL may not be that of another that looks the same."""


def sql_as_before(question: ops.Node, compile_anew: Callable[[], str]) -> str:
    """Return the SQL of a question: as it was compiled for one that differs in made-up names of tables alone."""
    if len(_numbers) > _MOST:
        _numbers.clear()
        _compiled.clear()
    look = _Look()
    try:
        number = look.number_of(question)
    except _UnlikeOthersError:
        return compile_anew()
    if (known := _compiled.get(number)) is None:
        known = _compiled[number] = (compile_anew(), [*look.tables])
    sql, tables = known
    now = dict(zip(tables, look.tables, strict=True))
    return _MADE_UP.sub(lambda name: now.get(name[0], name[0]), sql)


class _Look:
    """One walk over a question."""

    def __init__(self) -> None:
        self.tables: dict[str, int] = {}
        self._known: dict[int, int] = {}

    def number_of(self, node: ops.Node) -> int:
        """Return the number of a part and of all that look the same, tables with made-up names by the order met."""
        if (number := self._known.get(id(node))) is None:
            look = (type(node), *self._values_of(node))
            number = self._known[id(node)] = _numbers.setdefault(look, next(_next))
        return number

    def _values_of(self, node: ops.Node) -> tuple[Hashable, ...]:
        if isinstance(node, _TABLES):
            made_up = _MADE_UP.fullmatch(node.name)
            name = self.tables.setdefault(node.name, len(self.tables)) if made_up else node.name
            return (name, node.schema, getattr(node, "namespace", None))
        if isinstance(node, ops.Literal):
            return (repr(node.value), node.dtype)  # 0.0 and -0.0 are equal, also within a list
        if isinstance(node, ops.SelfReference):
            # Counted through the process, so that one table may be met twice.
            return (
                self.tables.setdefault(f"{node.identifier}", len(self.tables)),
                self.number_of(node.parent),
            )
        if isinstance(node, _OTHERS):
            raise _UnlikeOthersError
        return tuple(map(self._value, node.__args__))

    def _value(self, value: Any) -> Hashable:
        if isinstance(value, ops.Node):
            return ("", self.number_of(value))
        if isinstance(value, (tuple, list)):
            return tuple(map(self._value, value))
        if isinstance(value, Mapping):
            return tuple((name, self._value(each)) for name, each in value.items())
        return (type(value), value)  # 1, 1.0 and True are equal
