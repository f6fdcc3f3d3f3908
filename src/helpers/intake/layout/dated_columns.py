"""Columns that are a time each: the day that each stands for, by the year and order that heads or a map say."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from helpers.intake.layout.periods import Period, label_of, last_of_month, mapped_period

#: The month in which a year of the books begins, behind its name or alone: ``FY2026 = 2025-04``.
_BEGINS = re.compile(r"\s*(?:(?P<label>[^=]+?)\s*=\s*)?(?P<y>20[0-9]{2})-(?P<m>0[1-9]|1[0-2])\s*")


def read_heads(
    names: Sequence[str], year: int | None, begins: str | None = None, date_format: str | None = None
) -> list[tuple[str, datetime.date, str]]:
    """Return for each head its name, the last day of its time, and what it says beside it.

    Parameters
    ----------
    begins
        The month in which a year of the books begins, where heads are of one, as ``FY2026 = 2025-04``.
    date_format
        ``%d/%m/%Y`` or ``%m/%d/%Y``, where no head tells which of the two days of numbers are.

    Raises
    ------
    ValueError
        A head names no time, names one of another kind than the others, or its year stands nowhere. The message is the
        name of the head and what is wrong.
    """
    found = []
    for name in names:
        period = mapped_period(name)
        if period is None:
            raise ValueError(f"'{name}' names no month or other time")
        found.append((name, period))
    found = _in_order(found, date_format)
    kinds = {period.kind for _, period in found}
    if kinds == {"day"} and all(period.day == 1 for _, period in found):
        found = [(name, Period("month", p.year, p.number, 0, p.rest)) for name, p in found]
    elif len(kinds) > 1:
        first = found[0]
        other = next(each for each in found if each[1].kind != first[1].kind)
        raise ValueError(
            f"'{other[0]}' is a {other[1].kind} and '{first[0]}' a {first[1].kind}, so that they overlap"
        )
    dated = []
    years: dict[str, tuple[int, int]] = {}
    for name, period in found:
        own = period.year
        if own is None and (begins is not None or period.is_of_books):
            dated.append((name, _last_day_of_books(name, period, begins), period.rest))
            continue
        if own is None:
            if year is None:
                raise ValueError(
                    f"the year of '{name}' stands nowhere: write year = 2026, or whichever it is"
                )
            last, running = years.get(period.rest, (0, year))
            own = running + (period.number < last)  # from April to March: the year turns between
            years[period.rest] = period.number, own
        dated.append((name, period.last_day(own), period.rest))
    if len({(day, rest) for _, day, rest in dated}) < len(dated):
        raise ValueError(f"'{dated[0][0]}' and others name the same time twice")
    return dated


def first_of_dates(periods: Iterable[Period]) -> str:
    """Tell from all heads what stands first in their days: ``day``, ``month``, ``either``, or blank without such days.

    Raises
    ------
    ValueError
        Some begin with the day and others with the month.
    """
    orders = {period.order for period in periods}
    if {"day", "month"} <= orders:
        raise ValueError("days of some columns begin with the day, and of others with the month")
    return next((order for order in ("day", "month", "either") if order in orders), "")


def _in_order(found: list[tuple[str, Period]], date_format: str | None) -> list[tuple[str, Period]]:
    """Read the days of numbers by what all of them, or else the map, tells of their order."""
    first = first_of_dates(period for _, period in found)
    name, day = next(((name, period) for name, period in found if period.order == "either"), ("", None))
    if day is None or first == "day":
        return found
    if first == "either" and date_format is None:
        raise ValueError(
            f"'{name}' can be read in two ways: write date_format = \"%d/%m/%Y\" if it is in "
            f'{calendar.month_name[day.number]}, "%m/%d/%Y" if in {calendar.month_name[day.day]}'
        )
    if first == "either" and date_format == "%d/%m/%Y":
        return found
    return [
        (name, replace(period, number=period.day, day=period.number) if period.order == "either" else period)
        for name, period in found
    ]


def year_of_books(begins: str) -> int | None:
    """Return the year of the books that a map names where it says when one begins; None where it names none."""
    said = _BEGINS.fullmatch(begins)
    return label_of(said["label"]) if said and re.search("[0-9]{2}", said["label"] or "") else None


def _last_day_of_books(name: str, period: Period, begins: str | None) -> datetime.date:
    """Return the last day of a time in a year of the books that begins as a map says.

    Raises
    ------
    ValueError
        The map does not say it, or not of that year, or the period is beyond the twelve months of a year.
    """
    said = _BEGINS.fullmatch(begins or "")
    known = re.findall("[0-9]{2,4}", said["label"] or "") if said else []
    if said is None or (period.label is not None and not known):
        example = "2026-04" if period.label is None else f"FY{period.label} = {period.label - 1}-04"
        raise ValueError(
            f"'{name}' is of a year of the books, and which month begins it stands nowhere: write begins = "
            f'"{example}", or whichever it is'
        )
    years = 0 if period.label is None else period.label - label_of(known[-1])
    start = 12 * (int(said["y"]) + years) + int(said["m"]) - 1
    length = {"quarter": 3, "half": 6, "year": 12}.get(period.kind, 1)
    offset = (
        (period.number - 1 - start) % 12
        if period.kind == "month"
        else max(period.number, 1) * length - length
    )
    if offset + length > 12 or period.kind in ("week", "day"):
        raise ValueError(
            f"'{name}' is beyond the twelve months of a year: export it by calendar months or by days"
        )
    year, month = divmod(start + offset + length - 1, 12)
    return last_of_month(year, month + 1)
