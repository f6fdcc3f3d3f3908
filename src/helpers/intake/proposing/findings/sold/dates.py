"""Which of several days of a sale counts: that of the order, of the delivery, of the invoice, or of the books."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from helpers.intake.layout.periods import BUSINESS_YEAR, Period, last_of_month, period_of, year_in
from helpers.intake.proposing.columns import find_column, head_variants, is_date
from helpers.intake.proposing.findings.draft import FILE_NAME, SHEET_NAME, Draft, Finding, shown
from helpers.intake.proposing.findings.sold.days_in_texts import has_days_in_texts
from helpers.intake.proposing.samples import Sample
from helpers.intake.proposing.synonyms import ABOVE, COLUMN_WORDS, YEAR_WORDS, listed, plain
from helpers.intake.reading.sql import identifier, literal
from helpers.intake.values import moments

_DAYS = {"orderdate", *COLUMN_WORDS["order_date"]}
#: Heads of times that are no days.
_TIMES = {*_DAYS, *listed("week weekno calendarweek woche kw kalenderwoche semaine semana quarter quartal trimestre "
                          "trimester 周 周次 周别 季度 四半期")}  # fmt: skip
_PERIODS = listed("period fiscalperiod postingperiod fiscalyearperiod periodyear financialperiod "
                  "accountingperiod periode buchungsperiode geschaftsjahrperiode periodo periodocontable "
                  "会计期间 期间 会計期間")  # fmt: skip
#: How days are written that lack their year.
_WITHOUT_YEAR = (*(form.format(mark) for mark in "./-" for form in ("%d{0}%m{0}", "%d{0}%m", "%m{0}%d")),
                 "%m月%d日", "%d-%b", "%d %b", "%d. %b", "%b %d", "%b-%d")  # fmt: skip
_TWO_YEARS = re.compile("20[0-9]{2}[-/_ ]([0-9]{2})?[0-9]{2}(?![0-9])")
#: A month in the name of a file or sheet, as digits.
_IN_NAME = "(20[0-9]{2})[-_. ]?(0[1-9]|1[0-2])"


#: Columns of a date that stands in three, year, month and day, or in the first two of them.
_PARTS_OF_A_DATE = (
    ("年", "月", "日"),
    ("年份", "月份", "日"),
    ("年度", "月份", "日"),
    ("year", "month", "day"),
    ("jahr", "monat", "tag"),
    ("annee", "mois", "jour"),
    ("ano", "mes", "dia"),
)


def date_parts(columns: Sequence[str]) -> tuple[str, ...]:
    """Name the columns of year and month, and of the day if it has one, where a date stands in several."""
    called = {plain(column): column for column in columns}
    for length in (3, 2):
        for parts in _PARTS_OF_A_DATE:
            if {*parts[:length]} <= {*called}:
                return tuple(called[part] for part in parts[:length])
    return ()


def find_date_parts(draft: Draft) -> Iterator[Finding]:
    """Make a date of the year, the month and the day, where each has a column of its own; of two the month's last."""
    parts = date_parts(list(draft.sample.columns))
    own = draft.columns.get("order_date")
    if not parts or own not in (None, *parts):
        return
    numbers = [f"CAST({draft.number(part)} AS INTEGER)" for part in parts]
    if not draft.is_numeric(parts[1]):
        word = f"left(trim({draft.sql(parts[1])}), 3)"
        numbers[1] = f"month(strptime({word}, '%b'))"
        if not _are_months(draft.texts(parts[1])):
            return
    date = (
        f"make_date({', '.join(numbers)})"
        if len(parts) == 3
        else f"last_day(make_date({', '.join(numbers)}, 1))"
    )
    day = "" if len(parts) == 3 else ", the last day of it: they say a month only"
    yield Finding(
        f"The date is made of {', '.join(parts)}{day}.",
        derived={"order_date": date},
        uses=parts,
    )


def _are_months(texts: Sequence[str]) -> bool:
    """Whether all texts are English names of months, cut short or not, which the engine reads."""
    names = {name.lower() for name in (*calendar.month_name, *calendar.month_abbr) if name}
    return all(name.lower().rstrip(".") in names for name in texts if name)


def has_date_source(sample: Sample) -> bool:
    """Whether the day of a sale can be told otherwise than by a column of days."""
    return bool(
        date_parts(list(sample.columns))
        or has_days_in_texts(sample)
        or _fiscal_periods(sample)
        or _incomplete_dates(sample)
        or _months_named(sample)
    )


