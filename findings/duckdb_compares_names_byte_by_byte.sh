#!/usr/bin/env bash
# Likeness of Chinese names in DuckDB (and so in Splink on DuckDB), and in RapidFuzz
#
# One would guess: Levenshtein counts characters that differ, and the same measure of likeness gives the same number
# in both: two names of three characters that differ in one are one edit apart, and as like as any other such two.
#
# What really happens: DuckDB compares the bytes of UTF-8, of which a Chinese character has three. One character more
# or less is one edit or three, by whether the two happen to lie near each other in Unicode: 王 and 玉 share two of
# their bytes, 伟 and 炜 none. Two people of different surnames (王建国, 玉建国) are 0.94 alike by Jaro-Winkler, and 0.78 by
# RapidFuzz; two strangers (李四, 杊四) 0.91 and 0.67. So limits such as 0.9 or one edit, which are those of examples for
# English names, merge customers that have nothing but a place in Unicode in common, and part Müller and Muller (two
# edits). RapidFuzz compares characters.
#
# Seen with duckdb 1.5.6 and rapidfuzz 3.14.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "duckdb==1.5.6" "rapidfuzz==3.14.6"
"$folder/venv/bin/python" - <<'PYTHON'
import duckdb
from rapidfuzz.distance import JaroWinkler, Levenshtein

seen = {}
for one, other in (("王建国", "玉建国"), ("李四", "杊四"), ("张伟", "张炜"), ("Müller", "Muller"), ("Miller", "Muller")):
    edits, alike = duckdb.execute("SELECT levenshtein($1, $2), jaro_winkler_similarity($1, $2)", [one, other]).fetchone()
    peer = Levenshtein.distance(one, other), JaroWinkler.similarity(one, other)
    seen[one, other] = edits, round(alike, 2), peer[0], round(peer[1], 2)
    print(f"{one} {other}: DuckDB {edits} edits, {alike:.2f} alike; RapidFuzz {peer[0]} edits, {peer[1]:.2f} alike")
assert seen["王建国", "玉建国"] == (1, 0.94, 1, 0.78), "no longer so: DuckDB compares characters"
assert seen["李四", "杊四"] == (1, 0.91, 1, 0.67)
assert seen["张伟", "张炜"][0] == 3 and seen["张伟", "张炜"][2] == 1
assert seen["Müller", "Muller"][0] == 2 and seen["Miller", "Muller"][0] == 1
PYTHON
# 王建国 玉建国: DuckDB 1 edits, 0.94 alike; RapidFuzz 1 edits, 0.78 alike
# 李四 杊四: DuckDB 1 edits, 0.91 alike; RapidFuzz 1 edits, 0.67 alike
# 张伟 张炜: DuckDB 3 edits, 0.67 alike; RapidFuzz 1 edits, 0.67 alike
# Müller Muller: DuckDB 2 edits, 0.86 alike; RapidFuzz 1 edits, 0.90 alike
# Miller Muller: DuckDB 1 edits, 0.90 alike; RapidFuzz 1 edits, 0.90 alike
