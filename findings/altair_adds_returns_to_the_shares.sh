#!/usr/bin/env bash
# Altair (Vega-Lite), and a region's sales by kind as shares of a hundred (stack="normalize"), with credit notes among them
#
# One would guess: what is below nought stands below the line, as it does with stack="zero", or shares of it are refused or
# said to have no meaning. Goods for 80 and services for 40, of which 20 came back, are 100 together.
#
# What really happens: the sign is taken away. The 20 that came back are a piece of the bar like the others, 14 %, and goods
# and services are 57 and 29 %, of a whole of 140 that nobody has; of a net of 100 they would be 80 and 40. The axis runs
# from 0 to 100 %. The more a region's customers send back, the larger a piece of its sales that is, and a kind of which
# all came back looks as large as one that was sold. A pie (mark_arc) does the same. No word is said.
#
# Seen with altair 6.3.0, vl-convert-python 1.9.0.post1, pandas 3.1.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "altair==6.3.0" "vl-convert-python==1.9.0.post1" "pandas==3.1.1" "numpy==2.4.6"
"$folder/venv/bin/python" -W error::UserWarning - <<'PYTHON'
import re

import altair as alt
import pandas as pd
import vl_convert

sales = pd.DataFrame({"kind": ["goods", "services", "returns"], "amount": [80, 40, -20]})
sales["region"] = "north"


def drawn(chart):
    return vl_convert.vegalite_to_svg(chart.to_json())


def bars(stack):
    """Say of each kind what is told of its bar and how far the axis goes."""
    chart = alt.Chart(sales).mark_bar().encode(x="region", y=alt.Y("sum(amount)", stack=stack), color="kind")
    picture = drawn(chart)
    told = re.findall(r'aria-label="region: north; Sum of amount: ([^;]+); kind: (\w+)"', picture)
    axis = re.search(r"linear scale with values from (\S+) to ([^\"]+)\"", picture)
    heights = re.findall(r'aria-roledescription="bar" d="M[-\d.]+,[-\d.]+h[\d.]+v([-\d.]+)', picture)
    return {kind: share for share, kind in told}, axis.groups(), [float(height) for height in heights]


told, axis, heights = bars("normalize")
print(f"normalize: {told}, axis from {axis[0]} to {axis[1]}")
print(f"zero: axis from {bars('zero')[1][0]} to {bars('zero')[1][1]}; all bars together {sum(sales['amount'])}")
pie = drawn(alt.Chart(sales[sales["kind"] != "services"]).mark_arc().encode(theta="amount", color="kind"))
wedges = re.findall(r'aria-label="amount: ([^;]+); kind: (\w+)"[^>]*d="M0,-150A150,150,0,(\d)', pie)
print(f"pie: {[(kind, amount, 'more than half' if large == '1' else 'less than half') for amount, kind, large in wedges]}")
assert bars("zero")[1] == ("−20", "120") and axis == ("0%", "100%")
assert told == {"goods": "57%", "services": "29%", "returns": "14%"}, "no longer so: returns are no share of sales"
assert all(height > 0 for height in heights) and abs(sum(heights) - 300) < 0.01
assert [kind for _, kind, _ in wedges] == ["goods", "returns"]
PYTHON
# normalize: {'goods': '57%', 'services': '29%', 'returns': '14%'}, axis from 0% to 100%
# zero: axis from −20 to 120; all bars together 100
# pie: [('goods', '80', 'more than half'), ('returns', '−20', 'less than half')]
