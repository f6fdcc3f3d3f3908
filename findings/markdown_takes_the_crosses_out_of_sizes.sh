#!/usr/bin/env bash
# pandas' to_markdown and what shows Markdown, and a list of cables and screws called by their sizes (3*25+1*16, M8*30)
#
# One would guess: a star between two figures is a star, as a mark within a word (60_25_4) is left alone; so a table of
# texts reads as the frame does, or the table's writer puts the backslash before what would be a mark.
#
# What really happens: a pair of stars within a word is emphasis (CommonMark has it so, for stars and not for the mark
# below), and the stars are gone: 3*25+1*16, how trade writes a cable of three cores of 25 and one of 16, reads 325+116,
# M8*30/M6*20 reads M830/M620. A size with one star (3*2.5) keeps it, so a list is right in most of its lines. The four
# that show Markdown agree; tabulate, which writes the table, leaves the stars as they are. Of ranges in the Chinese way,
# 5~10元, 20~30元, what GitHub shows Markdown by strikes "10元, 20" out, the others do not. No word is said. A backslash
# before each mark has the texts.
#
# Seen with pandas 3.1.1, tabulate 0.10.0, markdown-it-py 4.3.0, mistune 3.4.0, Markdown 3.11.3, cmarkgfm 2025.10.22,
# numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "pandas==3.1.1" "tabulate==0.10.0" "markdown-it-py==4.3.0" "mistune==3.4.0" "Markdown==3.11.3" \
    "cmarkgfm==2025.10.22" "numpy==2.4.6"
"$folder/venv/bin/python" - <<'PYTHON'
import html
import re

import cmarkgfm
import markdown
import mistune
import pandas as pd
from markdown_it import MarkdownIt

articles = ["YJV 3*25+1*16", "BV 3*2.5", "M8*30/M6*20", "60_25_4", "5~10元, 20~30元"]
text = pd.DataFrame({"article": articles, "net": [1200, 80, 5, 7, 9]}).to_markdown(index=False)
shown = {
    "markdown-it-py": MarkdownIt("commonmark").enable("table").render,
    "mistune": mistune.create_markdown(plugins=["table"]),
    "Markdown": lambda source: markdown.markdown(source, extensions=["tables"]),
    "cmarkgfm": cmarkgfm.github_flavored_markdown_to_html,
}


def cells(page):
    """What a reader sees of the first cell of each row; what is struck out stands in brackets."""
    found = re.findall(r"<tr>\s*<td[^>]*>(.*?)</td>", page, re.DOTALL)
    return [html.unescape(re.sub("<[^>]+>", "", re.sub("<del>(.*?)</del>", r"[\1]", cell))) for cell in found]


read = {name: cells(render(text)) for name, render in shown.items()}
escaped = cells(shown["markdown-it-py"](re.sub(r"([*~_])", r"\\\1", text)))
for name, seen in read.items():
    print(f"{name}: {seen}")
print(f"with a backslash before each mark: {escaped}")
for seen in read.values():
    assert seen[:4] == ["YJV 325+116", "BV 3*2.5", "M830/M620", "60_25_4"], "no longer so: the stars stay"
assert read["cmarkgfm"][4] == "5[10元, 20]30元" and read["mistune"][4] == articles[4]
assert escaped == articles
PYTHON
# markdown-it-py: ['YJV 325+116', 'BV 3*2.5', 'M830/M620', '60_25_4', '5~10元, 20~30元']
# mistune: ['YJV 325+116', 'BV 3*2.5', 'M830/M620', '60_25_4', '5~10元, 20~30元']
# Markdown: ['YJV 325+116', 'BV 3*2.5', 'M830/M620', '60_25_4', '5~10元, 20~30元']
# cmarkgfm: ['YJV 325+116', 'BV 3*2.5', 'M830/M620', '60_25_4', '5[10元, 20]30元']
# with a backslash before each mark: ['YJV 3*25+1*16', 'BV 3*2.5', 'M8*30/M6*20', '60_25_4', '5~10元, 20~30元']