def time_column(sample: Sample) -> str | None:
    """Name the column that is called as a day or another time is, and holds no days."""
    called = (name for name in sample.columns if _TIMES & {*head_variants(name)})
    return next((name for name in called if not any(map(is_date, sample.filled[name][:20]))), None)


def find_times(draft: Draft) -> Iterator[Finding]:
    """Ask which day is meant where a week, a quarter, a day without a year or the name of a sheet stands for it."""
    if "order_date" in {*draft.columns, *draft.derived, *draft.questions}:
        return
    if found := _fiscal_periods(draft.sample) or _incomplete_dates(draft.sample):
        columns, asks, answers = found
        yield Finding(questions={"order_date": (asks, answers)}, uses=columns)
    elif named := _months_named(draft.sample):
        days = {name: last.isoformat() for name, last in named.items()}
        if len(days) == 1:
            ((name, day),) = days.items()
            asks = f"no column is a date, and {name!r} says {day[:7]}: are all rows sales of that month?"
            yield Finding(questions={"order_date": (asks, [(f"CAST('{day}' AS DATE)", "yes: its last day")])})
            return
        column = SHEET_NAME if draft.sample.parts[0][1] in named else FILE_NAME
        sql = _date_by_name(column, named)
        if years := _business_years(draft.sample, named):
            *_, last = years[0]
            asks = f"{last} says no year, and the months may be of a business year: of which years are they?"
            answers = [
                (_date_by_name(column, year_dates), f"{last} ends on {year_dates[last]}")
                for year_dates in years
            ]
            answers.append((sql, "all are of one calendar year"))
            yield Finding(questions={"order_date": (asks, answers)})
            return
        if all(re.search(_IN_NAME, name) for name in days):
            parts = " || ".join(f"regexp_extract({column}, '{_IN_NAME}', {group})" for group in (1, 2))
            sql = f"last_day(try_strptime({parts}, '%Y%m'))"
        container = "sheet" if column == SHEET_NAME else "file"
        yield Finding(
            f"No column is a date: a row's is the last day of the month that its {container} is called by.",
            derived={"order_date": sql},
        )


def _date_by_name(column: str, days: Mapping[str, datetime.date]) -> str:
    """Write the day of a row by the file or sheet that it is of."""
    cases = " ".join(f"WHEN {literal(name)} THEN '{day}'" for name, day in days.items())
    return f"CAST(CASE {column} {cases} END AS DATE)"


def _business_years(sample: Sample, named: Mapping[str, datetime.date]) -> list[dict[str, datetime.date]]:
    """Return the days of months that may run over the end of a calendar year, as of April to March: both ways."""
    parts = dict.fromkeys(each for part in sample.parts for each in part[:2])
    order = [name for name in parts if name and name in named]
    texts = " ".join((_title_text(sample), *order))
    years = all((period := period_of(name)) and period.year for name in order)
    business = bool(BUSINESS_YEAR.search(texts)) or (not years and bool(_TWO_YEARS.search(texts)))
    months = [named[name].month for name in order]
    year_breaks = [index for index, (previous, month) in enumerate(pairwise(months), 1) if month < previous]
    if len({day.year for day in named.values()}) > 1 or all(re.search(_IN_NAME, name) for name in order):
        return []  # they say their own years
    if (years or len(year_breaks) != 1) and not business:
        return []
    if len(year_breaks) > 1:  # in the order of their names
        order.sort(key=lambda name: (named[name].month - 4) % 12)
        year_breaks = [index for index, name in enumerate(order) if named[name].month < 4][:1]
    year_break = year_breaks[0] if year_breaks else len(order)
    return [
        {
            name: last_of_month(named[name].year + start + (index >= year_break), named[name].month)
            for index, name in enumerate(order)
        }
        for start in (0, -1)
    ]


