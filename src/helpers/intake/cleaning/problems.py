"""Why a row is not kept: each reason is an SQL condition over the typed row, with a sentence for people."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from helpers.intake import contracts
from helpers.intake.layout.arrange import HEADING
from helpers.intake.layout.rows import HIDDEN, STRUCK
from helpers.intake.reading.readers import Relation
from helpers.intake.reading.sql import identifier, literal
from helpers.intake.values import moments, notations, rules
from helpers.intake.values.rates import RATE
from helpers.settings.source import NO_CURRENCY, TableMap, TableName, ValueFormat

Status = Literal["kept", "quarantined", "excluded", "filtered"]
#: Rule of dates that can be read in two ways; it stops the run instead of filling the quarantine.
AMBIGUOUS = "ambiguous_date"
#: Rule of amounts in a currency of which there are rates, but none of the day; it stops the run.
NO_RATE_OF_DAY = "no_rate_of_day"
#: Rule of dates whose year cannot be meant.
WRONG_YEAR = "wrong_year"


@dataclass(frozen=True)
class Problem:
    """Why rows are not kept. ``condition`` is SQL over the typed row; ``value`` SQL of the text at fault."""

    status: Status
    rule: str
    sentence: str
    """With ``{}`` where the value at fault stands."""
    condition: str = "false"
    value: str = "NULL"
    column: str | None = None


def layer_name(layer: str, column: contracts.Column) -> str:
    """Return the name of a standard column in one of the layers."""
    return identifier(f"__{layer}_{column.name}")


def line_problems(relation: Relation) -> list[Problem]:
    """Lines that the reader could not take apart, where it hands them on as rows."""
    if relation.unreadable is None:
        return []
    line = relation.unreadable
    not_shown = f"{line} IN ({literal(HIDDEN)}, {literal(STRUCK)})"
    return [
        Problem("excluded", "not_shown", "is {}, and left out by the map", not_shown, line),
        Problem(
            "quarantined",
            "unreadable_line",
            "the line cannot be taken apart: {}",
            f"{line} IS NOT NULL",
            line,
        ),
    ]


def map_problems(mapped: TableMap) -> list[Problem]:
    """Rows that the map itself leaves out."""
    filtered = Problem(
        "filtered", "filtered", f"is not part of the table: where = {mapped.where}", "NOT __wanted"
    )
    conditions: dict[tuple[str, str], list[str]] = {}  # a problem is known by its rule and sentence
    for index, rule in enumerate(mapped.exclude):
        conditions.setdefault((rule.rule, rule.because), []).append(f"__exclude_{index}")
    excluded = [Problem("excluded", *said, f"({' OR '.join(each)})") for said, each in conditions.items()]
    carried = ", ".join(rule.column for rule in mapped.headings)
    sentence = f"names what the rows below it belong to, and is carried down: {carried}"
    headings = [Problem("excluded", "heading", sentence, HEADING)] if mapped.headings else []
    return ([filtered] if mapped.where else []) + excluded + headings


def value_problems(
    table: TableName, values: Mapping[str, rules.Value], formats: Mapping[str, ValueFormat]
) -> list[Problem]:
    """Values that are missing, or that are not what their column asks for."""
    problems = []
    alternatives = [
        layer_name("text", values[name].column) for name in contracts.ONE_OF.get(table, ()) if name in values
    ]
    if alternatives:
        empty = " AND ".join(f"{text} IS NULL" for text in alternatives)
        names = " and ".join(contracts.ONE_OF[table])
        problems.append(Problem("quarantined", "missing_value", f"{names} are both empty.", empty))
    if "score" in values:
        problems.append(_off_scale_scores(values))
    if table == "exchange_rates" and "rate" in values:
        problems += _no_rates(values)
    for name, value in values.items():
        text, typed = layer_name("text", value.column), layer_name("typed", value.column)
        wrong = f"{text} IS NOT NULL AND {typed} IS NULL"
        if value.column.required:
            problems.append(
                Problem("quarantined", "missing_value", f"{name} is empty.", f"{text} IS NULL", column=name)
            )
        if value.is_text:
            problems += _spreadsheet_problems(name, text, value.column.kind)
        if value.rule == "wrong_date" and not formats[name].date_formats:
            iso = f"regexp_matches({text}, {moments.ISO_DATE})"  # 2026-02-30 is clear, and wrong
            unclear = f"{wrong} AND regexp_matches({text}, {moments.AMBIGUOUS_DATE}) AND NOT {iso}"
            problems.append(Problem("quarantined", AMBIGUOUS, f"{name} is '{{}}'.", unclear, text, name))
        problems.append(
            Problem("quarantined", value.rule, f"{name} is '{{}}', which {value.reason}.", wrong, text, name)
        )
        if value.rule == "wrong_date":
            first, last = plausible_years(table, name)
            sentence = f"{name} is '{{}}', a year outside {first} to {last} that cannot be meant."
            condition = moments.years_sql(typed, (first, last))
            problems.append(Problem("quarantined", WRONG_YEAR, sentence, condition, text, name))
    return problems


def _no_rates(values: Mapping[str, rules.Value]) -> list[Problem]:
    """Rates, and units that are quoted, that are not above 0."""
    return [
        Problem(
            "quarantined",
            "wrong_type",
            f"{name} is '{{}}', and must be above 0.",
            f"{typed} <= 0",
            text,
            name,
        )
        for name in ("rate", "units")
        if name in values
        for text, typed in [
            (layer_name("text", values[name].column), layer_name("typed", values[name].column))
        ]
    ]


def _off_scale_scores(values: Mapping[str, rules.Value]) -> Problem:
    """Scores outside their scale; one whose ends nobody gives goes from 0 to 10."""
    score = layer_name("typed", values["score"].column)
    low, high = (
        f"coalesce({layer_name('typed', values[name].column)}, {end})" if name in values else str(end)
        for name, end in (("scale_min", 0), ("scale_max", 10))
    )
    sentence = "score is '{}', which is not on its scale; a scale other than 0 to 10 stands in scale_min and scale_max."
    condition = f"{score} < {low} OR {score} > {high} OR {low} >= {high}"
    text = layer_name("text", values["score"].column)
    return Problem("quarantined", "off_scale", sentence, condition, text, "score")


def plausible_years(table: TableName, column: str) -> tuple[int, int]:
    """Return the first and last year that a date may have: of the rows' own month closer than of anything else."""
    counts = column == contracts.date_column(table) and column != "valid_from"
    return moments.LIKELY_YEARS if counts else moments.POSSIBLE_YEARS


