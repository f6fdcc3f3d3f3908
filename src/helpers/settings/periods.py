"""The part of ``workbook.toml`` that says what a month and a year are: ``[periods]``."""

from __future__ import annotations

import csv
import datetime as dt
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, field_validator, model_validator

from helpers.errors import WorkbookError
from helpers.settings.source import Section

#: Holidays that lie on other days of the calendar each year, or that shut trade for longer than their days off.
Festival = Literal["spring_festival", "ramadan", "easter", "golden_week", "august"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
#: Days before and after a festival's first day in which trade is not what it is otherwise.
Reach = tuple[Annotated[int, Field(ge=0, le=60)], Annotated[int, Field(ge=0, le=60)]]


class CalendarRules(Section):
    """``[calendar]``: working days. Nothing is counted by them where no country is set."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    """ISO 3166 (``CN``, ``DE``, ``US``): its public holidays, and in China the weekends worked in their place (调休),
    by the package ``holidays``. Own days off and days worked beside them stand in the table ``days_off``."""
    region: str | None = None
    """Part of the country with holidays of its own, as ``holidays`` calls it (``BY`` is Bavaria); rows of ``days_off``
    that name another region do not count. Without one only days off that all parts have are taken off: Easter Monday
    is worked in ``GB``, and Good Friday in ``CH``, until ``ENG`` or ``ZH`` is named."""
    weekend: list[Weekday] | None = None
    """Days of the week without work; the country's unless given. ``["sunday"]``: Saturdays are worked."""
    festivals: dict[Festival, Reach] | None = None
    """``spring_festival = [5, 20]``: from 5 days before to 20 days after its first day trade is not what it is
    otherwise. Default: those of the country, see docs/guides/calendar.md; ``{}``: none. ``august = [14, 16]``, around
    15 August, is that month where customers shut for it: no country has it unless it is named."""
    january_with_february: bool | None = None
    """Compare January and February together (1-2月累计). Default: where the Spring Festival's reach lies otherwise in
    the two than it did a year before, and ``compare`` is not ``aligned``."""
    compare: Literal["calendar", "aligned"] = "calendar"
    """``aligned``: where a festival takes another number of days of the month than a year before, the month is compared
    with last year's days that lie as far from the festival too (农历对齐). ``calendar``: not."""

    @model_validator(mode="after")
    def _is_known(self) -> CalendarRules:
        if self.country is None:
            if given := sorted(self.model_fields_set - {"country"}):
                raise ValueError(f"{given[0]} needs a country beside it")
            return self
        if self.weekend is not None and {*self.weekend} == {*WEEKDAYS}:
            raise ValueError("weekend names all seven days, so that none is worked: leave out those that are")
        from holidays import list_supported_countries  # takes a moment, and most settings have no country

        known = list_supported_countries()
        if self.country not in known:
            listed = ", ".join(code for code in sorted(known) if len(code) == 2)
            raise ValueError(f"the package holidays knows no country {self.country}; it knows {listed}")
        if self.region is not None and self.region not in known[self.country]:
            listed = ", ".join(known[self.country]) or "none"
            raise ValueError(
                f"the package holidays knows no region {self.region} of {self.country}; it knows {listed}"
            )
        return self


#: Month in which a company's year begins, and by which of its calendar years it is named.
Year = tuple[int, Literal["first", "last"]]
CALENDAR: Year = (1, "last")
#: What the columns of a table of periods may be called.
_COLUMNS = {
    "name": ("name", "period", "名称", "期间", "会计期间"),
    "first_day": ("first_day", "first day", "from", "开始日期", "起始日期"),
    "last_day": ("last_day", "last day", "to", "结束日期", "截止日期"),
    "year": ("year", "fiscal_year", "年度", "会计年度"),
}


#: A year of weeks has 364 or 371 days; one of fewer is cut off where a table begins or ends.
_WHOLE_YEAR_DAYS = 358


class Period(Section):
    """A row of the table of periods."""

    name: Annotated[str, Field(min_length=1)]
    first_day: dt.date
    last_day: dt.date
    year: int | None = None


class Periods(Section):
    """``[periods]``: windows in months that end with the report's month, and what a month and a year are."""

    window_months: Annotated[int, Field(ge=1, le=60)] = 12
    """Months that most figures add up, and that are compared with as many before."""
    lapse_months: Annotated[int, Field(ge=1, le=60)] = 12
    """A customer who buys again after at least this long without buying counts as reactivated."""
    history_months: Annotated[int, Field(ge=2, le=120)] = 24
    """Months that charts over time show."""
    complete_until: dt.date | None = None
    """The data hold everything up to this day, although the last order line may be earlier: a month is over, or not, by
    it. Default: by the day of the last line. A day before that says nothing."""
    complete_from: dt.date | None = None
    """The data hold everything from this day on, although the first order line may be later: the first month is whole,
    or not, by it, and nothing is compared with a month that is not. Default: by the day of the first line. A day after
    that says nothing."""
    year_starts: Annotated[int, Field(ge=1, le=12)] = 1
    """Month in which the company's year begins (``4``: April, ``7``: July). Year to date, quarters, targets and what is
    left until the year's end follow it."""
    year_named: Literal["first", "last"] = "last"
    """Which calendar year a year that lies in two is named by: that of its last month (FY2027 ends in 2027) or of its
    first (FY2026 begins in 2026)."""
    closing_day: Annotated[int, Field(ge=20, le=28)] | None = None
    """Books close on this day: with ``25``, October is 26 September to 25 October."""
    pattern: Literal["4-4-5", "4-5-4", "5-4-4", "13x4"] | None = None
    """Weeks of the three months of each quarter; the 53rd week of a long year is in its last month. ``13x4``: a year of
    thirteen periods of four weeks, the last of five in a long year; what is a month elsewhere is a period then."""
    week_starts: Weekday = "sunday"
    """First day of a week, with ``pattern``."""
    year_ends: Literal["nearest", "last"] = "nearest"
    """With ``pattern``: a year ends on the last day of a week, the one nearest to the end of its last month or the last
    such day in that month."""
    table: str | None = None
    """File (CSV in UTF-8, beside ``workbook.toml``) with the company's own periods: name, first_day, last_day and, if
    known, year; days as 2026-09-26. Where a year has thirteen, year has to be known."""
    named: tuple[Period, ...] = ()
    """The rows of ``table``; not written here."""

    @property
    def has_thirteen(self) -> bool:
        """Whether a year has thirteen periods, by the pattern or the table.

        A table has where each period names its year, a whole year is among them, and every year but the first and the
        last has thirteen.
        """
        if not self.table:
            return self.pattern == "13x4"
        years = [list(own) for _, own in groupby(self.named, lambda period: period.year)]
        whole = [own for own in years if (own[-1].last_day - own[0].first_day).days >= _WHOLE_YEAR_DAYS]
        if not whole or any(period.year is None for period in self.named):
            return False
        return {*map(len, whole), *map(len, years[1:-1])} == {13} and max(map(len, years)) == 13

    @property
    def year(self) -> Year:
        """The year as `helpers.core.periods.CompanyYear` takes it."""
        return self.year_starts, self.year_named

    @field_validator("pattern", mode="before")
    @classmethod
    def _thirteen_times_four(cls, pattern: Any) -> Any:
        plain = pattern.replace(" ", "").lower().replace("×", "x") if isinstance(pattern, str) else pattern
        return plain if plain == "13x4" else pattern

    @model_validator(mode="after")
    def _is_one_calendar(self) -> Periods:
        given = [key for key in ("closing_day", "pattern", "table") if getattr(self, key) is not None]
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} each say what a month is; keep one of them")
        if self.table and not self.named:
            raise ValueError(f"table: {self.table} has not been read; it stands beside workbook.toml")
        if self.has_thirteen:
            for name, months in (("window_months", 13), ("lapse_months", 13), ("history_months", 26)):
                if name not in self.model_fields_set:
                    object.__setattr__(self, name, months)
        return self


