"""CSV files for spreadsheets: what looks like a formula is disarmed, what people bring stays as it is."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest

from helpers.core.frames.csv_file import to_csv_bytes


def test_in_rows_as_read_a_formula_is_disarmed_and_a_number_written_as_text_stays():
    texts = ["=1+1", "-1+1", "@SUM(A1)", "-12", "+3,500.5", "Hammer"]
    rows = to_csv_bytes(pd.DataFrame({"code": texts}), keep_numbers=True).decode("utf-8-sig").splitlines()
    assert rows[1:] == ["'=1+1", "'-1+1", "'@SUM(A1)", "-12", '"+3,500.5"', "Hammer"]


def test_the_sign_of_a_name_or_a_telephone_number_is_part_of_the_text():
    rows = to_csv_bytes(pd.DataFrame({"code": ["-5", "+8613900000000"], "money": [-5.0, 2.5]}))
    assert rows.decode("utf-8-sig").splitlines()[1:] == ["'-5,-5.0", "'+8613900000000,2.5"]


@pytest.mark.parametrize("dtype", ["object", pd.ArrowDtype(pa.decimal128(9, 2))])
def test_exact_amounts_have_the_same_mark_as_floats(dtype):
    exact = pd.Series([Decimal("1234.25"), Decimal("-0.75")]).astype(dtype)
    rows = to_csv_bytes(pd.DataFrame({"exact": exact, "float": [1234.25, -0.75]}))
    assert rows.decode("utf-8-sig").splitlines()[1:] == ["1234.25,1234.25", "-0.75,-0.75"]
