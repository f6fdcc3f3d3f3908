"""Before any notebook runs, in a child: read the data once, and say which packs are wanted."""

from helpers.book import Book, month_of_itself, open_book, parse_month
from helpers.core.calendar.period_names import period_name
from helpers.core.scope import COMPANY, Scope
from helpers.engine.connection import available_gigabytes, to_pandas
from helpers.errors import NotRenewedError, WorkbookError
from helpers.intake import reconciliation
from helpers.intake.cache import TABLES_OF_RUN
from helpers.report.operation import LAST_MONTH, last_month
from helpers.report.packs.unchanged import pack_key
from helpers.report.requests import ALL, InputTotals, PackPlan, PackRequest, ReportRequest, report_notebooks
from helpers.settings.config import SAMPLE_FOLDER, settings_beside
from helpers.settings.source import NO_CURRENCY
from helpers.subjects.registry import FACTS

_MANY_LINES = 3_000_000
"""From so many order lines on an engine takes more memory than a notebook."""
#: What the largest notebook of the company takes: 3.3 GB of 100 million lines (benchmarks/scale.md).
_GIGABYTES_A_NOTEBOOK, _GIGABYTES_A_LINE = 1.0, 2.5e-8


def plan_packs(request: ReportRequest) -> PackPlan:
    """Open the book, so that what is wrong with data or parameters is found first, and describe the packs.

    For ``all`` the facts are computed here, once for all packs; on Spark always, so that one session does it and none
    is started for every notebook; and for many order lines, so that one engine needs memory and not each notebook's.

    Raises
    ------
    WorkbookError
        Data, map, month or scope are not usable, or the one pack that is wanted has no passphrase.
    NotRenewedError
        The data do not hold the month that is expected.
    """
    everyone = request.scope.strip() == ALL
    if everyone and request.passphrase:
        raise WorkbookError("One passphrase must not open the packs of all scopes: give each scope its own.")
    settings_file = str(request.map.absolute()) if request.map else None
    book = open_book(
        request.data, request.month, "company" if everyone else request.scope, settings_file, request.language
    )
    if request.expect:
        check_renewed(book, request.expect)
    if everyone or book.settings.source.engine == "spark" or book.facts.coverage.rows > _MANY_LINES:
        compute_facts(book, everyone=everyone)
    notebooks = tuple(
        path
        for path in report_notebooks(
            book.settings, request.map or settings_beside(request.data or SAMPLE_FOLDER)
        )
        if not request.pages or path.name in request.pages
    )
    packs, refused = [], {}
    wanted, empty = _all_scopes(book) if everyone else ([book.scope], ())
    read = input_totals(book)
    scopes = {scope.text: scope for scope in wanted}
    passphrases = dict(request.passphrases)
    if request.passphrase:
        passphrases = dict.fromkeys(scopes, request.passphrase)
    for text, scope in scopes.items():
        own = passphrases.get(text) or passphrases.get("" if everyone else request.scope.strip(), "")
        if passphrases and not own:
            refused[text] = f"The passphrase file has no line for {text}. Each line is: SCOPE = PASSPHRASE."
            continue
        packs.append(
            PackRequest(
                month=period_name(book.month),
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
                passphrase=own,
                read=read,
                why_month="" if request.month else month_reason(book),
                at_once=notebooks_at_once(book.facts.coverage.rows, available_gigabytes()),
            )
        )
    if refused and not packs:
        raise WorkbookError(" ".join(refused.values()))
    return PackPlan(tuple(packs), refused, tuple(empty))


def check_renewed(book: Book, expected: str) -> None:
    """Raise NotRenewedError where the last month that the data hold whole is before the one expected."""
    last = month_of_itself(book.tables, book.settings)
    month = last_month(book.year) if expected == LAST_MONTH else parse_month(expected, book.settings)
    if last.month < month or (last.month == month and last.not_over):
        until = (
            f"{period_name(month)} is not over in them"
            if last.month == month
            else f"the last month they hold whole is {period_name(last.month)}"
        )
        raise NotRenewedError(
            f"The export was not renewed: {period_name(month)} is expected, but {until} (the last order line is of "
            f"{last.last_day}). Export again, then run this again."
        )


def input_totals(book: Book) -> InputTotals:
    """Say what was read of the whole company, whatever the month."""
    lines = reconciliation(book.tables)
    lines = lines[lines["table"] == "order_lines"]
    money = lines.loc[lines["status"] == "kept", "report_amount"].sum()
    currency = book.settings.report.currency
    return InputTotals(
        int(lines["rows"].sum()),
        f"{money:.2f}",
        int(lines.loc[lines["status"].isin(["quarantined", "excluded"]), "rows"].sum()),
        "" if currency == NO_CURRENCY else currency,
    )


def month_reason(book: Book) -> str:
    """Say why a report that asks for no month is of the book's, where the order lines go on after it; else nothing."""
    default = month_of_itself(book.tables, book.settings)
    if default.in_course is None:
        return ""
    return (
        f"The report is of {period_name(default.month)}, the last complete month: the order lines end on "
        f"{default.last_day}, before the last weekday of {period_name(default.in_course)}. --month "
        f"{period_name(default.in_course)} makes that month's; workbook check says more."
    )


def compute_facts(book: Book, *, everyone: bool) -> None:
    """Compute the facts that the company's pack asks for, or the packs of ``everyone``; nothing else runs meanwhile."""
    book.facts.use_all_memory()
    for name, fact in FACTS.items():
        if everyone or not fact.scoped_only:
            book.facts.table(name)


def notebooks_at_once(lines: int, gigabytes: float) -> int:
    """Return how many notebooks of one pack fit into memory at once, by the number of order lines."""
    return max(1, int(gigabytes // (_GIGABYTES_A_NOTEBOOK + _GIGABYTES_A_LINE * lines)))


def _all_scopes(book: Book) -> tuple[list[Scope], list[str]]:
    """The company, every team and every salesperson, in the order of names and ids; and those who own no customer."""
    owners = book.facts.owners
    teams = sorted(owners["team"].dropna().unique())
    people = owners.drop_duplicates("salesperson_id").sort_values("salesperson_id", kind="stable")
    names = people["salesperson_name"].fillna(people["salesperson_id"])
    scopes = [
        *(Scope("team", team, team) for team in teams),
        *(Scope("salesperson", *person) for person in zip(people["salesperson_id"], names, strict=True)),
    ]
    owning = OwningScopes(book)
    return (
        [COMPANY, *(scope for scope in scopes if scope in owning)],
        [scope.text for scope in scopes if scope not in owning],
    )


class OwningScopes:
    """The scopes that own a customer at the month's end; the company always does."""

    def __init__(self, book: Book) -> None:
        owned = to_pandas(book.facts.table("customers").select("salesperson_id", "team").distinct())
        self._ids = {
            "salesperson": set(owned["salesperson_id"].dropna()),
            "team": set(owned["team"].dropna()),
        }

    def __contains__(self, scope: Scope) -> bool:
        return scope == COMPANY or scope.id in self._ids[scope.kind]
