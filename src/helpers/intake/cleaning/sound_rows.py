"""Rows that nothing is wrong with: found column by column, so that only the others are looked at one by one.

Most of what is done for a row (reading each value as text, a verdict, a hash of what tells it apart) is for nothing
where the file is typed and little in it is wrong. So a large table is first looked through a column at a time: the
engine then looks at each of the column's different values once, and reads nothing else. What no row has is left out of
the questions that remain; rows that any problem holds of, or that have the hash of another, are the rest, and each of
those is judged (`helpers.intake.cleaning.staging`). Both ways are the same SQL (`helpers.intake.cleaning.judging`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from helpers.intake import contracts
from helpers.intake.cleaning.judging import ROWS_A_FILE, TYPES, Judged, Short
from helpers.intake.cleaning.problems import layer_name, plausible_years
from helpers.intake.layout.words import spellings
from helpers.intake.reading.sql import Connection, identifier, literal
from helpers.intake.values import rules

if TYPE_CHECKING:
    import duckdb

#: A table of fewer rows is read as soon when each row is judged by itself.
LEAST_ROWS = 20_000
#: Where more of the rows are no sound ones, all of them are judged by themselves.
_MAX_REST_SHARE = 0.1
#: Rows whose hashes are compared at once: twice 8 bytes a row are in memory.
_ROWS_PER_PASS = 120_000_000
#: So many sources, each with SQL of its own, are looked through so; files that are alike are one.
MOST_SOURCES = 12


@dataclass(frozen=True)
class Sound:
    """The sound rows of one of a table's sources.

    Attributes
    ----------
    judged
        The source without the rest of its rows.
    short
        What is known of all its rows.
    rest
        The rest, which is judged one by one; None where there is none.
    """

    judged: Judged
    short: Short
    rest: Judged | None = None

    @property
    def takes_all(self) -> bool:
        """Whether all rows are kept, with every value as it stands where the types are the contract's."""
        texts = {name for name, value in self.judged.values.items() if not _is_read(value.column.kind)}
        return (
            self.rest is None
            and not self.judged.mapped.where
            and texts <= set(self.short.as_read)
            and set(self.judged.problems) <= set(self.short.ruled_out)
            and ("currency" not in self.judged.values or self.short.one_currency)
        )

    @property
    def sql(self) -> str:
        """The query of the sound rows."""
        return self.judged.short_sql(self.short)


def find_sound(
    connection: duckdb.DuckDBPyConnection,
    sources: Sequence[Judged],
    rows: int,
    own_currency: str,
    values: list[str],
) -> list[Sound] | None:
    """Look a table through.

    Parameters
    ----------
    rows
        How many the table has.
    own_currency
        The report's currency, which needs no rate.
    values
        Columns that may make rows of several files one, or the one a changed other, where they agree in all of them;
        none where a key alone does.

    Returns
    -------
    list of Sound or None
        One for each source; None where too few of the rows are sound.
    """
    checked = [_check_source(connection, source, own_currency) for source in sources]
    connection.execute("CREATE OR REPLACE TEMP TABLE rest_rows (k BIGINT)")
    _insert_keys(connection, "rest_rows", [(each, short, fault) for each, short, fault, _ in checked])
    at_fault = count_rows(connection, "rest_rows")
    if at_fault > _MAX_REST_SHARE * rows:
        return None
    not_at_fault = "NOT IN (FROM rest_rows)"
    sound = [Sound(each.only(not_at_fault) if at_fault else each, short) for each, short, _, _ in checked]
    hashes = [
        [f"SELECT {one.row_key} AS k, {one.identity('hash', len(sources) == 1)} AS h "
         f"FROM {one.layers(one.values, each.short)} WHERE __wanted" for each in sound for one in [each.judged]]
    ]  # fmt: skip
    if values:
        listed = ", ".join(map(identifier, values))
        hashes.append(
            [
                f"SELECT {each.judged.row_key} AS k, hash({listed}) AS h FROM ({each.sql}) WHERE __problem = 0"
                for each in sound
            ]
        )
    connection.execute("CREATE OR REPLACE TEMP TABLE rows_alike (k BIGINT)")
    # They may be kept, so that another may be theirs again.
    _insert_keys(
        connection,
        "rows_alike",
        [(one.judged, one.short, doubt) for one, (*_, doubt) in zip(sound, checked, strict=True)],
    )
    several = f"min(k // {ROWS_A_FILE}) OVER same <> max(k // {ROWS_A_FILE}) OVER same"
    suffixes = ("", f"WINDOW same AS (PARTITION BY h) QUALIFY {several}")
    for place, each in enumerate(map(" UNION ALL ".join, hashes)):
        if _find_repeated(connection, each, rows):
            matching = f"({each}) WHERE h IN (FROM repeated_hashes) {suffixes[place]}"
            connection.execute(f"INSERT INTO rows_alike SELECT k FROM {matching}")
    connection.execute("INSERT INTO rest_rows SELECT DISTINCT k FROM rows_alike")
    rest = count_rows(connection, "rest_rows")
    if rest > _MAX_REST_SHARE * rows:
        return None
    if not rest:
        return sound
    return [
        Sound(each.only(not_at_fault), short, each.only("IN (FROM rest_rows)"))
        for each, short, _, _ in checked
    ]


