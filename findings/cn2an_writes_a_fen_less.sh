#!/usr/bin/env bash
# cn2an, and an amount in Chinese capitals (大写) beside the same amount in figures, on a contract or an invoice
#
# One would guess: an2cn(amount, "rmb") rounds to the fen (分), as the figures beside it are rounded: 435.00 in figures
# is 肆佰叁拾伍元整 in words, whether the amount was typed or is the product of 100 pieces and a price of 4.35.
#
# What really happens: what stands behind the second decimal is cut off. 100 * 4.35 is 434.99999999999994 as a float,
# which every program shows as 435.00, and the words say 434 yuan, 9 jiao and 9 fen. Of all products of a price up to
# 10.00 and up to 100 pieces one in eight has a fen less in words than in figures, never one more; and where the two
# differ it is the words that count. No word is said of it. Rounded before, or as a Decimal, an amount has the right
# words.
#
# Seen with cn2an 0.5.24 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "cn2an==0.5.24"
"$folder/venv/bin/python" - <<'PYTHON'
import warnings
from decimal import Decimal

from cn2an import an2cn

warnings.simplefilter("ignore")  # of numbers of more than 16 decimals, which are not those that are cut here

for amount in (435.0, 100 * 4.35, round(100 * 4.35, 2), 100 * Decimal("4.35")):
    print(f"{amount!r:24} in figures {amount:.2f}, in words {an2cn(amount, 'rmb')}")
prices, pieces = [cents / 100 for cents in range(1, 1_001)], range(1, 101)
products = [price * count for price in prices for count in pieces]
words = [(an2cn(product, "rmb"), an2cn(f"{product:.2f}", "rmb")) for product in products]
other = [product for product, (of_float, of_figures) in zip(products, words) if of_float != of_figures]
fen_less = [product for product in other if an2cn(product, "rmb") == an2cn(f"{product - 0.01:.2f}", "rmb")]
print(f"of {len(products):,} products {len(other):,} differ from their figures, {len(fen_less):,} by one fen less")
assert an2cn(435.0, "rmb") == an2cn(round(100 * 4.35, 2), "rmb") == an2cn(100 * Decimal("4.35"), "rmb")
assert an2cn(100 * 4.35, "rmb") == "肆佰叁拾肆元玖角玖分", "no longer so: it is rounded"
assert other == fen_less and len(other) > 10_000
PYTHON
# 435.0                    in figures 435.00, in words 肆佰叁拾伍元整
# 434.99999999999994       in figures 435.00, in words 肆佰叁拾肆元玖角玖分
# 435.0                    in figures 435.00, in words 肆佰叁拾伍元整
# Decimal('435.00')        in figures 435.00, in words 肆佰叁拾伍元整
# of 100,000 products 12,409 differ from their figures, 12,409 by one fen less
