"""Intake's SQL on Spark: the same statements, written for DuckDB, in Spark's dialect.

sqlglot, which Ibis brings along, knows both dialects; what it leaves as it is although Spark has it otherwise is put
right here. So one map (``derived``, ``where``, ``exclude`` and ``lookups``) reads a source on either engine.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import sqlglot
import sqlglot.errors
import sqlglot.expressions as sge

from helpers.errors import WorkbookError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

#: Directive of strptime -> letters of Spark's date patterns; one letter takes one digit or two, as strptime does.
_PATTERNS = {
    "Y": "yyyy", "y": "yy", "m": "M", "d": "d", "H": "H", "I": "h", "M": "m", "S": "s", "f": "SSSSSS", "p": "a",
    "b": "MMM", "B": "MMMM", "%": "%",
}  # fmt: skip
_TYPES = {
    "string": "VARCHAR", "double": "DOUBLE", "float": "FLOAT", "date": "DATE", "timestamp_ntz": "TIMESTAMP",
    "timestamp": "TIMESTAMP WITH TIME ZONE", "tinyint": "TINYINT", "smallint": "SMALLINT", "int": "INTEGER",
    "bigint": "BIGINT", "boolean": "BOOLEAN",
}  # fmt: skip

#: Part of a day -> Spark's function, and what makes of it DuckDB's number: Sunday is 0, or 7.
_WEEKDAYS = {
    "dow": ("dayofweek", -1),
    "dayofweek": ("dayofweek", -1),
    "weekday": ("dayofweek", -1),
    "isodow": ("weekday", 1),
}
#: How many of them a year has.
_A_YEAR = {"year": 1, "quarter": 4, "month": 12}
#: What names a day's weekday or month -> Spark's pattern for the whole word; its own functions shorten it.
_NAMED: dict[type[sge.Expression], str] = {sge.Dayname: "EEEE", sge.Monthname: "MMMM"}

#: A pattern that can match once at most: it begins where the text does and has no other branch.
_TIED = re.compile(r"(?:\(\?iu\))?\^[^|]*", re.DOTALL)
_PATTERNED = (sge.RegexpReplace, sge.RegexpLike, sge.RegexpExtract, sge.RegexpFullMatch)


def to_spark(sql: str) -> str:
    """Write a DuckDB statement for Spark.

    Raises
    ------
    sqlglot.errors.SqlglotError
        It is no SQL.
    """
    tree = sqlglot.parse_one(sql, read="duckdb")
    for node in reversed(list(tree.find_all(sge.Expression))):  # what stands within another first
        put_right = _put_right(node)
        if node is tree:
            tree = put_right
        elif put_right is not node:
            node.replace(put_right)
    return tree.sql(dialect="spark")


def date_pattern(date_format: str) -> str:
    """Write a format of strptime as Spark's pattern.

    Raises
    ------
    WorkbookError
        It has a directive that Spark has no like of.
    """
    pattern, rest = "", iter(date_format)
    for mark in rest:
        if mark == "%":
            directive = next(rest, "")
            if directive not in _PATTERNS:
                known = ", ".join(f"%{letter}" for letter in _PATTERNS)
                raise WorkbookError(
                    f'date_format = "{date_format}": %{directive} is not known to Spark; use {known}.'
                )
            pattern += _PATTERNS[directive]
        else:
            pattern += f"'{mark}'" if mark.isalpha() else "''" if mark == "'" else mark
    return pattern


def _put_right(node: sge.Expression) -> sge.Expression:
    """Replace one node that Spark calls otherwise, or takes for something else."""
    if isinstance(node, _PATTERNED):
        _say_in_pattern(node)
    if isinstance(node, sge.DayOfWeek):
        return _weekday("dow", node.this)
    if isinstance(node, sge.DayOfWeekIso):
        return _weekday("isodow", node.this)
    if isinstance(node, sge.Extract) and node.name.lower() in _WEEKDAYS:
        return _weekday(node.name.lower(), node.expression)
    if isinstance(node, sge.DateDiff):
        return _date_diff(node)
    if isinstance(node, sge.RegexpFullMatch):
        return _full_match(node.this, node.expression)
    if isinstance(node, sge.Anonymous):
        return _function(node)
    if type(node) in _NAMED:
        words = sge.Literal.string(_NAMED[type(node)])
        return sge.Anonymous(this="date_format", expressions=[node.this, words])
    if isinstance(node, sge.Log) and node.args.get("expression") is None:
        # To base 10; Spark's, of one number, is the natural one.
        node.set("expression", node.this)
        node.set("this", sge.Literal.number(10))
    if isinstance(node, sge.Cast) and node.to.this in sge.DataType.INTEGER_TYPES:
        # DuckDB rounds, Spark cuts. As a decimal a text or a long number keeps its digits; its halves go away from 0.
        rounded = node.copy()
        rounded.set("to", sge.DataType.build("decimal(38, 0)"))
        node.set("this", rounded)
    if isinstance(node, sge.RegexpReplace) and isinstance(node.args.get("replacement"), sge.Literal):
        _replace_as_often(node)
    if isinstance(node, sge.Bracket) and len(node.expressions) == 1 and node.expressions[0].is_int:
        # Of a text, its letter at a place; the tree counts from 0.
        place = int(node.expressions[0].name) + 1
        return sge.Substring(this=node.this, start=sge.Literal.number(place), length=sge.Literal.number(1))
    if isinstance(node, sge.Trunc):  # Spark's is of dates; for "is it whole?" rounding serves as well
        return sge.Anonymous(this="rint", expressions=[node.this])
    return node


def _replace_as_often(node: sge.RegexpReplace) -> None:
    """Write what a pattern is replaced by, of the first match alone where nothing says of all: Spark takes all.

    The whole text is matched then, from its beginning, and put back around the first match.
    """
    pattern, shift = node.expression, 0
    is_once = isinstance(pattern, sge.Literal) and "g" not in node.text("modifiers")
    if is_once and not _TIED.fullmatch(pattern.this):
        shift = 2
        node.set("expression", sge.Literal.string(rf"\A(?<head>(?s:.*?))({pattern.this})(?<rest>(?s:.*))"))
    by = re.sub(
        r"\\(\d)|([$])",
        lambda found: f"${int(found[1]) + shift}" if found[1] else r"\$",
        node.args["replacement"].this,
    )
    if not shift:
        node.set("replacement", sge.Literal.string(by))
        return
    # In parts: Spark fills in its own variables where a statement has a dollar before a brace.
    parts = [sge.Literal.string(each) for each in ("$", f"{{head}}{by}$", "{rest}")]
    node.set("replacement", sge.Anonymous(this="concat", expressions=parts))


def _say_in_pattern(node: sge.Expression) -> None:
    """Write into a pattern that it takes no notice of capitals; what says so beside it is lost on the way."""
    for place in ("modifiers", "flag", "parameters", "options"):
        said = node.text(place)
        if "i" in said and isinstance(node.expression, sge.Literal):
            node.set("expression", sge.Literal.string(f"(?iu){node.expression.this}"))
            others = said.replace("i", "")
            node.set(place, sge.Literal.string(others) if others else None)


def _function(node: sge.Anonymous) -> sge.Expression:
    name, arguments = str(node.this).lower(), node.expressions
    if name == "weekday":
        return _weekday("dow", arguments[0])
    if name in ("date_part", "datepart") and arguments[0].name.lower() in _WEEKDAYS:
        return _weekday(arguments[0].name.lower(), arguments[1])
    if name == "regexp_full_match":
        return _full_match(*arguments[:2])
    if name == "half_even":  # Spark's own, exact for decimals
        return sge.Anonymous(
            this="bround", expressions=[sge.cast(arguments[0], "decimal(28, 8)"), arguments[1]]
        )
    if name == "md5_number":
        return sge.Anonymous(this="md5", expressions=arguments)
    if name == "to_json" and len(arguments) == 1:  # NULL is said, as DuckDB says it
        option = list(map(sge.Literal.string, ("ignoreNullFields", "false")))
        return sge.Anonymous(
            this=node.this, expressions=[*arguments, sge.Anonymous(this="map", expressions=option)]
        )
    if name == "isfinite":
        (value,) = arguments
        limits = [sge.cast(sge.Literal.string(text), "double") for text in ("NaN", "Infinity", "-Infinity")]
        return sge.Not(this=sge.In(this=value, expressions=limits))
    if name == "try_strptime":
        pattern = sge.Literal.string(date_pattern(arguments[1].this))
        return sge.Anonymous(this="try_to_timestamp", expressions=[arguments[0], pattern])
    return node


def _weekday(part: str, day: sge.Expression) -> sge.Expression:
    """Number a day of the week as DuckDB does; Spark's numbers begin with 1 on Sunday, or with 0 on Monday."""
    of_spark, more = _WEEKDAYS[part]
    return sge.Paren(this=sge.Anonymous(this=of_spark, expressions=[day.copy()]) + more)


