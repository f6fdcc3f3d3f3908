"""A plain papermill command gives what the pack holds: nothing of a report depends on our own way to run it."""

import subprocess
import sys

import nbformat
import pytest

from helpers.report.running.scrub import scrub
from helpers.settings.config import NOTEBOOKS_FOLDER

NOTEBOOK = "02_abc_tiering.ipynb"


def shown(notebook):
    """What a reader gets, cell by cell; parameters differ, for the pack names those it was made with."""
    return [
        (cell.source, [output.get("data", output.get("text")) for output in cell.get("outputs", [])])
        for cell in notebook.cells
        if not {"interactive", "injected-parameters"} & set(cell.metadata.get("tags", []))
    ]


@pytest.mark.slow
def test_a_plain_papermill_command_gives_the_packs_notebook(salespersons_pack, tmp_path):
    command = [
        sys.executable,
        "-m",
        "papermill",
        str(NOTEBOOKS_FOLDER / NOTEBOOK),
        str(tmp_path / "out.ipynb"),
    ]
    subprocess.run(
        [*command, "-p", "month", "2026-10", "-p", "scope", "salesperson:S01", "--no-progress-bar"],
        check=True,
        capture_output=True,
        cwd=tmp_path,
    )
    plain, _warnings = scrub(nbformat.read(tmp_path / "out.ipynb", as_version=4), {})
    assert shown(plain) == shown(nbformat.read(salespersons_pack / "notebooks" / NOTEBOOK, as_version=4))
