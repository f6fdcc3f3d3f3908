"""The command ``workbook``: report, deliver, verify, clean, check, init, sample.

Exit codes: 0 done; 1 a notebook failed (the pack is there and says which cell and why); 2 bad input or a bad
parameter, told in one paragraph on standard error without a traceback; 3 the export was not renewed; 130 Ctrl-C.
"""

# ruff: noqa: E402
import os
import signal
import sys
import threading

#: Ctrl-C while the imports below run ends the process at once: there is nothing to take down, and nothing to tell.
_before = signal.getsignal(signal.SIGINT)
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer

from helpers import __version__
from helpers.errors import NO_MEMORY, WorkbookError, end_where_no_thread_begins, is_lack_of_memory
from helpers.questions import open_questions, with_answer

if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, _before)

app = typer.Typer(
    name="workbook",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)

DataOption = Annotated[
    str | None,
    typer.Option(help="Folder, file, DuckDB file or database URL; default: the sample.", show_default=False),
]
MapOption = Annotated[
    Path | None,
    typer.Option(
        "--map", help="Settings file; default: workbook.toml in the data folder, if any.", show_default=False
    ),
]
MonthOption = Annotated[
    str | None,
    typer.Option(
        help="YYYY-MM, FY2027-P04 or a period's name; default: the last complete month.", show_default=False
    ),
]
PassphraseOption = Annotated[
    Path | None,
    typer.Option(help="The passphrase, or a line SCOPE = PASSPHRASE for each scope.", show_default=False),
]
LogForm = Literal["text", "json"]
LogOption = Annotated[LogForm, typer.Option(help="How lines of the log are written.")]


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"workbook {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_say_version)
    ] = False,
) -> None:
    """Know your trade customers: monthly reports from order lines."""


@app.command()
def report(
    data: DataOption = None,
    settings: MapOption = None,
    month: MonthOption = None,
    scope: Annotated[str, typer.Option(help="company, team:NAME, salesperson:ID, or all.")] = "company",
    language: Annotated[
        str | None, typer.Option("--lang", help="en or zh; default: the settings'.", show_default=False)
    ] = None,
    out: Annotated[Path, typer.Option(help="Where packs are written: OUT/MONTH/SCOPE/.")] = Path("reports"),
    timeout_seconds: Annotated[int, typer.Option(help="Longest time for one cell.", min=1)] = 600,
    force: Annotated[bool, typer.Option("--force", help="Make packs anew that nothing changed for.")] = False,
    mask: Annotated[
        bool, typer.Option("--mask", help="Pseudonyms for customers; needs WORKBOOK_MASK_KEY.")
    ] = False,
    encrypt: Annotated[
        bool, typer.Option("--encrypt", help="Ask for a passphrase (or take WORKBOOK_PASSPHRASE).")
    ] = False,
    passphrase_file: PassphraseOption = None,
    expect: Annotated[
        str | None,
        typer.Option(
            help="YYYY-MM or last-month: stop (exit code 3) unless the data hold it.", show_default=False
        ),
    ] = None,
    log_format: LogOption = "text",
) -> None:
    """Run the notebooks for one month and scope (or all scopes) and write the report packs."""
    from helpers.core.mask import ON, mask_key
    from helpers.report.monthly import make_reports
    from helpers.report.operation import (
        drop_secrets,
        heartbeat,
        pack_lines,
        parse_expected_month,
        pop_heartbeat,
    )
    from helpers.report.requests import ALL, ReportRequest

    alive = pop_heartbeat()
    drop_secrets()
    if mask:
        os.environ[ON] = "1"  # for the processes that read the data: they take on this environment
        mask_key()
    passphrase = ""
    passphrases: dict[str, str] = {}
    if encrypt or passphrase_file:
        from helpers.report.packs.encrypt import check_passphrase, read_passphrases

        passphrase, passphrases = read_passphrases(passphrase_file, everyone=scope.strip() == ALL)
        if not (passphrase or passphrases):
            passphrase = check_passphrase(
                typer.prompt("Passphrase", hide_input=True, confirmation_prompt=True, err=True)
            )
    request = ReportRequest(
        data, settings, month, scope, language, out, timeout_seconds, force, passphrase, passphrases,
        parse_expected_month(expect),
    )  # fmt: skip
    with _progress("Report", log_format) as on_progress:
        result = make_reports(request, on_progress)
    for reason in dict.fromkeys(pack.request.why_month for pack in result.packs if pack.request):
        if reason:
            typer.echo(reason, err=True)
    for pack in result.packs:
        for name, warnings in pack.warnings.items():
            typer.echo(f"{name}: {warnings}", err=True)
        for failure in pack.failures:
            typer.echo(
                f"{failure.notebook} stopped at cell {failure.cell}: {failure.error}: {failure.message}",
                err=True,
            )
        typer.echo(pack.index)
    for line in pack_lines(result, log_format):
        typer.echo(line, err=True)
    if not result.complete:
        raise typer.Exit(1)
    if missed := heartbeat(alive):
        typer.echo(missed, err=True)


