"""From a file's columns to the contract's: what the map says, bound and checked on the engine."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from helpers.errors import WorkbookError
from helpers.intake import contracts
from helpers.intake.cleaning.lookups import JoinedLookup, key_text
from helpers.intake.layout.arrange import check_sql
from helpers.intake.layout.columns import check_named_once, find_column, near_matches
from helpers.intake.map_sql import check_names, expressions_of
from helpers.intake.reading.readers import ROW, Relation, engine_errors, first_line
from helpers.intake.reading.sql import Connection, identifier, literal
from helpers.settings.source import TableMap, TableName

#: Columns that tell where a row stands, where a map asks for them and the file has none so called: the file's name
#: below the data folder (``north/2026-01.csv``), and the sheet's.
FILE_COLUMN, SHEET_COLUMN = "file_name", "sheet_name"


def add_source_columns(
    relation: Relation, mapped: TableMap, partitions: Mapping[str, str | None], sheet: str | None
) -> Relation:
    """Add to a file's columns what its folders say (``Date=2026-09-01/``) and, where the map asks, its name and sheet.

    A column of the file itself goes before one of that name which is added. What the file calls otherwise than others
    gets the name that the map uses.
    """
    relation = _rename_aliases(relation, mapped)
    own_names = {column.lower() for column in relation.columns}
    map_text = " ".join([*mapped.sql(), *mapped.named_columns()]).lower()
    added: dict[str, str | None] = {k: v for k, v in partitions.items() if k.lower() not in own_names}
    added |= {
        column: value
        for column, value in ((FILE_COLUMN, relation.name), (SHEET_COLUMN, sheet))
        if column not in own_names and re.search(rf"\b{column}\b", map_text)
    }
    if not added:
        return relation
    columns = relation.columns | dict.fromkeys(added, "VARCHAR")
    if relation.stored is not None:
        return relation.at(replace(relation.stored, added=added), columns)
    values = ", ".join(
        f"CAST({'NULL' if value is None else literal(value)} AS VARCHAR) AS {identifier(column)}"
        for column, value in added.items()
    )
    return relation.over(f"(SELECT *, {values} FROM {relation.sql})", columns)


def _rename_aliases(relation: Relation, mapped: TableMap) -> Relation:
    """Rename the columns that files call otherwise to the name by which the map's SQL knows them."""
    present = {column.lower(): column for column in relation.columns}
    renamed: dict[str, str] = {}
    missing = []
    for first, others in mapped.also_called.items():
        if first.lower() in present:
            continue
        match = next((present[name.lower()] for name in others if name.lower() in present), None)
        if match is not None:
            renamed[match] = first
        elif "" in others:
            missing.append(first)
    if not renamed and not missing:
        return relation
    listed = [
        f"{identifier(column)} AS {identifier(renamed[column])}" if column in renamed else identifier(column)
        for column in relation.columns
    ]
    listed += [f"CAST(NULL AS VARCHAR) AS {identifier(name)}" for name in missing]
    own_columns = ", ".join(map(identifier, relation.columns))
    columns = {renamed.get(column, column): kind for column, kind in relation.columns.items()}
    sql = f"(SELECT * EXCLUDE ({own_columns}), {', '.join(listed)} FROM {relation.sql})"
    return relation.over(sql, columns | dict.fromkeys(missing, "VARCHAR"))


def joined_sql(
    connection: Connection,
    table: TableName,
    relation: Relation,
    joined: Iterable[JoinedLookup],
) -> str:
    """Write what stands after FROM: the file's rows, each with one struct a lookup (or NULL)."""
    sql = relation.sql
    for number, lookup in enumerate(joined):
        if lookup.name.lower() in (column.lower() for column in relation.columns):
            raise WorkbookError(
                f"tables.{table}.lookups.{lookup.name}: {relation.name} has a column of that name; call "
                f"the lookup otherwise."
            )
        conditions = []
        for key, (column, _) in enumerate(lookup.on.items()):
            place = f"tables.{table}.lookups.{lookup.name}.on"
            is_sql = is_expression(column) and column not in relation.columns
            expression = f"({column}\n)" if is_sql else column_sql(column, relation, joined, place)
            if is_sql:
                check_names(
                    {place: column}, [*relation.columns, *(joined_lookup.name for joined_lookup in joined)]
                )
            try:
                kind = connection.execute(f"DESCRIBE SELECT {expression} AS k FROM {sql}").fetchall()[0][1]
            except engine_errors() as error:
                raise WorkbookError(
                    f"{place}: '{column}' is not valid SQL here: {first_line(error)}"
                ) from None
            conditions.append(f"{key_text(expression, kind)} = l{number}.__key_{key}")
        sql = (
            f"(SELECT s{number}.*, l{number}.{identifier(lookup.name)} FROM {sql} AS s{number}"
            f" LEFT JOIN {lookup.relation} AS l{number} ON {' AND '.join(conditions)})"
        )
    return sql


def is_expression(key: str) -> bool:
    """Whether the key of a lookup is an SQL expression and no column's name: ``'account.move,' || move``."""
    return "'" in key or "||" in key


def column_sql(name: str, relation: Relation, joined: Iterable[JoinedLookup], place: str) -> str:
    """Write the SQL of a column by its name in the map: a column of the file, or ``lookup.column``."""
    if name not in relation.columns and "." in name:
        prefix, _, inner = name.partition(".")
        for lookup in joined:
            if lookup.name == prefix:
                actual = find_column(inner, lookup.columns, f"the lookup {prefix}", place)
                return f"{identifier(prefix)}.{identifier(actual)}"
    return identifier(find_column(name, relation.columns, relation.name, place))


