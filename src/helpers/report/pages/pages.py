"""The pages of a pack and its manifest, from the executed notebooks: what a child process does at the end."""

from __future__ import annotations

import datetime
import pickle
from collections.abc import Sequence
from pathlib import Path

from helpers.core.calendar.period_names import is_numbered, parse_period
from helpers.present.numbers import Numbers
from helpers.present.words import Words, words
from helpers.report.notebooks import SUMMARY
from helpers.report.pages.cards import FILE as CARDS_FILE
from helpers.report.pages.cards import card_context
from helpers.report.pages.excel import FILE as EXCEL_FILE
from helpers.report.pages.excel import ShownTable, detail_tables, sheet_names, write_excel
from helpers.report.pages.front import FileLink, failure_sentence, front_page
from helpers.report.pages.html import PageLink, Pages, Place, page_title
from helpers.report.pages.prose import translate_notebook
from helpers.report.requests import Briefing, Failure, FullListFile, NotebookRun, PackRequest
from helpers.report.running.scrub import first_paragraph
from helpers.settings.config import NOTEBOOKS_FOLDER
from helpers.subjects.card.short_cards import ShortCard


def write_pages(
    request: PackRequest,
    runs: Sequence[NotebookRun],
    content: Briefing,
    folder: Path,
    cards: Sequence[ShortCard],
    failures: Sequence[Failure],
) -> None:
    """Write a page for each notebook that left one, the front page, the tables as an Excel file, and the ``cards``."""
    spoken = words(request.language, thirteen=is_numbered(parse_period(request.month)))
    own = {path.name for path in request.notebooks if path.parent != NOTEBOOKS_FOLDER}
    executed = {
        run: translate_notebook(run.executed, None if run.name in own else spoken)
        for run in runs
        if run.executed.exists()
    }
    summary = next((run for run in executed if run.name == SUMMARY), None)
    links = {
        run: PageLink(Path(run.name).stem + ".html", page_title(notebook, run.name))
        for run, notebook in executed.items()
        if run is not summary
    }
    place = _place(request, content, spoken)
    tables = [
        ShownTable(
            page_title(notebook, run.name),
            heading if not heading or run.name in own else spoken(heading),
            table,
        )
        for run, notebook in executed.items()
        for heading, table in (pickle.loads(run.tables) if run.tables else ())
    ]
    names = sheet_names(tables, spoken.gettext("Contents"))[1:]
    sheets = {shown.table.identity: name for shown, name in zip(tables, names, strict=True)}
    rows = {
        shown.table.identity: names[behind]
        for shown, behind in zip(tables, detail_tables(tables), strict=True)
        if behind is not None and tables[behind].page == shown.page
    }
    pages = Pages(spoken, place, tuple(links.values()), sheets, {card.customer_id for card in cards}, rows)
    for run, link in links.items():
        text = failure_sentence(run.failure, spoken) if run.failure else ""
        _write(folder / link.file, pages.notebook(executed[run], link, text))
    leads = {link.file: first_paragraph(executed[run]) for run, link in links.items()}
    shown = executed[summary] if summary else None
    # Of an encrypted pack pages and Excel files are kept: others cannot be encrypted so that programs open them.
    whole = [
        file for run in runs for file in run.files if not request.passphrase or file.path.suffix == ".xlsx"
    ]
    files = [_beside_the_pages(file, folder) for file in whole]
    if cards:
        title = spoken("Customer cards")
        _write(
            folder / CARDS_FILE,
            pages.render(
                "cards.html.j2",
                title=title,
                current="",
                contents=(),
                cards=[card_context(card) for card in cards],
            ),
        )
        note = spoken(
            "What is known of each customer named in this report, with its order lines of 12 months."
        )
        files.insert(0, FileLink(CARDS_FILE, title, note))
    front = front_page(pages, spoken, failures, leads, request.folder, shown, files)
    _write(folder / "index.html", front)
    title = " · ".join(part for part in (place.company, place.scope, place.month) if part)
    write_excel(tables, folder / EXCEL_FILE, title, spoken)


def _beside_the_pages(file: FullListFile, folder: Path) -> FileLink:
    file.path.replace(folder / file.path.name)
    return FileLink(file.path.name, file.title, file.note)


def _place(request: PackRequest, content: Briefing, spoken: Words) -> Place:
    label = request.scope_label or (spoken("Whole company") if request.scope == "company" else request.scope)
    n = Numbers(spoken)
    month = n.month(parse_period(request.month))
    if content.until:
        month = spoken(
            "{month}, up to {day}", month=month, day=n.date(datetime.date.fromisoformat(content.until))
        )
    return Place(request.company, month, label)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
