"""What a month is called in files, folders and options, and which periods are no months of the calendar.

A period of a year of thirteen is a `pandas.Period` of frequency M as any month is, and no month of the calendar. It is
numbered: P01 of 2000 is 2120-01, the one after it 2120-02, and so on. So the one before is one less and spans are
ranges, as of months, and nobody takes it for a time: `fiscal_periods.FiscalPeriods` has its days, and its name and the
length of its year follow from the number.

Commands ask for names before they know whether there is anything to do, so pandas is imported where a month is made.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

THIRTEEN = 13
#: What `period_name` writes, as a pattern: of folders and files of a month.
MONTH_PATTERN = r"\d{4}-P?\d{2}"
#: Years for which months are laid out by rule.
FIRST_YEAR, LAST_YEAR = 2000, 2045
#: Months since 1970-01 at P01 of `FIRST_YEAR` (2120-01), and after the last period of `LAST_YEAR`.
_NUMBERED_FROM = 12 * (2120 - 1970)
_NUMBERED_TO = _NUMBERED_FROM + THIRTEEN * (LAST_YEAR + 1 - FIRST_YEAR)
#: Months of the calendar lie before 2103-01; periods from 1985 on do not.
_NO_TIME = 12 * (2103 - 1970)


def numbered_period(year: int, place: int) -> pd.Period:
    """Return the period of a place (from 1) in a year of thirteen.

    Examples
    --------
    >>> period_name(numbered_period(2026, 10)), period_name(numbered_period(2026, 1) - 1)
    ('2026-P10', '2025-P13')
    """
    import pandas as pd

    return pd.Period(ordinal=_NUMBERED_FROM + THIRTEEN * (year - FIRST_YEAR) + place - 1, freq="M")


def is_numbered(month: pd.Period) -> bool:
    """Whether it is a period of a year of thirteen, and no month of the calendar."""
    return bool(month.ordinal >= _NO_TIME)


def year_and_number(month: pd.Period) -> tuple[int, int]:
    """Return the year of a numbered period, and its place in it (from 1)."""
    years, place = divmod(month.ordinal - _NUMBERED_FROM, THIRTEEN)
    return FIRST_YEAR + years, place + 1


def period_name(month: pd.Period) -> str:
    """Return what a month is called in files, folders and options: ``2026-10``, ``2026-P10``."""
    return "{}-P{:02}".format(*year_and_number(month)) if is_numbered(month) else str(month)


def period_of_first_day(day: dt.date) -> str | None:
    """Name the period whose number is written as the first day of a month; None: it is a day and nothing else."""
    import pandas as pd

    month = pd.Period(year=day.year, month=day.month, freq="M")
    return period_name(month) if day.day == 1 and _NUMBERED_FROM <= month.ordinal <= _NUMBERED_TO else None


def parse_period(name: str) -> pd.Period:
    """Return the month of a name in a folder: `period_name` the other way round."""
    import pandas as pd

    found = re.fullmatch(r"(\d{4})-P(\d\d)", name)
    return numbered_period(int(found[1]), int(found[2])) if found else pd.Period(name, "M")


def months_a_year(month: pd.Period) -> int:
    """Return how many such months a year has."""
    return THIRTEEN if is_numbered(month) else 12