def _fiscal_periods(sample: Sample) -> tuple[tuple[str, ...], str, list[tuple[str, str]]] | None:
    """Find periods of the books, as ``2026001`` or 1 beside a year, and ask in which month such a year begins."""
    column = find_column(_PERIODS, list(sample.columns))
    texts = list(dict.fromkeys(sample.filled[column])) if column else []
    if column is None or not texts:
        return None
    words = f"trim(CAST({identifier(column)} AS VARCHAR))"
    of_year = find_column(YEAR_WORDS, list(sample.columns))
    if all(map(_PERIOD_OF_YEAR.fullmatch, texts)):
        of_year, example = None, texts[0]
        year = f"regexp_extract({words}, '20[0-9]{{2}}', 0)"
        numbers = [int(_PERIOD_NUMBER.sub("", text)) for text in texts]
        number = f"regexp_replace({words}, '{_PERIOD_NUMBER.pattern}', '', 'g')"
    elif of_year and all(re.fullmatch("0{0,2}([1-9]|1[0-6])", text) for text in texts):
        if not all(re.fullmatch("20[0-9]{2}", text) for text in sample.filled[of_year]):
            return None
        year, number, numbers = f"CAST({identifier(of_year)} AS VARCHAR)", words, [*map(int, texts)]
        example = f"{texts[0]} of {sample.filled[of_year][0]}"
    else:
        return None
    label = int(re.findall("20[0-9]{2}", sample.filled[of_year or column][0])[0])
    answers = []
    for back, first in ((0, 1), (1, 4), (0, 4), (1, 7), (1, 10)):
        months = f"(least(CAST({number} AS INTEGER), 12) + {first - 2})"
        last = f"last_day(make_date(CAST({year} AS INTEGER) - {back} + {months} // 12, {months} % 12 + 1, 1))"
        answers.append((last, f"period 1 of {label} is {calendar.month_name[first]} {label - back}"))
    beyond = "; what is booked beyond the twelfth counts in the last month" if max(numbers) > 12 else ""
    asks = f"{column} says periods of the books, as {example}: when does such a year begin{beyond}?"
    return (column, *([of_year] if of_year else ())), asks, answers


def _incomplete_dates(sample: Sample) -> tuple[tuple[str, ...], str, list[tuple[str, str]]] | None:
    """Find the column of times that lack something, with what is asked and the answers."""
    column = time_column(sample)
    texts = list(dict.fromkeys(sample.filled[column]))[:200] if column else []
    if column is None or not texts:
        return None
    words = f"trim(CAST({identifier(column)} AS VARCHAR))"
    periods = [period_of(text) for text in texts]
    kinds = {
        period.kind if period and not period.rest and not period.is_of_books else "" for period in periods
    }
    year = f"regexp_extract({words}, '20[0-9]{{2}}', 0)"
    number = f"regexp_extract(replace({words}, {year}, ''), '[0-9]+', 0)"
    if kinds <= {"week", "quarter", "half"} and len(kinds) == 1 and all(map(_HAS_NUMBERS.search, texts)):
        if "week" not in kinds:
            kind, length = ("half", 6) if "half" in kinds else ("quarter", 3)
            months = f"{length} * CAST({number} AS INTEGER)"
            last = f"last_day(make_date(CAST({year} AS INTEGER), {months}, 1))"
            several = "halves" if length == 6 else "quarters"
            asks = f"{column} says {several}, as {texts[0]}, and reports are by month"
            return (column,), asks, [(last, f"the {kind}'s last day: its last month has all its sales")]
        days = (
            ("7", "its Sunday"),
            ("4", "its Thursday, which says whose year a week is"),
            ("1", "its Monday"),
        )
        day_template = "try_strptime({} || '-W' || lpad({}, 2, '0') || '-{}', '%G-W%V-%u')"
        asks = f"{column} says weeks, as {texts[0]}, of which some lie in two months: which day counts?"
        return (column,), asks, [(day_template.format(year, number, day), means) for day, means in days]
    forms = [
        date_form for date_form in _WITHOUT_YEAR if all(_in_year(text, date_form, 2024) for text in texts)
    ]
    stated_year = year_in(_title_text(sample))
    now = datetime.datetime.now(tz=datetime.UTC).year
    answers = [
        (f"try_strptime({words} || ' {each}', '{date_form} %Y')", f"{each}: {texts[0]} is then {day.date()}")
        for date_form in forms
        for each in ([stated_year] if stated_year else [now, now - 1])
        if (day := _in_year(texts[0], date_form, each))
    ]
    asks = f"{column} holds days without their year, as {texts[0]}: which is it? Others can be written in its place"
    return ((column,), asks, answers) if answers else None


#: A period of a year of the books in one cell, and what stands there beside its number.
_PERIOD_OF_YEAR = re.compile("20[0-9]{2}[-/. ]?P?0{0,2}([1-9]|1[0-6])|P?0{0,2}([1-9]|1[0-6])[-/. ]20[0-9]{2}")
_PERIOD_NUMBER = re.compile("20[0-9]{2}|[^0-9]")
#: A year and another number.
_HAS_NUMBERS = re.compile(r"20[0-9]{2}.*[0-9]|[0-9].*20[0-9]{2}")


