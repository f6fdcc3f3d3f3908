"""The engine that runs cells in process gives what papermill's own engine gives."""

import nbformat
import papermill
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from report_notebooks import PARAMETERS, SHOW, TABLE, tagged, write

from helpers.report.running.children import Children
from helpers.report.running.run import run_notebook
from helpers.report.running.scrub import prepare, scrub
from helpers.settings.config import NOTEBOOKS_FOLDER

KINDS = (
    "import sys\nfrom IPython.display import display, HTML, update_display, clear_output",
    "print('one'); print('two', end=''); display(HTML('<b>x</b>')); print('three')\n7",
    "1;",
    "_ + 1",
    "display('a', display_id='here'); print('between'); update_display('b', display_id='here')",
    "print('gone'); clear_output(); print('stays')",
    "",
    "import asyncio\nawait asyncio.sleep(0, 'awaited')",
    "%%capture said\nprint('held')",
    "said.stdout, In[2], Out[8]",
    "class Bare:\n    pass\nBare()",
    "def inner():\n    raise KeyError('no such customer')\ninner()",
    "print('never')",
)


def standard(source, parameters, tmp_path, monkeypatch):
    """Run by papermill's own engine, in a kernel; scrubbed."""
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    raw = tmp_path / "raw.ipynb"
    try:
        papermill.execute_notebook(
            prepare(nbformat.read(source, as_version=4)), str(raw), parameters=parameters,
            kernel_name="python3", language="python", progress_bar=False, cwd=str(tmp_path),
        )  # fmt: skip
    except papermill.PapermillExecutionError:
        assert raw.exists()
    return scrub(nbformat.read(raw, as_version=4), parameters)[0]


def ours(source, parameters, tmp_path):
    with Children(1) as children:
        run = run_notebook(children, source, tmp_path / source.name, parameters)
    return nbformat.read(run.executed, as_version=4)


@pytest.mark.slow
def test_both_engines_give_the_same_notebook_of_the_project(tmp_path, monkeypatch):
    source = NOTEBOOKS_FOLDER / "01_customer_composition.ipynb"
    parameters = {"month": "2026-10", "scope": "salesperson:S01"}
    executed = ours(source, parameters, tmp_path)
    assert sum(bool(cell.get("outputs")) for cell in executed.cells) > 8
    assert executed == standard(source, parameters, tmp_path, monkeypatch)


@pytest.mark.slow
def test_both_engines_keep_every_kind_of_output_alike(tmp_path, monkeypatch):
    cells = [tagged("parameters", PARAMETERS), *map(new_code_cell, (SHOW, TABLE, *KINDS))]
    source = write(tmp_path / "source", "01_kinds.ipynb", *cells)
    (tmp_path / "ours").mkdir()
    mine = ours(source, {"month": "2026-10"}, tmp_path / "ours")
    kernels = standard(source, {"month": "2026-10"}, tmp_path, monkeypatch)
    for cell, other in zip(mine.cells, kernels.cells, strict=True):
        assert cell == other, cell.source


def test_a_cell_that_catches_everything_is_still_stopped(tmp_path):
    stubborn = "while True:\n    try:\n        while True: pass\n    except Exception: pass"
    source = tmp_path / "01_stubborn.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("print('before')"), new_code_cell(stubborn)]), source)
    (tmp_path / "ours").mkdir()
    with Children(1) as children:
        run = run_notebook(children, source, tmp_path / "ours" / source.name, {}, cell_timeout_seconds=1)
    assert (run.failure.cell, run.failure.error) == (2, "CellTimeoutError")
    assert "before" in run.executed.read_text(encoding="utf-8")
