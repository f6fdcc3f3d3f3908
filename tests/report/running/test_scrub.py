"""What varies between runs is taken out of executed notebooks, and nothing else."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.report.running.scrub import first_heading, first_paragraph, heading_above, prepare, scrub


def executed():
    cell = new_code_cell("1", execution_count=3, metadata={"papermill": {"duration": 1.5}, "tags": ["kept"]})
    cell.outputs = [
        new_output("stream", name="stderr", text="/home/someone/x.py:1: UserWarning"),
        new_output("stream", name="stdout", text="<x at 0x7f00aa00bb>"),
        new_output("error", ename="ValueError", evalue="bad", traceback=["/home/someone/x.py"]),
    ]
    injected = new_code_cell("data = '/home/someone/sample'", metadata={"tags": ["injected-parameters"]})
    notebook = new_notebook(cells=[new_markdown_cell("# T"), injected, cell])
    notebook.metadata["papermill"] = {"start_time": "now", "output_path": "/home/someone"}
    notebook.metadata["widgets"] = {}
    return notebook


def test_times_paths_and_addresses_go_and_results_stay():
    clean, warnings = scrub(
        prepare_keeping_outputs(executed()), {"data": "/home/someone/sample", "month": "2026-10"}
    )
    text = nbformat.writes(clean)
    assert "someone" not in text
    assert "papermill" not in text
    assert "<x at 0x…>" in text
    assert "ValueError: bad" in text
    assert clean.cells[1].source == "# Parameters\ndata = 'sample'\nmonth = '2026-10'"
    assert clean.cells[2].metadata == {"tags": ["kept"]}
    assert warnings == "/home/someone/x.py:1: UserWarning"


def prepare_keeping_outputs(notebook):
    for number, cell in enumerate(notebook.cells, start=1):
        cell.metadata["workbook_cell"] = number
        cell["id"] = f"cell-{number}"
    return notebook


def test_preparing_never_changes_the_notebook_it_was_given():
    notebook = executed()
    before = nbformat.writes(notebook)
    prepare(notebook)
    assert nbformat.writes(notebook) == before


def test_headings_are_found_without_their_marks():
    notebook = prepare(
        new_notebook(
            cells=[
                new_markdown_cell("# One #\n\nLead\nline.\n\nMore"),
                new_markdown_cell("## Two"),
                new_code_cell("1"),
            ]
        )
    )
    assert first_heading(notebook) == "One"
    assert first_paragraph(notebook) == "Lead line."
    assert heading_above(notebook, 3) == "Two"
    assert heading_above(notebook, 2) == "One"
