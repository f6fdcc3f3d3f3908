"""SQL of a map sees the columns of its rows and a stated list of functions: no file, no other table, no setting.

A ``workbook.toml`` may come from somebody else. DuckDB itself parses each expression of it, so that there is no second
opinion about what it says, and every node of the tree has to be of a kind, and every function of a name, that stands
here. The engine's own locks (`helpers.intake.build`) stand behind this.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from helpers.errors import WorkbookError
from helpers.intake.reading.readers import ROW, first_line
from helpers.intake.reading.sql import identifier
from helpers.settings.source import TableMap

if TYPE_CHECKING:
    import duckdb

#: Functions by what they are about; docs/guides/add-a-table.md lists them.
FUNCTIONS: dict[str, tuple[str, ...]] = {
    "text": (
        "ascii", "chr", "concat", "concat_ws", "contains", "ends_with", "instr", "left", "length", "lower",
        "lpad", "ltrim", "md5", "nfc_normalize", "position", "prefix", "regexp_extract",
        "regexp_full_match", "regexp_matches", "regexp_replace", "replace", "reverse", "right", "rpad", "rtrim",
        "sha256", "split_part", "starts_with", "string_split", "str_split", "strip_accents", "strlen", "strpos",
        "substr", "substring", "suffix", "translate", "trim", "unicode", "upper",
    ),
    "numbers": (
        "abs", "ceil", "ceiling", "currency_of", "exp", "floor", "greatest", "half_even", "isnan", "least",
        "less_part_of", "ln", "log", "log10", "mod",
        "number", "number_or_0", "pow", "power", "round", "sign", "sqrt", "trunc", "without_tax",
    ),
    "dates": (
        "date_add", "date_diff", "date_part", "date_sub", "date_trunc", "datediff", "datepart", "datetrunc", "day",
        "dayname", "dayofmonth", "dayofweek", "dayofyear", "epoch", "epoch_ms", "hour", "isodow", "isoyear",
        "last_day", "make_date", "make_timestamp", "minute", "month", "monthname", "quarter", "second", "strftime",
        "strptime", "timezone", "to_days", "to_hours", "to_minutes", "to_months", "to_quarters", "to_seconds",
        "to_timestamp", "to_weeks", "to_years", "try_strptime", "week", "weekday", "weekofyear", "year", "yearweek",
    ),
    "values": (
        "array_extract", "json_extract_string", "list_extract", "list_value", "nullif", "struct_extract",
    ),
    "rows (with OVER)": (
        "avg", "count", "count_star", "dense_rank", "first_value", "lag", "last_value", "lead", "max", "min", "rank",
        "row_number", "sum",
    ),
}  # fmt: skip
_WINDOWS = frozenset(FUNCTIONS["rows (with OVER)"])
#: How the types of what an expression gives begin.
_OF_RESULT = {
    "BOOLEAN": ("BOOLEAN", '"NULL"'),
    "DOUBLE": (
        "DECIMAL",
        "DOUBLE",
        "FLOAT",
        "HUGEINT",
        "BIGINT",
        "INTEGER",
        "SMALLINT",
        "TINYINT",
        "U",
        '"NULL"',
    ),
}
#: Adds up rows, where an expression is one of sums.
_SUMS = frozenset(("avg", "count", "count_star", "max", "median", "min", "sum"))
_ALONE = frozenset(name for about, names in FUNCTIONS.items() for name in names) - _WINDOWS
_OPERATORS = frozenset(
    ("||", "+", "-", "*", "/", "//", "%", "**", "^", "@", "&", "|", "<<", ">>", "~", "~~", "!~~", "~~*", "!~~*", "~~~",
     "like_escape", "not_like_escape", "ilike_escape", "not_ilike_escape", "->>")
)  # fmt: skip
_KINDS = frozenset(
    ("BETWEEN", "CASE", "CAST", "COLLATE", "COLUMN_REF", "COMPARISON", "CONJUNCTION", "CONSTANT", "FUNCTION",
     "OPERATOR", "WINDOW")
)  # fmt: skip
_NOTHING: tuple[Any, ...] = (None, [], False, "")


def expressions_of(table: str, mapped: TableMap) -> Iterator[tuple[str, str]]:
    """Return each piece of SQL over a table's rows, after the key that it stands under."""
    for name, sql in mapped.derived.items():
        yield f"tables.{table}.derived.{name}", sql
    for each in mapped.exclude:
        if not each.as_read:
            yield f"tables.{table}.exclude.{each.rule}", each.where
    if mapped.where is not None:
        yield f"tables.{table}.where", mapped.where


