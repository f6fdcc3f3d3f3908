#!/usr/bin/env bash
# Altair (Vega-Lite), and growth that is not known of some customers, filtered or computed within the chart
#
# One would guess: who has no growth is not in a chart of those who did not shrink (datum.growth >= 0), as a filter of
# pandas before the chart has it; and the mean growth in per cent, of datum.growth * 100, is a hundred times the mean
# growth.
#
# What really happens: what computes is JavaScript, in which nothing is 0 as soon as one compares or counts with it:
# null >= 0 is true, null * 100 is 0. A new customer stands among those who did not shrink, with either way of writing
# the filter (a text, alt.datum, FieldGTEPredicate). mean(growth) is 15 %, as in pandas, since Vega-Lite leaves the
# missing out; but of growth * 100, computed in the chart, it is 9, for the two unknown ones count as nought. The frame
# says NaN, which JavaScript would keep apart, but Altair writes it as null. No word is said. isValid(datum.growth) in
# the filter leaves them out.
#
# Seen with altair 6.3.0, vl-convert-python 1.9.0.post1, pandas 3.1.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "altair==6.3.0" "vl-convert-python==1.9.0.post1" "pandas==3.1.1" "numpy==2.4.6"
cd "$folder"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import re

import altair as alt
import pandas as pd
import vl_convert

customers = pd.DataFrame({"customer": list("ABCDE"), "growth": [0.1, 0.4, -0.05, None, None], "amount": [5, 6, 7, 8, 9]})


def drawn(chart):
    """Return what the chart's bars say of themselves."""
    svg = vl_convert.vegalite_to_svg(chart.to_json())
    return [said for said in re.findall(r'aria-label="([^"]*)"', svg) if "axis" not in said]


bars = alt.Chart(customers).mark_bar()
each = bars.encode(x="customer:N", y="amount:Q")
filters = {
    "text": "datum.growth >= 0", "alt.datum": alt.datum.growth >= 0, "predicate": alt.FieldGTEPredicate(field="growth", gte=0),
    "isValid": "isValid(datum.growth) && datum.growth >= 0",
}  # fmt: skip
kept = {}
for name, rule in filters.items():
    kept[name] = "".join(re.findall(r"customer: (.)", " ".join(drawn(each.transform_filter(rule)))))
mean = drawn(bars.encode(y="mean(growth):Q"))
percent = drawn(bars.transform_calculate(percent="datum.growth * 100").encode(y="mean(percent):Q"))
by_pandas = "".join(customers.loc[customers["growth"] >= 0, "customer"])
print(f"did not shrink: pandas {by_pandas}, {kept}")
print(f"{mean} {percent}; pandas {customers['growth'].mean():.3f} and {(customers['growth'] * 100).mean():.1f}")
assert by_pandas == kept["isValid"] == "AB"
assert kept["text"] == kept["alt.datum"] == kept["predicate"] == "ABDE", "no longer so: who has no growth is left out"
assert float(percent[0].split(": ")[1]) == 9 and round(float(mean[0].split(": ")[1]), 3) == 0.15
PYTHON
# did not shrink: pandas AB, {'text': 'ABDE', 'alt.datum': 'ABDE', 'predicate': 'ABDE', 'isValid': 'AB'}
# ['Mean of growth: 0.15'] ['Mean of percent: 9']; pandas 0.150 and 15.0
