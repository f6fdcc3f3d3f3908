"""What is computed of DECIMAL columns in free questions: exact, or a float; nothing cut, no overflow at ten billion.

DuckDB multiplies two DECIMAL(18,4) in 18 digits, so that amounts of ten billion stop it, and cuts a median of decimals
to their scale. Ibis takes means, products and roots of decimals for decimals of the column's own scale, and rounds to
it what it fetches. So questions are put to the engine in another form, with the types that are true.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir

#: Digits that a factor is given: with 19 DuckDB keeps all that the product of two can have, and Spark too.
_DIGITS = 19
_MOST_DIGITS = 38
#: Whose results are no decimals, whatever Ibis says: computed in floats.
_IN_FLOATS = (
    ops.Median, ops.Quantile, ops.MultiQuantile, ops.ApproxQuantile, ops.ApproxMedian, ops.Variance,
    ops.StandardDev, ops.Power, ops.MathUnary, ops.Divide,
)  # fmt: skip


def exact_or_float(expr: ir.Expr) -> Any:
    """Return the same question with true types: products with all their digits, means and medians as floats."""
    return expr.op().replace(_rewritten).to_expr()


def _rewritten(node: ops.Node, changed: Mapping[str, Any] | None) -> ops.Node:
    if changed and isinstance(node, ops.WindowFunction) and isinstance(changed["func"], ops.Divide):
        # Its mean is a sum and a count by now, and a window takes one function.
        return ops.Divide(*(node.__recreate__({**changed, "func": part}) for part in changed["func"].args))
    if changed and isinstance(node, ops.Set):
        changed = {**changed, **_of_one_schema(changed["left"].to_expr(), changed["right"].to_expr())}
    node = node.__recreate__(changed) if changed else node
    if isinstance(node, ops.Mean) and _is_decimal(node.arg):
        return ops.Divide(ops.Sum(node.arg, node.where), ops.Count(node.arg, node.where))
    if isinstance(node, _IN_FLOATS):
        return _with_floats(node)
    if isinstance(node, (ops.Add, ops.Subtract, ops.Multiply)) and any(map(_is_decimal, node.args)):
        if any(each.dtype.is_floating() for each in node.args):
            return _with_floats(node)
        return _product(node) if isinstance(node, ops.Multiply) else node
    return node


def _of_one_schema(*sides: ir.Table) -> dict[str, ops.Node]:
    """The two tables of a union, their columns of the wider of the two types: of a float and a decimal the float."""
    one, other = (each.schema() for each in sides)
    casts = {
        name: dt.float64
        if one[name].is_floating() or other[name].is_floating()
        else dt.highest_precedence([one[name], other[name]])
        for name in one
        if one[name] != other[name]
    }
    return dict(zip(("left", "right"), (each.cast(casts).op() for each in sides), strict=True))


def _product(node: ops.Multiply) -> ops.Node:
    """A product with all its digits; in floats where no DECIMAL holds them."""
    scale = sum(each.dtype.scale or 0 for each in node.args if _is_decimal(each))
    wide = [each for each in node.args if _is_decimal(each) and each.dtype.precision > _DIGITS]
    if wide or scale >= _DIGITS:
        return _with_floats(node)
    left, right = node.args if _is_decimal(node.left) else reversed(node.args)
    product = ops.Multiply(ops.Cast(left, dt.Decimal(_DIGITS, left.dtype.scale)), right)
    return ops.Cast(product, dt.Decimal(_MOST_DIGITS, scale))


def _with_floats(node: ops.Node) -> ops.Node:
    floats = {
        name: ops.Cast(each, dt.float64)
        for name, each in zip(node.__argnames__, node.__args__, strict=True)
        if _is_decimal(each)
    }
    return node.copy(**floats) if floats else node


def _is_decimal(value: object) -> bool:
    return isinstance(value, ops.Value) and bool(value.dtype.is_decimal())
