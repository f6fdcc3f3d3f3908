#!/usr/bin/env bash
# Flask-Caching and dogpile.cache, and a page that adds up a table of orders for whoever asks
#
# One would guess: what a cached function returns is kept for what it was given. Another month's table is something else,
# or the cache says that it cannot tell tables apart, as functools does (unhashable type). A try with ten rows goes right.
#
# What really happens: the key is made of what Python prints for the argument, and pandas prints the first and the last
# five rows of a table of more than sixty. Two tables that begin and end alike are one: the order in the middle that was
# corrected, or added up for another customer, changes nothing, and whoever asks second gets the first one's total. No
# word is said. Flask-Caching's manual speaks of repr() and of objects of one's own; the tables of a dashboard are
# pandas'. What tells tables apart is a key of one's own (the customer and the month), or a hash of all rows.
#
# Seen with Flask-Caching 2.5.1, Flask 3.1.3, dogpile.cache 1.5.0, pandas 3.1.1, numpy 2.4.6 (see the output below);
# Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "Flask-Caching==2.5.1" "Flask==3.1.3" "dogpile.cache==1.5.0" "pandas==3.1.1" "numpy==2.4.6"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import functools

import pandas as pd
from dogpile.cache import make_region
from flask import Flask
from flask_caching import Cache

app = Flask("dashboard")
caches = {
    "Flask-Caching": Cache(app, config={"CACHE_TYPE": "SimpleCache"}).memoize(),
    "dogpile.cache": make_region().configure("dogpile.cache.memory").cache_on_arguments(),
}


def orders_of(number):
    """Make so many orders of 10 each, and the same with the one in the middle corrected to 90,000."""
    before = pd.DataFrame({"order": range(number), "amount": [10.0] * number})
    return before, before.assign(amount=before["amount"].mask(before["order"] == number // 2, 90_000.0))


seen = {}
for name, cached in caches.items():

    def total(orders):
        return float(orders["amount"].sum())

    total = cached(total)
    with app.app_context():
        for number in (10, 100):
            before, after = orders_of(number)
            seen[name, number] = total(before), total(after)
            print(f"{name}, {number} orders: {seen[name, number]}, which really are {after['amount'].sum():,.0f} after it")
try:
    functools.lru_cache(lambda orders: orders["amount"].sum())(before)
except TypeError as error:
    print(f"functools: {error}")
for name in caches:
    assert seen[name, 10] == (100, 90_090)
    assert seen[name, 100] == (1_000, 1_000), "no longer so: another table is another key"
PYTHON
# Flask-Caching, 10 orders: (100.0, 90090.0), which really are 90,090 after it
# Flask-Caching, 100 orders: (1000.0, 1000.0), which really are 90,990 after it
# dogpile.cache, 10 orders: (100.0, 90090.0), which really are 90,090 after it
# dogpile.cache, 100 orders: (1000.0, 1000.0), which really are 90,990 after it
# functools: unhashable type: 'DataFrame'
