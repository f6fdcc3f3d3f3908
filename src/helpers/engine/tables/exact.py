"""What is computed of DECIMAL columns in free questions: exact, or a float; nothing cut, no overflow at ten billion.

DuckDB multiplies two DECIMAL(18,4) in 18 digits, so that amounts of ten billion stop it, and cuts a median of decimals
to their scale. Ibis takes means, products and roots of decimals for decimals of the column's own scale, and rounds to
it what it fetches. So questions are put to the engine in another form, with the types that are true. Days that are held
against text that is no day are refused before they are asked: the engine says no column. So is a filter by a constant:
Python compares a column with what Ibis has no type for, a pandas Period say, to False, and the answer is empty.
"""

import calendar
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import duckdb
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir

from helpers.errors import WorkbookError

#: Digits that a factor is given: with 19 DuckDB keeps all that the product of two can have, and Spark too.
_DIGITS = 19
_MOST_DIGITS = 38
#: What DuckDB takes a DECIMAL for whose digits nobody says.
_PLAIN = dt.Decimal(18, 3)
#: Whose results are of one type with what they take: of a decimal and a float Ibis says the decimal.
_OF_ONE_TYPE = (
    ops.Add, ops.Subtract, ops.Multiply, ops.Modulus, ops.Coalesce, ops.Greatest, ops.Least, ops.IfElse,
    ops.SimpleCase, ops.SearchedCase, ops.Clip, ops.NullIf, ops.Lag, ops.Lead, ops.Array,
)  # fmt: skip
#: Which Ibis takes of two decimals only where one type is as wide as the other before and behind the point.
_COMPARED = (ops.Comparison, ops.Between, ops.InValues)
#: Whose results are no decimals, whatever Ibis says: computed in floats.
_IN_FLOATS = (
    ops.Median, ops.Quantile, ops.MultiQuantile, ops.ApproxQuantile, ops.ApproxMedian, ops.Variance,
    ops.StandardDev, ops.Kurtosis, ops.Power, ops.MathUnary, ops.Divide,
)  # fmt: skip


def with_exact_types(expr: ir.Expr) -> Any:
    """Return the same question with true types: products with all their digits, means and medians as floats.

    Raises
    ------
    WorkbookError
        A column of days or moments is held against a text that is none, such as a month; or rows are chosen by
        a constant.
    """
    return expr.op().replace(_rewritten).to_expr()


def _rewritten(node: ops.Node, changed: Mapping[str, Any] | None) -> ops.Node:
    if isinstance(node, (ops.Literal, ops.Cast)) and node.dtype.is_decimal() and node.dtype.precision is None:
        if isinstance(node, ops.Literal):
            return _with_its_digits(node.value)
        return ops.Cast((changed or {}).get("arg", node.arg), _PLAIN)
    if changed and isinstance(node, ops.WindowFunction) and isinstance(changed["func"], ops.Divide):
        # Its mean is a sum and a count by now, and a window takes one function.
        return ops.Divide(*(node.__recreate__({**changed, "func": part}) for part in changed["func"].args))
    if changed and isinstance(node, ops.Set):
        changed = {**changed, **_of_one_schema(changed["left"].to_expr(), changed["right"].to_expr())}
    args = dict(zip(node.__argnames__, node.__args__, strict=True)) | (dict(changed) if changed else {})
    if isinstance(node, _COMPARED):
        _check_days(_values(args.values()))
    _check_conditions(node)
    kind = _kind_for(node, _values(args.values()))
    if isinstance(node, ops.Multiply) and kind is None and any(map(_is_decimal, args.values())):
        return _product(**args)
    if changed or kind:
        node = node.__recreate__({name: _cast(each, kind) for name, each in args.items()} if kind else args)
    if isinstance(node, ops.Mean) and _is_decimal(node.arg):
        return ops.Divide(ops.Sum(node.arg, node.where), ops.Count(node.arg, node.where))
    if isinstance(node, ops.Array) and all(isinstance(each, ops.StructColumn) for each in node.exprs):
        return _of_one_struct(node)
    return _filled(node) if isinstance(node, ops.FillNull) else node


