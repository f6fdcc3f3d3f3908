"""The pages of a pack and its manifest, from the executed notebooks: what a child process does at the end."""

import datetime
import json
import pickle
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import nbformat
from nbformat import NotebookNode

from helpers.core.calendar.period_names import MONTH_PATTERN, is_numbered, parse_period
from helpers.core.files.publish import replaced_file
from helpers.present.numbers import Numbers
from helpers.present.words import Words, words
from helpers.report.pages.excel import FILE as EXCEL_FILE
from helpers.report.pages.excel import ShownTable, detail_tables, sheet_names, write_excel
from helpers.report.pages.html import FILE as CARDS_FILE
from helpers.report.pages.html import PageLink, Pages, Place, card_context, page_title
from helpers.report.requests import SUMMARY, Briefing, Failure, FullListFile, NotebookRun, PackRequest
from helpers.report.running.scrub import first_paragraph
from helpers.settings.config import NOTEBOOKS_FOLDER
from helpers.subjects.card.short_cards import ShortCard

_OURS = '<meta name="generator" content="customer-workbook">'
_KINDS = ("company", "team", "salesperson")


def months_page(folder: str) -> str:
    """Return where the page of all months of a scope stands in the folder of reports."""
    return f"months/{folder}.html"


@dataclass(frozen=True)
class PackOnDisk:
    """A pack that stands in the folder: month (``YYYY-MM``), the scope's folder and name, the company's name."""

    month: str
    folder: str
    scope: str
    company: str


@dataclass(frozen=True)
class _Row:
    """A scope on the page of all: the link to its own page, and those to its packs."""

    all: PageLink
    months: tuple[PageLink, ...]


def write_months(out: Path, language: str) -> None:
    """Write ``out/months/SCOPE.html`` for each scope and ``out/index.html`` for all, from what is in the folder.

    An ``index.html`` that somebody else put there is left alone.
    """
    made = packs_in(out)
    spoken = words(language, thirteen=any(is_numbered(parse_period(each.month)) for each in made))
    last = {each.folder: each for each in made}  # by month: the latest pack says what its scope is called
    names = {folder: each.scope or spoken("Whole company") for folder, each in last.items()}
    (out / "months").mkdir(exist_ok=True)
    for folder, each in last.items():
        own = _links(made, folder, "../", spoken)
        page = _page(spoken, spoken("All months"), each.company, names[folder], own=own)
        _put(out / months_page(folder), page)
    order = sorted(last, key=lambda folder: (_rank(folder), names[folder], folder))
    rows = [
        _Row(PageLink(months_page(folder), names[folder]), _links(made, folder, "", spoken))
        for folder in order
    ]
    companies = {each.company for each in last.values() if each.company}
    company = companies.pop() if len(companies) == 1 else ""
    _put(out / "index.html", _page(spoken, spoken("All reports"), company, "", rows=rows))


def packs_in(out: Path) -> list[PackOnDisk]:
    """Return the packs that stand in a folder of reports, by month and scope; what is no pack is passed over."""
    found = []
    for path in sorted(out.glob("*/*/manifest.json")):
        month, folder = path.parts[-3:-1]
        if (
            not re.fullmatch(MONTH_PATTERN, month)
            or folder.startswith(".")
            or not (path.parent / "index.html").is_file()
        ):
            continue
        try:
            parameters = json.loads(path.read_text(encoding="utf-8"))["parameters"]
            # An encrypted pack says its scope but not what that is called.
            scope = parameters.get("scope_label") or parameters["scope"].partition(":")[2]
            found.append(PackOnDisk(month, folder, scope, parameters.get("company", "")))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue  # a pack that is just being replaced, or not one of ours
    return found


def _links(made: Sequence[PackOnDisk], folder: str, above: str, spoken: Words) -> tuple[PageLink, ...]:
    """The latest month first."""
    months = sorted((each.month for each in made if each.folder == folder), reverse=True)
    n = Numbers(spoken)
    return tuple(
        PageLink(f"{above}{month}/{folder}/index.html", n.month(parse_period(month))) for month in months
    )


def _rank(folder: str) -> int:
    kind = folder.partition("-")[0]
    return _KINDS.index(kind) if kind in _KINDS else len(_KINDS)


def _page(
    spoken: Words,
    title: str,
    company: str,
    scope: str,
    own: Sequence[PageLink] = (),
    rows: Sequence[_Row] = (),
) -> str:
    pages = Pages(spoken, Place(company, "", scope), ())
    return pages.render("months.html.j2", title=title, own=own, rows=rows)


