"""The site of the docs, by Sphinx (``make docs``): the project's Markdown; pdoc makes the reference beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.search.en import SearchEnglish

from helpers import __version__
from helpers.present.words import words
from helpers.report.pages.pages import translate

PROJECT = Path(__file__).parents[1]

project = "Customer workbook"
version = release = __version__
extensions = ["myst_parser"]

# The sources are the project's folder: links between its papers lead to pages here as they lead to files there.
root_doc = "docs/index"
include_patterns = ["*.md", "docs/**", "data/*.md", "notebooks/*.md", "benchmarks/**.md", "reports/*.md"]
exclude_patterns = [".*", "build", "src", "tests", "findings", "docs/running", "data/[!R]*", "reports/[!R]*"]
myst_heading_anchors = 3
suppress_warnings = ["myst.header"]  # tables that a benchmark prints begin with a heading of the second level

html_theme = "furo"
html_title = f"{project} {release}"
html_show_copyright = html_copy_source = html_show_sourcelink = False
html_extra_path = ["site"]

#: The pages that say how figures are counted, and in which language.
FIGURES = {"docs/figures": "en", "docs/figures-zh": "zh"}
COUNTED = "## How is it counted?"
#: pdoc makes it of 540 modules in a fifth of the time that autodoc takes.
REFERENCE = '\n<a href="../reference/helpers.html">Reference of all modules</a>, from their docstrings.\n'


def prose(notebook: Path) -> list[str]:
    """Give the cells of Markdown of a notebook."""
    cells = nbformat.read(notebook, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "markdown"]


def how_figures_are_counted() -> Iterator[str]:
    """Yield page by page its name, its question, and how its figures are counted, as the notebooks say it."""
    *pages, method = [prose(path) for path in sorted((PROJECT / "notebooks").glob("[0-9]*.ipynb"))]
    counted = dict(part.split("\n", 1) for part in method[1:])
    for title, *parts in pages:
        yield f"#{title}"
        yield from (part.removeprefix(COUNTED) for part in parts if part.startswith(COUNTED))
        yield counted.pop(f"#{title.splitlines()[0]}", "")
    if counted:
        raise ExtensionError(f"90_method.ipynb tells of no page by the name of {', '.join(counted)}")


def fill_in(app: Sphinx, name: str, source: list[str]) -> None:
    """Put into the pages that are for it how figures are counted, and into the front the way to the reference."""
    if name in FIGURES:
        source[0] += translate("\n\n".join(how_figures_are_counted()), words(FIGURES[name]))
    if name == root_doc:
        source[0] += REFERENCE


def leave_as_text(app: Sphinx, document: nodes.document) -> None:
    """Leave the name of a folder, of which there is no page, as text; any other link that leads nowhere is an error."""
    for link in list(document.findall(pending_xref)):
        if (PROJECT / link.get("refdoc", "")).parent.joinpath(link["reftarget"]).is_dir():
            link.replace_self(link.children)


class EnglishAndChinese(SearchEnglish):
    """English by its words; Chinese, which leaves no blanks between them, by every two characters side by side."""

    _word_re = re.compile(r"[\u4e00-\u9fff]+|[^\W\u4e00-\u9fff]+")
    js_splitter_code = r"""
var splitQuery = (query) => (query.match(/[\u4e00-\u9fff]+|[^\s\p{P}\p{S}\u4e00-\u9fff]+/gu) || [])
  .flatMap((run) => /^[\u4e00-\u9fff]{3}/.test(run) ? Array.from(run.slice(1), (it, at) => run[at] + it) : [run]);
"""

    def split(self, input: str) -> list[str]:
        """Take a text apart as the browser takes a question."""
        return [part for run in super().split(input) for part in self._pairs(run)]

    def _pairs(self, run: str) -> list[str]:
        if len(run) < 3 or not "\u4e00" <= run[0] <= "\u9fff":
            return [run]
        return [run[at : at + 2] for at in range(len(run) - 1)]


def setup(app: Sphinx) -> None:
    """Tell Sphinx of all this."""
    app.add_search_language(EnglishAndChinese)
    app.connect("source-read", fill_in)
    app.connect("doctree-read", leave_as_text)