def _check_days(compared: list[ops.Value]) -> None:
    """Refuse to hold days or moments against text that the engine cannot read as one."""
    column = next((each for each in compared if each.dtype.is_date() or each.dtype.is_timestamp()), None)
    texts = [each.value for each in compared if isinstance(each, ops.Literal) and each.dtype.is_string()]
    if column is None or not texts:
        return
    kind = "DATE" if column.dtype.is_date() else "TIMESTAMP"
    with duckdb.connect() as judge:
        unread = f"SELECT try_cast(? AS {kind}) IS NULL"
        wrong = next((text for text in texts if judge.execute(unread, [text]).fetchall() == [(True,)]), None)
    if wrong is None:
        return
    problem = (
        f"The column {column.name} holds {'days' if kind == 'DATE' else 'moments'} (its type is {kind}), and "
    )
    month = re.fullmatch(r"(\d{4})[-/]?(0?[1-9]|1[0-2])", wrong.strip())
    if not month:
        raise WorkbookError(
            f"{problem}{wrong!r} is none: write a day as 'YYYY-MM-DD', or give a datetime.date."
        )
    year, number = int(month[1]), int(month[2])
    first, last = (f"{year}-{number:02}-{day:02}" for day in (1, calendar.monthrange(year, number)[1]))
    raise WorkbookError(
        f"{problem}{wrong!r} is a month. In the column month of order_lines its first day stands for it: "
        f"month == '{first}'. In any other take the days from its first on, .between('{first}', '{last}')"
        f"{'' if kind == 'DATE' else ', of .date()'}."
    )


def _check_conditions(node: ops.Node) -> None:
    """Refuse to choose rows by what is the same for every row: nobody asks that, a comparison has failed."""
    if isinstance(node, ops.Filter):
        conditions = list(node.predicates)
    else:
        conditions = [getattr(node, name, None) for name in ("where", "bool_expr")]
    constant = next(
        (each for each in conditions if isinstance(each, ops.Literal) and each.dtype.is_boolean()), None
    )
    if constant is not None:
        raise WorkbookError(
            f"A condition is {constant.value} for every row. Python says that where a column is compared with a thing "
            "that the engine has no type for, such as a pandas Period or Interval: compare days with a datetime.date "
            "or 'YYYY-MM-DD' (a month in the column month of order_lines with its first day), numbers with numbers, "
            "text with text."
        )


def _with_its_digits(value: Decimal | None) -> ops.Literal:
    """A number written in a question with the digits that it has: Ibis knows none of them, DuckDB keeps three."""
    if value is None:
        return ops.Literal(None, _PLAIN)
    _sign, digits, exponent = value.as_tuple()
    if isinstance(exponent, int):  # else it is infinite or no number
        scale = max(-exponent, 0)
        precision = max(len(digits) + exponent, 0) + scale
        if precision <= _DIGITS:
            return ops.Literal(value, dt.Decimal(precision, scale))
    return ops.Literal(float(value), dt.float64)


def _kind_for(node: ops.Node, taken: list[ops.Value]) -> dt.DataType | None:
    """The type that an operation's decimals need; None: they may stay as they are."""
    decimals = [each.dtype.copy(nullable=True) for each in taken if _is_decimal(each)]
    if not decimals or not isinstance(node, _OF_ONE_TYPE + _IN_FLOATS + _COMPARED):
        return None
    if isinstance(node, _COMPARED):
        return _wider(decimals) if len(set(decimals)) > 1 else None
    if isinstance(node, _IN_FLOATS) or any(each.dtype.is_floating() for each in taken):
        return dt.float64
    if isinstance(node, ops.Multiply):
        held = sum(each.scale for each in decimals) < _DIGITS and all(
            each.precision <= _DIGITS for each in decimals
        )
        return None if held else dt.float64
    return _wider(decimals) if len(set(decimals)) > 1 else None


