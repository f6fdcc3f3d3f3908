"""What a proposed layout does to a file: read as a report will be, with the rows that each setting takes out."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.intake.layout.arrange import HEADING, arranged, as_read_name
from helpers.intake.layout.named_currency import currency_titled
from helpers.intake.layout.rows import write_rows
from helpers.intake.proposing.layouts.blocks import Block, Layout
from helpers.intake.proposing.layouts.heads import amount, decimal_mark, is_number
from helpers.intake.proposing.layouts.parted import role_of
from helpers.intake.proposing.synonyms import ABOVE, size_of_titles
from helpers.intake.proposing.toml import toml
from helpers.intake.reading.readers import ROW, Relation, row_by_row
from helpers.intake.reading.sql import identifier
from helpers.settings.source import Exclusion, Heading, TableMap, Unpivot

if TYPE_CHECKING:
    import duckdb

#: What headings between the rows may name.
HEADING_ANSWERS = (("customer_id", "each is a customer"), ("Group", "each is a group of something else"))
#: So many rows of a file are looked at for where its table is.
LOOKED_AT = 20_000


@dataclass(frozen=True)
class Told:
    """Settings and blocks of a layout as lines of the map, with what they do, and the table that results."""

    settings: tuple[str, ...]
    blocks: tuple[tuple[str, tuple[str, ...]], ...]
    columns: dict[str, list[str]]
    rows: list[list[str]]


def tell_rows(name: str, rows: Sequence[Sequence[str]], layout: Layout) -> Told:
    """Read the beginning of a file or sheet by a layout.

    Parameters
    ----------
    name
        What it is called in messages.
    rows
        Its rows as they stand in it.
    """
    import duckdb

    aside: dict[int, list[dict[str, str]]] = {}
    sample: list[dict[str, str]] = []
    with tempfile.TemporaryDirectory() as work, duckdb.connect() as connection:
        written = write_rows(name, iter(rows), None, layout.skip, layout.header_rows, Path(work))
        read = row_by_row(name, connection, written)
        layout = replace(layout, blocks=list(layout.blocks))
        _keep_to_the_rows(connection, read, layout)
        mapped = _map_of(layout)
        places = [place for place, block in enumerate(layout.blocks) if block.key == "exclude"]
        relation = arranged(connection, read, mapped, "tables.order_lines")
        connection.execute(f"CREATE TEMP TABLE told AS SELECT * FROM {relation.sql}")
        relation = relation.over("told")
        columns = list(relation.columns)
        taken = "false"
        for number, place in enumerate(places):
            exclusion = mapped.exclude[number]
            holds = as_read_name(number) if exclusion.as_read else f"coalesce({exclusion.where}, false)"
            aside.setdefault(place, []).extend(_fetch(connection, relation, f"NOT ({taken}) AND {holds}"))
            taken += f" OR {holds}"
        if mapped.headings:
            place = next(n for n, block in enumerate(layout.blocks) if block.key == "headings")
            aside.setdefault(place, []).extend(_fetch(connection, relation, f"NOT ({taken}) AND {HEADING}"))
            taken += f" OR {HEADING}"
        sample += _fetch(connection, relation, f"NOT ({taken})", LOOKED_AT)
    money = _money(columns, sample)
    part = f" of the first {LOOKED_AT:,}" if len(rows) == LOOKED_AT else ""
    blocks = tuple(
        (block.key, tuple(_block_lines(block, aside.get(place), money, layout, part)))
        for place, block in enumerate(layout.blocks)
        if block.key != "exclude" or aside[place] or "?" in block.values.values()
    )
    by_column = {name: [row[name] for row in sample] for name in columns}
    return Told(
        tuple(_setting_lines(layout, rows)),
        blocks,
        by_column,
        [[row[name] for name in columns] for row in sample],
    )


def _keep_to_the_rows(connection: duckdb.DuckDBPyConnection, read: Relation, layout: Layout) -> None:
    """Name the rows one by one where the condition of an exclusion would also hold of rows that are data."""
    relation = arranged(connection, read, _map_of(layout), "tables.order_lines")
    for place, block in enumerate(layout.blocks):
        if block.key != "exclude" or not block.values.get("as_read"):
            continue
        number = sum(each.key == "exclude" for each in layout.blocks[:place])
        found = connection.execute(f"SELECT DISTINCT {ROW} FROM {relation.sql} WHERE {as_read_name(number)}")
        rows = {row for (row,) in found.fetchall()}
        if rows & layout.lines:
            listed = ", ".join(map(str, sorted(rows - layout.lines))) or "0"
            values = block.values | {"where": f"({block.values['where']}) AND {ROW} IN ({listed})"}
            layout.blocks[place] = replace(block, values=values)


def _map_of(layout: Layout) -> TableMap:
    """Return the map of a layout; what it asks is answered as well as can be, to see the rest."""
    answers = {
        "column": "Group",
        "value": "net_amount",
        "year": 2024,
        "begins": "FY2024 = 2024-01",
        "date_format": "%d/%m/%Y",
        "where": "false",
    }
    blocks = [
        (block.key, {key: answers[key] if value == "?" else value for key, value in block.values.items()})
        for block in layout.blocks
    ]
    return TableMap(
        exclude=[Exclusion.model_validate(values) for key, values in blocks if key == "exclude"],
        headings=[Heading.model_validate(values) for key, values in blocks if key == "headings"],
        unpivot=next((Unpivot.model_validate(values) for key, values in blocks if key == "unpivot"), None),
        fill_down=layout.fill_down,
        fill_within=layout.fill_within,
        side_by_side={
            name: str(of) for key, values in blocks if key == "side_by_side" for name, of in values.items()
        },
    )


def _fetch(
    connection: duckdb.DuckDBPyConnection, relation: Relation, condition: str, limit: int | None = None
) -> list[dict[str, str]]:
    listed = ", ".join(
        f"coalesce(trim(CAST({identifier(name)} AS VARCHAR)), '')" for name in relation.columns
    )
    most = "" if limit is None else f"LIMIT {limit}"
    found = connection.execute(
        f"SELECT {listed} FROM {relation.sql} WHERE {condition} ORDER BY {ROW} {most}"
    ).fetchall()
    return [dict(zip(relation.columns, row, strict=True)) for row in found]


def _money(columns: Sequence[str], sample: Sequence[dict[str, str]]) -> tuple[str, str] | None:
    """Name the column of money, and its decimal mark."""
    numeric = [name for name in columns if any(is_number(row[name]) for row in sample)]
    name = next((each for each in numeric if role_of(each, ("net_amount",))), None)
    if name is None:
        return None
    return name, decimal_mark([row[name] for row in sample])


def _block_lines(
    block: Block,
    rows: Sequence[dict[str, str]] | None,
    money: tuple[str, str] | None,
    layout: Layout,
    part: str,
) -> list[str]:
    lines = [f"# {block.comment}"] if block.comment else []
    if rows is not None:
        sums = [] if money is None else [amount(row[money[0]], money[1]) for row in rows]
        total = sum((value for value in sums if value is not None), Decimal(0))
        worth = f", {total:,.2f} of {money[0]}" if money is not None else ""
        example = next((" ".join(filter(None, row.values())) for row in rows), "")
        such = f", such as {toml(example[:60])}" if example else ""
        lines.append(f"# {len(rows)} {'row' if len(rows) == 1 else 'rows'}{part}{worth}{such}")
    for key, value in block.values.items():
        is_open = value == "?"
        answers = HEADING_ANSWERS if key == "column" else layout.answers.get(key, ())
        lines += [f"#   {toml(answer)}  # {means}" for answer, means in answers if is_open]
        asks = layout.questions.get(key) if is_open else None
        name = key if re.fullmatch("[A-Za-z0-9_-]+", key) else toml(key)
        lines.append(f"{name} = {toml(value)}" + (f"  # {asks}" if asks else ""))
    return lines


def _setting_lines(layout: Layout, rows: Sequence[Sequence[str]]) -> list[str]:
    above = " / ".join(" ".join(filter(None, row)) for row in rows[: layout.skip] if any(row))
    lines = [f"skip = {layout.skip}"]
    if above:
        told = f"{ABOVE}, which stands in line {layout.skip + 1}: "
        # What says how large amounts are, and of which currency, is read from here, however far behind it stands.
        lines.append(
            told + (above if size_of_titles([told + above])[1] or currency_titled(above) else above[:120])
        )
    if layout.header_rows > 1:
        lines.append(f"header_rows = {layout.header_rows}  # such as {layout.names[-2:]}")
    if layout.fill_down:
        within = "" if layout.fill_within is None else ", within a document"
        lines.append(
            f"# On the first line of a document, or of what it is of, only: blank is as above{within}:"
        )
        lines.append(f"fill_down = {toml(layout.fill_down)}")
        lines += [f"fill_within = {toml(layout.fill_within)}"] if layout.fill_within is not None else []
    return lines
