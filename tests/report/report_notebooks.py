"""Tiny notebooks: one with a chart and a table of hostile text, one that fails, one that never ends."""

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from helpers.errors import WorkbookError
from helpers.intake.tables import InputFile
from helpers.report.requests import Briefing, PackRequest

PARAMETERS = "month = '2026-01'\nscope = 'company'\ndata = None\nmap = None\nlanguage = 'en'"

HOSTILE = "[x](javascript:alert(1)) <script>alert(1)</script> $a$"

SHOW = """
import pandas as pd
from helpers.present.charts.bars import share_bars
from helpers.present.numbers import numbers
from helpers.present.table import Column, table
fmt = numbers(language)
names = ["<script>alert(1)</script>", "[x](javascript:alert(1))", "$a$ " + "Long name " * 8]
frame = pd.DataFrame({"label": names, "share": [0.5, 0.3, 0.2]})
share_bars(frame, title="<img src=x onerror=alert(1)> carries it", alt="In words.", fmt=fmt.percent)
"""
TABLE = """
columns = {"label": Column("Name"), "share": Column("Share", fmt.percent, bar=True)}
columns |= {f"wide{n}": Column(f"A wide column {n}", fmt.count) for n in range(12)}
wide = frame.assign(**{f"wide{n}": 1234567 for n in range(12)})
table(wide, columns, "Shares <b>", sortable=True)
"""


def tagged(tag, source):
    cell = new_code_cell(source)
    cell.metadata["tags"] = [tag]
    return cell


def write(folder, name, *cells):
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=list(cells)), folder / name)
    return folder / name


def brief():
    return Briefing(
        inputs=(InputFile("order_lines.csv", "0" * 64, 123, 10),),
    )


def broken_briefing():
    raise WorkbookError("The data folder is empty.")


def request_for(out: Path, notebooks, **changes) -> PackRequest:
    settings = {"data": "/somewhere/private/sample", "company": "Example & Sons", "notebooks": notebooks}
    return PackRequest("2026-10", out, **(settings | changes))