def expressions_as_read(table: str, mapped: TableMap) -> Iterator[tuple[str, str]]:
    """Return each piece of SQL over a table's rows as they stand in the file, after the key that it stands under."""
    for each in mapped.exclude:
        if each.as_read:
            yield f"tables.{table}.exclude.{each.rule}", each.where
    for heading in mapped.headings:
        yield f"tables.{table}.headings.{heading.column}", heading.where
        yield f"tables.{table}.headings.{heading.column}", heading.value


def check_map(tables: Mapping[Any, TableMap]) -> None:
    """Check all SQL of a map, before any of it runs.

    Raises
    ------
    WorkbookError
        A piece is no SQL expression, or asks for more than columns and the functions listed; its key is named.
    """
    found = [
        pair
        for table, mapped in tables.items()
        for pair in (*expressions_of(table, mapped), *expressions_as_read(table, mapped))
    ]
    found += [
        (f"tables.{table}.lookups.{name}.where", lookup.where)
        for table, mapped in tables.items()
        for name, lookup in mapped.lookups.items()
        if lookup.where is not None
    ]
    if not found:
        return
    with _parser().cursor() as parser:
        for key, sql in found:
            _check(parser, key, sql)


@lru_cache
def _parser() -> duckdb.DuckDBPyConnection:
    """One for all that a process has read and not run: to open one takes longer than to read a map's SQL."""
    import duckdb

    return duckdb.connect(config={"enable_external_access": "false"})


def sees_other_rows(parser: duckdb.DuckDBPyConnection, table: str, mapped: TableMap) -> bool:
    """Whether a value of a row depends on other rows of its file, so that no other file's may stand beside them."""
    if mapped.fill_down or mapped.headings or mapped.unpivot is not None:
        return True
    return any(
        node["class"] == "WINDOW" or node.get("function_name", "").lower() == "less_part_of"
        for key, sql in (*expressions_of(table, mapped), *expressions_as_read(table, mapped))
        for node in _nodes(_tree(parser, key, sql))
    )


def check_names(found: Mapping[str, str], columns: Collection[str]) -> None:
    """Check SQL as `check_map` does, and that what looks like a column is one: ``current_date`` would be none.

    Parameters
    ----------
    found
        Key and SQL, as `expressions_of` gives them.
    columns
        The columns and lookups that there are; beside them stands the row's place in its file.

    Raises
    ------
    WorkbookError
        A name is not among the columns.
    """
    if not found:
        return
    known = {ROW, *(name.lower() for name in columns)}
    with _parser().cursor() as parser:
        for key, sql in found.items():
            _check(parser, key, sql)
            for node in _nodes(_tree(parser, key, sql)):
                if node["class"] == "COLUMN_REF" and node["column_names"][0].lower() not in known:
                    raise _refused(key, sql, f"{'.'.join(node['column_names'])} is no column")


