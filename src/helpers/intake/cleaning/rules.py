"""How a source's value becomes a contract's value, and what it means when it does not.

Each column is read twice: as clean text (what the source says, for the reason given in quarantine) and as the
contract's type. A value that is there but has no type breaks a rule; it is never guessed at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from helpers.intake.contracts import Column
from helpers.intake.reading.sql import literal
from helpers.settings.config import FileFormat

_BLANKS = "' \t\r\n\u00a0\u3000\ufeff'"
#: A date as ISO 8601 writes it, with or without a time.
ISO_DATE = "'^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ T][0-9].*)?$'"
_FLOATS = ("DOUBLE", "FLOAT")
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_MONEY = "DECIMAL(18,4)"

#: A date that can be read in two ways unless its format is declared.
AMBIGUOUS_DATE = r"'^[0-9]{1,4}[./\-年 ][0-9]{1,2}[./\-月 ][0-9]{1,4}日?([ T].*)?$'"


@dataclass(frozen=True)
class Value:
    """SQL of one standard column: clean text, typed value, and the rule where one is not the other."""

    column: Column
    text: str
    typed: str
    rule: str
    reason: str


def clean_text(expression: str, engine_type: str) -> str:
    """Write the SQL of a source value as text: no blanks around, empty is NULL, no ``.0``."""
    if engine_type in _FLOATS:
        whole = f"{expression} = trunc({expression}) AND abs({expression}) < 1e15"
        return (
            f"CASE WHEN isnan({expression}) THEN NULL WHEN {whole} THEN CAST(CAST({expression} AS BIGINT) "
            f"AS VARCHAR)"
            f" ELSE CAST({expression} AS VARCHAR) END"
        )
    if engine_type == "VARCHAR":
        # Trimming more than spaces is slow, and nearly no value needs it: first a look at whether one does.
        clean = f"regexp_full_match({expression}, '[!-~]([ -~]*[!-~])?')"
        return f"CASE WHEN {clean} THEN {expression} ELSE nullif(trim({expression}, {_BLANKS}), '') END"
    return f"CAST({expression} AS VARCHAR)"


def identifier_text(text: str) -> str:
    """Write the SQL of an id: ``17850.0`` of an export loses its ``.0``; leading zeros stay."""
    whole = rf"regexp_replace({text}, '^([0-9]+)\.0$', '\1')"
    return f"CASE WHEN ends_with({text}, '.0') THEN {whole} ELSE {text} END"


def read_value(
    column: Column, raw: str, text: str, engine_type: str, file: FileFormat, typed_dates: bool
) -> Value:
    """Write the SQL that reads one column.

    Parameters
    ----------
    raw, text
        SQL of the source's value, and of its clean text (:func:`clean_text`).
    engine_type
        The engine's type of ``raw``.
    file
        Date format and decimal separator that are declared.
    typed_dates
        ISO 8601 dates are right whatever format is declared.
    """
    kind = column.kind
    if kind == "id":
        return Value(column, text, identifier_text(text), "wrong_type", "cannot be read")
    if kind == "text":
        return Value(column, text, text, "wrong_type", "cannot be read")
    if kind in ("money", "quantity", "score"):
        return Value(
            column,
            text,
            _number(kind, raw, text, engine_type, file.decimal),
            "wrong_type",
            _number_reason(file),
        )
    if kind in ("date", "timestamp"):
        return _moment(column, raw, text, engine_type, file, typed_dates)
    if kind == "code":
        code = f"upper({text})"
        typed = f"CASE WHEN regexp_full_match({code}, '[A-Z]{{3}}') THEN {code} END"
        return Value(column, text, typed, "wrong_type", "is not a currency code of three letters")
    if kind == "period":
        plain = f"upper(replace({text}, ' ', ''))"
        typed = (
            f"CASE WHEN regexp_full_match({plain}, '[0-9]{{4}}(-(Q[1-4]|0[1-9]|1[0-2]))?') THEN {plain}"
            f" WHEN regexp_full_match({plain}, '[0-9]{{4}}Q[1-4]') THEN left({plain}, 4) || '-' || "
            f"right({plain}, 2) END"
        )
        return Value(column, text, typed, "wrong_type", "is no period; write 2026, 2026-Q3 or 2026-10")
    word = f"regexp_replace(lower({text}), '[ -]+', '_', 'g')"
    choices = ", ".join(literal(choice) for choice in column.choices)
    return Value(
        column,
        text,
        f"CASE WHEN {word} IN ({choices}) THEN {word} END",
        "not_in_list",
        f"is none of {', '.join(column.choices)}",
    )


def _number_reason(file: FileFormat) -> str:
    if file.decimal is None:
        return 'is not a number; for a decimal comma or thousands separators declare decimal = "," or "."'
    return f"is not a number with '{file.decimal}' before the decimals"


def _number(kind: str, raw: str, text: str, engine_type: str, decimal: str | None) -> str:
    target = "DOUBLE" if kind == "score" else _MONEY
    if engine_type != "VARCHAR":
        if engine_type in _FLOATS:
            return f"CASE WHEN isfinite({raw}) THEN TRY_CAST({raw} AS {target}) END"
        return f"TRY_CAST({raw} AS {target})"
    if decimal is None and kind != "score":
        # The engine's cast is as strict as we are, but for the underscores of 1_000.
        return f"CASE WHEN NOT contains({text}, '_') THEN TRY_CAST({text} AS {target}) END"
    if decimal is None:
        # Cast to a float, the engine would also take words such as "nan" for numbers.
        shape = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
        return f"CASE WHEN regexp_full_match({text}, '{shape}') THEN TRY_CAST({text} AS {target}) END"
    group, point = (".", ",") if decimal == "," else (",", ".")
    shape = rf"[+-]?([0-9]{{1,3}}([{group}][0-9]{{3}})+|[0-9]+)?([{point}][0-9]+)?"
    plain = f"replace(replace({text}, '{group}', ''), '{point}', '.')"
    return f"CASE WHEN regexp_full_match({text}, '{shape}') THEN TRY_CAST({plain} AS {target}) END"


def _moment(
    column: Column, raw: str, text: str, engine_type: str, file: FileFormat, typed_dates: bool
) -> Value:
    target = "DATE" if column.kind == "date" else "TIMESTAMP"
    if engine_type == "DATE" or engine_type.startswith("TIMESTAMP"):
        return Value(column, text, f"CAST({raw} AS {target})", "wrong_date", "is not a date")
    if column.kind == "date":
        # The day as it is written: a time zone behind the time must not move it.
        day = f"TRY_CAST(split_part(replace({text}, 'T', ' '), ' ', 1) AS DATE)"
        moment = f"regexp_matches({text}, {ISO_DATE}) AND TRY_CAST({text} AS TIMESTAMP) IS NOT NULL"
        plain = f"length({text}) = 10 AND {text}[5] = '-' AND {text}[8] = '-'"
        iso = f"CASE WHEN {plain} THEN TRY_CAST({text} AS DATE) WHEN {moment} THEN {day} END"
    else:
        iso = f"CASE WHEN regexp_matches({text}, {ISO_DATE}) THEN TRY_CAST({text} AS TIMESTAMP) END"
    if file.date_format is None:
        return Value(column, text, iso, "wrong_date", "is not a date of the form 2026-04-03")
    typed = f"CAST(try_strptime({text}, {literal(file.date_format)}) AS {target})"
    if typed_dates:
        typed = f"coalesce({iso}, {typed})"
    return Value(column, text, typed, "wrong_date", f"is not a date of the form {file.date_format}")


def ambiguous_date_message(place: str, table: str, value: str) -> str:
    """Say both readings of a date whose format is not declared, or the one way it can be meant."""
    proposals = date_readings(value)
    readings = " or ".join(f'{day} (date_format = "{form}")' for form, day in proposals)
    meant = f"can mean {readings}" if readings else "is no ISO 8601 date"
    return (
        f"{place}: '{value}' {meant}. Dates are never guessed: declare date_format under [source] or "
        f"[tables.{table}] "
        "in workbook.toml, or export them as 2026-04-03."
    )


def date_readings(value: str) -> list[tuple[str, str]]:
    """Give the formats that a date text fits, each with the day that it then means (ISO 8601)."""
    shapes = [("%Y年%m月%d日",)] if "年" in value else []
    day_part = value.split(" ")[0].split("T")[0]
    separator = next((mark for mark in "/.-" if mark in day_part), "")
    orders = ("%d{0}%m{0}%Y", "%m{0}%d{0}%Y", "%Y{0}%m{0}%d", "%d{0}%m{0}%y", "%m{0}%d{0}%y")
    formats = [shape[0] for shape in shapes] + [order.format(separator) for order in orders]
    times = ("", " %H:%M", " %H:%M:%S", " %I:%M %p")
    found: dict[str, str] = {}
    for form in (day + time for day in formats for time in times):
        moment = _parsed(value, form)
        if moment is not None and moment.date().isoformat() not in found.values():
            found[form] = moment.date().isoformat()
    return list(found.items())


def fits(value: str, form: str) -> bool:
    """Whether a date text has a format."""
    return _parsed(value, form) is not None


def is_iso_date(value: str) -> bool:
    """Whether a text is written as ISO 8601 writes dates."""
    return re.match(ISO_DATE.strip("'"), value) is not None


def _parsed(value: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(value, form)
    except ValueError:
        return None