def read_periods(path: Path) -> list[dict[str, Any]]:
    """Read a table of periods.

    Returns
    -------
    list of dict
        The fields of `Period`, by day; each begins the day after the one before ends.

    Raises
    ------
    WorkbookError
        The file cannot be read; a column is missing; a cell is no day; a name comes twice; days are in no period or in
        two. The message names file, row (the head is row 1) and column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise WorkbookError(
            f"periods.table: {path.name} cannot be read ({error}). Save it as CSV in UTF-8 beside workbook.toml."
        ) from None
    heads = [head.strip().lower() for head in lines[0]] if lines else []
    places = {
        name: heads.index(found)
        for name, others in _COLUMNS.items()
        if (found := next((other for other in others if other in heads), None)) is not None
    }
    if lacking := [name for name in ("name", "first_day", "last_day") if name not in places]:
        raise WorkbookError(
            f"{path.name}, row 1: there is no column {' and none '.join(lacking)}. A table of periods has name, "
            "first_day and last_day."
        )
    rows = []
    for number, line in enumerate(lines[1:], 2):
        cells = {name: line[place].strip() if place < len(line) else "" for name, place in places.items()}
        if any(cells.values()):
            rows.append((number, _checked(cells, f"{path.name}, row {number}")))
    if not rows:
        raise WorkbookError(f"{path.name} names no period.")
    rows.sort(key=lambda row: row[1]["first_day"])
    seen: dict[str, int] = {}
    before: tuple[int, dict[str, Any]] | None = None
    for number, row in rows:
        at = f"{path.name}, row {number}"
        if row["name"] in seen:
            raise WorkbookError(
                f"{at}, column name: '{row['name']}' stands in row {seen[row['name']]} already."
            )
        seen[row["name"]] = number
        if before is not None and (row["first_day"] - before[1]["last_day"]).days != 1:
            expected = before[1]["last_day"] + dt.timedelta(days=1)
            problem = "days are in no period" if row["first_day"] > expected else "days are in two periods"
            raise WorkbookError(
                f"{at}, column first_day: '{row['name']}' begins on {row['first_day']}, and '{before[1]['name']}' (row "
                f"{before[0]}) ends on {before[1]['last_day']}: {problem}. It has to begin on {expected}."
            )
        before = number, row
    return [row for _number, row in rows]


def _checked(cells: dict[str, str], at: str) -> dict[str, Any]:
    if not cells["name"]:
        raise WorkbookError(f"{at}, column name: the period has no name.")
    row: dict[str, Any] = {"name": cells["name"]}
    for column in ("first_day", "last_day"):
        try:
            row[column] = dt.date.fromisoformat(cells[column].replace("/", "-"))
        except ValueError:
            problem = f"'{cells[column]}' is no day; write it as 2026-09-26."
            raise WorkbookError(f"{at}, column {column}: {problem}") from None
    if row["last_day"] < row["first_day"]:
        raise WorkbookError(
            f"{at}, column last_day: {row['last_day']} is before the first day, {row['first_day']}."
        )
    if cells.get("year"):
        digits = cells["year"].upper().removeprefix("FY")
        if not (digits.isdigit() and len(digits) == 4):
            raise WorkbookError(f"{at}, column year: '{cells['year']}' is no year; write it as 2026.")
        row["year"] = int(digits)
    return row
