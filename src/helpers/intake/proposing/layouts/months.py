"""Months that stand side by side as columns of a report: proposed as rows."""

from __future__ import annotations

import calendar
import datetime
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from helpers.errors import WorkbookError
from helpers.intake.layout.dated_columns import first_of_dates, read_heads
from helpers.intake.layout.periods import BUSINESS_YEAR, Kind, Period, bare_period, period_of, year_in
from helpers.intake.proposing.columns import find_column
from helpers.intake.proposing.layouts.blocks import Block, Layout
from helpers.intake.proposing.layouts.heads import amount, decimal_mark
from helpers.intake.proposing.layouts.parted import Parted
from helpers.intake.proposing.layouts.rows_apart import A_YEAR
from helpers.intake.proposing.synonyms import COLUMNS, YEAR_WORDS, plain

#: So many columns that are months make a table with months side by side.
_MONTHS = 3
#: So many rows below one are looked at for whether it is their sum.
_LONGEST_GROUP = 200
_CENT = Decimal("0.011")
#: Heads of years that need not begin in January.
_OF_BOOKS = re.compile("^fy|fiscal|financial|geschaftsjahr|会计")
_PLANS = re.compile(
    r"(?i)target|budget|quota|forecast|\bplan|soll|ziel|objecti[fv]|objetiv|予算|目標|目标|预算|计划|预测"
)
#: What says that a month holds those before it too: its own part stands nowhere.
_CUMULATED = re.compile(r"(?i)\bytd\b|year[ -]to[ -]date|cumul|kumul|acumul|累计|累計|누계")
_QUANTITIES = re.compile(r"(?i)\b(qty|quantit|units|pieces|menge|stück)|数量|件数")
_MONEY = re.compile(r"(?i)amount|sales|revenue|umsatz|betrag|turnover|金额|销售额|总额")

#: Of which times targets are, and what their column is called then.
_TARGETS = {"month": "period", "quarter": "quarter", "year": "year"}
_NOT_PLANNED_FOR = ("customer", *COLUMNS["customer_id"], "product", *COLUMNS["product_id"])


