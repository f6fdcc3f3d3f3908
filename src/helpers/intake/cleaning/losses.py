"""What is lost or misread in one way everywhere: an error, however small its share of the rows.

Single slips go to quarantine. But where every row of one kind is set aside (all returns, all rows of a currency, of a
file, of a month, of a salesperson, of a type of document), or rows are set aside because their notation is not
declared, the figures would be wrong in one direction: the run stops and says which setting is missing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from helpers.errors import WorkbookError
from helpers.intake import contracts
from helpers.intake.cleaning.staging import Stage
from helpers.intake.cleaning.verdicts import location
from helpers.intake.reading.readers import ROW
from helpers.intake.reading.sql import Connection, identifier, literal
from helpers.intake.values import moments, notations, rules
from helpers.settings.source import TableMap

#: A single row of a kind may be a slip.
_LEAST_ROWS = 2
#: So many different texts of a column are looked at.
_MAX_TEXTS = 20_000
_NUMBER_KINDS = ("money", "quantity", "score")
#: Columns whose values are kinds of rows, and how a message calls a row of that kind.
_KINDS = {
    "currency": "in {}", "salesperson_id": "of the salesperson {}", "channel": "of the channel {}",
    "kind": "of the kind {}", "method": "of the method {}", "metric": "of the metric {}", "scope_type": "for {}",
}  # fmt: skip
#: Of the source's own columns those tell kinds, such as a type of document, that have so few values in so many rows.
_MAX_KINDS, _LEAST_ROWS_A_KIND = 20, 5
#: Numbers that can only be read one way: 1,234.50 or 1,234,567; 1.234,50 or 12,5.
POINT = re.compile(r"-?\d{1,3}(,\d{3})+\.\d+|-?\d{1,3}(,\d{3}){2,}")
#: A point before decimals, which needs no setting.
POINT_ALONE = re.compile(r"-?\d+\.(\d{1,2}|\d{4,})|-?\d{4,}\.\d{3}")
COMMA = re.compile(r"-?\d{1,3}(\.\d{3})+,\d+|-?\d{1,3}(\.\d{3}){2,}|-?\d+,(\d{1,2}|\d{4,})")
_NEGATIVE = "'^[-(−–▲△] *[^-(−–▲△0-9]{0,4}[0-9]|[0-9][-−–]$|[0-9] *[Cc][Rr][.]?$'"


def check_losses(connection: Connection, stage: Stage) -> None:
    """Stop where all rows of one kind are set aside.

    Raises
    ------
    WorkbookError
        The message names the kind, an example with its place, and what to declare.
    """
    lost = _losing_problems(stage)
    kept, lost_rows = connection.execute(
        f"SELECT count(*) FILTER (WHERE __problem = 0), count(*) FILTER (WHERE __problem IN ({lost})) FROM {stage.name}"
    ).fetchone() or (0, 0)
    if lost_rows:
        check_notations(connection, stage, ("wrong_year",))
    if not kept:
        _check_any_left(connection, stage, lost, lost_rows)
    if lost_rows:
        for kind, condition in _kinds(connection, stage, lost):
            _stop(connection, stage, lost, kind, condition)


def _losing_problems(stage: Stage) -> str:
    """List the problems by which rows are lost to the figures; those said twice are not."""
    numbers = [
        number
        for number, problem in enumerate(stage.problems, 1)
        if problem.status == "quarantined" and problem.rule != "duplicate"
    ]
    return ", ".join(map(str, numbers or [-1]))


def _check_any_left(connection: Connection, stage: Stage, lost: str, lost_rows: int) -> None:
    """Stop where no row is left: of the order lines by whatever reason, of other tables by what is wrong with them."""
    if stage.table != "order_lines" and lost_rows < _LEAST_ROWS:
        return
    counts = dict(connection.execute(f"SELECT __problem, count(*) FROM {stage.name} GROUP BY 1").fetchall())
    rules: dict[str, int] = {}
    for number, count in sorted(counts.items()):
        rule = stage.problems[number - 1].rule
        rules[rule] = rules.get(rule, 0) + count
    if not rules:
        return
    listed = ", ".join(f"{rule} {count}" for rule, count in rules.items())
    all_rows = f"No row of {stage.table} is left: all {sum(rules.values())} are set aside ({listed})."
    if lost_rows:
        _stop(connection, stage, lost, all_rows, "true", none_left=True)
    raise WorkbookError(
        f"{all_rows} Nothing is to be reported: look at where and exclude under "
        f"[tables.{stage.table}] in workbook.toml."
    )


def check_notations(
    connection: Connection, stage: Stage, kinds: tuple[str, ...] = ("wrong_type", "wrong_date")
) -> None:
    """Stop where values are set aside, by rules of some kinds, because the way they are written is not declared."""
    columns = {column.name: column for column in contracts.columns(stage.table)}
    for number, problem in enumerate(stage.problems, 1):
        column = columns.get(problem.column or "")
        if column is None or problem.rule not in kinds:
            continue
        rows = connection.execute(
            f"SELECT __value, count(*) FROM {stage.name} WHERE __problem = {number} GROUP BY 1 ORDER BY 1 "
            f"LIMIT {_MAX_TEXTS}"
        ).fetchall()
        remedies: dict[str, tuple[int, str]] = {}
        for text, count in rows:
            for remedy in _remedies(stage, column, problem.rule, text):
                known, example = remedies.get(remedy, (0, text))
                remedies[remedy] = known + count, example
        found = [
            (count, remedy, example) for remedy, (count, example) in remedies.items() if count >= _LEAST_ROWS
        ]
        if not found:
            continue
        count, _, example = max(found)
        between = " Or: " if problem.rule == "wrong_date" else " "
        remedy = between.join(remedy for rows_so, remedy, _ in found if rows_so == count)
        where = _example(connection, stage, f"__problem = {number} AND __value = {literal(example)}")
        raise WorkbookError(
            f"{where}: {column.name} is '{example}', and {count} rows are written so: they would all be missing. "
            f"{remedy} If only part of a file is written so, see that it is one notation in one column: declare it "
            f"for this column under [tables.{stage.table}.formats.{column.name}]."
        )


def _remedies(stage: Stage, column: contracts.Column, rule: str, text: str) -> Iterator[str]:
    """Say what would have to be declared for a text to be read."""
    value_format = stage.formats[column.name]
    under = f"under [tables.{stage.table}] in workbook.toml."
    if column.kind in _NUMBER_KINDS:
        found, mark = notations.notations_of(text)
        missing = sorted(found - set(value_format.numbers or ()))
        if missing:
            settings = json.dumps([*(value_format.numbers or ()), *missing])
            yield f"Declare numbers = {settings} {under}"
        if mark is not None and mark not in (value_format.currency_marks or {}):
            yield f'Declare currency_marks = {{ {json.dumps(mark, ensure_ascii=False)} = "..." }}, its code, {under}'
        point, comma = (pattern.fullmatch(moments.in_ascii(text)) for pattern in (POINT, COMMA))
        if value_format.decimal is None and (point or comma):
            yield f'Declare decimal = "{"." if point else ","}" {under}'
        elif (point and value_format.decimal == ",") or (comma and value_format.decimal == "."):
            yield f"The rest of the column is read with decimal = {value_format.decimal!r}: it has two notations."
    elif column.kind in ("date", "timestamp"):
        if rule == "wrong_year":
            remedy = moments.year_cure(text)
            if "calendar" in remedy:
                yield f"{remedy} {under}"
            return
        missing = [
            pattern for pattern in moments.scripts_of(text) if pattern not in (value_format.numbers or ())
        ]
        if missing:
            yield f"Declare numbers = {json.dumps([*(value_format.numbers or ()), *missing])} {under}"
            return
        for reading, _ in moments.date_readings(text):
            forms = json.dumps([*value_format.date_formats, reading], ensure_ascii=False)
            yield f"Declare date_format = {forms} {under}"


def _kinds(connection: Connection, stage: Stage, lost: str) -> Iterator[tuple[str, str]]:
    """Name the kinds of rows that are set aside whole, each with its SQL condition."""
    lost_count = f"count(*) FILTER (WHERE __problem IN ({lost}))"
    source = f"FROM {stage.name} WHERE __problem = 0 OR __problem IN ({lost})"
    if len(stage.relations) > 1:
        for file, count in connection.execute(
            f"SELECT __file, {lost_count} {source} GROUP BY 1 HAVING {lost_count} = count(*) ORDER BY 1"
        ).fetchall():
            yield f"All {count} rows of the file {location(stage, file, None)}", f"__file = {file}"
    date = contracts.date_column(stage.table)
    if date in stage.supplied:
        month = f"CAST(date_trunc('month', {identifier(date)}) AS DATE)"
        for first, count in connection.execute(
            f"SELECT {month}, {lost_count} {source} GROUP BY 1 HAVING {month} IS NOT NULL AND {lost_count} = count(*) "
            f"AND {lost_count} >= {_LEAST_ROWS} ORDER BY 1"
        ).fetchall():
            yield f"All {count} rows of {first:%Y-%m}", f"{month} = DATE '{first}'"
    for name, template in _KINDS.items():
        if name not in stage.supplied or name not in {c.name for c in contracts.columns(stage.table)}:
            continue
        column = identifier(name)
        for value, count in connection.execute(
            f"SELECT {column}, {lost_count} {source} GROUP BY 1 HAVING {column} IS NOT NULL "
            f"AND {lost_count} = count(*) AND {lost_count} >= {_LEAST_ROWS} ORDER BY 1"
        ).fetchall():
            yield f"All {count} rows {template.format(value)}", f"{column} = {literal(value)}"
    amount = contracts.AMOUNT.get(stage.table)
    if amount:
        yield from _lost_returns(connection, stage, lost, amount)


def _lost_returns(connection: Connection, stage: Stage, lost: str, amount: str) -> Iterator[tuple[str, str]]:
    """Name the returns where all of them are set aside: one is enough where its amount cannot be read."""
    unreadable = [
        number
        for number, problem in enumerate(stage.problems, 1)
        if problem.column == amount and problem.rule == "wrong_type"
    ]
    written = (
        f"(__problem IN ({', '.join(map(str, unreadable or [-1]))}) AND regexp_matches(__value, {_NEGATIVE}))"
    )
    negative = f"({written} OR (__problem IN ({lost}) AND __amount < 0))"
    kept, negative_rows, texts = connection.execute(
        f"SELECT count(*) FILTER (WHERE __problem = 0 AND {identifier(amount)} < 0), "
        f"count(*) FILTER (WHERE {negative}), count(*) FILTER (WHERE {written}) FROM {stage.name}"
    ).fetchone() or (0, 0, 0)
    if not kept and (texts or negative_rows >= _LEAST_ROWS):
        yield f"All {negative_rows} rows with a negative {amount}", negative


def check_kinds_of_source(connection: Connection, stage: Stage, mapped: TableMap) -> None:
    """Stop where all rows that a column of the source calls alike are set aside, such as a type of document.

    Only rows set aside are kept as they were read; so the files are looked at again, where rows of a kind are lost.

    Raises
    ------
    WorkbookError
        As `check_losses`.
    """
    lost = _losing_problems(stage)
    files = connection.execute(
        f"SELECT __file FROM {stage.name} WHERE __problem IN ({lost}) GROUP BY 1 HAVING count(*) >= {_LEAST_ROWS} "
        "ORDER BY 1"
    ).fetchall()
    mapped_columns = {name for column in mapped.columns for name in mapped.names_of(column)}
    mapped_columns |= {column.name for column in contracts.columns(stage.table)}
    for (file,) in files:
        relation = stage.relations[file]
        texts = [
            name
            for name, kind in relation.columns.items()
            if kind == "VARCHAR" and name not in mapped_columns
        ]
        raw = {
            name: f"json_extract_string(__raw, {literal('$.' + json.dumps(name, ensure_ascii=False))})"
            for name in texts
        }
        values_by_column = {
            name: connection.execute(
                f"SELECT {value}, count(*) FROM {stage.name} WHERE __file = {file} AND __problem IN ({lost}) "
                f"AND {value} <> '' GROUP BY 1 HAVING count(*) >= {_LEAST_ROWS} ORDER BY 1 LIMIT {_MAX_KINDS}"
            ).fetchall()
            for name, value in raw.items()
        }
        candidates = [
            (name, value, count) for name, found in values_by_column.items() for value, count in found
        ]
        if not candidates:
            continue
        total_counts = ", ".join(
            f"count(*) FILTER (WHERE {identifier(name)} = {literal(value)})" for name, value, _ in candidates
        )
        distinct_counts = ", ".join(f"approx_count_distinct({identifier(name)})" for name, *_ in candidates)
        rows, *answers = connection.execute(
            f"SELECT count(*), {total_counts}, {distinct_counts} FROM {relation.sql}"
        ).fetchone() or (0,)
        pairs = zip(candidates, answers[: len(candidates)], answers[len(candidates) :], strict=True)
        for (name, value, count), total, values in pairs:
            is_categorical = 1 < values <= _MAX_KINDS and rows >= _LEAST_ROWS_A_KIND * values
            if is_categorical and total == count:
                kind = f"All {count} rows whose {name} is '{value}'"
                _stop(connection, stage, lost, kind, f"__file = {file} AND {raw[name]} = {literal(value)}")


def _stop(
    connection: Connection, stage: Stage, lost: str, kind: str, condition: str, *, none_left: bool = False
) -> None:
    chosen = f"__problem IN ({lost}) AND ({condition})"
    number, value = connection.execute(
        f"SELECT __problem, __value FROM {stage.name} WHERE {chosen} ORDER BY __file, {ROW} LIMIT 1"
    ).fetchone() or (0, "")
    if not none_left:
        kind = f"{kind} of {stage.table} are set aside: figures without them would be wrong in one direction."
    raise WorkbookError(
        f"{kind} For example {_example(connection, stage, chosen)}: "
        f"{stage.problems[number - 1].sentence.format(value)} Correct the data "
        "or the map, or exclude such rows in the map with a reason."
    )


def _example(connection: Connection, stage: Stage, condition: str) -> str:
    file, row = connection.execute(
        f"SELECT __file, {ROW} FROM {stage.name} WHERE {condition} ORDER BY __file, {ROW} LIMIT 1"
    ).fetchone() or (0, None)
    return location(stage, file, row)


def check_currencies(connection: Connection, stage: Stage, report_currency: str) -> None:
    """Stop where a line without a currency belongs to an order in another currency than the report's."""
    if stage.table != "order_lines" or "currency" not in stage.supplied:
        return
    foreign = (
        f"SELECT order_id FROM {stage.name} WHERE __problem = 0 AND currency <> {literal(report_currency)} "
        "AND order_id IS NOT NULL"
    )
    condition = f"__problem = 0 AND currency IS NULL AND order_id IN ({foreign})"
    found = connection.execute(
        f"SELECT count(*), min(order_id) FROM {stage.name} WHERE {condition}"
    ).fetchone()
    if found and found[0]:
        raise WorkbookError(
            f"{_example(connection, stage, condition)}: the line has no currency, and other lines of the order "
            f"{found[1]} have one that is not {report_currency}; so it is in {found[0]} lines. If blank means as above,"
            ' declare fill_down = ["..."] with the currency\'s column under [tables.order_lines] in workbook.toml.'
        )


