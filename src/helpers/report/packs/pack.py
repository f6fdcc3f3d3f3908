"""`make_pack`: run the notebooks for one month and scope, and put the pack into place.

This process only coordinates; what needs pandas or a page is done by children and imported there.
"""

import datetime
import pickle
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from helpers.core.files.publish import replaced_folder
from helpers.present.words import words
from helpers.report.packs.deliveries import record_delivery
from helpers.report.requests import (
    CARD,
    READ_BY_THE_CARD,
    SUMMARY,
    Briefing,
    Failure,
    NotebookRun,
    PackRequest,
    PackResult,
    numbered_notebooks,
)
from helpers.report.running.children import Children, Lease, stopped_on_interrupt
from helpers.report.running.run import run_notebook


def customer_cards(
    named: Collection[str], parameters: Mapping[str, Any], run_folder: Path | None
) -> tuple[bytes, Failure | None]:
    """Return the cards, pickled, of the customers whom pages name in their tables, and why there are none.

    Parameters
    ----------
    named
        Their ids: `helpers.report.requests.NotebookRun.customers` of all pages.
    parameters
        What the notebooks were run with.
    run_folder
        Where they have left what others show of them.
    """
    from helpers.book import open_book
    from helpers.engine.cache.cache import start_run
    from helpers.report.pages.html import FILE
    from helpers.subjects.card.short_cards import short_cards

    start_run(run_folder)
    try:
        book = open_book(**{name: value for name, value in parameters.items() if value is not None})
        return pickle.dumps(short_cards(book, sorted(named))), None
    # The pages are there without them; the front page says why names lead nowhere.
    except Exception as problem:
        message = str(problem).splitlines()[0] if str(problem) else ""
        return pickle.dumps(()), Failure(FILE, 0, "", type(problem).__name__, message)


Progress = Callable[[str], None]
Cards = tuple[bytes, Failure | None]
"""What `helpers.report.packs.pack` returns."""


def make_pack(
    request: PackRequest,
    on_progress: Progress = lambda message: None,
    briefing: Callable[[], Briefing] = Briefing,
    children: Children | Lease | None = None,
) -> PackResult:
    """Make one pack; it appears whole or not at all, and replaces one that stands there.

    Parameters
    ----------
    on_progress
        Called with a line of text at every step.
    briefing
        Computes what the front page says; called once, in a child process while the notebooks run: picklable. Without
        it the page says nothing but what the notebooks are.
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
        The process that computed the briefing or the cards, or wrote the pages, died.
    """
    if children is None:
        with Children() as own:
            return make_pack(request, on_progress, briefing, own)
    started = datetime.datetime.now(datetime.UTC)
    target = request.out.absolute() / request.month / request.folder
    with replaced_folder(target) as folder:
        (folder / "notebooks").mkdir()
        runs, content, cards = _run_all(request, folder / "notebooks", on_progress, briefing, children)
        on_progress(words(request.language).gettext("Writing the pages"))
        children.call(_finish, request, runs, content, cards, folder, started)
        record_delivery(request.out.absolute(), folder)
    failures = _failures(runs, cards)
    return PackResult(target, failures, {run.name: run.warnings for run in runs if run.warnings})


def _run_all(
    request: PackRequest,
    folder: Path,
    on_progress: Progress,
    briefing: Callable[[], Briefing],
    children: Children | Lease,
) -> tuple[list[NotebookRun], bytes, Cards]:
    """Run the notebooks and the briefing in children; threads only wait for them.

    Those that learn come first, since the others need what they learn; the card once there is what it reads of others;
    and at the end the summary: it finds the answers of those that ran in its child, and else what the others have left
    for it.
    """
    parameters = {
        "data": request.data, "month": request.month, "scope": request.scope, "map": request.map,
        "language": request.language,
    }  # fmt: skip
    notebooks = _notebooks(request)
    at_once = min(children.limit, request.at_once or children.limit)
    with (
        tempfile.TemporaryDirectory(prefix="workbook-", ignore_cleanup_errors=True) as run_folder,
        ThreadPoolExecutor(max_workers=at_once) as pool,
        stopped_on_interrupt(children, pool),
    ):

        def submit(notebook: Path) -> Future[NotebookRun]:
            return pool.submit(
                run_notebook, children, notebook.absolute(), folder / notebook.name, parameters,
                cell_timeout_seconds=request.cell_timeout_seconds,
                # One child has all answers itself.
                run_folder=None if isinstance(children, Lease) else Path(run_folder),
            )  # fmt: skip

        pages = [notebook for notebook in notebooks if notebook.name not in (CARD, SUMMARY)]
        futures = {notebook: submit(notebook) for notebook in sorted(pages, key=_turn)}
        content = pool.submit(children.call, _pickled, briefing)
        wait(future for notebook, future in futures.items() if notebook.name in READ_BY_THE_CARD)
        futures |= {notebook: submit(notebook) for notebook in notebooks if notebook.name == CARD}
        wait(futures.values())
        futures |= {notebook: submit(notebook) for notebook in notebooks if notebook.name == SUMMARY}
        runs = []
        for notebook in notebooks:
            run = futures[notebook].result()
            runs.append(run)
            on_progress(_line_of(run, request.language))
        cards: Cards = (pickle.dumps(()), None)
        if any(run.name == CARD and run.failure is None for run in runs):
            named = {customer for run in runs for customer in run.customers}
            shared = None if isinstance(children, Lease) else Path(run_folder)
            cards = pool.submit(children.call, customer_cards, named, parameters, shared).result()
        return runs, content.result(), cards


def _failures(runs: Sequence[NotebookRun], cards: Cards) -> tuple[Failure, ...]:
    return tuple(failure for failure in (*(run.failure for run in runs), cards[1]) if failure)


def _turn(notebook: Path) -> int:
    first = READ_BY_THE_CARD
    return first.index(notebook.name) if notebook.name in first else len(first)


def _notebooks(request: PackRequest) -> list[Path]:
    if request.notebooks:
        return list(request.notebooks)
    from helpers.settings.config import NOTEBOOKS_FOLDER

    return numbered_notebooks(NOTEBOOKS_FOLDER)


def _line_of(run: NotebookRun, language: str) -> str:
    spoken = words(language)
    if run.failure is None:
        return spoken("{name} done", name=run.name)
    from helpers.report.pages.pages import failure_sentence

    return failure_sentence(run.failure, spoken)


def _pickled(briefing: Callable[[], Briefing]) -> bytes:
    """Compute the briefing, in a child; it stays pickled, since the coordinating process only hands it on."""
    return pickle.dumps(briefing())


def _finish(
    request: PackRequest,
    runs: Sequence[NotebookRun],
    content: bytes,
    cards: Cards,
    folder: Path,
    started: datetime.datetime,
) -> None:
    """Write pages and manifest, in a child."""
    from helpers.core.mask import mask_key
    from helpers.intake.reading.sources import data_label
    from helpers.report.packs.manifest import write_manifest
    from helpers.report.pages.pages import write_pages

    briefed: Briefing = pickle.loads(content)
    failures = _failures(runs, cards)
    write_pages(request, runs, briefed, folder, pickle.loads(cards[0]), failures)
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
        from helpers.report.packs.encrypt import encrypt_pack

        encrypt_pack(folder, request.passphrase, words(request.language))
    write_manifest(
        folder, parameters=parameters, briefed=briefed, failures=failures, started=started, key=request.key
    )
