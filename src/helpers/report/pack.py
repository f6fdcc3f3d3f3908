"""`make_pack`: run the notebooks for one month and scope, and put the pack into place.

This process only coordinates; what needs pandas or a page is done by children and imported there.
"""

from __future__ import annotations

import datetime
import pickle
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.errors import WorkbookError
from helpers.report.children import Children, Lease
from helpers.report.deliveries import record_delivery
from helpers.report.place import folder_in_place
from helpers.report.run import LEARNING_WHO_LEAVES, Failure, NotebookRun, run_notebook
from helpers.views.words import words

if TYPE_CHECKING:
    from helpers.report.front import Briefing

Progress = Callable[[str], None]
SUMMARY = "00_summary.ipynb"
"""The notebook that is the front page of every pack."""
_LEARNING = (LEARNING_WHO_LEAVES, "03_lifetime_value.ipynb")
"""The notebooks that learn what others look up, the longest first."""
_READING_OTHERS = "05_customer_card.ipynb"
"""The notebook that reads what the others leave of each customer (`helpers.questions.customer_rows`)."""


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
    key
        Names all that the pack depends on; see `helpers.report.unchanged`. Empty where it is not known.
    environment
        What the processes that make the pack are to find in their environment.
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
    key: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    at_once: int | None = None
    """So many notebooks fit into memory at once; None: as many as there are cores."""
    passphrase: str = field(default="", repr=False)
    """Encrypts the pack, where there is one."""


@dataclass(frozen=True)
class PackResult:
    """Where the pack stands and how its notebooks ended; ``warnings`` by notebook are for who ran it.

    ``unchanged`` tells that it stood there already and was left.
    """

    folder: Path
    failures: tuple[Failure, ...]
    warnings: dict[str, str] = field(default_factory=dict)
    unchanged: bool = False

    @property
    def index(self) -> Path:
        """The front page."""
        return self.folder / "index.html"


def no_briefing() -> Briefing:
    """Say nothing on the front page but what the notebooks are."""
    from helpers.report.front import Briefing

    return Briefing()


def make_pack(
    request: PackRequest,
    on_progress: Progress = lambda message: None,
    briefing: Callable[[], Briefing] = no_briefing,
    children: Children | Lease | None = None,
) -> PackResult:
    """Make one pack; it appears whole or not at all, and replaces one that stands there.

    Parameters
    ----------
    request
        What to report.
    on_progress
        Called with a line of text at every step.
    briefing
        Computes what the front page says; called once, in a child process while the notebooks run: picklable.
    children
        Who runs what has to be run; None makes as many at once as there are cores. A lease runs one after another.

    Returns
    -------
    PackResult
        With a failure for each notebook that stopped; the pack is written all the same and says so.

    Raises
    ------
    WorkbookError
        The output cannot be written (found before any work), there is no notebook, or ``briefing`` raised it.
    ChildError
        The process that computed the briefing or wrote the pages died.
    """
    if children is None:
        with Children() as own:
            return make_pack(request, on_progress, briefing, own)
    started = datetime.datetime.now(datetime.UTC)
    target = request.out.absolute() / request.month / request.folder
    with folder_in_place(target) as folder:
        (folder / "notebooks").mkdir()
        runs, content = _run_all(request, folder / "notebooks", on_progress, briefing, children)
        on_progress(words(request.language).gettext("Writing the pages"))
        children.call(_finish, request, runs, content, folder, started)
        record_delivery(request.out.absolute(), folder)
    failures = tuple(run.failure for run in runs if run.failure)
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
    folder: Path,
    on_progress: Progress,
    briefing: Callable[[], Briefing],
    children: Children | Lease,
) -> tuple[list[NotebookRun], bytes]:
    """Run the notebooks and the briefing in children; threads only wait for them.

    Those that learn come first, since the others need what they learn; the card last of the pages, since it reads what
    they leave; and then the summary: it finds the answers of those that ran in its child, and else what the others have
    left for it.
    """
    parameters = {
        "data": request.data, "month": request.month, "scope": request.scope, "map": request.map,
        "language": request.language,
    }  # fmt: skip
    notebooks = _notebooks(request)
    at_once = min(children.limit, request.at_once or children.limit)
    with (
        tempfile.TemporaryDirectory(prefix="workbook-", ignore_cleanup_errors=True) as handed_over,
        ThreadPoolExecutor(max_workers=at_once) as pool,
    ):

        def submit(notebook: Path) -> Future[NotebookRun]:
            return pool.submit(
                run_notebook, children, notebook.absolute(), folder / notebook.name, parameters,
                cell_timeout_seconds=request.cell_timeout_seconds,
                # One child has all answers itself.
                handed_over=None if isinstance(children, Lease) else Path(handed_over),
            )  # fmt: skip

        pages = [notebook for notebook in notebooks if notebook.name != SUMMARY]
        futures = {notebook: submit(notebook) for notebook in sorted(pages, key=_turn)}
        content = pool.submit(children.call, _pickled, briefing)
        wait(futures.values())
        futures |= {notebook: submit(notebook) for notebook in notebooks if notebook.name == SUMMARY}
        runs = []
        for notebook in notebooks:
            run = futures[notebook].result()
            runs.append(run)
            on_progress(_told(run, request.language))
        return runs, content.result()


def _turn(notebook: Path) -> int:
    if notebook.name in _LEARNING:
        return _LEARNING.index(notebook.name)
    return len(_LEARNING) + (notebook.name == _READING_OTHERS)


def _notebooks(request: PackRequest) -> list[Path]:
    if request.notebooks:
        return list(request.notebooks)
    from helpers.config import NOTEBOOKS_FOLDER

    return numbered_notebooks(NOTEBOOKS_FOLDER)


def _told(run: NotebookRun, language: str) -> str:
    spoken = words(language)
    if run.failure is None:
        return spoken("{name} done", name=run.name)
    from helpers.report.front import explain

    return explain(run.failure, spoken)


def _pickled(briefing: Callable[[], Briefing]) -> bytes:
    """Compute the briefing, in a child; it stays pickled, since the coordinating process only hands it on."""
    return pickle.dumps(briefing())


def _finish(
    request: PackRequest,
    runs: Sequence[NotebookRun],
    content: bytes,
    folder: Path,
    started: datetime.datetime,
) -> None:
    """Write pages and manifest, in a child."""
    from helpers.intake.sources import data_label
    from helpers.mask import mask_key
    from helpers.report.manifest import write_manifest
    from helpers.report.pages import write_pages

    briefed: Briefing = pickle.loads(content)
    write_pages(request, runs, briefed, folder)
    parameters = {
        "month": request.month, "scope": request.scope, "language": request.language,
        "data": request.data and data_label(request.data), "map": request.map and data_label(request.map),
        "notebooks": [notebook.name for notebook in _notebooks(request)], "masked": bool(mask_key()),
        "encrypted": bool(request.passphrase),
        # The manifest of an encrypted pack can be read by everybody.
        "scope_label": "" if request.passphrase else request.scope_label,
        "company": "" if request.passphrase else request.company,
    }  # fmt: skip
    if request.passphrase:
        from helpers.report.encrypt import encrypt_pack

        encrypt_pack(folder, request.passphrase, words(request.language))
    failures = [run.failure for run in runs if run.failure]
    write_manifest(
        folder, parameters=parameters, inputs=briefed.inputs, failures=failures, started=started,
        key=request.key, history=briefed.history, settings_sha256=briefed.settings_sha256,
        tables=briefed.tables,
    )  # fmt: skip
