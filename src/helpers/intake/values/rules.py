"""How a source's value becomes a contract's value, and what it means when it does not.

Each column is read twice: as clean text (what the source says, for the reason given in quarantine) and as the
contract's type. A value that is there but has no type breaks a rule; it is never guessed at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from helpers.intake.contracts import Column
from helpers.intake.reading.inside.xlsx import NOT_COMPUTED
from helpers.intake.reading.sql import literal, stripped_sql
from helpers.intake.values.moments import ascii_sql, moment_sql, years_sql
from helpers.intake.values.notations import number_sql
from helpers.settings.source import ValueFormat

_FLOATS = ("DOUBLE", "FLOAT")
#: The engine's types of numbers, without their digits.
NUMBERS = (*_FLOATS, "DECIMAL", "BIGINT", "INTEGER", "SMALLINT", "TINYINT", "HUGEINT",
           "UBIGINT", "UINTEGER", "USMALLINT", "UTINYINT")  # fmt: skip
_MONEY = "DECIMAL(18,4)"

#: What a spreadsheet shows in a cell whose formula failed.
ERROR_CELLS = (
    "#N/A",
    "#REF!",
    "#VALUE!",
    "#DIV/0!",
    "#NAME?",
    "#NUM!",
    "#NULL!",
    "#SPILL!",
    "#CALC!",
    "#GETTING_DATA",
    NOT_COMPUTED,
)
#: Words that programs write where there is nothing; as an id they would be one customer who buys a lot.
WORDS_FOR_NOTHING = (
    "NULL", "null", "(null)", "N/A", "n/a", "None", "nan", "NaN", "<NA>", "\\N", "-", "--", "—", "无",
    "00.00.0000", "00/00/0000", "0000/00/00", "0000-00-00", "0000-00-00 00:00:00",
)  # fmt: skip


#: What stands for a word of a closed list in Chinese sheets of ours, and what people write in its place.
OTHER_WORDS = {
    "已完成": "done", "完成": "done", "未完成": "not_done", "没完成": "not_done",
    "已放弃": "dropped", "放弃": "dropped",
    "已成交": "won", "成交": "won", "赢单": "won", "已下单": "won", "未成交": "lost", "丢单": "lost", "输单": "lost",
    "已过期": "expired", "过期": "expired", "已失效": "expired", "进行中": "open", "跟进中": "open", "未决": "open",
}  # fmt: skip


@dataclass(frozen=True)
class Value:
    """SQL of one standard column: clean text, typed value, and the rule where one is not the other."""

    column: Column
    text: str
    typed: str
    rule: str
    reason: str
    is_text: bool = False
    """Whether the source has it as text, so that anything may stand in it."""
    rounded: str = ""
    """SQL of whether the typed value says less than the source: it has more than four decimals. Empty: never."""


def source_text(expression: str, engine_type: str, form: ValueFormat) -> str:
    """Write the SQL of a source value as clean text; NULL where it is a word declared to say that there is nothing."""
    text = clean_text(expression, engine_type)
    if not form.nothing:
        return text
    words = ", ".join(literal(word.lower()) for word in form.nothing)
    shown = text if engine_type == "VARCHAR" else f"CAST({expression} AS VARCHAR)"
    return f"CASE WHEN lower({shown}) NOT IN ({words}) THEN {text} END"


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
        # Nearly no value needs it: first a look at whether one does.
        clean = f"regexp_full_match({expression}, '[!-~]([ -~]*[!-~])?')"
        return f"CASE WHEN {clean} THEN {expression} ELSE {stripped_sql(expression)} END"
    return f"CAST({expression} AS VARCHAR)"


def is_float(engine_type: str) -> bool:
    """Whether values of an engine's type may be infinite, or no number."""
    return engine_type in _FLOATS


def is_typed(kind: str, engine_type: str) -> bool:
    """Whether a number, or a date, is one in the source already, so that nothing is read out of a text."""
    if kind in ("date", "timestamp"):
        return engine_type == "DATE" or engine_type.startswith("TIMESTAMP")
    return kind in ("money", "quantity", "score") and engine_type.split("(")[0] in NUMBERS