def propose_unpivot(layout: Layout, parted: Parted, about: str) -> None:
    """Make rows of months that stand side by side; rows that name nobody are totals there."""
    of_rows = next(
        (n for n, name in enumerate(parted.names) if n not in parted.amounts and _is_year(parted, n)), None
    )
    named: dict[Kind, list[tuple[int, Period]]] = {}
    bare = {name for name in parted.names if period_of(name) is None and bare_period(name)}
    if len(bare) < (_MONTHS if of_rows is not None else 12):
        bare = set()  # what else such numbers may be
    blank = [n for n in range(len(parted.names)) if not any(row[n] for row in parted.rows)]  # months to come
    for column in sorted({*parted.amounts, *blank}):
        period = _time(parted.names[column], bare)
        if period is not None and not _CUMULATED.search(period.rest):
            named.setdefault(period.kind, []).append((column, period))
    order: tuple[Kind, ...] = ("day", "week", "month", "period", "quarter", "half", "year")
    plans = bool(_PLANS.search(about))
    # Two halves are enough, and two quarters that say their year: nothing else is called so.
    dated_quarters = all(period.year for _, period in named.get("quarter", ()))
    short = {"half"} | ({"quarter", "year"} if plans else {"quarter"} if dated_quarters else set())
    least = {kind: _MONTHS - (kind in short) for kind in order}
    times = {k: {(p.year, p.label, p.number, p.day) for _, p in each} for k, each in named.items()}
    kind = next((k for k in order if len(times.get(k, ())) >= least[k]), None)
    # A plan by customer or product is nobody's target.
    if kind is None or (plans and find_column(_NOT_PLANNED_FOR, parted.names)):
        return
    rests = {period.rest for _, period in named[kind]}
    of_books = next((period for _, period in named[kind] if period.is_of_books), None)
    if plans and (kind not in _TARGETS or (kind != "month" and (rests != {""} or of_books))):
        two = ", ".join(parted.names[column] for column, _ in named[kind][:2])
        raise WorkbookError(
            f"{about.strip()} has targets of {kind}s side by side ({two}) that no column can be made of. Write a row "
            "for each, with its time in a column period, as 2026-03, 2026-Q1, 2026, or FY2026 and FY2026-Q1 of a year "
            "of the books, and its amount in a column target; a half is two quarters."
        )
    every = [(name, _time(name, bare)) for name in parted.names]  # blank ones too: months to come
    names = [
        name
        for name, period in every
        # What is booked beyond the twelve months of a year stops the run by its name, if there is something in it.
        if period
        and period.kind == kind
        and period.rest in rests
        and (kind != "period" or period.number <= 12)
    ]
    values: dict[str, str | bool | int | list[str]] = {"columns": _pattern(names, parted.names)}
    values |= {"date": _TARGETS[kind], "value": "target"} if plans else {}
    comment = ""
    if of_rows is not None and all(period.year is None and period.label is None for _, period in named[kind]):
        years = sorted({row[of_rows] for row in parted.rows if row[of_rows]})
        if kind in ("day", "week") and len(years) > 1:
            raise WorkbookError(
                f"{about.strip()} has {kind}s side by side, and their years ({', '.join(years)}) in the column "
                f"{parted.names[of_rows]!r}. Export them with the year in each head, or one year a file."
            )
        values["year"] = parted.names[of_rows] if kind not in ("day", "week") else int(years[0])
        start = named[kind][0][1].number
        if of_books or start != 1 or _OF_BOOKS.search(plain(parted.names[of_rows])):
            values["begins"] = "?"
            _ask_for_the_year_of_books(layout, replace(named[kind][0][1], label=int(years[-1])), names[0])
    elif of_books is not None:
        values["begins"] = "?"
        _ask_for_the_year_of_books(layout, of_books, names[0])
    elif any(period.year is None for _, period in named[kind]):
        year = None if BUSINESS_YEAR.search(about) else year_in(about)
        values["year"] = year or "?"
        if year:
            comment = f"the year stands in the title or the name of the file; it is that of '{names[0]}'"
        else:
            layout.questions["year"] = (
                f"the year of '{names[0]}', which stands nowhere: 2026, or whichever it is"
            )
    try:
        first = first_of_dates(period for _, period in named[kind])
        begins = "FY2024 = 2024-01" if of_books else None
        read_heads(names, 2024 if "year" in values else None, begins, "%d/%m/%Y")
    except ValueError:
        return
    if first == "either":
        values["date_format"] = "?"
        open_day = next(period for _, period in named[kind] if period.order == "either")
        example = next(name for name in names if period_of(name) == open_day)
        layout.answers["date_format"] = tuple(
            (form, f"{example} is in {calendar.month_name[month]}")
            for form, month in (("%d/%m/%Y", open_day.number), ("%m/%d/%Y", open_day.day))
        )
        layout.questions["date_format"] = "the days side by side can be read in two ways"
    if rests != {""} and (sums := _sums(parted, {column: period.rest for column, period in named[kind]})):
        values["sums"] = sums
    if rests == {""} and not plans and _QUANTITIES.search(about) and not _MONEY.search(about):
        values["value"] = "?"
        layout.questions["value"] = '"net_amount" if the months hold money, "quantity" if they hold pieces'
    layout.blocks.append(Block("unpivot", values, comment))
    _ask_about_outlines(layout, parted)
    for place in parted.of("line"):
        if parted.lines and not any(parted.rows[place][column] for column in parted.lines):
            parted.kinds[place] = "sum"


def _is_year(parted: Parted, column: int) -> bool:
    """Whether a column says the year of each row."""
    cells = {row[column] for row in parted.rows if row[column]}
    return plain(parted.names[column]) in YEAR_WORDS and bool(cells) and all(map(A_YEAR.fullmatch, cells))


def _time(name: str, bare: Collection[str]) -> Period | None:
    return bare_period(name) if name in bare else period_of(name)