def _of_one_schema(*sides: ir.Table) -> dict[str, ops.Node]:
    """The two tables of a union, their columns of the wider of the two types: of a float and a decimal the float."""
    one, other = (each.schema() for each in sides)
    casts = {
        name: dt.float64
        if one[name].is_floating() or other[name].is_floating()
        else _wider([one[name], other[name]])
        for name in one
        if one[name] != other[name]
    }
    return dict(zip(("left", "right"), (each.cast(casts).op() for each in sides), strict=True))


def _wider(kinds: list[dt.DataType]) -> dt.DataType:
    """The type that holds all of these, with every decimal; of some Ibis knows none, as of (19, 4) and (18, 9)."""
    if not all(each.is_decimal() for each in kinds):
        return dt.highest_precedence(kinds)
    scale = max(each.scale for each in kinds)
    digits = max(each.precision - each.scale for each in kinds) + scale
    return dt.Decimal(min(digits, _MOST_DIGITS), scale)


def _product(left: ops.Value, right: ops.Value) -> ops.Node:
    """A product with all its digits."""
    scale = sum(each.dtype.scale for each in (left, right) if _is_decimal(each))
    # The one of more decimals is given the digits: of (19, 4) and (18, 9) Ibis knows no type that holds both.
    left, right = sorted(
        (left, right), key=lambda each: each.dtype.scale if _is_decimal(each) else -1, reverse=True
    )
    product = ops.Multiply(ops.Cast(left, dt.Decimal(_DIGITS, left.dtype.scale)), right)
    return ops.Cast(product, dt.Decimal(_MOST_DIGITS, scale))


def _of_one_struct(node: ops.Array) -> ops.Node:
    """The rows that `pivot_longer` makes of columns: floats for the decimals that stand beside floats."""
    mixed = [
        any(map(_is_float, column)) for column in zip(*(each.values for each in node.exprs), strict=True)
    ]
    rows = [
        each.copy(
            values=tuple(
                _cast(value, dt.float64) if is_mixed else value
                for value, is_mixed in zip(each.values, mixed, strict=True)
            )
        )
        for each in node.exprs
    ]
    return node.copy(exprs=tuple(rows)) if any(mixed) else node


def _filled(node: ops.FillNull) -> ops.Node:
    """The same with a type for each column of decimals that holds what its gaps are filled with."""
    table, given = node.parent.to_expr(), node.replacements
    fillers = dict(given) if isinstance(given, Mapping) else dict.fromkeys(table.columns, given)
    filled = {}
    for name, each in fillers.items():
        filler = _with_its_digits(each) if isinstance(each, Decimal) else each
        if table[name].type().is_decimal() and (_is_float(filler) or _is_decimal(filler)):
            filler = ops.Literal(filler, dt.float64) if isinstance(filler, float) else filler
            kind = dt.float64 if _is_float(filler) else _wider([table[name].type(), filler.dtype])
            filled[name] = table[name].cast(kind).fill_null(filler.to_expr().cast(kind))
    if not filled:
        return node
    table, rest = table.mutate(**filled), {name: fillers[name] for name in fillers.keys() - filled}
    if isinstance(given, Mapping):
        return table.fill_null(rest).op() if rest else table.op()
    return node.copy(parent=table.op())


def _cast(value: Any, kind: dt.DataType) -> Any:
    """The argument of this type if it is a decimal, or those of a list that are."""
    if isinstance(value, tuple):
        return tuple(_cast(each, kind) for each in value)
    return ops.Cast(value, kind) if _is_decimal(value) else value


def _values(args: Iterable[Any]) -> list[ops.Value]:
    """The values that an operation takes, those of its lists (`coalesce`, `cases`) among them."""
    flat = [each for arg in args for each in (arg if isinstance(arg, tuple) else (arg,))]
    return [each for each in flat if isinstance(each, ops.Value)]


def _is_float(value: object) -> bool:
    return isinstance(value, float) or (isinstance(value, ops.Value) and bool(value.dtype.is_floating()))


def _is_decimal(value: object) -> bool:
    return isinstance(value, ops.Value) and bool(value.dtype.is_decimal())
