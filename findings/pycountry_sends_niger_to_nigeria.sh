#!/usr/bin/env bash
# pycountry's search_fuzzy, and the countries of customers as people wrote them
#
# One would guess: the best match comes first, and where a text is a country's name to the letter that country does. So
# search_fuzzy(text)[0] is the country of whoever wrote its name rightly.
#
# What really happens: "Niger" is Nigeria: a name that begins with the text counts as much as one that is the text. And
# "Curaçao" is the Netherlands. The customers of one country are added to those of another, with a code that is sound; all
# other countries, asked for by their own names, are themselves, so a try of a few shows nothing. lookup() has all right.
#
# Seen with pycountry 26.2.16 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pycountry==26.2.16"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import pycountry

found = {country.name: pycountry.countries.search_fuzzy(country.name) for country in pycountry.countries}
wrong = {name: best.name for name, (best, *_) in found.items() if best.name != name}
print(f"of {len(found)} countries asked for by their own names others are: {wrong}")
print(f"search_fuzzy('Niger'): {[each.alpha_2 for each in found['Niger']]}, lookup: {pycountry.countries.lookup('Niger').alpha_2}")
assert all(pycountry.countries.lookup(name).name == name for name in found)
assert wrong == {"Curaçao": "Netherlands", "Niger": "Nigeria"}, "no longer so: a name to the letter comes first"
PYTHON
# of 249 countries asked for by their own names others are: {'Curaçao': 'Netherlands', 'Niger': 'Nigeria'}
# search_fuzzy('Niger'): ['NG', 'NE'], lookup: NE
