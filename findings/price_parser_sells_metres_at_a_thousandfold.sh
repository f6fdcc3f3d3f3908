#!/usr/bin/env bash
# price-parser, and a price list in which small parts have three decimals, and a credit
#
# One would guess: "0.125 €" cannot be a number with its thousands parted, since no number begins with a nought and a mark
# of thousands; so at least prices below one are read as they stand. What is negative is negative. And the prices of one
# list, given one by one, are read by one rule.
#
# What really happens: three figures behind the last mark are thousands, whatever stands before it: 0.125 € is 125 and
# 0,045 is 45, a thousandfold, beside 0.12 € and 0.0125 €, which are right. So of a list of prices by the metre those with
# three decimals are a thousand times too dear, and their lines are the largest sales. A minus is dropped, in front or
# behind, as are parentheses: a credit of −36.90 is a price of 36.90. 1.5万 is 1.5. Each comes with its currency and no
# doubt. That a price of three decimals is read so is an open issue of the library (46), where it is called likelier that
# thousands are meant; with decimal_separator="." they are right, and the minus is still gone.
#
# Seen with price-parser 0.5.1 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "price-parser==0.5.1"
"$folder/venv/bin/python" - <<'PYTHON'
from decimal import Decimal

from price_parser import Price

texts = ["0.12 €", "0.125 €", "0.0125 €", "1.125 €", "0,045 €", "-36.90 €", "36.90- €", "(36.90) €", "1.5万 ¥"]
read = {text: Price.fromstring(text).amount for text in texts}
told = {text: Price.fromstring(text, decimal_separator=".").amount for text in ("0.125 €", "-36.90 €")}
print("read:", {text: str(amount) for text, amount in read.items()})
print("told that the point is the decimal mark:", {text: str(amount) for text, amount in told.items()})
lines = [("0.12 €", 1000), ("0.125 €", 1000), ("-36.90 €", 1)]
print("a thousand metres of each, and a credit:", sum(read[price] * pieces for price, pieces in lines), "in place of 208.10")
assert read["0.125 €"] == 125 and read["0,045 €"] == 45 and read["1.125 €"] == 1125, "no longer so: decimals are decimals"
assert read["0.12 €"] == Decimal("0.12") and read["0.0125 €"] == Decimal("0.0125")
assert {read["-36.90 €"], read["36.90- €"], read["(36.90) €"], told["-36.90 €"]} == {Decimal("36.90")}
PYTHON
# read: {'0.12 €': '0.12', '0.125 €': '125', '0.0125 €': '0.0125', '1.125 €': '1125', '0,045 €': '45', '-36.90 €': '36.90', '36.90- €': '36.90', '(36.90) €': '36.90', '1.5万 ¥': '1.5'}
# told that the point is the decimal mark: {'0.125 €': '0.125', '-36.90 €': '36.90'}
# a thousand metres of each, and a credit: 125156.90 in place of 208.10
