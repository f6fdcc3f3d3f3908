#!/usr/bin/env bash
# Unicode's line breaking (UAX 14), as browsers, mail readers and PDF engines break lines, on signed amounts of money
#
# One would guess: a sign belongs to its amount, and −¥36.9万 or −€40 is never parted: −36.9 is not, nor is −CN¥469K.
#
# What really happens: before a figure and before a letter the sign stays (LB 25, LB 24), but a sign and a currency's sign
# are both "prefix numeric" (PR), and no rule joins two of them. So −¥36.9万, −€40, −$12 and +£5 may each end a line with
# their sign and begin the next with the amount, which then reads as a gain. Chinese titles, which break anywhere, show it
# most; the typographic minus (U+2212), the hyphen and the plus are parted alike. A word joiner (U+2060) between the two
# holds them.
#
# Seen with uniseg 0.10.1 (see the output below; Python 3.11), which implements UAX 14 as published, and with Chromium
# 156, which parts all of these but the hyphen's.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "uniseg==0.10.1"
"$folder/venv/bin/python" - <<'PYTHON'
from uniseg.linebreak import line_break_units


def parts(text):
    return list(line_break_units(text))


for text in ("−36.9万", "−CN¥469K", "−¥36.9万", "−€40", "+£5", "-$12", "−\u2060¥36.9万"):
    print(f"{text!r:18} may be parted as {' | '.join(parts(text))}")
assert parts("−36.9") == ["−36.9"] and parts("−CN¥469K") == ["−CN¥469K"]
assert parts("−€40") == ["−", "€40"], "no longer so: a sign stays with a currency's sign"
assert parts("−¥36.9万")[0] == "−" and parts("+£5")[0] == "+" and parts("-$12")[0] == "-"
assert parts("−\u2060€40") == ["−\u2060€40"]
PYTHON
# '−36.9万'           may be parted as −36.9 | 万
# '−CN¥469K'         may be parted as −CN¥469K
# '−¥36.9万'          may be parted as − | ¥36.9 | 万
# '−€40'             may be parted as − | €40
# '+£5'              may be parted as + | £5
# '-$12'             may be parted as - | $12
# '−\u2060¥36.9万'    may be parted as −⁠¥36.9 | 万