def _first_present(
    names: Sequence[str], relation: Relation, joined: Iterable[JoinedLookup], place: str
) -> str | None:
    """Write the SQL of the first of some columns that the file has; None where it may have none: the last is ``""``.

    Raises
    ------
    WorkbookError
        It has none of them.
    """
    *others, last = names
    lookups = {lookup.name for lookup in joined}
    for name in others:
        is_present = name.lower() in (column.lower() for column in relation.columns)
        if is_present or name.partition(".")[0] in lookups:
            return column_sql(name, relation, joined, place)
    if last == "":
        return None
    try:
        return column_sql(last, relation, joined, place)
    except WorkbookError as error:
        raise WorkbookError(
            f"{error} If it is called otherwise in this file, name both, "
            f'{place.rpartition(".")[2]} = [{json.dumps(names[0], ensure_ascii=False)}, "..."]; if the file rightly '
            f'has none, write "" for the second.'
        ) from None


def expressions(
    table: TableName, relation: Relation, mapped: TableMap, joined: list[JoinedLookup]
) -> dict[str, str]:
    """Write the SQL of each standard column the file supplies: derived, mapped, or so called.

    Raises
    ------
    WorkbookError
        The map names a column that is not of the contract or not in the file, or a needed column has no
        source.
    """
    contract = {column.name: column for column in contracts.columns(table)}
    for part in ("columns", "derived"):
        for name in getattr(mapped, part):
            if name not in contract:
                raise WorkbookError(
                    f"tables.{table}.{part}: '{name}' is no standard column of {table}. "
                    f"{near_matches(name, contract)}"
                )
    in_both = set(mapped.columns) & set(mapped.derived)
    if in_both:
        raise WorkbookError(
            f"tables.{table}: '{min(in_both)}' stands both in columns and in derived; leave one."
        )
    found = {name: f"({expression})" for name, expression in mapped.derived.items()}
    for name in mapped.columns:
        sql = _first_present(mapped.names_of(name), relation, joined, f"tables.{table}.columns.{name}")
        if sql is not None:
            found[name] = sql
    by_lower_name = {column.lower(): column for column in relation.columns}
    for name in contract:
        if name not in found and name not in mapped.columns and name in by_lower_name:
            found[name] = identifier(by_lower_name[name])
    needed = [name for name, column in contract.items() if column.required]
    for name in (*needed, *contracts.NEEDED_COLUMNS.get(table, ())):
        if name not in found:
            raise _missing(table, name, relation)
    alternatives = contracts.ONE_OF.get(table, ())
    if alternatives and not set(alternatives) & set(found):
        raise _missing(table, " or ".join(alternatives), relation)
    return {name: found[name] for name in contract if name in found}


def _missing(table: TableName, name: str, relation: Relation) -> WorkbookError:
    check_named_once(name, relation.columns, relation.name)
    return WorkbookError(
        f"{relation.name}: the table {table} needs the column {name}, which is not there. "
        f"{near_matches(name, relation.columns)} Say which it is in workbook.toml: "
        f'{name.split(" ")[0]} = "..." under [tables.{table}.columns], or run `workbook init`.'
    )


def unknown_columns(relation: Relation, table: TableName, mapped: TableMap) -> set[str]:
    """Columns of the file that the map does not name and the contract does not know."""
    sql = " ".join(mapped.sql())
    named = {column.lower() for column in mapped.named_columns()} | {c.name for c in contracts.columns(table)}
    return {
        column
        for column in relation.columns
        if column.lower() not in named and column.lower() not in sql.lower()
    }


def bind(
    connection: Connection,
    table: TableName,
    source: str,
    found: Mapping[str, str],
    mapped: TableMap,
    columns: Collection[str],
) -> dict[str, str]:
    """Check every expression of the map by itself on the engine, and give the engine's type of each.

    ``columns`` names the columns and lookups that ``source`` has.

    Raises
    ------
    WorkbookError
        An expression is no single SQL expression over the columns there are; the message names its key.
    """
    keys = dict(expressions_of(table, mapped))
    for key, sql in keys.items():
        check_sql(connection, key, sql, source)
    check_names(keys, columns)
    selected = ", ".join(f"{sql}\n AS {identifier(name)}" for name, sql in found.items())
    described = connection.execute(f"DESCRIBE SELECT {selected} FROM {source}").fetchall()
    return {name: kind for name, kind, *_ in described}


def numbers_rows(mapped: TableMap, relations: Iterable[Relation]) -> bool:
    """Whether the order's number is made of the row's in its file, so that it says nothing across files.

    So it is where months stand side by side in files that have no such column (`helpers.intake.layout.arrange`).
    """
    if "order_id" in mapped.derived or mapped.unpivot is None:
        return ROW in mapped.derived.get("order_id", "")
    names = mapped.names_of("order_id") if "order_id" in mapped.columns else ["order_id"]
    present = {column.lower() for relation in relations for column in relation.columns}
    return not present & {name.lower() for name in names}


#: What tells order lines without a number apart across files.
_IDENTITY = ("order_id", "order_date", "customer_id", "product_id", "currency")


def line_identity(mapped: TableMap, supplied: Collection[str], by_row: bool) -> list[str]:
    """Name the columns that tell order lines without a number apart across files.

    Where months stand side by side as columns, the date is none of them: it is the column's. ``by_row`` says that the
    order's number is made of the row's.
    """
    generated = {"order_id"} if mapped.unpivot is not None or by_row else set()
    generated |= {"order_date"} if mapped.unpivot is not None else set()
    return [name for name in _IDENTITY if name in supplied and name not in generated]