def check_words(connection: Connection, stage: Stage) -> None:
    """Stop where an id is a word that programs write for nothing, and the map does not say what it is here."""
    words = ", ".join(map(literal, rules.WORDS_FOR_NOTHING))
    for column in contracts.columns(stage.table):
        if (
            column.kind != "id"
            or column.name not in stage.supplied
            or stage.formats[column.name].nothing is not None
        ):
            continue
        name = identifier(column.name)
        found = connection.execute(
            f"SELECT {name}, count(*) FROM {stage.name} WHERE __problem = 0 AND {name} IN ({words}) "
            "GROUP BY 1 ORDER BY 2 DESC, 1"
        ).fetchall()
        if found:
            where = _example(connection, stage, f"__problem = 0 AND {name} = {literal(found[0][0])}")
            listed = json.dumps([word for word, _ in found], ensure_ascii=False)
            raise WorkbookError(
                f"{where}: {column.name} is '{found[0][0]}', in {sum(count for _, count in found)} rows in all. "
                f"Declare nothing = {listed} under [source] or [tables.{stage.table}] in workbook.toml where it says "
                "that there is none, or nothing = [] where it is a name."
            )


def check_marks(connection: Connection, stage: Stage) -> None:
    """Stop where all numbers with a mark in them can be read in two ways: 1.234 is 1234, or a little more than 1."""
    for column in contracts.columns(stage.table):
        form = stage.formats.get(column.name)
        if (
            column.kind not in _NUMBER_KINDS
            or column.name not in stage.supplied
            or form is None
            or form.decimal
        ):
            continue
        texts = [
            f"SELECT {found[column.name]} AS text FROM {sql}"
            for sql, found in stage.sources
            if column.name in found
        ]
        if not texts:
            continue
        name = identifier(column.name)
        has_decimals = f"{name} <> floor({name})"
        most, least = connection.execute(
            f"SELECT max(abs({name})), min(abs({name})) FILTER (WHERE {has_decimals}) FROM {stage.name}"
        ).fetchone() or (None, None)
        if least is None or most is None or least < 1 or most >= 1000:
            continue
        grouped = "regexp_full_match(trim(text), '[+-]?[1-9][0-9]{0,2}([.][0-9]{3})+')"
        ambiguous, clear, example = connection.execute(
            f"SELECT count(*) FILTER (WHERE {grouped}), count(*) FILTER (WHERE contains(text, '.') AND NOT {grouped}), "
            f"min(text) FILTER (WHERE {grouped}) FROM ({' UNION ALL '.join(texts)}) AS texts"
        ).fetchone() or (0, 0, "")
        if ambiguous and not clear:
            raise WorkbookError(
                f"{location(stage, 0, None)}, column {column.name}: '{example}' can mean"
                f' {example.replace(".", "")} (decimal = ",") or {example} (decimal = "."), and so can each of the '
                f"{ambiguous} numbers with a mark in them. Numbers are never guessed: declare decimal under "
                f"[tables.{stage.table}] or [tables.{stage.table}.formats.{column.name}] in workbook.toml."
            )
