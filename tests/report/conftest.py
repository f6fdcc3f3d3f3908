"""One pack, made once: a notebook with a chart and a table of hostile text, and one that fails."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from report_notebooks import HOSTILE, PARAMETERS, SHOW, TABLE, brief, request_for, tagged, write

from helpers.report.packs.pack import make_pack


@pytest.fixture(scope="session")
def notebooks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebooks")
    good = write(
        folder, "01_composition.ipynb",
        new_markdown_cell("# Customer composition\n\nWho carries the sales?"),
        tagged("parameters", PARAMETERS),
        tagged("interactive", "raise SystemExit('never run in a report')"),
        new_markdown_cell("## Which names are hostile?\n\n" + HOSTILE),
        new_code_cell(SHOW),
        new_markdown_cell("## Which names are hostile?"),
        new_code_cell(TABLE),
        new_code_cell(
            "import sys, os, tempfile\n"
            "print(f'seen {month} {scope}')\n"
            "print('secret of this machine', tempfile.gettempdir(), file=sys.stderr)\n"
            "object()"
        ),
        new_code_cell("from IPython.display import Markdown\nMarkdown('**Found:** <script>alert(1)')"),
    )  # fmt: skip
    failing = write(
        folder, "02_failing.ipynb",
        new_markdown_cell("# A page that fails"),
        tagged("parameters", PARAMETERS),
        tagged("interactive", "1"),
        new_markdown_cell("## Where it breaks"),
        new_code_cell("raise ValueError('no <b>such</b> column')"),
        new_code_cell("print('never reached')"),
    )  # fmt: skip
    return [good, failing]


@pytest.fixture(scope="session")
def pack(notebooks, tmp_path_factory):
    said = []
    result = make_pack(request_for(tmp_path_factory.mktemp("out"), notebooks), said.append, brief)
    return result, said