@app.command()
def deliver(
    data: DataOption = None,
    settings: MapOption = None,
    month: MonthOption = None,
    recipients: Annotated[
        Path | None, typer.Option(help="The table of recipients; default: the settings'.", show_default=False)
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="A recipient; may be repeated.", show_default=False)
    ] = None,
    out: Annotated[Path, typer.Option(help="The folder of reports.")] = Path("reports"),
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go to whom; send nothing.")
    ] = False,
    again: Annotated[bool, typer.Option("--again", help="Send what was sent before too.")] = False,
    passphrase_file: PassphraseOption = None,
    log_format: LogOption = "text",
) -> None:
    """Bring every recipient their pack: files and a mail to hand on, sent where [delivery] says how."""
    from helpers.report.delivery.deliver import deliver as delivered
    from helpers.report.delivery.plan import DeliverRequest
    from helpers.report.operation import heartbeat, log_line, pop_heartbeat
    from helpers.report.packs.encrypt import read_passphrases
    from helpers.report.requests import ReportRequest

    alive = pop_heartbeat()
    passphrase, passphrases = read_passphrases(passphrase_file)
    report_request = ReportRequest(data, settings, month, out=out, passphrases=passphrases)
    request = DeliverRequest(report_request, recipients, tuple(only or ()), dry_run, again, passphrase)
    with _progress("Deliver", log_format) as on_progress:
        outcomes = delivered(request, on_progress)
    for each in outcomes:
        text = f"{each.recipient}: {each.message}"
        if log_format == "json":
            text = log_line("json", "delivery", each.message, recipient=each.recipient, outcome=each.status)
        typer.echo(text, err=not each.is_well)
    if not all(each.is_well for each in outcomes):
        raise typer.Exit(1)
    if not dry_run and (missed := heartbeat(alive)):
        typer.echo(missed, err=True)


@app.command()
def clean(
    older_than: Annotated[str, typer.Option(help="An age, as 90d.")],
    out: Annotated[Path, typer.Option(help="The folder of reports.")] = Path("reports"),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List what would be removed.")] = False,
) -> None:
    """Remove packs and cached computations that are older; never data, never what is not the workbook's own."""
    from helpers.report.clean import clean as cleaned

    for line in cleaned(older_than, out, dry_run=dry_run):
        typer.echo(line)


@app.command()
def verify(
    pack: Annotated[Path, typer.Argument(help="Folder of a report, with its manifest.json.")],
    data: DataOption = None,
    settings: MapOption = None,
) -> None:
    """Make a report again and say identical, or what differs (exit code 1)."""
    from helpers.report.verify import verify as compare

    found = compare(pack, data, settings)
    for title, names in (
        ("changed since it was made", found.touched),
        ("comes out otherwise", found.outputs),
        ("number is another", found.numbers),
        ("input is another", found.inputs),
        ("history was changed", found.history),
        ("version is another", found.versions),
        ("changelog", found.changelog),
    ):
        for name in names:
            typer.echo(f"{title}: {name}")
    typer.echo("identical" if found.identical else "not identical")
    if not found.identical:
        raise typer.Exit(1)


