#!/usr/bin/env bash
# SciPy's winsorize, and order values of which one is not known
#
# One would guess: limits=[0, 0.2] brings the largest fifth down to the next largest. What is missing (NaN) stays missing,
# or all of it is; with nan_policy="omit", which is to ignore NaN, the largest of the known ones is brought down.
#
# What really happens: NaN sorts last and so is the largest, and is what is brought down: the order whose value nobody
# knows gets the value of the outlier, which stays. Of four orders that come to 9,033 and one that is not known, five that
# come to 18,033 are made, and none is missing, so nothing shows. (The manual says that NaN may be overwritten, and not by
# what.) nan_policy="omit" leaves the NaN where it is, but counts it among the largest fifth, so nothing is brought down at
# all. The known orders alone come to 45.
#
# Seen with scipy 1.17.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "scipy==1.17.1" "numpy==2.4.6"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import numpy as np
from scipy.stats.mstats import winsorize

orders = np.array([10.0, 11.0, np.nan, 12.0, 9_000.0])
known = orders[~np.isnan(orders)]
by_default = np.asarray(winsorize(orders, limits=[0, 0.2]))
omitted = np.asarray(winsorize(orders, limits=[0, 0.2], nan_policy="omit"))
without = np.asarray(winsorize(known, limits=[0, 0.25]))
print(f"orders {orders.tolist()}, the known ones come to {known.sum():,.0f}")
print(f"winsorized: {by_default.tolist()}, {by_default.sum():,.0f}")
print(f"with nan_policy='omit': {omitted.tolist()}; the known ones alone: {without.tolist()}, {without.sum():,.0f}")
assert without.tolist() == [10, 11, 12, 12]
assert by_default.tolist() == [10, 11, 9_000, 12, 9_000], "no longer so: what is missing is not the largest"
assert np.array_equal(omitted, orders, equal_nan=True)
PYTHON
# orders [10.0, 11.0, nan, 12.0, 9000.0], the known ones come to 9,033
# winsorized: [10.0, 11.0, 9000.0, 12.0, 9000.0], 18,033
# with nan_policy='omit': [10.0, 11.0, nan, 12.0, 9000.0]; the known ones alone: [10.0, 11.0, 12.0, 12.0], 45