def _spreadsheet_problems(name: str, text: str, kind: str) -> list[Problem]:
    """What a spreadsheet has put in the place of a value: an error, or an id rounded to a number."""
    errors = ", ".join(map(literal, rules.ERROR_CELLS))
    failed = Problem(
        "quarantined",
        "error_cell",
        f"{name} is '{{}}', the error of a formula in the spreadsheet: mend the cell there.",
        f"starts_with({text}, '#') AND {text} IN ({errors})",
        text,
        name,
    )
    if kind != "id":
        return [failed]
    rounded = Problem(
        "quarantined",
        "long_number",
        f"{name} is '{{}}': a spreadsheet has rounded it to a number. Have the column written as text.",
        f"contains({text}, '+') AND regexp_full_match({text}, '[0-9]([.,][0-9]+)?[eE][+][0-9]+')",
        text,
        name,
    )
    return [failed, rounded]


def mark_problems(values: Mapping[str, rules.Value], formats: Mapping[str, ValueFormat]) -> list[Problem]:
    """Amounts whose mark names another currency than their line has."""
    if "currency" not in values:
        return []
    currency = layer_name("typed", values["currency"].column)
    return [
        Problem(
            "quarantined",
            "two_currencies",
            f"{name} is '{{}}', which is not in the currency of the line.",
            f"{notations.currency_sql(text, marks)} <> {currency}",
            text,
            name,
        )
        for name, value in values.items()
        if value.column.kind == "money" and value.is_text and (marks := formats[name].currency_marks)
        for text in [layer_name("text", value.column)]
    ]


def rate_problems(
    table: TableName, values: Mapping[str, rules.Value], rates: Mapping[str, str], dated: Collection[str]
) -> list[Problem]:
    """Amounts in a currency that there is no rate for, or none of the row's day."""
    if not rates:
        return []
    currency = layer_name("typed", values["currency"].column)
    known = ", ".join(literal(code) for code in (*rates, *sorted(dated)))
    sentence = (
        "currency is '{}', for which there is no rate: add it to [source.currency_rates] in workbook.toml."
    )
    if NO_CURRENCY in rates:
        sentence = (
            "currency is '{}', and the report's is not declared: write currency = \"...\" under [report]."
        )
    found = [Problem("quarantined", "no_rate", sentence, f"{currency} NOT IN ({known})", currency)]
    date = contracts.date_column(table)
    if not dated or date is None or date not in values:
        return found
    day = layer_name("typed", values[date].column)
    listed = ", ".join(map(literal, sorted(dated)))
    return [
        *found,
        Problem(
            "quarantined", NO_RATE_OF_DAY, "exchange_rates has no rate of {}.",
            f"{currency} IN ({listed}) AND {RATE} IS NULL", f"{currency} || ' on ' || CAST({day} AS VARCHAR)",
        ),
    ]  # fmt: skip
