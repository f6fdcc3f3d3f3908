#!/usr/bin/env bash
# humanize's intword, and sales of a thousand million and of a million million in Danish, Basque and Chinese
#
# One would guess: 1.5 thousand million is written by the word that the language has for it, in Danish "milliarder" as
# Norwegian and Swedish have it, since whoever translated the words knew that a Danish "billion" is a million million.
#
# What really happens: in Danish both 1,500,000,000 and 1,500,000,000,000 are "1.5 billioner": the smaller one is written
# as a thousand times what it is, and the two cannot be told apart. In Basque the larger is "trilioi", a million times
# what it is (million million is "bilioi"). In Chinese the larger is 1.5 兆, which is a million by China's own rule for
# units and a million million in Taiwan and Japan; people write 1.5万亿. Below a milliard all are right, so a try with
# millions shows nothing. The same was so in Spanish and Polish once (issue 101 of its repository). Babel's names of the
# same amounts in the same languages are right.
#
# Seen with humanize 4.17.0, Babel 2.19.0 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "humanize==4.17.0" "Babel==2.19.0"
"$folder/venv/bin/python" - <<'PYTHON'
import humanize
from babel.numbers import format_compact_decimal

AMOUNTS = (1_500_000, 1_500_000_000, 1_500_000_000_000)
said = {}
for language in ("da_DK", "nb", "sv_SE", "eu", "zh_CN"):
    humanize.i18n.activate(language)
    said[language] = [humanize.intword(amount) for amount in AMOUNTS]
    humanize.i18n.deactivate()
    babel = [format_compact_decimal(amount, format_type="long", locale=language, fraction_digits=1) for amount in AMOUNTS]
    print(f"{language}: {said[language]}, by Babel {', '.join(babel)}".replace("\xa0", " "))
assert said["da_DK"][1] == said["da_DK"][2] == "1.5 billioner", "no longer so: they are told apart"
assert said["nb"][1:] == ["1.5 milliarder", "1.5 billioner"] and said["sv_SE"][1] == "1.5 miljarder"
assert said["eu"][2] == "1.5 trilioi" and said["zh_CN"][2] == "1.5 兆"
PYTHON
# da_DK: ['1.5 millioner', '1.5 billioner', '1.5 billioner'], by Babel 1,5 million, 1,5 milliard, 1,5 billion
# nb: ['1.5 millioner', '1.5 milliarder', '1.5 billioner'], by Babel 1,5 millioner, 1,5 milliarder, 1,5 billioner
# sv_SE: ['1.5 miljoner', '1.5 miljarder', '1.5 biljoner'], by Babel 1,5 miljoner, 1,5 miljarder, 1,5 biljoner
# eu: ['1.5 milioi', '1.5 miliar', '1.5 trilioi'], by Babel 1,5 milioi, 1500 milioi, 1,5 bilioi
# zh_CN: ['1.5 百万', '1.5 十亿', '1.5 兆'], by Babel 150万, 15亿, 1.5万亿
