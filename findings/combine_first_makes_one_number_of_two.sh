#!/usr/bin/env bash
# pandas' combine_first on frames, and order or customer numbers of 17 digits
#
# One would guess: the rows of this month, completed by those of an older export, keep what they have: combine_first
# takes the other frame's value where the first one's is missing, and no number is missing in either. The column is
# int64 before and after, and Series.combine_first of the same columns keeps every digit.
#
# What really happens: the numbers go through floats on the way and come back as int64: 12345678901234567 and
# 12345678901234569 are both ...568, a number that neither frame holds. The type shows nothing, since it is the exact
# one that was there before. Two customers become one, who has the money of both; a join back to the orders finds
# nobody. It happens as soon as the other frame has a row more; with the same rows in both the digits stay, so a try on
# one month shows nothing. No word is said. Numbers as texts, or concat and drop_duplicates, keep them.
#
# Seen with pandas 3.1.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pandas==3.1.1" "numpy==2.4.6"
"$folder/venv/bin/python" -Werror - <<'PYTHON'
import pandas as pd

first, second = 12345678901234567, 12345678901234569
this_month = pd.DataFrame({"customer": [first, second], "amount": [100, 250]}, index=["order 1", "order 2"])
older = pd.DataFrame({"customer": [777], "amount": [40]}, index=["order 0"])

both = this_month.combine_first(older)
by_column = this_month["customer"].combine_first(older["customer"])
same_rows = this_month.combine_first(this_month)
stacked = pd.concat([this_month, older])
print(f"given {this_month['customer'].tolist()} ({this_month['customer'].dtype}) and {older['customer'].tolist()}")
print(f"frames combined: {both['customer'].tolist()} ({both['customer'].dtype})")
print(f"columns combined: {by_column.tolist()}; frames of the same rows: {same_rows['customer'].tolist()}")
print(f"sales by customer: {both.groupby('customer')['amount'].sum().to_dict()}")
print(f"sales by customer of the frames in a row: {stacked.groupby('customer')['amount'].sum().to_dict()}")
assert sorted(by_column) == sorted(stacked["customer"]) == [777, first, second]
assert same_rows["customer"].tolist() == [first, second]
assert both["customer"].dtype == "int64"
assert both["customer"].nunique() == 2 and first not in set(both["customer"]), "no longer so: the digits are kept"
PYTHON
# given [12345678901234567, 12345678901234569] (int64) and [777]
# frames combined: [777, 12345678901234568, 12345678901234568] (int64)
# columns combined: [777, 12345678901234567, 12345678901234569]; frames of the same rows: [12345678901234567, 12345678901234569]
# sales by customer: {777: 40, 12345678901234568: 350}
# sales by customer of the frames in a row: {777: 40, 12345678901234567: 100, 12345678901234569: 250}
