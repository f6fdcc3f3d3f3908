"""Holidays that move from year to year, and how far before and after them trade is not what it is otherwise.

Days are those of the package ``holidays``; Easter, which not every country has as a day off, is computed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dateutil.easter import EASTER_ORTHODOX, EASTER_WESTERN, easter

from helpers.settings.calendar.rules import Festival, Reach

if TYPE_CHECKING:
    from holidays import HolidayBase

#: What their days are called in the English names of ``holidays``. Egypt has a "Spring Festival" that is another one.
_NAMES: dict[Festival, tuple[str, ...]] = {
    "spring_festival": (
        "Chinese New Year (Spring Festival)", "Chinese New Year", "Lunar New Year", "Korean New Year",
    ),
    "ramadan": ("Eid al-Fitr", "Eid al-Fitr Holiday", "Eid al-Fitr (Second Day)", "Eid al-Fitr Second Day"),
    "golden_week": ("National Day", "Constitution Day"),
}  # fmt: skip
_REACH: dict[tuple[str, Festival], Reach] = {
    # Trade slows 4 to 5 days before and is back 15 to 20 days after; the statistics office publishes January and
    # February together for it.
    ("CN", "spring_festival"): (5, 20),
    # 1 to 7 October, with the weekend before and after; no more, as the days off are worked on weekends around.
    ("CN", "golden_week"): (0, 6),
    # From Showa Day, 29 April, to Children's Day, 5 May; Constitution Day is 3 May.
    ("JP", "golden_week"): (4, 2),
}
#: The month of fasting before the feast, and its days off.
_RAMADAN: Reach = (30, 3)
#: The US Census Bureau's easter[8]: from the Saturday eight days before; and Easter Monday.
_EASTER: Reach = (8, 1)
_ORTHODOX = {"BY", "CY", "GE", "GR", "MD", "ME", "MK", "RO", "RS", "RU", "UA", "BG"}
#: A country has the month of fasting where its feast is given so many days off; where it is one feast of several, not.
_LEAST_DAYS_OF_RAMADAN = 2
#: Days of one name that are further apart are two feasts.
_APART = 20


@dataclass(frozen=True)
class FestivalDates:
    """A festival of one year: its first day, and the first and last day of its reach."""

    festival: Festival
    day: dt.date
    first: dt.date
    last: dt.date

    def overlaps(self, first: dt.date, last: dt.date) -> bool:
        """Whether the reach has a day in the span."""
        return self.first <= last and self.last >= first


def festivals_of(
    country: str, days: HolidayBase, year: int, chosen: dict[Festival, Reach] | None
) -> list[FestivalDates]:
    """Return the festivals of a year, by day.

    Parameters
    ----------
    country
        ISO 3166 code.
    days
        The country's public holidays, in English; ``year`` is among its years.
    chosen
        Festivals and their reach where the settings say them; None: those of the country.
    """
    found = []
    for festival in ("spring_festival", "ramadan", "easter", "golden_week") if chosen is None else chosen:
        reach = _reach(country, festival, days, year) if chosen is None else chosen[festival]
        if reach is None:
            continue
        for day in _days(country, festival, days, year):
            before, after = reach
            found.append(FestivalDates(festival, day, day - dt.timedelta(before), day + dt.timedelta(after)))
    return sorted(found, key=lambda each: (each.day, each.festival))


def _days(country: str, festival: Festival, days: HolidayBase, year: int) -> list[dt.date]:
    """Return the first days of a festival in a year: the feast after Ramadan comes twice in 2033."""
    if festival == "easter":
        return [easter(year, EASTER_ORTHODOX if country in _ORTHODOX else EASTER_WESTERN)]
    named = _named(days, year, festival)
    return [day for place, day in enumerate(named) if not place or (day - named[place - 1]).days > _APART]


def _named(days: HolidayBase, year: int, festival: Festival) -> list[dt.date]:
    """Return the days of a year that are called so; several names of one day are joined by semicolons."""
    names = _NAMES[festival]
    return [
        day
        for day, called in sorted(days.items())
        if day.year == year and any(each.removesuffix(" (estimated)") in names for each in called.split("; "))
    ]


def _reach(country: str, festival: Festival, days: HolidayBase, year: int) -> Reach | None:
    """Return a festival's reach in a country; None where it has none there."""
    if (country, festival) in _REACH:
        return _REACH[country, festival]
    if festival == "golden_week":
        return None
    if festival == "easter":
        called = [name for day, name in days.items() if day.year == year]
        return _EASTER if any("Easter" in name or "Good Friday" in name for name in called) else None
    named = _named(days, year, festival)
    if festival == "ramadan":
        return _RAMADAN if len(named) >= _LEAST_DAYS_OF_RAMADAN else None
    # Nobody's figures but China's were found: the eve and the days off themselves.
    return (1, _days_off_after(days, named[0])) if named else None


def _days_off_after(days: HolidayBase, first: dt.date) -> int:
    """Count the days off that follow a day without a break."""
    after = 0
    while first + dt.timedelta(after + 1) in days:
        after += 1
    return after
