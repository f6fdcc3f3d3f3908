"""Run one notebook in a child process, and tell how it ended."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from helpers.report.requests import Failure, NotebookRun
from helpers.report.running.children import ChildError, Children, Lease

_GRACE_SECONDS = 15
"""How long a cell may go on after it was told to stop, before its process is ended."""


def run_notebook(
    children: Children | Lease,
    notebook: Path,
    executed: Path,
    parameters: Mapping[str, Any],
    *,
    cell_timeout_seconds: int = 600,
    run_folder: Path | None = None,
) -> NotebookRun:
    """Run a notebook and write it, with its outputs and scrubbed of all that varies, to ``executed``.

    Parameters
    ----------
    children
        Who starts the process.
    notebook, executed
        The notebook (never changed) and the file to write; its folder exists. Both absolute.
    parameters
        Values for the cell tagged ``parameters``; None leaves the notebook's own. Paths are absolute; in the
        executed notebook only their last part is left.
    cell_timeout_seconds
        How long a cell may take before it counts as failed.
    run_folder
        The folder where notebooks leave what the front page shows of them; None: it asks itself.

    Returns
    -------
    NotebookRun
        With a failure where a cell raised or took too long; this function raises nothing for that. Where the
        process died, no executed file is written.
    """
    arguments = {name: value for name, value in parameters.items() if value is not None}
    try:
        return children.call(
            _in_child, notebook, executed, arguments, cell_timeout_seconds, run_folder,
            seconds_a_step=cell_timeout_seconds + _GRACE_SECONDS,
        )  # fmt: skip
    except ChildError as error:
        cell, heading = error.step or (0, "")
        if error.hung:
            failure = ("CellTimeoutError", f"The cell took longer than {cell_timeout_seconds} seconds.")
        else:
            failure = ("DeadKernelError", f"The process that ran the notebook died. {error}")
        return NotebookRun(notebook.name, executed, Failure(notebook.name, cell, heading, *failure))


def _in_child(
    notebook: Path,
    executed: Path,
    parameters: Mapping[str, Any],
    cell_timeout_seconds: int,
    run_folder: Path | None,
) -> NotebookRun:
    from helpers.report.running.worker import run  # papermill and all: only children need it

    return run(notebook, executed, parameters, cell_timeout_seconds, run_folder)
