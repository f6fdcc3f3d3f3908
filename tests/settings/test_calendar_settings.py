"""[calendar]: what the package holidays does not know is refused with what it knows."""

from __future__ import annotations

from typing import get_args

import pytest

from helpers.errors import WorkbookError
from helpers.settings.config import Settings, parse_settings
from helpers.settings.periods import Weekday


def test_without_a_country_nothing_is_counted_in_working_days():
    assert Settings().calendar.country is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"country": "XY"}, "holidays knows no country XY; it knows .*CN"),
        ({"country": "China"}, "calendar.country"),
        ({"country": "DE", "region": "Bavaria"}, "no region Bavaria of DE; it knows .*BY"),
        ({"weekend": ["sunday"]}, "weekend needs a country"),
        ({"country": "CN", "festivals": {"spring_festival": [5, 90]}}, "spring_festival"),
        ({"country": "CN", "weekend": ["Sonntag"]}, "weekend"),
        ({"country": "CN", "weekend": [*get_args(Weekday)]}, "weekend names all seven days"),
    ],
)
def test_what_no_calendar_can_be_made_of_is_named(given, said):
    with pytest.raises(WorkbookError, match=said):
        parse_settings({"calendar": given}, "workbook.toml")
