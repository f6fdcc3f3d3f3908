"""Run the notebooks on the sample, or those named, and store them with their outputs: ``make notebooks``.

The stored outputs are what a code host shows and what nbval compares. Interactive cells run too: where no front end is
there, an explorer is the plain view of the choices that it starts with (`helpers.present.widgets`).
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from helpers.report.requests import numbered_notebooks
from helpers.report.running.scrub import scrub
from helpers.settings.config import NOTEBOOKS_FOLDER


def store(path: Path) -> None:
    """Run one notebook as JupyterLab would, from top to bottom, and write it back with its outputs.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        A cell failed; the file is left as it was.
    """
    notebook = nbformat.read(path, as_version=4)
    identities = [cell["id"] for cell in notebook.cells]
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(path.parent)}}).execute()
    clean, warnings = scrub(notebook, {})
    for cell, identity in zip(clean.cells, identities, strict=True):
        cell["id"] = identity
    if warnings:
        sys.stderr.write(f"{path.name}: {warnings}\n")
    nbformat.write(clean, path)


if __name__ == "__main__":
    for notebook_path in [Path(name) for name in sys.argv[1:]] or numbered_notebooks(NOTEBOOKS_FOLDER):
        store(notebook_path)
