"""The first draft of a map: what the columns of an export seem to be, for a person to approve."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from helpers.intake import contracts
from helpers.intake.proposing.grouping import grouped
from helpers.intake.proposing.samples import Sample, read_samples
from helpers.intake.proposing.synonyms import (
    COLUMN_WORDS,
    CURRENCY_MARKS,
    CUSTOMER_NAME_WORDS,
    TABLE_WORDS,
    UNIT_PRICE_WORDS,
    plain,
    unit,
)
from helpers.intake.proposing.values import credit_lines, format_lines
from helpers.intake.reading.sql import identifier
from helpers.settings.source import TABLE_NAMES, TableName

#: Up to this share of rows that repeat they are lines alike of one document; more are rows exported twice.
_FEW_REPEATED = 0.05


def propose_map(data: Path | str | Sequence[Path | str]) -> str:
    """Propose a ``workbook.toml`` for an export, from its headers and first rows.

    Each file goes to the standard table that most of its columns fit. Columns that nothing is made of stand
    as comments, as do columns that are needed and not found, and dates that can be read in two ways, with
    both readings.

    Parameters
    ----------
    data
        As for :func:`helpers.intake.read_tables`.

    Returns
    -------
    str
        TOML that :func:`helpers.settings.config.load_settings` reads.

    Raises
    ------
    WorkbookError
        There is nothing to read.
    """
    samples, unreadable, files = read_samples(data)
    chosen: dict[TableName, list[Sample]] = {}
    left: list[str] = []
    for sample in samples:
        table = _table_of(sample)
        if table is None:
            where = f"{sample.sheet} of {sample.file}" if sample.sheet else sample.file or sample.name
            left.append(f"{where} (columns {', '.join(list(sample.columns)[:6])})")
        else:
            chosen.setdefault(table, []).append(sample)
    lines = ["# Proposed by `workbook init` from the headers. Check every line before the first report.", ""]
    lines += ["[report]", '# company = "..."', _currency_line(samples), ""]
    for table in TABLE_NAMES:
        fitting = sorted(
            grouped(table, chosen.get(table, []), files), key=lambda sample: -_fit(table, sample)
        )
        for place, sample in enumerate(fitting):
            text = _table_lines(table, sample)
            # A second candidate for one table is shown, not chosen.
            lines += [line and f"# {line}" for line in text] if place else text
    lines += [f"# Not recognised as a standard table: {each}." for each in left]
    lines += [f"# Could not be read: {each}" for each in unreadable]
    return "\n".join(lines).rstrip() + "\n"


def _currency_line(samples: Sequence[Sample]) -> str:
    """Give the currency that the heads of amounts name, where all name one."""
    marks = {unit(column) for sample in samples for column in sample.columns}
    codes = {CURRENCY_MARKS[mark] for mark in marks if mark in CURRENCY_MARKS}
    return f'currency = "{codes.pop()}"' if len(codes) == 1 else '# currency = "EUR"'


def _table_lines(table: TableName, sample: Sample) -> list[str]:
    found, unmatched = match_columns(table, list(sample.columns))
    lines = [f"[tables.{table}]", *sample.settings]
    lines += sample.comments
    rows = max(map(len, sample.columns.values()), default=0)
    if table == "order_lines" and "line_no" not in found and 0 < len(sample.repeated) <= _FEW_REPEATED * rows:
        lines.append(
            f"repeats_lines = true  # so {len(sample.repeated)} rows that stand there twice count twice, such as "
            f"{sample.repeated[0][:80]!r}; without it, once"
        )
    kinds = {column.name: column.kind for column in contracts.columns(table)}
    lines += format_lines(
        kinds, {name: sample.columns[source] for name, source in found.items()}, sample.typed_dates
    )
    credits, signed = (
        credit_lines(found, kinds, sample.columns, sample.as_text) if table == "order_lines" else ([], set())
    )
    lines += ["", f"[tables.{table}.columns]"]
    lines += [
        f"{name} = {json.dumps(list(sample.called.get(source, ())) or source, ensure_ascii=False)}"
        for name, source in found.items()
        if name not in signed
    ]
    if table == "order_lines" and "customer_id" not in found:
        by_name = next((column for column in unmatched if plain(column) in CUSTOMER_NAME_WORDS), None)
        if by_name is not None:
            found["customer_id"] = by_name
            unmatched.remove(by_name)
            lines.append(
                f"customer_id = {json.dumps(by_name, ensure_ascii=False)}  # by name: no number was found"
            )
    if unmatched:
        lines.append(
            f"# Nothing is made of: {', '.join(json.dumps(name, ensure_ascii=False) for name in unmatched)}"
        )
    needed = [column.name for column in contracts.columns(table) if column.required]
    missing = [name for name in (*needed, *contracts.NEEDED_COLUMNS.get(table, ())) if name not in found]
    derived = _derived(table, found, list(sample.columns)) if "net_amount" in missing else None
    for name in missing:
        if not (name == "net_amount" and derived):
            lines.append(f'# {name} is needed and was not found: {name} = "..."')
    if credits:
        lines += ["", f"[tables.{table}.derived]", *credits]
    elif derived:
        lines += ["", f"[tables.{table}.derived]", f"net_amount = {json.dumps(derived, ensure_ascii=False)}"]
    return [*lines, ""]


def _derived(table: TableName, found: dict[str, str], columns: list[str]) -> str | None:
    """Give a net amount from quantity and unit price, where the file has these."""
    price = next((column for column in columns if plain(column) in UNIT_PRICE_WORDS), None)
    if table != "order_lines" or price is None or "quantity" not in found:
        return None
    return " * ".join(
        f"TRY_CAST({identifier(column)} AS DECIMAL(18,4))" for column in (found["quantity"], price)
    )


def match_columns(table: TableName, columns: list[str]) -> tuple[dict[str, str], list[str]]:
    """Which column of a file each standard column seems to be, and which columns are left."""
    by_plain: dict[str, str] = {}
    for column in columns:
        by_plain.setdefault(plain(column), column)
    found: dict[str, str] = {}
    # A column that bears the standard name goes before one that bears a synonym.
    for place in range(1 + max(map(len, COLUMN_WORDS.values()))):
        for each in contracts.columns(table):
            words = (plain(each.name), *COLUMN_WORDS[each.name])
            if each.name not in found and place < len(words):
                source = by_plain.get(words[place])
                if source is not None and source not in found.values():
                    found[each.name] = source
    ordered = {each.name: found[each.name] for each in contracts.columns(table) if each.name in found}
    return ordered, [column for column in columns if column not in found.values()]


def _table_of(sample: Sample) -> TableName | None:
    """Find the table that a sample fits best, by name, needed columns, and columns at all."""
    best = max(TABLE_NAMES, key=lambda table: _fit(table, sample))
    return best if _fit(best, sample) > 0 else None


def _fit(table: TableName, sample: Sample) -> float:
    found, _ = match_columns(table, list(sample.columns))
    needed = [column.name for column in contracts.columns(table) if column.required]
    if table == "order_lines" and "quantity" in found and _derived(table, found, list(sample.columns)):
        found["net_amount"] = ""
    share = sum(name in found for name in needed) / len(needed)
    name = plain(Path(sample.name).stem)
    named = max((len(word) / len(name) for word in TABLE_WORDS[table] if name and word in name), default=0)
    return share + named + len(found) / 10 if share + named >= 0.75 else 0.0
