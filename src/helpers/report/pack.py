"""`make_pack`: run the notebooks for one month and scope, and put the pack into place."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from helpers.config import NOTEBOOKS_FOLDER
from helpers.errors import WorkbookError
from helpers.report.front import Briefing, explain, front_page
from helpers.report.html import PageLink, Pages, Place, page_title
from helpers.report.manifest import write_manifest
from helpers.report.place import folder_in_place
from helpers.report.prose import in_language
from helpers.report.run import Failure, NotebookRun, run_notebook
from helpers.report.scrub import first_paragraph
from helpers.views.numbers import Numbers
from helpers.views.words import Words, words

Progress = Callable[[str], None]


@dataclass(frozen=True)
class PackRequest:
    """What to report.

    Attributes
    ----------
    month
        ``YYYY-MM``, resolved.
    out
        The packs' folder; the pack goes to ``out/MONTH/SCOPE``.
    data, map
        Absolute path (or database address) of the data and of the column map; None leaves the notebooks' own.
    scope, folder, scope_label
        Parameter of the notebooks, the folder's name (harmless: a scope is data), and how pages call it.
    notebooks
        The notebooks in reading order; empty: the numbered ones of the project.
    processes
        How many notebooks run at once.
    """

    month: str
    out: Path
    data: str | None = None
    map: str | None = None
    scope: str = "company"
    folder: str = "company"
    scope_label: str = ""
    company: str = ""
    language: str = "en"
    notebooks: Sequence[Path] = ()
    cell_timeout_seconds: int = 600
    processes: int = 2


@dataclass(frozen=True)
class PackResult:
    """Where the pack stands and how its notebooks ended; ``warnings`` by notebook are for who ran it."""

    folder: Path
    failures: tuple[Failure, ...]
    warnings: dict[str, str] = field(default_factory=dict)

    @property
    def index(self) -> Path:
        """The front page."""
        return self.folder / "index.html"


def make_pack(
    request: PackRequest,
    on_progress: Progress = lambda message: None,
    briefing: Callable[[], Briefing] = Briefing,
) -> PackResult:
    """Make one pack; it appears whole or not at all, and replaces one that stands there.

    Parameters
    ----------
    request
        What to report.
    on_progress
        Called with a line of text at every step.
    briefing
        Computes what the front page says; called once, while the notebooks run.

    Returns
    -------
    PackResult
        With a failure for each notebook that stopped; the pack is written all the same and says so.

    Raises
    ------
    WorkbookError
        The output cannot be written (found before any work), there is no notebook, or ``briefing`` raised it.
    """
    started = datetime.datetime.now(datetime.UTC)
    notebooks = list(request.notebooks) or numbered_notebooks(NOTEBOOKS_FOLDER)
    target = request.out.absolute() / request.month / request.folder
    with folder_in_place(target) as folder:
        (folder / "notebooks").mkdir()
        runs, content = _run_all(request, notebooks, folder / "notebooks", on_progress, briefing)
        failures = tuple(run.failure for run in runs if run.failure)
        on_progress(words(request.language).gettext("Writing the pages"))
        _write_pages(request, runs, failures, content, folder)
        parameters = {
            "month": request.month, "scope": request.scope, "language": request.language,
            "data": request.data and Path(request.data).name, "map": request.map and Path(request.map).name,
            "notebooks": [notebook.name for notebook in notebooks],
        }  # fmt: skip
        write_manifest(
            folder, parameters=parameters, inputs=content.inputs, failures=failures, started=started
        )
    return PackResult(target, failures, {run.name: run.warnings for run in runs if run.warnings})


def numbered_notebooks(folder: Path) -> list[Path]:
    """Return the notebooks whose names start with a number, in that order.

    Raises
    ------
    WorkbookError
        There is none.
    """
    found = sorted(path for path in folder.glob("*.ipynb") if path.name[0].isdigit())
    if not found:
        raise WorkbookError(f"There is no numbered notebook (such as 01_composition.ipynb) in {folder}.")
    return found


def _run_all(
    request: PackRequest,
    notebooks: Sequence[Path],
    folder: Path,
    on_progress: Progress,
    briefing: Callable[[], Briefing],
) -> tuple[list[NotebookRun], Briefing]:
    """Run the notebooks, a few at a time, each in its own process; threads only wait for them."""
    parameters = {
        "data": request.data, "month": request.month, "scope": request.scope, "map": request.map,
        "language": request.language,
    }  # fmt: skip
    spoken = words(request.language)
    with ThreadPoolExecutor(max_workers=max(1, request.processes)) as pool:

        def start(notebook: Path) -> Future[NotebookRun]:
            seconds = request.cell_timeout_seconds
            executed = folder / notebook.name
            return pool.submit(run_notebook, notebook, executed, parameters, cell_timeout_seconds=seconds)

        futures = [start(notebook) for notebook in notebooks]
        content = briefing()
        runs = []
        for future in futures:
            run = future.result()
            runs.append(run)
            on_progress(explain(run.failure, spoken) if run.failure else spoken("{name} done", name=run.name))
    return runs, content


def _write_pages(
    request: PackRequest,
    runs: Sequence[NotebookRun],
    failures: Sequence[Failure],
    content: Briefing,
    folder: Path,
) -> None:
    """Write a page for each notebook that left one, and the front page."""
    spoken = words(request.language)
    executed = {run: in_language(run.executed, spoken) for run in runs if run.executed.exists()}
    links = {
        run: PageLink(Path(run.name).stem + ".html", page_title(notebook, run.name))
        for run, notebook in executed.items()
    }
    pages = Pages(spoken, _place(request, spoken), tuple(links.values()))
    for run, notebook in executed.items():
        text = explain(run.failure, spoken) if run.failure else ""
        _write(folder / links[run].file, pages.notebook(notebook, links[run], text))
    leads = {links[run].file: first_paragraph(notebook) for run, notebook in executed.items()}
    _write(folder / "index.html", front_page(pages, spoken, content, failures, leads))


def _place(request: PackRequest, spoken: Words) -> Place:
    label = request.scope_label or (spoken("Whole company") if request.scope == "company" else request.scope)
    return Place(request.company, Numbers(spoken).month(pd.Period(request.month, "M")), label)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
