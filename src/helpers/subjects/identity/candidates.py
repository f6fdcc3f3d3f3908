"""Candidate pairs for record linkage: records that share a rare key (blocking), joined by the engine.

A key is a tax number, a phone, an address, a name without its legal form (in any word order), a name with any one
character deleted (so that names one edit apart share a key), or a rare word of names.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pyarrow as pa
from ibis.backends.sql import SQLBackend

from helpers.engine.connection import temporary_cursor
from helpers.subjects.identity import spelling

#: Numbers, phones and addresses shared by more records are not keys (a group's, a market hall's).
MOST_WITH_ONE_NUMBER: Final = 20
#: The same of names; of names with a character left out; and of words.
MOST_WITH_ONE_NAME, MOST_NEAR, MOST_WITH_ONE_WORD = 60, 40, 20
#: Days between the end of an old number and the start of a new one, and days of overlap, that still match.
FOLLOWS_DAYS: Final = 366
TOGETHER_DAYS: Final = 45
_ROWS_A_BATCH: Final = 400_000

#: What `compared` needs of each customer, by column.
RECORD: Final = pa.schema(
    [
        ("customer_id", pa.string()), ("name", pa.string()), ("tax_number", pa.string()), ("phone", pa.string()),
        ("address", pa.string()), ("place", pa.string()), ("town", pa.string()), ("salesperson_id", pa.string()),
        ("trade_class", pa.string()), ("first_purchase", pa.date32()), ("last_purchase", pa.date32()),
        ("mean_gap_days", pa.float64()), ("net_amount_day", pa.float64()),
    ]
)  # fmt: skip


@contextmanager
def candidates(engine: SQLBackend, records: pa.Table) -> Iterator[Iterator[pa.RecordBatch]]:
    """Yield batches of pairs that share a key, with both records' compared columns.

    Left out are pairs with different tax numbers, with names that distinguish branches, and pairs that share only a
    name if both are in use at once or the later began more than a year after.

    Parameters
    ----------
    engine
        The memory is the engine's, and what is made in it is gone at the end.
    records
        One row a customer, of `RECORD`'s columns, by customer_id.
    """
    texts = ("name", "tax_number", "phone", "address", "place", "town")
    for name in texts:
        place = records.schema.get_field_index(name)
        records = records.set_column(place, name, spelling.fold_texts(records[name]))
    with temporary_cursor(engine) as own:
        own.register("raw_records", records)
        for statement in _STATEMENTS:
            own.execute(statement)
        yield iter(own.execute(_COMPARED).arrow(_ROWS_A_BATCH))


def _count(column: str) -> str:
    count = f"count(*) OVER (PARTITION BY {column})"
    return f"CASE WHEN {column} IS NULL THEN 0 ELSE {count} END::INTEGER AS {column}_count"


_KNOWN = f"""
CREATE TEMP TABLE identity_records AS
WITH named AS (
    SELECT customer_id, row_number() OVER (ORDER BY customer_id)::INTEGER AS i, {spelling.name_sql("name")} AS core,
           {spelling.tax_sql("tax_number")} AS tax, {spelling.phone_sql("phone")} AS phone,
           {spelling.address_sql("address")} AS street, nullif(trim(place), '') AS place,
           nullif(trim(town), '') AS town, salesperson_id, trade_class,
           first_purchase, last_purchase, mean_gap_days, net_amount_day
    FROM raw_records),
known AS (
    SELECT * EXCLUDE (street), street || coalesce('|' || town, '') AS address, replace(core, ' ', '') AS joined,
           array_to_string(list_sort(string_split(core, ' ')), ' ') AS in_order, {spelling.marks_sql("core")} AS marks,
           regexp_matches(core, '\\p{{Han}}') AS is_han
    FROM named)
