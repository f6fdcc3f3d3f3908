"""Run one notebook in a child process, and tell how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.report.children import ChildError, Children, Lease

_GRACE_SECONDS = 15
"""How long a cell may go on after it was told to stop, before its process is ended."""

LEARNING_WHO_LEAVES = "04_churn_signals.ipynb"
"""The notebook that learns how likely customers are to leave, by which every page weighs its findings."""


@dataclass(frozen=True)
class Failure:
    """Where and why a notebook stopped.

    Attributes
    ----------
    notebook
        File name.
    cell
        Number of the cell in the notebook as JupyterLab shows it, from 1; 0 if it did not get to a cell.
    heading
        The last heading above that cell, without its marks; empty if there is none.
    error
        Name of the exception, such as ``ValueError`` or ``CellTimeoutError``.
    message
        What the exception says.
    """

    notebook: str
    cell: int
    heading: str
    error: str
    message: str


@dataclass(frozen=True)
class WholeFile:
    """A list in full beside the executed notebook, which shows only its first rows; and what its link says."""

    path: Path
    title: str
    note: str


@dataclass(frozen=True)
class NotebookRun:
    """A notebook that was run: the executed file, how it ended, and what it said on standard error.

    ``tables`` are the tables that it showed (pickled: heading and `helpers.views.typed.TypedTable` of each), so that
    the process which only hands them on need not take them apart.
    """

    name: str
    executed: Path
    failure: Failure | None
    warnings: str = ""
    tables: bytes = b""
    files: tuple[WholeFile, ...] = ()


def run_notebook(
    children: Children | Lease,
    notebook: Path,
    executed: Path,
    parameters: Mapping[str, Any],
    *,
    cell_timeout_seconds: int = 600,
    handed_over: Path | None = None,
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
    handed_over
        The folder where notebooks leave what the front page shows of them; None: it asks itself.

    Returns
    -------
    NotebookRun
        With a failure where a cell raised or took too long; this function raises nothing for that. Where the
        process died, no executed file is written.
    """
    given = {name: value for name, value in parameters.items() if value is not None}
    try:
        return children.call(
            _in_child, notebook, executed, given, cell_timeout_seconds, handed_over,
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
    handed_over: Path | None,
) -> NotebookRun:
    from helpers.report.worker import run  # papermill and all: only children need it

    return run(notebook, executed, parameters, cell_timeout_seconds, handed_over)