def _insert_keys(
    connection: duckdb.DuckDBPyConnection, table: str, found: Sequence[tuple[Judged, Short, str | None]]
) -> None:
    """Put the keys of the rows that meet the sources' conditions into a table."""
    for each, short, condition in found:
        if condition:
            rows = f"{each.layers(each.named_in(condition), short)} WHERE {condition}"
            connection.execute(f"INSERT INTO {table} SELECT {each.row_key} FROM {rows}")


def _check_source(
    connection: duckdb.DuckDBPyConnection, judged: Judged, own_currency: str
) -> tuple[Judged, Short, str | None, str | None]:
    """Find what is known of all rows of a source, the condition of those at fault, and of those that may be kept.

    The latter are looked at by checks of whole tables: an id may be a word for nothing, or that of a total.
    """
    short = Short(as_read=_plain_columns(connection, judged), exact=_exact_columns(connection, judged))
    conditions, ruled_out, filtered = [], set(), False
    for number, problem in judged.problems.items():
        if problem.status == "filtered":
            filtered = True
            continue
        if not _may_hold(judged, short, number) or not _count(connection, judged, short, problem.condition):
            ruled_out.add(number)
        else:
            # What the map leaves out anyway is left out whatever else holds of it, but for lines that are none.
            conditions.append(
                f"(__wanted AND ({problem.condition}))" if filtered else f"({problem.condition})"
            )
    doubts = []
    for name, value in judged.values.items():
        if value.column.kind != "id":
            continue
        words: list[str] = []
        if name not in short.as_read and judged.formats[name].nothing is None:
            words += rules.WORDS_FOR_NOTHING  # `losses.check_words` looks at such rows
        if contracts.AMOUNT.get(judged.table) in judged.values:
            words += spellings()  # `layout.totals` does
        condition = f"{layer_name('typed', value.column)} IN ({', '.join(map(literal, words))})"
        if words and _count(connection, judged, short, condition):
            doubts.append(f"(__wanted AND {condition})")
    as_read = [
        name
        for name in _texts(judged)
        if name in short.as_read or not _count(connection, judged, short, _changed(judged, name))
    ]
    foreign = f'"__typed_currency" <> {literal(own_currency)}'
    is_one_currency = "currency" in judged.values and not _count(connection, judged, short, foreign)
    rounded = [
        name
        for name in judged.values
        for condition in [judged.rounded(name, short)]
        if condition and _count(connection, judged, short, condition)
    ]
    short = replace(
        short, as_read=frozenset(as_read), ruled_out=frozenset(ruled_out), one_currency=is_one_currency,
        rounded=frozenset(rounded),
    )  # fmt: skip
    return judged, short, _any(conditions), _any(doubts)


def _any(conditions: list[str]) -> str | None:
    return f"({' OR '.join(conditions)})" if conditions else None


def _is_read(kind: str) -> bool:
    """Whether a text of the kind is read into something else than a text."""
    return kind in ("money", "quantity", "score", "date", "timestamp")


def _texts(judged: Judged) -> list[str]:
    """Name the columns of texts that stay texts."""
    return [
        name
        for name, value in judged.values.items()
        if judged.types[name] == "VARCHAR" and not _is_read(value.column.kind)
    ]