def _ask_for_the_year_of_books(layout: Layout, period: Period, name: str) -> None:
    """Ask in which month a year of the books begins: no name of it tells, and countries and companies differ."""
    last = period.label or datetime.datetime.now(tz=datetime.UTC).year
    called = "" if period.label is None else f"FY{period.label} = "
    begins = [(last, 1), (last - 1, 4), (last, 4), (last - 1, 7), (last - 1, 10)]
    layout.answers["begins"] = tuple(
        (f"{called}{year}-{month:02}", f"in {calendar.month_name[month]} {year}") for year, month in begins
    )
    layout.questions["begins"] = (
        f"in which month does the year of the books begin that {name!r} is of? Others can be written in the same way"
    )


def _sums(parted: Parted, measures: Mapping[int, str]) -> list[str]:
    """Name the columns that are in each row the sum of the times side by side, of one of what stands in them."""
    marks = {column: decimal_mark([row[column] for row in parted.rows]) for column in parted.amounts}
    rows = [
        [amount(parted.rows[place][column], marks[column]) or Decimal(0) for column in parted.amounts]
        for place in parted.of("line")
    ]
    places = {column: place for place, column in enumerate(parted.amounts)}
    of_measure = [
        [places[column] for column, rest in measures.items() if rest == measure and column in places]
        for measure in dict.fromkeys(measures.values())
    ]
    return [
        parted.names[column]
        for column, own in places.items()
        if column not in measures
        and any(row[own] for row in rows)
        and any(all(abs(row[own] - sum(row[n] for n in each)) < _CENT for row in rows) for each in of_measure)
    ]


def _ask_about_outlines(layout: Layout, parted: Parted) -> None:
    """Ask where some rows are the sums of those below them, as customers above their products in a pivot table."""
    lines = parted.of("line")
    marks = {column: decimal_mark([row[column] for row in parted.rows]) for column in parted.amounts}
    values = [
        [amount(parted.rows[place][column], marks[column]) or Decimal(0) for column in parted.amounts]
        for place in lines
    ]
    outer, place = [], 0
    while place < len(lines) - 1:
        length = _length_of_group(values, place)
        outer += [lines[place]] if length else []
        place += length + 1
    if len(outer) > 1:
        first = next(cell for cell in parted.rows[outer[0]] if cell)
        layout.questions["where"] = (
            f"{len(outer)} rows, such as {first!r}, are the sums of the rows below them: one column holds two "
            "kinds of names. "
            "Export a plain list (of a pivot table: tabular form, all item labels repeated)"
        )
        layout.blocks.append(
            Block(
                "exclude",
                {"rule": "outline", "where": "?", "because": "the sum of the rows below it", "as_read": True},
            )
        )


def _length_of_group(values: Sequence[Sequence[Decimal]], place: int) -> int:
    """Return how many rows below one it is the sum of, in every column; 0 where of none, or of one or fewer."""
    if not any(values[place]):
        return 0
    sums = [Decimal(0)] * len(values[place])
    for length, row in enumerate(values[place + 1 : place + 1 + _LONGEST_GROUP], 1):
        sums = [before + value for before, value in zip(sums, row, strict=True)]
        if length > 1 and all(
            abs(one - other) < _CENT for one, other in zip(sums, values[place], strict=True)
        ):
            return length
    return 0


def _pattern(chosen: Sequence[str], every: Sequence[str]) -> str | list[str]:
    """Return one pattern for some columns, which months to come will fit too, or list them."""
    tails = Counter(re.sub(r"^.*[0-9]", "", name) for name in chosen)
    heads = Counter(re.sub(r"[0-9].*$", "", name) for name in chosen)
    for pattern in (
        f"{next(iter(heads))}*" if len(heads) == 1 else "",
        f"*{next(iter(tails))}" if len(tails) == 1 else "",
    ):
        if len(pattern) > 1 and [
            n for n in every if re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), n)
        ] == list(chosen):
            return pattern
    return list(chosen)