def check_sums(key: str, sql: str, columns: Mapping[str, str], *, sums: bool, result: str) -> None:
    """Check an expression that settings give over rows of a known shape.

    Parameters
    ----------
    key, sql
        Where it stands, and the expression.
    columns
        Name and SQL type of each column that it may use.
    sums
        Whether it adds up the rows of a customer (``customer_id`` is a column); else it looks at one row.
    result
        The SQL type that it has to give.

    Raises
    ------
    WorkbookError
        It is no SQL expression, asks for more than these columns and the functions listed, or does not fit the types.
    """
    import duckdb

    with duckdb.connect(config={"enable_external_access": "false"}) as parser:
        _check(parser, key, sql, _SUMS if sums else frozenset())
        known = {name.lower() for name in columns}
        for node in _nodes(_tree(parser, key, sql)):
            if node["class"] == "COLUMN_REF" and node["column_names"][-1].lower() not in known:
                raise WorkbookError(
                    f"{key}: {'.'.join(node['column_names'])} in '{sql}' is no column here; there are "
                    f"{', '.join(columns)}."
                )
        typed = ", ".join(f"{identifier(name)} {kind}" for name, kind in columns.items())
        parser.execute(f"CREATE TABLE own_rows ({typed})")
        grouped = "GROUP BY customer_id" if sums else ""
        try:
            described = parser.execute(f"DESCRIBE SELECT ({sql}\n) AS it FROM own_rows {grouped}").fetchone()
        except duckdb.Error as error:
            raise WorkbookError(f"{key}: '{sql}' cannot be computed: {first_line(error)}") from None
    found = str(described[1]) if described else ""
    if not found.startswith(_OF_RESULT[result]):
        raise WorkbookError(
            f"{key}: '{sql}' gives {found}, not {'a condition' if result == 'BOOLEAN' else 'a number'}."
        )


def _check(parser: duckdb.DuckDBPyConnection, key: str, sql: str, sums: frozenset[str] = frozenset()) -> None:
    for node in _nodes(_tree(parser, key, sql)):
        kind = node["class"]
        if kind == "SUBQUERY":
            raise _refused(key, sql, "a query within it is not allowed")
        if kind not in _KINDS:
            raise _refused(key, sql, f"{kind.lower()} is not allowed")
        if kind in ("FUNCTION", "WINDOW"):
            _check_function(key, sql, node, sums)


def _check_function(key: str, sql: str, node: dict[str, Any], sums: frozenset[str]) -> None:
    name, is_window = node["function_name"].lower(), node["class"] == "WINDOW"
    allowed = _WINDOWS if is_window else _ALONE | _OPERATORS | sums
    # The parser itself writes ``main`` before some, as before trim.
    if (
        name not in allowed
        or node.get("schema") not in (*_NOTHING, "main")
        or node.get("catalog") not in _NOTHING
    ):
        path = ".".join(filter(None, (node.get("catalog"), node.get("schema"), name)))
        raise _refused(
            key, sql, f"the function {path} is not among those listed in docs/guides/add-a-table.md"
        )


def _tree(parser: duckdb.DuckDBPyConnection, key: str, sql: str) -> Any:
    """Parse one expression; what closes the bracket around it early, and goes on, is none."""
    row = parser.execute("SELECT json_serialize_sql(?)", [f"SELECT ({sql}\n)"]).fetchone()
    parsed: dict[str, Any] = json.loads(row[0]) if row else {"error": True, "error_message": ""}
    if parsed["error"]:
        raise WorkbookError(f"{key}: '{sql}' is not valid SQL here: {parsed['error_message']}")
    statements = parsed["statements"]
    node: dict[str, Any] = statements[0]["node"] if len(statements) == 1 else {}
    rest = {
        name: value
        for name, value in node.items()
        if name not in ("type", "select_list", "from_table", "cte_map", "aggregate_handling")
    }
    alone = (
        node.get("type") == "SELECT_NODE"
        and len(node["select_list"]) == 1
        and not node["select_list"][0].get("alias")
        and node["from_table"]["type"] == "EMPTY"
        and node["cte_map"] == {"map": []}
        and all(value in _NOTHING for value in rest.values())
    )
    if not alone:
        raise WorkbookError(f"{key}: '{sql}' must be one SQL expression.")
    return node["select_list"][0]


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Give every expression of a tree, however deep."""
    waiting = [tree]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if "class" in each:
                yield each
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each


def _refused(key: str, sql: str, why: str) -> WorkbookError:
    return WorkbookError(f"{key}: SQL of a map may use the columns only, and '{sql}' does not: {why}.")
