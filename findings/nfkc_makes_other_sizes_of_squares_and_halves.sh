#!/usr/bin/env bash
# Full-width digits made half-width (NFKC), and sizes of cables and pipes: BV 2.5², 1½", ①12
#
# One would guess: NFKC, which is what one is told to use for texts typed with a Chinese or Japanese input method, makes
# １２ into 12 and leaves alone what is no other way to write the same: 2.5² is 2.5 mm² and not 2.52, one and a half is
# not eleven halves. What differs before differs after it where it is another number.
#
# What really happens: small and raised figures lose their place and stand behind the others. BV 2.5², the way a cable of
# 2.5 mm² is called, is BV 2.52, and BV 4² is BV 42, as a true article 42 is; 1½" is 11⁄2" and 2½" is 21⁄2", and after the
# fraction is read they are 5.5 and 10.5 inches; ①12 is 112; 10³ is 103. So sums by article merge two articles and a
# width that is taken out of a name is another. The same is in what is built on it: strip_accents="unicode" of
# scikit-learn's vectorizers, python-slugify (1½ is 11-2), PyArrow's utf8_normalize. Unidecode writes 1 1/2, but 2.52 as
# well. Unicode's report on normal forms says that the forms lose such things; what people write on full-width digits
# does not. No word is said. str.translate of the full-width characters alone has the texts.
#
# Seen with pandas 3.1.1, pyarrow 26.0.1, scikit-learn 1.9.1, python-slugify 9.2.0, Unidecode 1.4.0, numpy 2.4.6, scipy
# 1.17.1 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "pandas==3.1.1" "pyarrow==26.0.1" "scikit-learn==1.9.1" "python-slugify==9.2.0" "Unidecode==1.4.0" "numpy==2.4.6" \
    "scipy==1.17.1"
"$folder/venv/bin/python" - <<'PYTHON'
from fractions import Fraction

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sklearn.feature_extraction.text import strip_accents_unicode
from slugify import slugify
from unidecode import unidecode

sold = pd.DataFrame({"article": ["ＢＶ ２.５²", "BV 4²", "BV 42", '1½"', "①12", "10³"], "net": [10, 20, 30, 40, 50, 60]})
made = sold["article"].str.normalize("NFKC")
print("NFKC:", dict(zip(sold["article"], made)))
print("sales by article:", sold.groupby(made)["net"].sum().to_dict())
width = made[3].rstrip('"').replace("\N{FRACTION SLASH}", "/")
print(f"the width of {sold['article'][3]} is {float(Fraction(width))} inches")
others = {
    "pyarrow": lambda text: pc.utf8_normalize(pa.array([text]), "NFKC")[0].as_py(),
    "scikit-learn": strip_accents_unicode,
    "python-slugify": slugify,
    "Unidecode": unidecode,
}
for name, fold in others.items():
    print(f"{name}: {[fold(text) for text in ('BV 2.5²', '1½')]}")
narrow = {0xFF01 + at: 0x21 + at for at in range(94)} | {0x3000: 0x20}
print("translated:", [text.translate(narrow) for text in sold["article"]])
assert made.tolist() == ["BV 2.52", "BV 42", "BV 42", '11⁄2"', "112", "103"], "no longer so: squares stay"
assert Fraction(width) == Fraction(11, 2) and [fold("BV 2.5²") for fold in others.values()][:2] == ["BV 2.52"] * 2
assert [text.translate(narrow) for text in sold["article"]][0] == "BV 2.5²"
PYTHON
# NFKC: {'ＢＶ ２.５²': 'BV 2.52', 'BV 4²': 'BV 42', 'BV 42': 'BV 42', '1½"': '11⁄2"', '①12': '112', '10³': '103'}
# sales by article: {'103': 60, '112': 50, '11⁄2"': 40, 'BV 2.52': 10, 'BV 42': 50}
# the width of 1½" is 5.5 inches
# pyarrow: ['BV 2.52', '11⁄2']
# scikit-learn: ['BV 2.52', '11⁄2']
# python-slugify: ['bv-2-52', '11-2']
# Unidecode: ['BV 2.52', '1 1/2']
# translated: ['BV 2.5²', 'BV 4²', 'BV 42', '1½"', '①12', '10³']