def is_exact(
    kind: str, expression: str, engine_type: str, form: ValueFormat, years: tuple[int, int] | None
) -> str | None:
    """Write the SQL condition of a number, or a date within some years, that the engine's own cast reads as we do.

    One look at a column tells then that nothing else need be asked of it. None where the engine might read otherwise.
    """
    if kind in ("money", "quantity") and is_float(engine_type):
        return f"abs({expression}) < 9e13"  # is a number, and fits
    if engine_type != "VARCHAR" or form.nothing:
        return None
    if kind in ("money", "quantity") and form.decimal != "," and not form.numbers and not form.currency_marks:
        return f"regexp_full_match({expression}, '-?[0-9]{{1,13}}([.][0-9]+)?')"
    if years is not None and not (form.date_formats or form.calendar or form.time_zone):
        day = f"TRY_CAST({expression} AS DATE)"
        iso = f"regexp_full_match({expression}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')"
        return f"{iso} AND NOT ({years_sql(day, years)})"
    return None


def is_plain(text: str) -> str:
    """Write the SQL condition of a text that is an id, or a text, just as it is written.

    One look at each of a column's different values tells that nothing of what else may be asked of them can hold:
    blanks around them, marks of what a spreadsheet puts in their place, words for nothing, a ``.0``. Others may be as
    they are too: of those each question is asked by itself.
    """
    words = ", ".join(map(literal, WORDS_FOR_NOTHING))
    shape = '[!-"$-*,-~]([ -*,-~]*[!-*,-~])?'
    return f"regexp_full_match({text}, {literal(shape)}) AND NOT ends_with({text}, '.0') AND {text} NOT IN ({words})"


def identifier_text(text: str) -> str:
    """Write the SQL of an id: ``17850.0`` of an export loses its ``.0``; leading zeros stay."""
    whole = rf"regexp_replace({text}, '^([0-9]+)\.0$', '\1')"
    return f"CASE WHEN ends_with({text}, '.0') THEN {whole} ELSE {text} END"


def read_value(
    column: Column,
    raw: str,
    text: str,
    engine_type: str,
    file: ValueFormat,
    typed_dates: bool,
    periods_a_year: int = 12,
) -> Value:
    """Write the SQL that reads one column.

    Parameters
    ----------
    raw, text
        SQL of the source's value, and of its clean text (:func:`clean_text`).
    engine_type
        The engine's type of ``raw``.
    file
        How dates and numbers are declared to be written.
    typed_dates
        ISO 8601 dates are right whatever format is declared.
    periods_a_year
        How many the company's year has: ``FY2026-P13`` is one of thirteen.
    """
    value = _read(column, raw, text, engine_type, file, typed_dates, periods_a_year)
    return replace(value, is_text=engine_type == "VARCHAR")


def _read(
    column: Column,
    raw: str,
    text: str,
    engine_type: str,
    file: ValueFormat,
    typed_dates: bool,
    periods_a_year: int,
) -> Value:
    kind = column.kind
    if kind == "id":
        return Value(column, text, identifier_text(text), "wrong_type", "cannot be read")
    if kind == "text":
        return Value(column, text, text, "wrong_type", "cannot be read")
    if kind in ("money", "quantity", "score"):
        return Value(
            column,
            text,
            _number(kind, raw, text, engine_type, file),
            "wrong_type",
            _number_reason(file),
            rounded="" if kind == "score" else _is_rounded(raw, text, engine_type, file),
        )
    if kind in ("date", "timestamp"):
        typed = moment_sql(kind, raw, text, engine_type, file, typed_dates)
        form = " or ".join(file.date_formats) or "2026-04-03"
        known = engine_type == "DATE" or engine_type.startswith("TIMESTAMP")
        reason = "is not a date" if known else f"is not a date of the form {form}"
        return Value(column, text, typed, "wrong_date", reason)
    if kind == "code":
        code = f"upper({text})"
        typed = f"CASE WHEN regexp_full_match({code}, '[A-Z]{{3}}') THEN {code} END"
        return Value(column, text, typed, "wrong_type", "is not a currency code of three letters")
    if kind == "period":
        plain = f"upper(replace({text}, ' ', ''))"
        numbers = "|".join(f"{number:02}" for number in range(1, periods_a_year + 1))
        typed = (
            f"CASE WHEN regexp_full_match({plain}, '[0-9]{{4}}(-(Q[1-4]|0[1-9]|1[0-2]))?') THEN {plain}"
            f" WHEN regexp_full_match({plain}, 'FY[0-9]{{4}}(-(Q[1-4]|P({numbers})))?') THEN {plain}"
            f" WHEN regexp_full_match({plain}, '[0-9]{{4}}-P({numbers})') THEN 'FY' || {plain}"
            f" WHEN regexp_full_match({plain}, '(FY)?[0-9]{{4}}Q[1-4]') THEN "
            f"left({plain}, length({plain}) - 2) || '-' || right({plain}, 2) END"
        )
        said = "is no period; write 2026, 2026-Q3 or 2026-10, of a year of your own FY2027, FY2027-Q1 or FY2027-P04"
        return Value(column, text, typed, "wrong_type", said)
    if kind == "month":
        # A spreadsheet may have made a day of it.
        form = "[0-9]{4}-(0[1-9]|1[0-2])(-01)?( 00:00:00)?"
        typed = f"CASE WHEN regexp_full_match({text}, '{form}') THEN left({text}, 7) END"
        if periods_a_year > 12:
            typed = (
                f"CASE WHEN regexp_full_match({text}, '[0-9]{{4}}-P[01][0-9]') THEN {text} ELSE {typed} END"
            )
        return Value(column, text, typed, "wrong_type", "is no month; write 2026-10")
    word = f"regexp_replace(lower({text}), '[ -]+', '_', 'g')"
    choices = ", ".join(literal(choice) for choice in column.choices)
    also = "".join(
        f"WHEN {text} = {literal(other)} THEN {literal(choice)} "
        for other, choice in OTHER_WORDS.items()
        if choice in column.choices
    )
    return Value(
        column,
        text,
        f"CASE {also}WHEN {word} IN ({choices}) THEN {word} END",
        "not_in_list",
        f"is none of {', '.join(column.choices)}",
    )


