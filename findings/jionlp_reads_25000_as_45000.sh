#!/usr/bin/env bash
# jionlp's parse_money, and amounts as Chinese buyers and sellers write and say them (2万5千, 5万8, 两万五)
#
# One would guess: 2万5千元 is 25,000, and of 5万8 or 两万五, which leave the last unit out, the figure that stands behind 万
# is thousands: 58,000 and 25,000. What is not understood is refused, as ￥1.2万 is ("illegal"), and as accurate comes
# what is.
#
# What really happens: 2万5千元 is 45,000.00 and 5万8 is 100,016.00: with figures of both kinds what was read is multiplied
# anew, and 1万2 is 20,004. 两万五 is 20,005 and 三千五 3,005, in signs alone. Each is called "accurate". 两万五千元,
# 三千五百元 and 1.5亿元 are right, so a try with those says nothing, and a column of such notes adds up to something else,
# neither always more nor always less. No word is said. cn2an reads 2万5千 as 25000.
#
# Seen with jionlp 1.5.31, cn2an 0.5.24 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "jionlp==1.5.31" "cn2an==0.5.24"
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import cn2an
import jionlp

right = {"两万五千元": 25_000, "三千五百元": 3_500, "1.5亿元": 150_000_000, "12.5万元": 125_000}
meant = {"2万5千元": 25_000, "5万8": 58_000, "1万2": 12_000, "两万五": 25_000, "三千五": 3_500}
read = {}
for written, amount in (right | meant).items():
    told = jionlp.parse_money(written)
    assert told["definition"] == "accurate" and told["case"] == "元"
    read[written] = float(told["num"])
    print(f"{written}: {read[written]:,.2f} ({told['definition']}), meant {amount:,}")
print(f"all: {sum(read.values()):,.2f}, meant {sum((right | meant).values()):,}; cn2an: {cn2an.cn2an('2万5千', 'smart'):,}")
try:
    jionlp.parse_money("￥1.2万")
except ValueError as error:
    print(f"￥1.2万: {error}")
assert {written: read[written] for written in right} == right and cn2an.cn2an("2万5千", "smart") == 25_000
now = {written: read[written] for written in meant}
assert now == {"2万5千元": 45_000, "5万8": 100_016, "1万2": 20_004, "两万五": 20_005, "三千五": 3_005}, f"no longer so: {now}"
PYTHON
# 两万五千元: 25,000.00 (accurate), meant 25,000
# 三千五百元: 3,500.00 (accurate), meant 3,500
# 1.5亿元: 150,000,000.00 (accurate), meant 150,000,000
# 12.5万元: 125,000.00 (accurate), meant 125,000
# 2万5千元: 45,000.00 (accurate), meant 25,000
# 5万8: 100,016.00 (accurate), meant 58,000
# 1万2: 20,004.00 (accurate), meant 12,000
# 两万五: 20,005.00 (accurate), meant 25,000
# 三千五: 3,005.00 (accurate), meant 3,500
# all: 150,341,530.00, meant 150,277,000; cn2an: 25,000
# ￥1.2万: the given money_string `￥1.2万` is illegal.
