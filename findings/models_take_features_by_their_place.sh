#!/usr/bin/env bash
# LightGBM and statsmodels, and the chance that a customer leaves, of a table whose columns stand in another order
#
# One would guess: a model that was fitted on a frame knows the names of its columns: asked about this month's frame, it
# takes silence for silence and orders for orders, or it says that the names do not fit, as scikit-learn does.
#
# What really happens: both take the columns by their place. A frame with the same columns in another order (made by
# another query, or by a pivot, which sorts) has the orders read as days of silence: of the fifty who are likeliest to
# leave four are the same by LightGBM and none by a logit of statsmodels. Each chance by itself is plausible. LightGBM
# stores the names and prints them beside each feature's weight; statsmodels prints them in its summary. LightGBM looks
# at them with validate_features=True, which its sklearn interface has off; statsmodels with a formula. No word is said.
#
# Seen with lightgbm 4.7.0, statsmodels 0.15.0, scikit-learn 1.9.1, pandas 3.1.1, numpy 2.4.6, scipy 1.17.1 (see the
# output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "lightgbm==4.7.0" "statsmodels==0.15.0" "scikit-learn==1.9.1" "pandas==3.1.1" "numpy==2.4.6" "scipy==1.17.1"
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import lightgbm
import numpy as np
import pandas as pd
import statsmodels.api as sm
from sklearn.linear_model import LogisticRegression

chance = np.random.default_rng(30)
known = pd.DataFrame({"silence": chance.uniform(0, 100, 1_000), "orders": chance.uniform(0, 100, 1_000)})
left = (chance.uniform(0, 100, 1_000) < 0.7 * known["silence"] + 0.3 * (100 - known["orders"]) * 0.5).astype(int)
other = known[["orders", "silence"]]
trees = lightgbm.LGBMClassifier(n_estimators=20, verbose=-1, random_state=0, n_jobs=1).fit(known, left)
logit = sm.Logit(left, sm.add_constant(known)).fit(disp=False)
by_name = {"LightGBM": trees.predict_proba(known)[:, 1], "statsmodels": logit.predict(sm.add_constant(known)).to_numpy()}
by_place = {"LightGBM": trees.predict_proba(other)[:, 1], "statsmodels": logit.predict(sm.add_constant(other)).to_numpy()}
for name in by_name:
    same = set(by_name[name].argsort()[-50:]) & set(by_place[name].argsort()[-50:])
    change = abs(by_name[name] - by_place[name]).max()
    print(f"{name}: {len(same)} of the 50 likeliest to leave are the same; largest change {change:.2f}")
    assert change > 0.3 and len(same) < 30, f"no longer so: {name} minds the names"
refused = 0
for model, options in ((LogisticRegression().fit(known, left), {}), (trees, {"validate_features": True})):
    try:
        model.predict_proba(other, **options)
    except (ValueError, lightgbm.basic.LightGBMError) as error:
        print(f"{type(error).__name__}: {str(error).splitlines()[0][:90]}")
        refused += 1
assert refused == 2
PYTHON
# LightGBM: 4 of the 50 likeliest to leave are the same; largest change 0.72
# statsmodels: 0 of the 50 likeliest to leave are the same; largest change 0.69
# ValueError: The feature names should match those that were passed during fit.
# LightGBMError: Expected 'silence' at position 0 but found 'orders'
