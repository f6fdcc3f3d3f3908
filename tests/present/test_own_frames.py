"""A plain frame on a page of one's own loses nothing: not the time of a day, and not the page where it is empty."""

import pandas as pd
import pytest

from helpers.present.numbers import numbers
from helpers.present.own.frames import frame_table

N = numbers("en", "CNY")


def test_the_time_of_a_day_is_shown_where_there_is_one():
    when = pd.DataFrame({"when": [pd.Timestamp("2026-10-05 13:45"), pd.NaT]})
    assert "5 Oct 2026 13:45" in frame_table(when, "Calls", N).html
    assert "00:00" not in frame_table(when.apply(lambda column: column.dt.normalize()), "Calls", N).html


@pytest.mark.parametrize("frame", [pd.DataFrame(), pd.DataFrame(index=range(3))])
def test_a_frame_without_columns_is_a_table_without_rows(frame):
    assert frame_table(frame, "Nobody", N).row_count == 0
