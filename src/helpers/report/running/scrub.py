"""Make an executed notebook the same on every run: no times, no paths, no random ids, no addresses."""

import re
from collections.abc import Mapping
from typing import Any

import nbformat
from nbformat import NotebookNode

from helpers.intake.reading.sources import data_label
from helpers.present.words import LOCALES

_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*\s*$", re.MULTILINE)
_PATHS = ("data", "map")
PARAMETERS = ("data", "map", "month", "scope", "language")


def prepare(notebook: NotebookNode, language: str = "") -> NotebookNode:
    """Give cells their numbers, leave out those that are not for this page, and drop the stored outputs.

    Not for a page are cells tagged ``interactive``, and those tagged with a language (``en``, ``zh``) that is not its.
    """
    notebook = nbformat.from_dict(notebook)
    kept = []
    for number, cell in enumerate(notebook.cells, start=1):
        cell.metadata["workbook_cell"] = number
        cell["id"] = f"cell-{number}"
        tags = set(cell.metadata.get("tags", []))
        if "interactive" in tags or (language and tags & (LOCALES.keys() - {language})):
            continue
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
        kept.append(cell)
    if not any("parameters" in cell.metadata.get("tags", []) for cell in kept):
        # What papermill fills in goes behind it, before all other cells.
        source = "\n".join(f'{name} = ""' for name in PARAMETERS)
        tagged = {"tags": ["parameters"], "workbook_cell": 0}
        unsaid = nbformat.v4.new_code_cell(source, id="cell-0", metadata=tagged)
        kept.insert(0, unsaid)
    notebook.cells = kept
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def heading_above(notebook: NotebookNode, number: int) -> str:
    """Return the last markdown heading above a cell (numbered as in the source), without its marks."""
    heading = ""
    for cell in notebook.cells:
        if cell.metadata.get("workbook_cell", 0) >= number:
            break
        if cell.cell_type == "markdown":
            found = _HEADING.findall(cell.source)
            heading = found[-1] if found else heading
    return heading


def first_heading(notebook: NotebookNode) -> str:
    """Return the first markdown heading of a notebook: what it is called; empty if it has none."""
    for cell in notebook.cells:
        found = _HEADING.search(cell.source) if cell.cell_type == "markdown" else None
        if found:
            return found[1]
    return ""


def first_paragraph(notebook: NotebookNode) -> str:
    """Return the paragraph after a notebook's first heading, in the same cell; empty if there is none."""
    for cell in notebook.cells:
        found = _HEADING.search(cell.source) if cell.cell_type == "markdown" else None
        if found:
            rest = cell.source[found.end() :].strip().split("\n\n")[0]
            return "" if rest.startswith("#") else " ".join(rest.split())
    return ""


def scrub(notebook: NotebookNode, parameters: Mapping[str, Any]) -> tuple[NotebookNode, str]:
    """Take out what varies between runs.

    Returns
    -------
    notebook, warnings
        The clean notebook, and what its cells wrote to standard error (which names files of this machine).
    """
    cells, warnings = [], []
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if "papermill-error-cell-tag" in tags:
            continue
        if "injected-parameters" in tags:
            cell["id"] = "cell-parameters"
            cell.source = _parameters_source(parameters)
        cell.metadata = NotebookNode({"tags": list(tags)} if tags else {})
        if cell.cell_type == "code":
            outputs = cell.outputs
            cell.outputs = [_scrub_output(output) for output in outputs if output.get("name") != "stderr"]
            warnings += [output.text for output in outputs if output.get("name") == "stderr"]
        cells.append(cell)
    clean = nbformat.v4.new_notebook(cells=cells)
    clean.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    clean.metadata["language_info"] = {"name": "python"}
    clean.nbformat_minor = 5
    return clean, "".join(warnings)


def _scrub_output(output: NotebookNode) -> NotebookNode:
    if output.output_type == "error":
        # Tracebacks name folders of this machine; the error and what it says is what a reader can use.
        output.traceback = [f"{output.ename}: {output.evalue}"]
    if output.output_type == "stream":
        output.text = _ADDRESS.sub("at 0x…", output.text)
    for kind, content in output.get("data", {}).items():
        if isinstance(content, str) and kind.startswith("text/"):
            output.data[kind] = _ADDRESS.sub("at 0x…", content)
    return output


def _parameters_source(parameters: Mapping[str, Any]) -> str:
    """Return the injected cell with names instead of paths."""
    lines = ["# Parameters"]
    for name, value in parameters.items():
        lines.append(f"{name} = {(data_label(value) if name in _PATHS else value)!r}")
    return "\n".join(lines)