def _is_rounded(raw: str, text: str, engine_type: str, file: ValueFormat) -> str:
    """Write the SQL of whether a number has more decimals than `_MONEY` holds; noise of binary fractions is none."""
    if engine_type in _FLOATS:
        noise = "1e-11" if engine_type == "DOUBLE" else "2e-3"
        return _has_fifth_decimal(f"CAST({raw} AS DOUBLE)", noise, "0.001")
    if engine_type.startswith("DECIMAL"):
        return f"{raw} <> round({raw}, 4)"
    if engine_type != "VARCHAR":
        return ""
    declared, point = file.numbers or (), file.decimal or "."
    text = ascii_sql(text, declared)
    more = f"regexp_matches({text}, '[{point}][0-9]{{4}}[0-9]*[1-9]')"
    if "wan" in declared:
        more = f"{more} AND NOT regexp_matches({text}, '[万亿萬億]')"
    if "percent" in declared:
        more = f"{more} OR regexp_matches({text}, '[{point}][0-9]{{2}}[0-9]*[1-9] *[%％]')"
    power = _has_fifth_decimal(f"TRY_CAST({text} AS DOUBLE)", "1e-11", "0")
    return f"({more} OR contains(lower({text}), 'e') AND {power})"


def _has_fifth_decimal(number: str, noise: str, least: str) -> str:
    return f"abs({number} * 10000 - round({number} * 10000)) > greatest({least}, abs({number}) * {noise})"


def _number_reason(file: ValueFormat) -> str:
    if file.decimal is None:
        return 'is not a number; for a decimal comma or thousands separators declare decimal = "," or "."'
    return f"is not a number with '{file.decimal}' before the decimals"


def _number(kind: str, raw: str, text: str, engine_type: str, file: ValueFormat) -> str:
    target = "DOUBLE" if kind == "score" else _MONEY
    if engine_type != "VARCHAR":
        if engine_type in _FLOATS:
            return f"CASE WHEN isfinite({raw}) THEN TRY_CAST({raw} AS {target}) END"
        return f"TRY_CAST({raw} AS {target})"
    if file.decimal or file.numbers or file.currency_marks:
        return number_sql(text, file, target)
    if kind != "score":
        # The engine's cast is as strict as we are, but for the underscores of 1_000.
        return f"CASE WHEN NOT contains({text}, '_') THEN TRY_CAST({text} AS {target}) END"
    # Cast to a float, the engine would also take words such as "nan" for numbers.
    shape = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
    return f"CASE WHEN regexp_full_match({text}, '{shape}') THEN TRY_CAST({text} AS {target}) END"
