#!/usr/bin/env bash
# cleanco, and customers whose last word is also a legal form somewhere
#
# One would guess: basename() takes legal forms off the end of a name (GmbH, Ltd., S.p.A.), and what is a word of the
# name stays: a form is set apart by its marks, its capitals or its place among other forms. Two businesses whose names
# differ stay two, and no name becomes empty. What is taken off here stands in several tables of company names.
#
# What really happens: every last word that is a form in any country goes, however it is written, and again for as long
# as there is one. "Royal Spa" is "Royal", as the "Royal Ltd" of another owner is; "La Sal SA" is "La", since Sal is a
# form in Lebanon, and so is "La Spa"; "Nguyen Ky" is "Nguyen" (Ky, Finland). A name of such a word alone, "Sia" or
# "Spa", is empty, and all of those are one customer. Chinese and Japanese forms, which stand in the name without a
# blank, stay: 上海宏达贸易有限公司 does not meet 上海宏达贸易. So matching by basename merges strangers and leaves doublets.
#
# Seen with cleanco 2.3 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "cleanco==2.3"
"$folder/venv/bin/python" - <<'PYTHON'
from collections import defaultdict

from cleanco import basename

names = ["Müller GmbH & Co. KG", "Royal Ltd", "Royal Spa", "La Sal SA", "La Spa", "Nguyen Ky", "Nguyen Co"]
names += ["Sia", "Spa", "上海宏达贸易有限公司", "上海宏达贸易"]
merged = defaultdict(list)
for name in names:
    merged[basename(name)].append(name)
for base, those in merged.items():
    print(f"{base!r}: {', '.join(those)}")
assert merged["Müller"] == ["Müller GmbH & Co. KG"]
assert merged["Royal"] == ["Royal Ltd", "Royal Spa"], "no longer so: a spa stays a spa"
assert merged["La"] == ["La Sal SA", "La Spa"] and merged["Nguyen"] == ["Nguyen Ky", "Nguyen Co"]
assert merged[""] == ["Sia", "Spa"], "no longer so: no name becomes empty"
assert "上海宏达贸易有限公司" in merged, "no longer so: Chinese forms are taken off"
PYTHON
# 'Müller': Müller GmbH & Co. KG
# 'Royal': Royal Ltd, Royal Spa
# 'La': La Sal SA, La Spa
# 'Nguyen': Nguyen Ky, Nguyen Co
# '': Sia, Spa
# '上海宏达贸易有限公司': 上海宏达贸易有限公司
# '上海宏达贸易': 上海宏达贸易