SELECT *, {_count("in_order")}, {_count("tax")}, {_count("phone")}, {_count("address")} FROM known
"""

_WORDS = """SELECT hash('word', word) AS k, i FROM (
    SELECT DISTINCT i, word FROM (
        SELECT i, unnest(string_split(core, ' ')) AS word FROM identity_records WHERE NOT is_han
        UNION ALL
        SELECT i, unnest([substr(joined, place::INTEGER, 3) FOR place IN range(1, length(joined) - 1)])
        FROM identity_records WHERE is_han AND length(joined) >= 3)
    WHERE length(word) >= 4 OR (length(word) = 3 AND regexp_matches(word, '\\p{Han}')))"""

_NEAR = """SELECT hash('near', k) AS k, i FROM (
    SELECT DISTINCT i, unnest([substr(joined, 1, place::INTEGER) || substr(joined, place::INTEGER + 2)
                               FOR place IN range(0, length(joined))] || [joined]) AS k
    FROM identity_records WHERE length(joined) BETWEEN 5 AND 60)"""


def _shared(keys: str, most: int) -> str:
    """Return the SQL of pairs of records that share a key held by at most so many records."""
    return f"""
INSERT INTO identity_pairs
WITH keys AS MATERIALIZED ({keys}),
few AS MATERIALIZED (SELECT k, list(i) AS members FROM keys GROUP BY k HAVING count(*) BETWEEN 2 AND {most}),
blocks AS (SELECT unnest(members) AS i, members FROM few),
pairs AS (SELECT DISTINCT i, j FROM (SELECT i, unnest(members) AS j FROM blocks) WHERE i < j)
SELECT i, j FROM pairs JOIN identity_records a USING (i)
    JOIN (SELECT * RENAME (i AS j) FROM identity_records) b USING (j)
WHERE {_WORTH}"""


_ONE_NUMBER = " OR ".join(
    f"coalesce(a.{column} = b.{column} AND a.{column}_count <= {MOST_WITH_ONE_NUMBER}, FALSE)"
    for column in ("tax", "phone", "address")
)
_STARTED = "greatest(a.first_purchase, b.first_purchase)"
_STOPPED = "CASE WHEN a.first_purchase <= b.first_purchase THEN a.last_purchase ELSE b.last_purchase END"
_BETWEEN = f"date_diff('day', {_STOPPED}, {_STARTED})"
_FOLLOWS = f"coalesce({_BETWEEN} BETWEEN -{TOGETHER_DAYS} AND {FOLLOWS_DAYS}, FALSE)"
_WORTH = f"""coalesce(a.tax = b.tax, TRUE)
    AND ({_ONE_NUMBER} OR (a.marks IS NOT DISTINCT FROM b.marks AND {_FOLLOWS}))"""

_STATEMENTS: Final = (
    _KNOWN,
    "CREATE TEMP TABLE identity_pairs (i INTEGER, j INTEGER)",
    *itertools.starmap(
        _shared,
        [
            *(
                (
                    f"SELECT hash('{column}', {column}) AS k, i FROM identity_records "
                    f"WHERE {column} IS NOT NULL",
                    most,
                )
                for column, most in (
                    ("tax", MOST_WITH_ONE_NUMBER),
                    ("phone", MOST_WITH_ONE_NUMBER),
                    ("address", MOST_WITH_ONE_NUMBER),
                    ("in_order", MOST_WITH_ONE_NAME),
                )
            ),
            (_NEAR, MOST_NEAR),
            (_WORDS, MOST_WITH_ONE_WORD),
        ],
    ),
)


def _same(column: str) -> str:
    return f"a.{column} = b.{column} AS same_{column}"


_COMPARED: Final = f"""
SELECT a.customer_id, b.customer_id AS other_id, a.joined, b.joined AS other_joined,
    a.in_order, b.in_order AS other_in_order, a.core, b.core AS other_core, a.is_han OR b.is_han AS is_han,
    a.marks IS NOT DISTINCT FROM b.marks AS same_marks,
    greatest(a.in_order_count, b.in_order_count) AS name_count, a.tax_count, a.phone_count, a.address_count,
    {_same("tax")}, {_same("phone")}, {_same("address")}, {_same("place")}, {_same("town")}, {_same("salesperson_id")},
    {_same("trade_class")},
    a.first_purchase, b.first_purchase AS other_first_purchase, a.last_purchase, b.last_purchase AS other_last_purchase,
    a.mean_gap_days, b.mean_gap_days AS other_mean_gap_days, a.net_amount_day, b.net_amount_day AS other_net_amount_day
FROM (SELECT DISTINCT i, j FROM identity_pairs) JOIN identity_records a USING (i)
    JOIN (SELECT * RENAME (i AS j) FROM identity_records) b USING (j)
ORDER BY a.customer_id, other_id
"""