def _in_year(text: str, date_form: str, year: int) -> datetime.datetime | None:
    try:
        return datetime.datetime.strptime(f"{text} {year}", f"{date_form} %Y")
    except ValueError:
        return None


def _title_text(sample: Sample) -> str:
    """Return what stands above the head of a file, and what it is called."""
    return " ".join([sample.file, sample.sheet or "", *(c for c in sample.comments if c.startswith(ABOVE))])


def _months_named(sample: Sample) -> dict[str, datetime.date]:
    """Return the last day of the month that each sheet or file is called by, or the titles above the only head."""
    if len(sample.parts) > 1:
        sheets = {sheet for _, sheet, _ in sample.parts if sheet}
        files = {file for file, _, _ in sample.parts}
        names = sorted(sheets if len(sheets) > 1 else files)
        found = {name: _month_end(period_of(name), f"{name} {' '.join(files)}") for name in names}
        return {name: day for name, day in found.items() if day} if all(found.values()) else {}
    titles = [line.partition(": ")[2] for line in sample.comments if line.startswith(ABOVE)]
    for name in filter(None, (sample.sheet, *titles, sample.file)):
        if day := _month_end(period_of(name), _title_text(sample)):
            return {name: day}
    return {}


def _month_end(period: Period | None, about: str) -> datetime.date | None:
    year = period and (period.year or year_in(about))
    other = period_of(period.rest) if period else None
    if other is not None and other.kind == "month":  # from January to December is no month
        return None
    return period.last_day(year) if period and year and period.kind == "month" else None


def find_other_days(draft: Draft) -> Iterator[Finding]:
    """Ask which day counts, where two columns of days put some sales into different months."""
    own = draft.columns.get("order_date")
    if own is None or own not in draft.sample.columns:
        return
    days = _months(draft.texts(own))
    amounts = draft.values(draft.first_reading("net_amount") or "0")
    answers, descriptions = [], []
    for column in draft.unmapped:
        if not _DAYS & {*head_variants(column)} or not any(map(is_date, draft.texts(column)[:20])):
            continue
        others = _months(draft.texts(column))
        rows = zip(days, others, amounts, strict=True)
        moved = [
            Decimal(amount or 0)
            for day, other_month, amount in rows
            if day and other_month and day != other_month
        ]
        blank_count = sum(not text for text in draft.texts(column))
        if moved:
            descriptions.append(
                f"{column} ({shown(sum(moved, Decimal(0)))} of {len(moved)} rows in another month)"
            )
            answers.append(
                (draft.sql(column), f"{column}" + (f", blank in {blank_count} rows" if blank_count else ""))
            )
    if answers:
        yield Finding(
            questions={"order_date": (
                f"beside {own} stands {', '.join(descriptions)}: which day says the month of a sale?",
                [(draft.sql(own), own), *answers],
            )},
            uses=(own,),
        )  # fmt: skip


def date_format(texts: Sequence[str]) -> str:
    """Return the format of days that are not ISO 8601's; blank where all are, or where they can be read in two ways."""
    unclear = [text for text in dict.fromkeys(texts) if text and not moments.is_iso_date(text)]
    forms = [form for form, _ in moments.formats_of(unclear)] if unclear else []
    dotted = [form for form in forms if form.startswith("%d.%m.")]
    return dotted[0] if dotted else forms[0] if len(forms) == 1 else ""


def _months(texts: Sequence[str]) -> list[str]:
    """Return the month of each day, as ``2026-01``; blank where there is none, or where it can be read in two ways."""
    date_form = date_format(texts)
    return [
        text[:7]
        if moments.is_iso_date(text)
        else moments.month_of(text, date_form)
        if text and date_form
        else ""
        for text in texts
    ]


def day_sql(draft: Draft, column: str) -> str:
    """Write what rows are ordered by after the days of a column; blank where it holds others, or none that are sure."""
    texts = [text for text in dict.fromkeys(draft.texts(column)) if text]
    if not texts or not all(map(is_date, texts)):
        return ""
    if all(map(moments.is_iso_date, texts)):
        return draft.words(column)
    date_form = date_format(texts)
    sql = f"try_strptime({draft.words(column)}, {literal(date_form)})"
    is_readable = (
        bool(date_form)
        and date_form != "serial"
        and draft.values(sql).count(None) == draft.texts(column).count("")
    )
    return sql if is_readable else ""
