#!/usr/bin/env bash
# Babel's compact currency, as a dashboard writes it beside a bar
#
# One would guess: an amount shortened to thousands, millions or 万 is rounded, and moves on to the next unit where
# rounding reaches it, as CLDR's compact patterns do in ICU and in browsers: 999,600 is 1M, 99,999,999 is 1亿. And two
# amounts of which one is two thirds more than the other do not read alike.
#
# What really happens: Babel chooses the unit from the unrounded amount and then rounds, so 999,600 is CN¥1000K and
# 99,999,999 is ¥10000万: four and five digits where its neighbours have one to three. With its default of no decimals
# it rounds halves to the even digit, and 15,000 and 25,000 are both ¥2万: of two bars, one two thirds longer than the
# other, the figures say the same.
#
# Seen with Babel 2.18.0 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "babel==2.18.0"
"$folder/venv/bin/python" - <<'PYTHON'
from babel.numbers import format_compact_currency


def short(amount, locale):
    return format_compact_currency(amount, "CNY", locale=locale)


for amount, locale in ((999_600, "en"), (99_999_999, "zh_Hans_CN"), (15_000, "zh_Hans_CN"), (25_000, "zh_Hans_CN")):
    print(f"{amount:>11,} in {locale:10} is {short(amount, locale)}")
assert short(999_600, "en") == "CN¥1000K", "no longer so: thousands carry into millions"
assert short(99_999_999, "zh_Hans_CN") == "¥10000万", "no longer so: 万 carries into 亿"
assert short(15_000, "zh_Hans_CN") == short(25_000, "zh_Hans_CN") == "¥2万"
PYTHON
#     999,600 in en         is CN¥1000K
#  99,999,999 in zh_Hans_CN is ¥10000万
#      15,000 in zh_Hans_CN is ¥2万
#      25,000 in zh_Hans_CN is ¥2万
