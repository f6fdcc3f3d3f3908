#!/usr/bin/env bash
# pandas.DataFrame.query, and the sales of one day
#
# One would guess: query("day == '2026-12-25'") is frame[frame["day"] == "2026-12-25"], as the manual's examples go, and
# as query("day >= '2026-12-25'") finds that day. What found a day with pandas 2 finds it, or raises an error.
#
# What really happens: it finds no row, and with != all of them. query makes "in" of == where the other side is a text, and
# isin no longer takes texts for days since pandas 3; a comparison with a text does, and so do >= and < in query. So the
# sales of a day are nothing, a day that was to be left out (the day of the stocktaking, the one large order) is
# in again, and "day in [...]" finds none of the days of a campaign. No word is said: pandas 2.3 warned of isin, in a text
# that names neither query nor ==. A day bound as a Timestamp is found.
#
# Seen with pandas 3.1.1 and 2.3.3, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/ask.py" <<'PYTHON'
import sys
import warnings

import pandas as pd

sales = pd.DataFrame({"day": pd.to_datetime(["2026-12-24", "2026-12-25", "2026-12-26"]), "amount": [1, 10, 100]})
warnings.simplefilter("ignore" if pd.__version__.startswith("2.") else "error")
asked = ["day == '2026-12-25'", "day != '2026-12-25'", "day in ['2026-12-24', '2026-12-25']", "day >= '2026-12-25'"]
found = {question: int(sales.query(question)["amount"].sum()) for question in asked}
by_mask = int(sales.loc[sales["day"] == "2026-12-25", "amount"].sum())
stamp = pd.Timestamp("2026-12-25")
print(f"pandas {pd.__version__}: {found}, by a mask {by_mask}, bound {sales.query('day == @stamp')['amount'].sum()}")
assert by_mask == sales.query("day == @stamp")["amount"].sum() == 10
assert list(found.values()) == {"2.3.3": [10, 101, 11, 110], "3.1.1": [0, 111, 0, 110]}[pd.__version__], "no longer so"
PYTHON
for version in 3.1.1 2.3.3; do
    python3 -m venv "$folder/venv-$version"
    "$folder/venv-$version/bin/pip" install -q --disable-pip-version-check "pandas==$version" "numpy==2.4.6"
    "$folder/venv-$version/bin/python" "$folder/ask.py"
done
# pandas 3.1.1: {"day == '2026-12-25'": 0, "day != '2026-12-25'": 111, "day in ['2026-12-24', '2026-12-25']": 0, "day >= '2026-12-25'": 110}, by a mask 10, bound 10
# pandas 2.3.3: {"day == '2026-12-25'": 10, "day != '2026-12-25'": 101, "day in ['2026-12-24', '2026-12-25']": 11, "day >= '2026-12-25'": 110}, by a mask 10, bound 10
