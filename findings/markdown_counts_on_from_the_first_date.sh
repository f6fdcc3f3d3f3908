#!/usr/bin/env bash
# Markdown of a report, in nbconvert and in other renderers, and a line for each month end as Germans write days
#
# One would guess: lines that begin with a day (31. Januar, 28. Februar, 31. März) are text; should they be taken for a
# list, its numbers are those that were typed. Likewise the ranks of a list in which two share the second place.
#
# What really happens: a number with a point begins a list, whose first number alone counts; the others are counted on. The
# page says 31. Januar, 32. Februar, 33. März (mistune, by which nbconvert makes pages; markdown-it), and Python-Markdown,
# by which MkDocs makes sites, begins at one: 1. Januar, 2. Februar, 3. März: three days on which nothing was due. Ranks
# 1, 2, 2, 4 are shown as 1, 2, 3, 4. A sentence that begins with a rise, set apart from its figure as "+ 12,5 %" or
# "- 12,5 %", becomes the point of a list, and whether it rose or fell is gone. (Known to those who write dates so:
# element-hq/element-desktop 1850.)
#
# Seen with mistune 3.4.0, nbconvert 7.17.2, markdown-it-py 4.3.0, Markdown 3.11.3 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "mistune==3.4.0" "nbconvert==7.17.2" "markdown-it-py==4.3.0" \
  "Markdown==3.11.3" "lxml==6.1.3"
"$folder/venv/bin/python" - <<'PYTHON'
from lxml import html
from markdown import markdown
from markdown_it import MarkdownIt
from nbconvert.filters import markdown2html

renderers = {"nbconvert": markdown2html, "markdown-it": MarkdownIt().render, "Python-Markdown": markdown}


def seen(page):
    """The lines as a browser shows them: it counts from the list's start on."""
    return [
        f"{number}. {item.text_content().strip()}"
        for listed in html.fromstring(f"<div>{page}</div>").iter("ol")
        for number, item in enumerate(listed.iter("li"), int(listed.get("start", 1)))
    ]


due = "31. Januar: 100 €\n28. Februar: 80 €\n31. März: 90 €\n"
for name, render in renderers.items():
    ranks = [line.split(".")[0] for line in seen(render("1. Adler\n2. Bauer\n2. Conrad\n4. Dahl\n"))]
    changes = [html.fromstring(render(f"{sign} 12,5 % im Jahr\n")).text_content().strip() for sign in "+-"]
    print(f"{name}: {'; '.join(seen(render(due)))}; ranks {', '.join(ranks)}; rise and fall: {changes}")
    first = 1 if name == "Python-Markdown" else 31
    expected = [f"{first}. Januar: 100 €", f"{first + 1}. Februar: 80 €", f"{first + 2}. März: 90 €"]
    assert seen(render(due)) == expected, "no longer so: the days are those that were typed"
    assert ranks == ["1", "2", "3", "4"] and changes == ["12,5 % im Jahr"] * 2
PYTHON
# nbconvert: 31. Januar: 100 €; 32. Februar: 80 €; 33. März: 90 €; ranks 1, 2, 3, 4; rise and fall: ['12,5 % im Jahr', '12,5 % im Jahr']
# markdown-it: 31. Januar: 100 €; 32. Februar: 80 €; 33. März: 90 €; ranks 1, 2, 3, 4; rise and fall: ['12,5 % im Jahr', '12,5 % im Jahr']
# Python-Markdown: 1. Januar: 100 €; 2. Februar: 80 €; 3. März: 90 €; ranks 1, 2, 3, 4; rise and fall: ['12,5 % im Jahr', '12,5 % im Jahr']
