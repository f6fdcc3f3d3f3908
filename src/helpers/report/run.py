"""Run one notebook through papermill, in a process of its own, and leave nothing that varies between runs.

The worker is run by ``python -m helpers.report.worker``: papermill changes the working
directory of its process, so two notebooks never share one.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

SOURCE_FOLDER = Path(__file__).resolve().parents[2]


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
class NotebookRun:
    """A notebook that was run: the executed file, how it ended, and what it said on standard error."""

    name: str
    executed: Path
    failure: Failure | None
    warnings: str = ""


def run_notebook(
    notebook: Path, executed: Path, parameters: Mapping[str, Any], *, cell_timeout_seconds: int = 600
) -> NotebookRun:
    """Run a notebook and write it, with its outputs and scrubbed of all that varies, to ``executed``.

    Parameters
    ----------
    notebook, executed
        The notebook (never changed) and the file to write; its folder exists.
    parameters
        Values for the cell tagged ``parameters``; None leaves the notebook's own. Paths are absolute; in the
        executed notebook only their last part is left.
    cell_timeout_seconds
        How long a cell may take before it counts as failed.

    Returns
    -------
    NotebookRun
        With a failure where a cell raised or took too long; this function raises nothing for that.
    """
    result_file = executed.with_suffix(".result.json")
    job = {
        "notebook": str(notebook),
        "executed": str(executed),
        "result": str(result_file),
        "parameters": {name: value for name, value in parameters.items() if value is not None},
        "cell_timeout_seconds": cell_timeout_seconds,
    }
    search = [str(SOURCE_FOLDER), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(search), "PYTHONHASHSEED": "0"}
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as complaints:
        command = [sys.executable, "-m", "helpers.report.worker"]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=complaints, env=environment,
            text=True, encoding="utf-8",
        )  # fmt: skip
        assert process.stdin is not None
        with process, contextlib.suppress(BrokenPipeError):
            # Standard input stays open while we live: a worker that sees it end has lost us, and ends.
            process.stdin.write(json.dumps(job) + "\n")
            process.stdin.flush()
            process.wait()
        complaints.seek(0)
        said = complaints.read().strip().splitlines() or ["no message"]
    if not result_file.exists():
        message = f"The process that runs notebooks ended with code {process.returncode}: {said[-1]}"
        return NotebookRun(notebook.name, executed, Failure(notebook.name, 0, "", "WorkerError", message))
    result = json.loads(result_file.read_text(encoding="utf-8"))
    result_file.unlink()
    failure = Failure(**result["failure"]) if result["failure"] else None
    return NotebookRun(notebook.name, executed, failure, result["warnings"])


def as_result(failure: Failure | None, warnings: str) -> str:
    """Return what the worker hands back to :func:`run_notebook`."""
    return json.dumps({"failure": asdict(failure) if failure else None, "warnings": warnings})
