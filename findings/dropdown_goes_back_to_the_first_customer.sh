#!/usr/bin/env bash
# ipywidgets' Dropdown of customers, and a filter that narrows what it offers
#
# One would guess: a list whose options are set anew keeps its choice as long as that is still among them: who looks at
# customer B and leaves out a region in which B does not buy still looks at B.
#
# What really happens: setting options chooses the first of the new ones, whether or not the chosen one is still
# offered, so the figures and charts that hang on the list are customer A's, under the filter that the reader has just
# set for B. Of lists of several (SelectMultiple) nobody is chosen any more, which is where many a program shows all.
# Who sets the choice again behind it has A drawn first, and then B. Options that are set again as they were leave the
# choice alone, so a try without the filter shows nothing. It is so of every list there is; no word is said.
#
# Seen with ipywidgets 8.1.9 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "ipywidgets==8.1.9"
"$folder/venv/bin/python" -Werror - <<'PYTHON'
import ipywidgets

sales = {"A": {"north": 700}, "B": {"north": 120, "south": 40}, "C": {"south": 90}}
seen = {}
for kind in ("Dropdown", "Select", "RadioButtons", "ToggleButtons", "SelectionSlider"):
    customer, shown = getattr(ipywidgets, kind)(options=list(sales), value="B"), []
    customer.observe(lambda change, shown=shown: shown.append(sum(sales[change["new"]].values())), "value")
    customer.options = list(sales)
    as_they_were = customer.value
    customer.options = [name for name, regions in sales.items() if "north" in regions]
    after = customer.value
    customer.value = "B"
    seen[kind] = as_they_were, after, shown
    print(f"{kind:15}: B is chosen; the same options again: {as_they_were}; without C: {after}; back to B: {shown}")
several = ipywidgets.SelectMultiple(options=list(sales), value=("B",))
several.options = ["A", "B"]
print(f"SelectMultiple : B is chosen; without C: {several.value}")
assert all(each[0] == "B" for each in seen.values())
assert all(each[1:] == ("A", [700, 160]) for each in seen.values()), "no longer so: who is still offered stays chosen"
assert several.value == ()
PYTHON
# Dropdown       : B is chosen; the same options again: B; without C: A; back to B: [700, 160]
# Select         : B is chosen; the same options again: B; without C: A; back to B: [700, 160]
# RadioButtons   : B is chosen; the same options again: B; without C: A; back to B: [700, 160]
# ToggleButtons  : B is chosen; the same options again: B; without C: A; back to B: [700, 160]
# SelectionSlider: B is chosen; the same options again: B; without C: A; back to B: [700, 160]
# SelectMultiple : B is chosen; without C: ()
