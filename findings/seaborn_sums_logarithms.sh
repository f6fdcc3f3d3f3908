#!/usr/bin/env bash
# seaborn on a logarithmic axis, and a company's sales by class of customers
#
# One would guess: log_scale=True sets how the axis is drawn. The bar still stands at the mean of the amounts, or at
# their sum with estimator="sum", as it does on a linear axis and as pandas computes it.
#
# What really happens: the amounts are turned into logarithms first, then aggregated, then turned back. The mean is the
# geometric mean, 116 where the six customers of a class bought for 1,838 on average; and the sum of logarithms is the
# product of the amounts: six customers who bought for 11,030 together get a bar at 2,500,000,000,000 and stand above
# three who bought for 15,000. barplot, pointplot and lineplot do it, also where the axis given to them was logarithmic
# before, and so does Agg of seaborn.objects. No word is said, and the ticks read as money. Set after drawing, the scale
# moves no bar: the same two calls in the other order.
#
# Seen with seaborn 0.13.2, matplotlib 3.11.2, pandas 3.1.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "seaborn==0.13.2" "matplotlib==3.11.2" "pandas==3.1.1" "numpy==2.4.6"
"$folder/venv/bin/python" - <<'PYTHON'
import matplotlib
import pandas as pd
import seaborn as sns
import seaborn.objects as so
from matplotlib.figure import Figure

matplotlib.use("Agg")
amounts = {"B": [10, 10, 10, 500, 500, 10_000], "A": [4_000, 5_000, 6_000]}
sales = pd.DataFrame([(tier, amount) for tier, each in amounts.items() for amount in each], columns=["tier", "amount"])


def bars(estimator, asked):
    """Where the bars of the classes B and A end, with the axis made logarithmic in one of three ways."""
    axes = Figure().subplots()
    if asked == "before":
        axes.set_yscale("log")
    scale = True if asked == "log_scale" else None
    sns.barplot(sales, x="tier", y="amount", estimator=estimator, errorbar=None, log_scale=scale, ax=axes)
    if asked == "after":
        axes.set_yscale("log")
    return [round(bar.get_y() + bar.get_height()) for bar in axes.patches]


def line(draw):
    axes = Figure().subplots()
    axes.set_yscale("log")
    draw(sales, x="tier", y="amount", estimator="sum", errorbar=None, ax=axes)
    return [round(float(value)) for value in axes.lines[0].get_ydata()]


true = {how: [round(each) for each in sales.groupby("tier", sort=False)["amount"].agg(how)] for how in ("mean", "sum")}
seen = {(how, asked): bars(how, asked) for how in true for asked in ("log_scale", "before", "after")}
lines = {draw.__name__: line(draw) for draw in (sns.pointplot, sns.lineplot)}
plot = so.Plot(sales, x="tier", y="amount").add(so.Line(), so.Agg("sum")).scale(y="log").plot()
lines["objects.Agg"] = [round(float(value)) for value in plot._figure.axes[0].lines[0].get_ydata()]
words = {"log_scale": "by log_scale=True", "before": "before drawing", "after": "after drawing"}
for how, values in true.items():
    print(f"{how:4} of the amounts: {values}")
    for asked in ("log_scale", "before", "after"):
        print(f"     axis made logarithmic {words[asked]}: {seen[how, asked]}")
print(f"points and lines of the sum: {lines}")
no_longer = "no longer so: amounts are added up, not their logarithms"
assert seen["mean", "log_scale"] == seen["mean", "before"] == [116, 4932], no_longer
assert seen["sum", "log_scale"] == seen["sum", "before"] == [2_500_000_000_000, 120_000_000_000], no_longer
assert all(values == [2_500_000_000_000, 120_000_000_000] for values in lines.values()), no_longer
assert all(seen[how, "after"] == values for how, values in true.items())
PYTHON
# mean of the amounts: [1838, 5000]
#      axis made logarithmic by log_scale=True: [116, 4932]
#      axis made logarithmic before drawing: [116, 4932]
#      axis made logarithmic after drawing: [1838, 5000]
# sum  of the amounts: [11030, 15000]
#      axis made logarithmic by log_scale=True: [2500000000000, 120000000000]
#      axis made logarithmic before drawing: [2500000000000, 120000000000]
#      axis made logarithmic after drawing: [11030, 15000]
# points and lines of the sum: {'pointplot': [2500000000000, 120000000000], 'lineplot': [2500000000000, 120000000000], 'objects.Agg': [2500000000000, 120000000000]}
