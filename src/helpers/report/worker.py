"""The process in which one notebook runs: reads a job as JSON from standard input, writes files, and ends."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from helpers.report.run import Failure, as_result
from helpers.report.scrub import heading_above, prepare, scrub

_LONGEST_SOCKET_NAME = 90
"""Sockets in the file system have names of at most 104 to 108 bytes; jupyter_client adds a number."""


def main() -> None:
    """Run the job on standard input."""
    job = json.loads(sys.stdin.readline())
    with tempfile.TemporaryDirectory(prefix="workbook-", ignore_cleanup_errors=True) as private:
        threading.Thread(target=_end_with_parent, args=(private,), daemon=True).start()
        _quieten(Path(private))
        failure, warnings = _run(job, Path(private))
    Path(job["result"]).write_text(as_result(failure, warnings), encoding="utf-8")


def _end_with_parent(private: str) -> None:
    """Wait until standard input ends, which it does when the parent is gone; then leave nothing behind.

    The kernel watches this process and ends with it.
    """
    while os.read(0, 4096):
        pass
    shutil.rmtree(private, ignore_errors=True)
    os._exit(1)


def _quieten(private: Path) -> None:
    """Keep the user's IPython start-up files, history and dead runtime files out of it."""
    os.environ["IPYTHONDIR"] = str(private / "ipython")
    os.environ["JUPYTER_RUNTIME_DIR"] = str(private / "runtime")
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    os.environ["MPLBACKEND"] = "agg"
    (private / "scratch").mkdir()


def _run(job: dict[str, Any], private: Path) -> tuple[Failure | None, str]:
    source = Path(job["notebook"])
    executed = Path(job["executed"])
    notebook = prepare(nbformat.read(source, as_version=4))
    raw = executed.with_suffix(".raw.ipynb")  # beside the result: what holds customer data is cleaned with it
    error: tuple[str, str] | None = None
    try:
        papermill.execute_notebook(
            notebook,
            str(raw),
            parameters=job["parameters"],
            kernel_name="python3",
            language="python",
            progress_bar=False,
            cwd=str(private / "scratch"),
            execution_timeout=job["cell_timeout_seconds"],
            kernel_manager_class=_kernel_manager(private),
            shutdown_kernel="immediate",
        )
    except PapermillExecutionError as problem:
        error = (problem.ename, problem.evalue)
    except CellTimeoutError:
        error = ("CellTimeoutError", f"The cell took longer than {job['cell_timeout_seconds']} seconds.")
    except DeadKernelError:
        error = ("DeadKernelError", "The kernel died; most often because memory ran out.")
    except Exception as problem:  # one notebook must not take the others with it; the front page says why
        error = (type(problem).__name__, str(problem).splitlines()[0] if str(problem) else "")
    result = nbformat.read(raw, as_version=4) if raw.exists() else notebook
    cell = _stopped_at(result) if error else 0
    failure = Failure(source.name, cell, heading_above(notebook, cell), *error) if error else None
    clean, warnings = scrub(result, job["parameters"])
    nbformat.write(clean, executed)
    raw.unlink(missing_ok=True)
    return failure, warnings


def _stopped_at(notebook: NotebookNode) -> int:
    """Return the number (as in the source) of the cell at which it stopped; 0 if it did not get to a cell.

    That is the cell with an error, else the last that was begun: papermill calls a cell that took too long or
    took the kernel with it, completed.
    """
    begun = [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.metadata.get("papermill", {}).get("start_time")
    ]
    failed = [cell for cell in begun if any(output.output_type == "error" for output in cell.outputs)]
    return int((failed or begun[-1:])[0].metadata.get("workbook_cell", 0)) if begun else 0


def _kernel_manager(private: Path) -> type[AsyncKernelManager]:
    """Return a manager whose kernel is this very interpreter, reached through sockets in a private folder.

    Ports can be taken by another kernel between choosing and binding them; files in an own folder cannot.
    """
    address = str(private / "k")
    uses_files = os.name == "posix" and len(address) < _LONGEST_SOCKET_NAME

    class PrivateKernelManager(AsyncKernelManager):
        @property
        def kernel_spec(self) -> KernelSpec:
            command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            command.append("--HistoryManager.enabled=False")
            return KernelSpec(argv=command, display_name="Python 3", language="python", metadata={})

        def __init__(self, **settings: Any) -> None:
            if uses_files:
                settings |= {"transport": "ipc", "ip": address}
            super().__init__(**settings)

    return PrivateKernelManager


if __name__ == "__main__":
    main()