def _date_diff(node: sge.DateDiff) -> sge.Expression:
    """Count the months, quarters or years that begin between two days; Spark's count is of whole ones.

    Of weeks and days both count whole ones.
    """
    unit = node.text("unit").lower().rstrip("s")
    if unit not in _A_YEAR:
        return node
    last, first = (
        sge.Anonymous(this="year", expressions=[day.copy()]) * _A_YEAR[unit]
        + (sge.Literal.number(0) if unit == "year" else sge.Anonymous(this=unit, expressions=[day.copy()]))
        for day in (node.this, node.expression)
    )
    return sge.Paren(this=sge.Paren(this=last) - sge.Paren(this=first))


def _full_match(text: sge.Expression, pattern: sge.Expression) -> sge.Expression:
    return sge.RegexpLike(this=text, expression=sge.Literal.string(rf"\A(?:{pattern.this})\z"))


class Result:
    """What a statement gave: rows as tuples, fetched when they are asked for."""

    def __init__(self, rows: list[Any] | DataFrame) -> None:
        self._rows = rows

    def fetchall(self) -> list[Any]:
        """Fetch all rows: those that intake asks for are few."""
        return self._rows if isinstance(self._rows, list) else [tuple(row) for row in self._rows.collect()]

    def fetchone(self) -> Any:
        """Fetch the first row; None where there is none."""
        return next(iter(self.fetchall()), None)


class SparkConnection:
    """A connection to DuckDB as far as intake uses one to look at data, kept on Spark.

    ``SELECT`` and ``DESCRIBE SELECT`` are run; a temporary table becomes a temporary view.
    """

    def __init__(self, session: SparkSession) -> None:
        self.session = session

    def execute(self, sql: str) -> Result:
        """Run a statement that is written for DuckDB."""
        head, _, query = sql.partition(" AS SELECT ")
        if head.startswith("CREATE"):
            name = head.rsplit("TABLE ", 1)[1].strip().strip('"')
            self.frame(f"SELECT {query}").createOrReplaceTempView(f"`{name}`")
            return Result([])
        if sql.startswith("DESCRIBE "):
            fields = self.frame(sql.removeprefix("DESCRIBE ")).schema.fields
            return Result([(field.name, engine_type(field.dataType)) for field in fields])
        return Result(self.frame(sql))

    def frame(self, sql: str) -> DataFrame:
        """Give what a query, written for DuckDB, would give."""
        return self.session.sql(to_spark(sql))


def engine_type(kind: Any) -> str:
    """Call a type of Spark's as DuckDB does."""
    name = kind.simpleString()
    return name.upper() if name.startswith("decimal") else _TYPES.get(name, name.upper())
