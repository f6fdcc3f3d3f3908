#!/usr/bin/env bash
# polars.read_csv with decimal_comma, and amounts of which a German or French program parted the thousands
#
# One would guess: where the comma is the decimal sign the point is none. 1.234 is then text, or refused as 1.234,50 is,
# or it is 1234.
#
# What really happens: it depends on how the type came about. Left to itself polars takes such a column for text. With
# the type declared as Float64, as one does for a column of money, both signs are decimal signs: 12,50 is 12.5 and
# 1.234 is 1.234, a thousandth of what the line is worth, while the line 1.234,50 stops the reading. So it shows as long
# as some large amount has cents, and a month of round large amounts is read without a word. Declared as Decimal, 1.234
# is refused.
#
# Seen with polars 2.1.0 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "polars==2.1.0"
"$folder/venv/bin/python" - <<'PYTHON'
import polars as pl

round_amounts = b"amount\n12,50\n7,25\n1.234\n20.000\n"
with_cents = round_amounts + b"1.234,50\n"


def read(content, **declared):
    """The amounts that polars reads, or that it refuses one."""
    try:
        return pl.read_csv(content, separator=";", decimal_comma=True, **declared)["amount"].to_list()
    except pl.exceptions.ComputeError as error:
        return str(error).splitlines()[0]


of_floats = read(round_amounts, schema_overrides={"amount": pl.Float64})
guessed = read(round_amounts)
refused = read(with_cents, schema_overrides={"amount": pl.Float64})
of_decimals = read(round_amounts, schema_overrides={"amount": pl.Decimal(18, 2)})
print(f"Float64 declared: {of_floats}, together {sum(of_floats)}")
print(f"nothing declared: {guessed}")
print(f"Float64 declared, one large amount with cents: {refused}")
print(f"Decimal declared: {of_decimals}")
assert of_floats == [12.5, 7.25, 1.234, 20.0], "no longer so: a point is no decimal sign beside the comma"
assert guessed == ["12,50", "7,25", "1.234", "20.000"]
assert "1.234,50" in refused and "1.234" in of_decimals
PYTHON
# Float64 declared: [12.5, 7.25, 1.234, 20.0], together 40.984
# nothing declared: ['12,50', '7,25', '1.234', '20.000']
# Float64 declared, one large amount with cents: could not parse `1.234,50` as dtype `f64` at column 'amount' (column number 1)
# Decimal declared: could not parse `1.234` as dtype `decimal[18,2]` at column 'amount' (column number 1)
