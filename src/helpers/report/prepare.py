"""Before any notebook runs, in a child: read the data once, and say which packs are wanted."""

from __future__ import annotations

from helpers.book import Book, month_of_itself, open_book
from helpers.core.scope import COMPANY, Scope
from helpers.engine.connection import gigabytes_there
from helpers.errors import WorkbookError
from helpers.intake.cache import TABLES_OF_RUN
from helpers.report.notebooks import numbered_notebooks
from helpers.report.packs.unchanged import pack_key
from helpers.report.requests import ALL, PackRequest, ReportRequest
from helpers.settings.config import NOTEBOOKS_FOLDER
from helpers.subjects.registry import FACTS

_MANY_LINES = 3_000_000
"""From so many order lines on an engine takes more memory than a notebook."""
#: What the largest notebook of the company takes: 3.3 GB of 100 million lines (benchmarks/scale.md).
_GIGABYTES_A_NOTEBOOK, _GIGABYTES_A_LINE = 1.0, 2.5e-8


def wanted_packs(request: ReportRequest) -> list[PackRequest]:
    """Open the book, so that what is wrong with data or parameters is found first, and describe the packs.

    For ``all`` the facts are computed here, once for all packs; on Spark always, so that one session does it and none
    is started for every notebook; and for many order lines, so that one engine needs memory and not each notebook's.

    Raises
    ------
    WorkbookError
        Data, map, month or scope are not usable.
    """
    everyone = request.scope.strip() == ALL
    if everyone and request.passphrase:
        raise WorkbookError("One passphrase must not open the packs of all scopes: give each scope its own.")
    settings_file = str(request.map.absolute()) if request.map else None
    book = open_book(
        request.data, request.month, "company" if everyone else request.scope, settings_file, request.language
    )
    if everyone or book.settings.source.engine == "spark" or book.facts.coverage.rows > _MANY_LINES:
        compute_facts(book, everyone=everyone)
    notebooks = tuple(numbered_notebooks(NOTEBOOKS_FOLDER))
    packs = []
    scopes = {
        "company" if scope == COMPANY else f"{scope.kind}:{scope.id}": scope
        for scope in (_all_scopes(book) if everyone else [book.scope])
    }
    passphrases = dict(request.passphrases)
    if everyone and passphrases:
        if missing := [text for text in scopes if text not in passphrases]:
            raise WorkbookError(
                f"The passphrase file has no line for {', '.join(missing)}. Each line is: SCOPE = PASSPHRASE."
            )
    elif request.passphrase:
        passphrases = dict.fromkeys(scopes, request.passphrase)
    for text, scope in scopes.items():
        packs.append(
            PackRequest(
                month=str(book.month),
                out=request.out,
                data=request.data,
                map=settings_file,
                scope=text,
                folder=scope.slug,
                scope_label=scope.name,
                company=book.settings.report.company,
                language=book.numbers.words.language,
                notebooks=notebooks,
                cell_timeout_seconds=request.cell_timeout_seconds,
                key="" if passphrases else pack_key(book, text, request.data, settings_file, notebooks),
                environment={TABLES_OF_RUN: book.tables.key},
                passphrase=passphrases.get(text, ""),
                why_month="" if request.month else why_month(book),
                at_once=notebooks_at_once(book.facts.coverage.rows, gigabytes_there()),
            )
        )
    return packs


def why_month(book: Book) -> str:
    """Say why a report that asks for no month is of the book's, where the order lines go on after it; else nothing."""
    default = month_of_itself(book.tables, book.settings)
    if default.in_course is None:
        return ""
    return (
        f"The report is of {default.month}, the last complete month: the order lines end on {default.last_day}, before "
        f"the last weekday of {default.in_course}. --month {default.in_course} makes that month's; workbook check says "
        "more."
    )


def compute_facts(book: Book, *, everyone: bool) -> None:
    """Compute the facts that the company's pack asks for, or the packs of ``everyone``; nothing else runs meanwhile."""
    book.facts.take_memory()
    for name, fact in FACTS.items():
        if everyone or not fact.of_owners:
            book.facts.table(name)


def notebooks_at_once(lines: int, gigabytes: float) -> int:
    """Return how many notebooks of one pack fit into memory at once, by the number of order lines."""
    return max(1, int(gigabytes // (_GIGABYTES_A_NOTEBOOK + _GIGABYTES_A_LINE * lines)))


def _all_scopes(book: Book) -> list[Scope]:
    """The company, every team and every salesperson, in the order of names and ids."""
    owners = book.facts.owners
    teams = sorted(owners["team"].dropna().unique())
    people = owners.drop_duplicates("salesperson_id").sort_values("salesperson_id", kind="stable")
    names = people["salesperson_name"].fillna(people["salesperson_id"])
    return [
        COMPANY,
        *(Scope("team", team, team) for team in teams),
        *(Scope("salesperson", *person) for person in zip(people["salesperson_id"], names, strict=True)),
    ]
