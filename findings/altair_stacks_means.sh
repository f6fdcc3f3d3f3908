#!/usr/bin/env bash
# Altair (Vega-Lite), and a bar chart of mean order values, coloured by channel
#
# One would guess: sums of parts may be stacked, means may not, and a chart library that knows which of them it draws
# (y="mean(amount)") stacks only what adds up. With colours the bars of a region stand beside or before each other, or
# something is said.
#
# What really happens: the means are stacked. A region whose orders are worth 15 on average in shops and 30 on the web
# (20 over both) gets a bar that ends at 45 on an axis titled "Mean of amount", and stands above the region whose every
# order is worth 40. Medians and the largest of each are stacked alike; the more channels, the better the region looks.
# No word is said. stack=None or xOffset="channel" draw each from nought.
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

orders = pd.DataFrame(
    {
        "region": ["north", "north", "north", "south"],
        "channel": ["shop", "shop", "web", "shop"],
        "amount": [10, 20, 30, 40],
    }
)
means = orders.groupby("region")["amount"].mean().to_dict()


def axis_up_to(measure, **more):
    """What the axis of money is called and how far it goes."""
    chart = alt.Chart(orders).mark_bar().encode(x="region", y=alt.Y(measure, **more), color="channel")
    drawn = vl_convert.vegalite_to_svg(chart.to_json())
    axis = re.search(r"Y-axis titled '([^']*)' for a linear scale with values from 0 to (\d+)", drawn)
    return axis[1], int(axis[2])


print(f"mean of all orders of a region: {means}; the largest of region and channel is 40")
seen = {measure: axis_up_to(measure) for measure in ("mean(amount)", "median(amount)", "max(amount)")}
apart = axis_up_to("mean(amount)", stack=None)
for measure, (title, largest) in seen.items():
    print(f"{measure}: axis '{title}' from 0 to {largest}")
print(f"mean(amount), stack=None: axis '{apart[0]}' from 0 to {apart[1]}")
assert seen["mean(amount)"] == ("Mean of amount", 45), "no longer so: means are not stacked"
assert seen["median(amount)"][1] == 45 and seen["max(amount)"][1] == 50
assert apart == ("Mean of amount", 40) and max(means.values()) == 40
PYTHON
# mean of all orders of a region: {'north': 20.0, 'south': 40.0}; the largest of region and channel is 40
# mean(amount): axis 'Mean of amount' from 0 to 45
# median(amount): axis 'Median of amount' from 0 to 45
# max(amount): axis 'Max of amount' from 0 to 50
# mean(amount), stack=None: axis 'Mean of amount' from 0 to 40
