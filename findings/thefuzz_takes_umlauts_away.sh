#!/usr/bin/env bash
# thefuzz (formerly fuzzywuzzy), and customers whose names differ in one letter with a mark (Müller, Möller)
#
# One would guess: two names that differ in a letter are less than 100 alike by each of its measures, as they are by ratio()
# and by RapidFuzz, which thefuzz computes with; and if marks are taken off letters, Müller is as like Muller as Möller is not.
#
# What really happens: token_sort_ratio, token_set_ratio, WRatio and QRatio first leave out every letter of Latin-1 that is not
# ASCII (force_ascii is on): Müller and Möller are both "mller", 100 alike, and so are Höfer and Häfer, whereas
# Müller and Muller are 91. Names that consist of such letters and a legal form are alike whatever they are: "Öl AG" and "Äl AG".
# Letters further off (Łódź, 上海华联) stay, so a test with Polish or Chinese names goes well. Who merges customers at 95 merges
# Müller with Möller and leaves Muller alone. No word is said of it. (Met before in fuzzywuzzy: seatgeek/fuzzywuzzy 82.)
#
# Seen with thefuzz 0.22.1, rapidfuzz 3.14.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "thefuzz==0.22.1" "rapidfuzz==3.14.6"
"$folder/venv/bin/python" -W error - <<'PYTHON'
from rapidfuzz import fuzz as rapid
from rapidfuzz.utils import default_process
from thefuzz import fuzz

measures = ("token_sort_ratio", "token_set_ratio", "WRatio", "QRatio")


def likeness(one, other):
    ours = [getattr(fuzz, measure)(one, other) for measure in measures]
    theirs = [round(getattr(rapid, measure)(one, other, processor=default_process)) for measure in measures]
    return ours, theirs


for one, other in (("Müller", "Möller"), ("Höfer GmbH", "Häfer GmbH"), ("Öl AG", "Äl AG"), ("Müller", "Muller"), ("Łódź", "Łudź"), ("华联", "华润")):
    ours, theirs = likeness(one, other)
    print(f"{one} and {other}: thefuzz {ours}, ratio {fuzz.ratio(one, other)}; RapidFuzz {theirs}")
    assert max(theirs) < 100
    if one in ("Müller", "Höfer GmbH", "Öl AG") and other != "Muller":
        assert ours == [100] * 4, "no longer so: letters with marks are compared"
    else:
        assert max(ours) < 100
PYTHON
# Müller and Möller: thefuzz [100, 100, 100, 100], ratio 83; RapidFuzz [83, 83, 83, 83]
# Höfer GmbH and Häfer GmbH: thefuzz [100, 100, 100, 100], ratio 90; RapidFuzz [90, 90, 90, 90]
# Öl AG and Äl AG: thefuzz [100, 100, 100, 100], ratio 80; RapidFuzz [80, 80, 80, 80]
# Müller and Muller: thefuzz [91, 91, 91, 91], ratio 83; RapidFuzz [83, 83, 83, 83]
# Łódź and Łudź: thefuzz [86, 86, 86, 86], ratio 75; RapidFuzz [75, 75, 75, 75]
# 华联 and 华润: thefuzz [50, 50, 50, 50], ratio 50; RapidFuzz [50, 50, 50, 50]