@app.command()
def check(
    data: Annotated[str, typer.Argument(help="Folder, file, DuckDB file or database URL.")],
    settings: MapOption = None,
    quarantine: Annotated[
        Path | None,
        typer.Option(help="Folder for the rows set aside; default: beside the data.", show_default=False),
    ] = None,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="Write them as Excel files, not as CSV.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Read the data, say where every row and every penny went, and whether a report can rest on them."""
    from helpers.report.check.run import check as checked

    text = checked(
        data, settings, quarantine, "xlsx" if xlsx else "csv", as_program=as_json, colour=sys.stdout.isatty()
    )
    typer.echo(text, nl=not text.endswith("\n"))


@app.command()
def init(
    data: Annotated[str, typer.Argument(help="Folder, file, DuckDB file or database URL.")],
    out: Annotated[
        Path | None, typer.Option(help="Write the map here instead of printing it.", show_default=False)
    ] = None,
) -> None:
    """Propose a column map (workbook.toml) from what is in the data, for you to approve; on a terminal, ask.

    What the data cannot tell stands there as "?"; check and report stop until it is answered.
    """
    from helpers.intake import propose_map

    if out is not None and out.exists():
        raise WorkbookError(f"{out} is there already; name another file with --out, or remove it first.")
    proposal = propose_map(data)
    if out is not None and sys.stdin.isatty() and sys.stderr.isatty():
        proposal = _answered(proposal)
    if out is None:
        typer.echo(proposal)
        return
    try:
        out.write_text(proposal, encoding="utf-8")
    except OSError as error:
        raise WorkbookError(f"{out} cannot be written: {error.strerror}.") from None
    left = len(open_questions(proposal))
    asked = f', answer its {left} {"question" if left == 1 else "questions"} ("?")' if left else ""
    typer.echo(f"{out}: read it, correct it{asked}, then run: workbook check {data} --map {out}")


def _answered(proposal: str) -> str:
    """Ask each open question of a proposal; an empty answer leaves it open."""
    import json

    from rich.console import Console
    from rich.prompt import Prompt

    console = Console(stderr=True, highlight=False)
    for question in open_questions(proposal):
        if not question.line:
            continue
        console.print(f"\n{question.key}: {question.asks}", markup=False)
        for number, (value, means) in enumerate(question.answers, 1):
            console.print(f"  {number}  {value}: {means}", markup=False)
        ask = "Number (Enter: decide later)" if question.answers else "Value (Enter: decide later)"
        choices = ["", *(str(number) for number, _ in enumerate(question.answers, 1))]
        given = Prompt.ask(
            ask,
            console=console,
            choices=choices if question.answers else None,
            show_choices=False,
            default="",
        )
        if given:
            value = question.answers[int(given) - 1][0] if question.answers else json.dumps(given.strip())
            proposal = with_answer(proposal, question, value)
    return proposal


@app.command()
def sample(
    out: Annotated[Path, typer.Option(help="Folder to make.")],
    customers: Annotated[int, typer.Option(min=1)] = 400,
    months: Annotated[int, typer.Option(min=1)] = 36,
    seed: Annotated[int, typer.Option(min=0)] = 7,
    instalments: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the larger invoices that are due in parts.")
    ] = 0.0,
    renumbered: Annotated[
        float, typer.Option(min=0, max=1, help="Share of customers a year with a new number; with chains.")
    ] = 0.0,
) -> None:
    """Make a believable trade customer base, with the truth beside it."""
    from workbook_sample import make_sample
    from workbook_sample.renumbering import Planting

    with _progress("Sample") as on_progress:
        summary = make_sample(
            customers, months, seed, out, progress=lambda share: on_progress(f"order lines, {share:.0%}"),
            planting=Planting(renumbered, chains=renumbered > 0, instalments=instalments),
        )  # fmt: skip
    typer.echo(f"{summary}")


@contextmanager
def _progress(title: str, form: LogForm = "text") -> Iterator[Callable[[str], None]]:
    """Report steps: a spinner with the time on a terminal, a plain line a step elsewhere, or one of JSON."""
    if form == "json":
        from helpers.report.operation import log_line

        yield lambda step: typer.echo(log_line("json", "step", step), err=True)
        return
    if not sys.stderr.isatty():
        yield lambda step: typer.echo(f"{title}: {step}", err=True)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda step: bar.update(task, description=f"{title}: {step}")


def main() -> None:
    """Run the command; a WorkbookError becomes one paragraph on standard error and exit code 2.

    What it writes, packs and work folders and cache, is the caller's alone from the first byte: who may read a pack is
    decided when it is handed on, not while it is made.
    """
    os.umask(0o077)
    end_where_no_thread_begins()
    try:
        app()
    except WorkbookError as error:
        typer.echo(f"workbook: {error}", err=True)
        sys.exit(error.exit_code)
    except (OSError, ImportError, MemoryError, RuntimeError) as error:
        from helpers.core.files.publish import NO_ROOM

        if is_lack_of_memory(error):
            said = NO_MEMORY
        elif isinstance(error, OSError) and error.errno in NO_ROOM:
            place = error.filename or "a temporary file (TMPDIR says where)"
            said = f"{place} cannot be written: {error.strerror}. Free some space there."
        else:
            raise
        typer.echo(f"workbook: {said}", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
