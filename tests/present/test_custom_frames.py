"""A plain frame on a page of one's own loses nothing: not the time of a day, and not the page where it is empty."""

import pandas as pd
import pytest

from helpers.core.calendar.period_names import numbered_period
from helpers.present.custom.frames import frame_table, frame_to_csv
from helpers.present.numbers import numbers
from helpers.present.typed import typed_table

N = numbers("en", "CNY")


def test_the_time_of_a_day_is_shown_where_there_is_one():
    when = pd.DataFrame({"when": [pd.Timestamp("2026-10-05 13:45"), pd.NaT]})
    assert "5 Oct 2026 13:45" in frame_table(when, "Calls", N).html
    assert "00:00" not in frame_table(when.apply(lambda column: column.dt.normalize()), "Calls", N).html


@pytest.mark.parametrize("frame", [pd.DataFrame(), pd.DataFrame(index=range(3))])
def test_a_frame_without_columns_is_a_table_without_rows(frame):
    assert frame_table(frame, "Nobody", N).row_count == 0


def test_a_period_of_a_year_of_thirteen_has_its_name_and_days_stay_days():
    tenth = numbered_period(2026, 10)
    frame = pd.DataFrame(
        {
            "month": [tenth.to_timestamp(), pd.NaT],
            "period": pd.PeriodIndex([tenth, tenth + 4], freq="M"),
            "until": pd.to_datetime(["2026-10-01", "9999-12-31"]),
        }
    )
    assert frame_to_csv(frame).decode("utf-8-sig").split() == [
        "month,period,until", "2026-P10,2026-P10,2026-10-01", ",2027-P01,9999-12-31",
    ]  # fmt: skip
    assert [row[:2] for row in typed_table(frame_table(frame, "Periods", N)).rows] == [
        ("2026-P10", "2026-P10"), (None, "2027-P01"),
    ]  # fmt: skip
    assert "2026年第10期" in frame_table(frame, "Periods", numbers("zh")).html
