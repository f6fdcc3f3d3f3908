#!/usr/bin/env bash
# ipywidgets' sliders and bounded fields, and a threshold of 5,000 from the settings
#
# One would guess: IntSlider(value=5000) stands at 5,000: its ends make room for the value that it is given, as interact()
# makes them from its value (x=5000 goes up to 15,000), or it is refused, as a Dropdown refuses what it does not have.
#
# What really happens: the ends are 0 and 100 and the value becomes the nearest end: 100. A list of "customers above 5,000"
# is then of those above 100, drawn with the slider at its right end, and nothing tells that another value was asked for.
# Both ends of a range become 100. Where the end comes from the data (max=largest customer) a branch without large
# customers brings the threshold down, and it does not come back when the data do: 5,000 under a maximum of 900 is 900, and
# 900 under 20,000 again. Set to what is outside, it takes the nearest as well, silently. IntText takes all.
#
# Seen with ipywidgets 8.1.9 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "ipywidgets==8.1.9"
"$folder/venv/bin/python" - <<'PYTHON'
import ipywidgets

made = {
    "IntSlider": ipywidgets.IntSlider(value=5000).value,
    "FloatSlider": ipywidgets.FloatSlider(value=5000.0).value,
    "BoundedIntText": ipywidgets.BoundedIntText(value=5000).value,
    "BoundedFloatText": ipywidgets.BoundedFloatText(value=5000.0).value,
    "IntRangeSlider": ipywidgets.IntRangeSlider(value=(500, 5000)).value,
    "interact": ipywidgets.interactive(lambda x: None, x=5000).children[0].value,
    "IntText": ipywidgets.IntText(value=5000).value,
}
print("5,000 is", made)
slider = ipywidgets.IntSlider(value=5000, max=20_000)
stood = [slider.value]
for largest in (900, 20_000):
    slider.max = largest
    stood.append(slider.value)
print("5,000 with the largest customer at 20,000, 900 and 20,000:", stood)
orders = [150, 900, 4000, 7000]
print("customers above it:", sum(amount > made["IntSlider"] for amount in orders), "and above 5,000:", sum(amount > 5000 for amount in orders))
try:
    ipywidgets.Dropdown(options=[100, 200], value=5000)
except Exception as error:
    print("Dropdown:", type(error).__name__)
else:
    raise SystemExit("a Dropdown takes it")
assert made["IntSlider"] == made["BoundedIntText"] == 100 and made["FloatSlider"] == 100.0, "no longer so: it stands at 5,000"
assert made["IntRangeSlider"] == (100, 100) and made["interact"] == made["IntText"] == 5000
assert stood == [5000, 900, 900]
PYTHON
# 
# 
# 5,000 is {'IntSlider': 100, 'FloatSlider': 100.0, 'BoundedIntText': 100, 'BoundedFloatText': 100.0, 'IntRangeSlider': (100, 100), 'interact': 5000, 'IntText': 5000}
# 5,000 with the largest customer at 20,000, 900 and 20,000: [5000, 900, 900]
# customers above it: 4 and above 5,000: 1
# Dropdown: TraitError