def _changed(judged: Judged, name: str) -> str:
    column = judged.values[name].column
    return f"{layer_name('typed', column)} IS DISTINCT FROM {layer_name('raw', column)}"


def _plain_columns(connection: duckdb.DuckDBPyConnection, judged: Judged) -> frozenset[str]:
    """Name the text columns that a first look finds as they must be."""
    found = set()
    for name in _texts(judged):
        kind, raw = judged.values[name].column.kind, layer_name("raw", judged.values[name].column)
        odd = f"{raw} IS NOT NULL AND NOT ({rules.is_plain(raw)})"
        if name in judged.recoded:
            odd = f"({odd}) OR {_changed(judged, name)}"
        if kind not in ("id", "text"):
            odd = _changed(judged, name)
        elif judged.formats[name].nothing:
            continue
        if not _count(connection, judged, Short(), odd):
            found.add(name)
    return frozenset(found)


def _exact_columns(connection: duckdb.DuckDBPyConnection, judged: Judged) -> frozenset[str]:
    """Name the columns of numbers and dates in which every value is one, whatever a text might be besides."""
    found = set()
    for name, value in judged.values.items():
        table, column = judged.table, value.column
        years = plausible_years(table, name) if column.kind == "date" else None
        exact = rules.is_exact(
            column.kind, layer_name("raw", column), judged.types[name], judged.formats[name], years
        )
        if exact is None or (judged.formats[name].currency_marks and "currency" in judged.values):
            continue
        raw = layer_name("raw", column)
        if not _count(connection, judged, Short(), f"{raw} IS NOT NULL AND NOT coalesce({exact}, false)"):
            found.add(name)
    return frozenset(found)


def _may_hold(judged: Judged, short: Short, number: int) -> bool:
    """Whether a problem can hold of a row at all, for what its column is."""
    problem = judged.problems[number]
    name = problem.column
    if name is None or problem.rule == "missing_value":
        return True
    if name in short.as_read or name in short.exact:
        return False
    kind = judged.values[name].column.kind
    if problem.rule not in ("wrong_type", "wrong_date", "ambiguous_date"):
        return True
    if kind in ("id", "text"):
        return False  # of what is there something is read
    # A score may be infinite, which is none; of the other types every value is one.
    return kind == "score" or name not in judged.typed_source or judged.types[name] != TYPES[kind]


def _count(connection: duckdb.DuckDBPyConnection, judged: Judged, short: Short, condition: str) -> int:
    """Count the rows that meet a condition.

    Each is a query of its own: it reads one column, and the engine looks at each of the column's different values
    once. With all of them in one query it looks at every row.
    """
    return count_rows(connection, f"{judged.layers(judged.named_in(condition), short)} WHERE {condition}")


def count_rows(connection: Connection, sql: str) -> int:
    """Count the rows of what stands after FROM."""
    found = connection.execute(f"SELECT count(*) FROM {sql}").fetchone()
    return int(found[0]) if found else 0


def _find_repeated(connection: duckdb.DuckDBPyConnection, hashes: str, rows: int) -> bool:
    """Fill ``repeated_hashes`` with those that two rows or more have; return whether there are any.

    Sorted numbers show what repeats in a third of the time that the engine takes to group them. A collision costs time
    and nothing else: rows with the same hash are told apart by what stands in them.
    """
    connection.execute("CREATE OR REPLACE TEMP TABLE repeated_hashes (h UBIGINT)")
    parts, any_repeated = rows // _ROWS_PER_PASS + 1, False
    for part in range(parts):
        within = f"WHERE h % {parts} = {part}" if parts > 1 else ""
        fetched = connection.execute(f"SELECT h FROM ({hashes}) {within}").fetchnumpy()
        hashes_sorted = np.asarray(fetched["h"])
        hashes_sorted.sort()
        repeated = np.unique(hashes_sorted[1:][hashes_sorted[1:] == hashes_sorted[:-1]])
        if len(repeated):
            any_repeated = True
            connection.register("found_hashes", pa.table({"h": repeated}))
            connection.execute("INSERT INTO repeated_hashes FROM found_hashes")
            connection.unregister("found_hashes")
    return any_repeated
