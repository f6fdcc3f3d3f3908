#!/usr/bin/env bash
# lifelines, and how many of the next 36 months customers stay, of whom nobody was followed for more than twelve
#
# One would guess: restricted_mean_survival_time(fit, t=36) needs to know the curve up to month 36. Asked beyond the
# last month that was seen it is missing, or an error, or says how far it reached; median_survival_time_, asked of the
# same fit, is infinite, which says that it is not known.
#
# What really happens: the curve is carried on level for ever: who stayed for twelve months never leaves. Of customers
# of whom four in ten left within the year the mean stay within 36 months is 23.7, and within 120 months 74, so a value
# of a customer that multiplies it by a margin grows with the horizon that one asks for, without end and without a word.
# predict(120) is 0.6 as well. At the rate of the year that was seen, by an exponential curve fitted to the same, it is
# 18.3 and 23.1.
#
# Seen with lifelines 0.30.3, pandas 2.3.3, numpy 2.4.6, scipy 1.17.1 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "lifelines==0.30.3" "pandas==2.3.3" "numpy==2.4.6" "scipy==1.17.1"
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
from lifelines import ExponentialFitter, KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time

left_after = [2, 4, 6, 9]
months = np.array(left_after + [12] * 6)
left = np.array([1] * len(left_after) + [0] * 6)
curve = KaplanMeierFitter().fit(months, left)
rate = ExponentialFitter().fit(months, left)
found = {}
for horizon in (12, 36, 120):
    found[horizon] = float(restricted_mean_survival_time(curve, t=horizon))
    steady = float(restricted_mean_survival_time(rate, t=horizon))
    there = curve.predict(horizon)
    print(f"within {horizon} months: {found[horizon]:.1f} by Kaplan and Meier (there at its end {there:.2f}), {steady:.1f} at a steady rate")
print(f"median {curve.median_survival_time_}; last month seen {months.max()}")
assert np.isinf(curve.median_survival_time_) and curve.predict(120) == curve.predict(12)
assert abs(found[120] - found[12] - 0.6 * 108) < 1e-6, "no longer so: what was not seen is not counted on"
PYTHON
# within 12 months: 9.3 by Kaplan and Meier (there at its end 0.60), 9.4 at a steady rate
# within 36 months: 23.7 by Kaplan and Meier (there at its end 0.60), 18.3 at a steady rate
# within 120 months: 74.1 by Kaplan and Meier (there at its end 0.60), 23.1 at a steady rate
# median inf; last month seen 12
