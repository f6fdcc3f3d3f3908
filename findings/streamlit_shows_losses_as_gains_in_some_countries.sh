#!/usr/bin/env bash
# Streamlit's st.metric, and by how much sales fell, written by Babel in the money of a country
#
# One would guess: what fell is red with an arrow down, in every country's way of writing it, for the change is negative
# and the text says so: -€40,00 in Austria, € -40,00 in the Netherlands, CHF-40.00 in Switzerland.
#
# What really happens: a text is looked at for its first character, and where that is no hyphen the arrow goes up and is
# green (its docstring: "starts with a minus sign"). Babel puts the sign where the country does. So in the Netherlands,
# Switzerland and Chile, in Hebrew and in Arabic (which begin with a mark of direction) every loss is a gain to look at,
# and in Germany, Austria, China and the United States it is a loss. A bookkeeper's ($40.00) is green too, and so is a
# typographic minus (−5.2 %). The figures are right, and so are all gains; a try in English shows nothing. No word is said.
# A number as delta has the sign, but no currency; delta_color and delta_arrow set by one's own sign have both.
#
# Seen with streamlit 1.67.0, babel 2.19.0 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "streamlit==1.67.0" "babel==2.19.0"
cd "$folder"
"$folder/venv/bin/python" - 2>/dev/null <<'PYTHON'
from streamlit.testing.v1 import AppTest


PAGE = """
import streamlit as st
from babel.numbers import format_currency

countries = {
    "en_US": "USD", "zh_CN": "CNY", "de_DE": "EUR", "de_AT": "EUR", "nl_NL": "EUR", "de_CH": "CHF", "es_CL": "CLP",
    "he_IL": "ILS", "ar_AE": "AED",
}
for country, money in countries.items():
    st.metric(country, "", format_currency(-40, money, locale=country))
st.metric("accounts", "", format_currency(-40, "USD", locale="en_US", format_type="accounting"))
st.metric("typographic", "", "−5.2 %")
st.metric("number", "", -40)
"""
app = AppTest.from_string(PAGE, default_timeout=60).run()
assert not app.exception
seen = {}
for metric in app.metric:
    shown = metric.proto
    seen[metric.label] = shown.MetricColor.Name(shown.color), shown.MetricDirection.Name(shown.direction)
    print(f"{metric.label}: {ascii(metric.delta)} is {' and '.join(seen[metric.label])}")
gains = {name for name, look in seen.items() if look == ("GREEN", "UP")}
assert gains == {"nl_NL", "de_CH", "es_CL", "he_IL", "ar_AE", "accounts", "typographic"}, "no longer so"
assert all(seen[name] == ("RED", "DOWN") for name in ("en_US", "zh_CN", "de_DE", "de_AT", "number"))
PYTHON
# en_US: '-$40.00' is RED and DOWN
# zh_CN: '-\xa540.00' is RED and DOWN
# de_DE: '-40,00\xa0\u20ac' is RED and DOWN
# de_AT: '-\u20ac\xa040,00' is RED and DOWN
# nl_NL: '\u20ac\xa0-40,00' is GREEN and UP
# de_CH: 'CHF-40.00' is GREEN and UP
# es_CL: '$-40' is GREEN and UP
# he_IL: '\u200f-40.00\xa0\u200f\u20aa' is GREEN and UP
# ar_AE: '\u200f-40.00\xa0\u062f.\u0625.\u200f' is GREEN and UP
# accounts: '($40.00)' is GREEN and UP
# typographic: '\u22125.2 %' is GREEN and UP
# number: '-40' is RED and DOWN
