"""Codes of one customer in several spellings: which differences a map declares to mean nothing, and what it merges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.intake.reading.sql import BLANKS, Connection, literal, parquet_sql
from helpers.settings.source import CODE_DIFFERENCES, CodeDifference

if TYPE_CHECKING:
    import duckdb

    from helpers.intake.tables import StandardTables

#: Standard columns that hold codes of customers.
COLUMNS = ("customer_id", "parent_id", "converted_customer_id", "same_as")
#: File, beside the tables, of the codes that are read as another.
FILE = "codes.parquet"
_WIDE = "".join(chr(0xFF01 + place) for place in range(94)) + "\u3000"
_NARROW = "".join(chr(0x21 + place) for place in range(94)) + " "
_SHOWN = 10
_STEPS: dict[CodeDifference, Callable[[str], str]] = {
    "width": lambda code: f"translate({code}, {literal(_WIDE)}, {literal(_NARROW)})",
    "case": lambda code: f"upper({code})",
    "blanks": lambda code: f"regexp_replace({code}, '{BLANKS}+', '', 'g')",
    "punctuation": lambda code: rf"regexp_replace({code}, '[\p{{P}}\p{{S}}]+', '', 'g')",
    "leading_zeros": lambda code: rf"regexp_replace({code}, '^0+([0-9]+)$', '\1')",
}


def one_code_sql(code: str, differences: Sequence[CodeDifference]) -> str:
    """Write the SQL of a code without the differences that are declared to mean nothing."""
    made = code
    for difference in CODE_DIFFERENCES:
        if difference in differences:
            made = _STEPS[difference](made)
    return f"coalesce(nullif({made}, ''), {code})" if made != code else code


def probable(connection: Connection, codes: str) -> tuple[list[CodeDifference], list[list[str]]]:
    """Find codes that are probably one customer.

    Parameters
    ----------
    codes
        SQL of a query with one column, ``code``.

    Returns
    -------
    tuple
        The differences that part them, as few as do; and the spellings of each such customer.
    """
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE different_codes AS SELECT DISTINCT CAST(code AS VARCHAR) AS code "
        f"FROM ({codes}) WHERE code <> ''"
    )

    def groups(differences: Sequence[CodeDifference]) -> list[list[str]]:
        one = one_code_sql("code", differences)
        rows = connection.execute(
            f"SELECT list_sort(list(code)) FROM different_codes GROUP BY {one} HAVING count(*) > 1 ORDER BY 1"
        ).fetchall()
        return [list(row[0]) for row in rows]

    every = groups(CODE_DIFFERENCES)
    if not every:
        return [], []
    needed = list(CODE_DIFFERENCES)
    for difference in CODE_DIFFERENCES:
        fewer = [each for each in needed if each != difference]
        if groups(fewer) == every:
            needed = fewer
    return needed, every


def write(connection: duckdb.DuckDBPyConnection, queries: Sequence[str], folder: Path) -> None:
    """Write the codes that are read as another, with the rows that have them; queries are of :func:`recoded_sql`."""
    if not queries:
        return
    import pyarrow.parquet as pq

    parts = " UNION ALL ".join(queries)
    target = folder / FILE
    known = f"SELECT * FROM {parquet_sql(target)} UNION ALL " if target.exists() else ""
    rows = connection.execute(
        f'SELECT "column", code, same_as, CAST(sum(rows) AS BIGINT) AS rows FROM ({known}{parts}) '
        "GROUP BY 1, 2, 3 ORDER BY 1, 3, 2"
    ).to_arrow_table()
    pq.write_table(rows, target)


def recoded_sql(column: str, source: str, code: str, differences: Sequence[CodeDifference]) -> str:
    """Write the query of the codes of one column that are read as another."""
    one = one_code_sql("code", differences)
    return (
        f'SELECT {literal(column)} AS "column", code, {one} AS same_as, count(*) AS rows FROM (SELECT {code} AS code '
        f"FROM {source}) WHERE code IS NOT NULL AND code <> {one} GROUP BY 1, 2, 3"
    )


def said(tables: StandardTables) -> str:
    """Say which codes of customers are read as another, or are probably one customer; empty where there are none."""
    import duckdb
    import pyarrow.parquet as pq

    lines = []
    if (tables.folder / FILE).exists():
        rows: list[dict[str, Any]] = pq.read_table(tables.folder / FILE).to_pylist()
        if rows:
            listed = [
                f"{row['code']!r} as {row['same_as']!r} ({row['rows']:,} rows)" for row in rows[:_SHOWN]
            ]
            more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
            lines.append(
                f"{len(rows)} spellings of customers' codes are read as another, as customers.same_codes declares: "
                f"{', '.join(listed)}{more}."
            )
    differences: list[CodeDifference] = []
    groups: list[list[str]] = []
    if tables.has("order_lines", "customer_id"):
        with duckdb.connect() as connection:
            differences, groups = probable(
                connection, f"SELECT customer_id AS code FROM {parquet_sql(tables.path('order_lines'))}"
            )
    if groups:
        shown = "; ".join(" = ".join(map(repr, group)) for group in groups[:_SHOWN])
        more = f"; and {len(groups) - _SHOWN} more" if len(groups) > _SHOWN else ""
        wanted = ", ".join(f'"{each}"' for each in differences)
        lines.append(
            f"These codes are probably one customer each: {shown}{more}. To merge them, write under [customers] in "
            f"workbook.toml: same_codes = [{wanted}]."
        )
    return "".join(f"{line}\n" for line in lines)
