"""Requests and results of reports: of one notebook, of a pack, and of a whole run.

Plain records, which the processes of a report hand to each other; nothing heavy is imported for them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import WorkbookError

if TYPE_CHECKING:
    from helpers.intake.tables import InputFile

ALL = "all"
"""The scope that stands for the company, every team and every salesperson."""


@dataclass(frozen=True)
class Failure:
    """Where and why a notebook stopped.

    Attributes
    ----------
    cell
        Number of the cell in the notebook as JupyterLab shows it, from 1; 0 if it did not get to a cell.
    heading
        The last heading above that cell, without its marks; empty if there is none.
    error
        Name of the exception, such as ``ValueError`` or ``CellTimeoutError``.
    message
        What the exception says.
    """

    notebook: str
    cell: int
    heading: str
    error: str
    message: str


@dataclass(frozen=True)
class FullListFile:
    """A list in full beside the executed notebook, which shows only its first rows; and what its link says."""

    path: Path
    title: str
    note: str


@dataclass(frozen=True)
class NotebookRun:
    """A notebook that was run: the executed file, how it ended, and what it said on standard error.

    ``tables`` are the tables that it showed (pickled: heading and `helpers.present.typed.TypedTable` of each), so that
    the process which only hands them on need not take them apart; ``customers`` are those whose names lead from them to
    cards.
    """

    name: str
    executed: Path
    failure: Failure | None
    warnings: str = ""
    tables: bytes = b""
    files: tuple[FullListFile, ...] = ()
    customers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Briefing:
    """What a pack has to know of the data beyond its notebooks.

    Attributes
    ----------
    history
        For the manifest of a company pack: see `helpers.engine.months.monthly.history`.
    settings_sha256
        Hash over the settings.
    tables
        Names the cleaned tables in the cache that a company pack was made from.
    until
        ISO date up to which the data hold a month that is not over; empty where it is.
    """

    inputs: tuple[InputFile, ...] = ()
    history: Mapping[str, Any] | None = None
    settings_sha256: str = ""
    tables: str = ""
    until: str = ""


@dataclass(frozen=True)
class InputTotals:
    """What was read for a report: order lines, their net sales that count (as decimal text), rows set aside.

    ``currency`` is the code of the sales' (``EUR``); empty where nobody has declared one.
    """

    rows: int
    money: str
    aside: int
    currency: str = ""


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
        Names all that the pack depends on; see `helpers.report.packs.unchanged`. Empty where it is not known.
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
    why_month: str = ""
    """Why it is this month, where nobody asked for one and the data hold days of a later one."""
    at_once: int | None = None
    """So many notebooks fit into memory at once; None: as many as there are cores."""
    passphrase: str = field(default="", repr=False)
    """Encrypts the pack, where there is one."""
    read: InputTotals | None = None
    """Of the whole company; for whoever runs the report."""


@dataclass(frozen=True)
class PackPlan:
    """The packs that are to be made; by scope, why one cannot be; and the scopes that own no customer."""

    packs: tuple[PackRequest, ...]
    refused: Mapping[str, str] = field(default_factory=dict)
    empty: tuple[str, ...] = ()


@dataclass(frozen=True)
class PackResult:
    """Where the pack stands and how its notebooks ended; ``warnings`` by notebook are for who ran it.

    ``unchanged`` tells that it stood there already and was left; ``request`` and ``seconds`` say what was asked for and
    how long it took.
    """

    folder: Path
    failures: tuple[Failure, ...]
    warnings: dict[str, str] = field(default_factory=dict)
    unchanged: bool = False
    request: PackRequest | None = None
    seconds: float = 0.0

    @property
    def index(self) -> Path:
        """The front page."""
        return self.folder / "index.html"


@dataclass(frozen=True)
class ReportRequest:
    """What ``workbook report`` was asked for; texts are as typed.

    ``scope`` is as in `helpers.book.open_book`, or ``all``; ``force`` makes even those packs anew that stand there
    made from the same data, code and parameters. A ``passphrase`` encrypts the pack; for ``all`` there is one for
    each scope in ``passphrases`` (which serve one scope too), since one for all would open to everybody what is
    another's. Encrypted packs are always made anew: nothing in them may tell which passphrase it was.
    """

    data: str | None = None
    map: Path | None = None
    month: str | None = None
    scope: str = "company"
    language: str | None = None
    out: Path = Path("reports")
    cell_timeout_seconds: int = 600
    force: bool = False
    passphrase: str = field(default="", repr=False)
    passphrases: Mapping[str, str] = field(default_factory=dict, repr=False)
    expect: str = ""
    """The month (``YYYY-MM``) that the data have to hold whole; else nothing is made."""
    pages: tuple[str, ...] = ()
    """File names of the notebooks that are wanted; empty: all."""


@dataclass(frozen=True)
class ReportResult:
    """The packs in the order of their scopes; by scope, why a pack could not be made; the scopes without customers."""

    packs: tuple[PackResult, ...]
    errors: dict[str, str] = field(default_factory=dict)
    empty: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every pack is there and every notebook in it came to its end."""
        return not self.errors and not any(pack.failures for pack in self.packs)


if TYPE_CHECKING:
    from helpers.settings.config import Settings

LEARNING_CHURN = "04_churn_signals.ipynb"
"""The notebook that learns how likely customers are to leave, by which every page weighs its findings."""
SUMMARY = "00_summary.ipynb"
"""The notebook that is the front page of every pack."""
READ_BY_THE_CARD = (
    LEARNING_CHURN,
    "03_lifetime_value.ipynb",
    "02_abc_tiering.ipynb",
    "07_targets_and_people.ipynb",
    "10_rebates_and_margin.ipynb",
)
"""The notebooks whose subjects the card shows (`Subject.rows`), those first that learn what others look up."""
CARD = "05_customer_card.ipynb"
"""The notebook that reads what others have left of each customer (`helpers.subjects.customer_rows`)."""


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


def report_notebooks(settings: Settings, settings_file: Path | None) -> list[Path]:
    """Return the notebooks of a report: the workbook's, then those of the folder that ``[pages]`` names, by name.

    Parameters
    ----------
    settings, settings_file
        The settings, and the file they are from: the folder is seen from there.

    Raises
    ------
    WorkbookError
        The folder is not there or holds no notebook, or a notebook's name is taken or none that a page can have.
    """
    from helpers.settings.config import NOTEBOOKS_FOLDER  # pydantic and all: who coordinates does without

    ours = numbered_notebooks(NOTEBOOKS_FOLDER)
    if not settings.pages.folder or settings_file is None:
        return ours
    folder = settings_file.absolute().parent / settings.pages.folder
    if not folder.is_dir():
        raise WorkbookError(
            f"[pages] folder: there is no folder {settings.pages.folder} beside {settings_file.name}."
        )
    own = sorted(folder.glob("*.ipynb"))
    if not own:
        raise WorkbookError(f"[pages] folder: there is no notebook (*.ipynb) in {settings.pages.folder}.")
    taken = {"index", *(path.stem.lower() for path in ours)}
    for path in own:
        if path.stem.lower() in taken:
            raise WorkbookError(
                f"[pages] folder: {path.name} is called as a page of the workbook; rename it."
            )
        if not re.fullmatch(r"[\w-]+", path.stem):
            raise WorkbookError(
                f"[pages] folder: {path.name} cannot be the name of a page: use letters, digits, - and _ before .ipynb."
            )
    return [*ours, *own]