def _put(path: Path, page: str) -> None:
    """Put a page into place whole, since runs at once may both write it; never in the place of another's page."""
    if path.exists() and _OURS not in path.read_text(encoding="utf-8", errors="replace"):
        return
    with replaced_file(path, 0o666) as draft:
        draft.write_text(page, encoding="utf-8", newline="\n")


@dataclass(frozen=True)
class FileLink:
    """A link to a file beside the pages that holds a list in full."""

    file: str
    title: str
    note: str


def front_page(
    pages: Pages,
    words: Words,
    failures: Sequence[Failure],
    leads: Mapping[str, str],
    folder: str,
    summary: NotebookNode | None = None,
    files: Sequence[FileLink] = (),
) -> str:
    """Return the pack's ``index.html``: the ``summary`` (the executed notebook, as far as it came), and the links.

    Other months are reached over the page that knows which there are: a pack knows of none but its own.

    ``leads`` gives the sentence beside each page's link, by file; ``folder`` is the name of the scope's folder;
    ``files`` are the lists in full.
    """
    return pages.render(
        "index.html.j2",
        title=page_title(summary, "") if summary is not None else words.gettext("Customer report"),
        body=pages.body(summary) if summary is not None else "",
        failures=[failure_sentence(failure, words) for failure in failures],
        leads=leads,
        tables=EXCEL_FILE,
        files=files,
        months=f"../../{months_page(folder)}",
    )


def failure_sentence(failure: Failure, words: Words) -> str:
    """Return a failure in one sentence: which notebook, which cell, under which heading, why."""
    values = asdict(failure) | {"heading": words.gettext(failure.heading) if failure.heading else ""}
    if failure.cell == 0:
        return words.gettext("{notebook} did not start: {error}: {message}", **values)
    if not failure.heading:
        return words.gettext("{notebook} stopped at cell {cell}: {error}: {message}", **values)
    return words.gettext("{notebook} stopped at cell {cell}, under “{heading}”: {error}: {message}", **values)


_MARK = re.compile(r"\s*(#{1,6}|[-*+]|\d+[.)])\s+")


@dataclass(frozen=True)
class _Block:
    """A heading, a paragraph or a list item: its mark, its text on one line, its lines as they stand."""

    mark: str
    text: str
    lines: tuple[str, ...]


def translate_notebook(path: Path, words: Words | None) -> NotebookNode:
    """Read a notebook, translate its markdown, and write it back where that changed anything.

    A block without a translation stays as it is; results are in the language in which the notebook was run. Without
    ``words`` all stays as it was written: a page of one's own says what its writer says, also where the catalog knows
    the same words for something else.
    """
    notebook = nbformat.read(path, as_version=4)
    changed = False
    for cell in notebook.cells:
        if words is not None and cell.cell_type == "markdown":
            source = translate(cell.source, words)
            changed, cell.source = changed or source != cell.source, source
    if changed:
        nbformat.write(notebook, path)
    return notebook


def translate(source: str, words: Words) -> str:
    """Return markdown with each heading, paragraph and list item in another language."""
    lines: list[str] = []
    for block in _blocks(source):
        text = words.gettext(block.text) if block.text else ""
        lines += block.lines if text == block.text else [block.mark + text]
    return "\n".join(lines)


def extract(fileobj: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[tuple[Any, ...]]:
    """Yield what of a notebook is to be translated; a method of ``pybabel extract``.

    Cells tagged ``interactive`` are not in the report, and stay as the analyst wrote them.
    """
    notebook = nbformat.reads(fileobj.read().decode("utf-8"), as_version=4)
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "markdown" and "interactive" not in cell.metadata.get("tags", []):
            for block in _blocks(cell.source):
                if block.text:
                    yield number, None, block.text, []


def _blocks(source: str) -> Iterator[_Block]:
    """Take markdown apart; blank lines come as blocks without text, so that joining gives the source again."""
    gathered: list[str] = []
    for line in source.split("\n"):
        is_heading = line.lstrip().startswith("#")
        if gathered and (not line.strip() or _MARK.match(line)):
            yield _block(gathered)
            gathered = []
        if not line.strip():
            yield _Block("", "", (line,))
        elif is_heading:
            yield _block([line])
        else:
            gathered.append(line)
    if gathered:
        yield _block(gathered)


def _block(lines: list[str]) -> _Block:
    whole = "\n".join(lines)
    found = _MARK.match(whole)
    mark = found[0] if found else ""
    return _Block(mark, " ".join(whole[len(mark) :].split()), tuple(lines))


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
