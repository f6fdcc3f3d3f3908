#!/usr/bin/env bash
# Altair (Vega-Lite), and a bar for each customer whose number has 17 digits
#
# One would guess: customer:N says that the column names customers and measures nothing, so each number is a bar of its
# own, with the digits that the frame has; the numbers go into the chart as whole numbers and are all there.
#
# What really happens: the chart's JSON has all digits, but what draws it is JavaScript and has floats alone. Numbers that
# differ in the last digits become one, and the bars of three customers are laid end to end: one customer, with a number
# that is none of the three, has the money of all and stands above the largest. No word is said. As text the same numbers
# are a bar each.
#
# Seen with altair 6.3.0, vl-convert-python 1.9.0.post1, pandas 3.1.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "altair==6.3.0" "vl-convert-python==1.9.0.post1" "pandas==3.1.1" "numpy==2.4.6"
"$folder/venv/bin/python" - <<'PYTHON'
import re

import altair as alt
import pandas as pd
import vl_convert

sales = pd.DataFrame({"customer": [45007123000123456, 45007123000123457, 45007123000123458, 45007123000200000], "amount": [30, 20, 25, 40]})


def bars(frame):
    """By customer as drawn: where its bar ends, in units of the longest bar."""
    chart = alt.Chart(frame).mark_bar().encode(y="customer:N", x="amount:Q")
    svg = vl_convert.vegalite_to_svg(chart.to_json())
    drawn = re.findall(r'aria-label="amount: (\d+); customer: (\d+)"[^>]*? d="M([\d.]+),[\d.]+h([\d.]+)', svg)
    ends = {}
    for _, customer, begin, length in drawn:
        ends[customer] = max(ends.get(customer, 0.0), float(begin) + float(length))
    return {customer: round(end / max(ends.values()), 2) for customer, end in ends.items()}


numbers, texts = bars(sales), bars(sales.astype({"customer": "str"}))
print(f"as numbers: {numbers}")
print(f"as texts: {texts}")
assert texts == {"45007123000123456": 0.75, "45007123000123457": 0.5, "45007123000123458": 0.62, "45007123000200000": 1.0}
assert len(numbers) == 2, "no longer so: all digits tell customers apart"
(merged,) = set(numbers) - set(texts)
assert numbers[merged] == 1.0 and numbers["45007123000200000"] == 0.53
PYTHON
# as numbers: {'45007123000123460': 1.0, '45007123000200000': 0.53}
# as texts: {'45007123000123456': 0.75, '45007123000123457': 0.5, '45007123000123458': 0.62, '45007123000200000': 1.0}
