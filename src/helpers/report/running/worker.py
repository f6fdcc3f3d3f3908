"""What a child process does with one notebook: papermill runs it, scrub takes out what varies."""

import contextlib
import decimal
import locale
import os
import pickle
import random
import sys
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
import nbformat
import numpy as np
import pandas as pd
import papermill
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from helpers.book import Book, book_of_page, open_book
from helpers.engine.cache.cache import start_run
from helpers.present.table import Table, collect_tables
from helpers.present.typed import TypedTable, typed_table
from helpers.report.requests import LEARNING_CHURN, Failure, FullListFile, NotebookRun
from helpers.report.running.engine import NAME, heading_now, last_executed
from helpers.report.running.scrub import PARAMETERS, heading_above, prepare, scrub
from helpers.settings.config import NOTEBOOKS_FOLDER
from helpers.subjects.own.page_output import page_runs, put_output
from helpers.subjects.summary.gather import put_result, write_rows


@contextlib.contextmanager
def restored_process_state() -> Iterator[None]:
    """Put back, after the block, what libraries keep for a whole process, so that the next notebook starts alike.

    That is: options of pandas, settings of matplotlib, random numbers (which also start alike), warnings, decimals,
    the locale, the environment, the folder, and where modules are found.
    """
    environment, folder, search = dict(os.environ), Path.cwd(), list(sys.path)
    spoken = locale.setlocale(locale.LC_ALL)
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002  what cells of others may use
    with warnings.catch_warnings(), mpl.rc_context(), decimal.localcontext():
        try:
            yield
        finally:
            pd.reset_option(r"^(display|compute|plotting|styler)\.")
            os.environ.clear()
            os.environ.update(environment)
            os.chdir(folder)
            sys.path[:] = search
            locale.setlocale(locale.LC_ALL, spoken)


def run(
    source: Path,
    executed: Path,
    parameters: Mapping[str, Any],
    cell_timeout_seconds: int,
    run_folder: Path | None = None,
) -> NotebookRun:
    """Run a notebook in this process; see `helpers.report.running.run.run_notebook`."""
    start_run(run_folder)
    language = str(parameters.get("language") or "")
    notebook = prepare(nbformat.read(source, as_version=4), language)
    error: tuple[str, str] | None = None
    tables: list[tuple[str, TypedTable]] = []
    files: list[FullListFile] = []
    customers: set[str] = set()

    def keep(table: Table) -> None:
        tables.append((heading_now(), typed_table(table)))
        customers.update(table.customers)
        if table.full_list is not None:
            path = executed.with_name(table.full_list.file)
            path.write_bytes(table.full_list.content())
            files.append(FullListFile(path, table.full_list.title, table.full_list.note))

    if run_folder is not None and source.name == LEARNING_CHURN:
        _learn_for_others(parameters)
    try:
        with (
            restored_process_state(),
            collect_tables(keep),
            book_of_page(parameters),
            page_runs(source.stem) as output,
        ):
            if (
                source.parent != NOTEBOOKS_FOLDER
            ):  # what lies beside a page of one's own is found, as in JupyterLab
                os.chdir(source.parent)
                sys.path.insert(0, str(source.parent))
            papermill.execute_notebook(
                notebook,
                None,  # it would write the file three times; the engine keeps what became of the cells
                parameters=dict(parameters),
                engine_name=NAME,
                kernel_name="python3",
                language="python",
                progress_bar=False,
                request_save_on_cell_execute=False,
                execution_timeout=cell_timeout_seconds,
                readers_language=language,
            )
        if output.findings or output.actions:
            put_output(output, _book(parameters))
    except PapermillExecutionError as problem:
        error = (problem.ename, problem.evalue)
    except Exception as problem:  # one notebook must not take the others with it; the front page says why
        error = (type(problem).__name__, str(problem).splitlines()[0] if str(problem) else "")
    if error is None:
        _leave_for_others(source.stem, parameters, for_summary=run_folder is not None)
    result = last_executed() or notebook
    cell = _stopped_at(result) if error else 0
    failure = Failure(source.name, cell, heading_above(notebook, cell), *error) if error else None
    clean, warnings = scrub(result, parameters)
    nbformat.write(clean, executed)
    return NotebookRun(
        source.name, executed, failure, warnings, pickle.dumps(tables), tuple(files), frozenset(customers)
    )


def _learn_for_others(parameters: Mapping[str, Any]) -> None:
    """Learn first what every page waits for at its end; where that fails the pages ask themselves, and say why."""
    with contextlib.suppress(Exception):
        _book(parameters).likelihood()


def _leave_for_others(page: str, parameters: Mapping[str, Any], *, for_summary: bool) -> None:
    """Leave what the customer card and the front page show of this page, while its answers are in memory.

    Where that fails the others ask themselves, and say why.
    """
    with contextlib.suppress(Exception):
        book = _book(parameters)
        write_rows(book, page)
        if for_summary:
            put_result(book, page)


def _book(parameters: Mapping[str, Any]) -> Book:
    return open_book(**{name: parameters[name] for name in PARAMETERS if name in parameters})


def _stopped_at(notebook: NotebookNode) -> int:
    """Return the number (as in the source) of the cell with the error; 0 if it did not get to a cell."""
    for cell in notebook.cells:
        if any(output.output_type == "error" for output in cell.get("outputs", [])):
            return int(cell.metadata.get("workbook_cell", 0))
    return 0
