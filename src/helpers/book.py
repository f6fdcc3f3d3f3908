"""The one door: ``open_book`` gives a notebook or a script everything about one month and scope."""

import datetime as dt
import numbers as kinds
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.core.calendar.fiscal_periods import fiscal_periods
from helpers.core.mask import fingerprint, mask_key
from helpers.core.periods import CompanyYear
from helpers.core.scope import scope_kind
from helpers.data import Data, read_data
from helpers.engine.cache.cache import cache_answers, cached_in_process
from helpers.engine.months.coverage import DefaultMonth, read_default_month
from helpers.errors import WorkbookError
from helpers.intake.accounts import known_by
from helpers.intake.tables import StandardTables
from helpers.present.numbers import numbers
from helpers.present.reconciliation import book_block
from helpers.present.words import words
from helpers.settings import config
from helpers.settings.config import Settings
from helpers.subjects.registry import Queries, open_facts


@cache_answers
class Book(Queries):
    """One month and scope, and all that can be asked of them: the queries of every subject in the registry."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show the book in a notebook: see `helpers.present.reconciliation`."""
        return book_block(self.month, self.scope, self.tables, self.numbers)._repr_mimebundle_()


def open_book(
    data: Data = None,
    month: str | pd.Period | None = None,
    scope: str | None = None,
    map: str | Path | None = None,
    language: str | None = None,
) -> Book:
    """Open the workbook on a data set, as of a month, for one scope.

    Parameters
    ----------
    data
        Folder, list of files, DuckDB file or database URL; None or "" is the sample.
    month
        ``YYYY-MM``; None or "" is the last complete month of the data, by today's date and what the lines show.
    scope
        ``company`` (None or "" too), ``team:NAME`` or ``salesperson:ID``.
    map
        Settings file; None or "" takes ``workbook.toml`` from the data folder where there is one.
    language
        ``en`` or ``zh``; None or "" is the settings' language.

    While a pack is made, what a page does not say is the pack's own, and what it may not show is refused: another scope
    or other data in a pack that is not the company's, and a later month.

    Raises
    ------
    WorkbookError
        Data, settings, month or scope are not usable; the message says what, where and the way out.

    Examples
    --------
    >>> book = open_book(month="2026-10")
    >>> book
    Book(2026-10, company)
    >>> book.composition(by="trade_class").groups[["group", "customers", "net_amount"]].head(3)
                             group  customers   net_amount
    0  International parts dealers         20   4821385.04
    1  International goods dealers         32  13773641.70
    2    Regional electrical shops         85  18797635.06
    """
    for name, value in (
        ("scope", scope),
        ("map", map),
        ("language", language),
        ("month", month),
        ("data", data),
    ):
        _check_text(name, value)
    data, month, scope, map, language = _as_its_page(data, month, scope or "", map, language)
    if language:
        words(language)  # before the data are read: they may take long
    cache = str(config.cache_folder())
    tables, settings = cached_in_process("data", (cache, str(data), str(map)), lambda: read_data(data, map))
    rules = settings.model_dump_json()
    period = parse_month(month, settings) if month else month_of_itself(tables, settings).month
    if _page.get("month") and period > parse_month(_page["month"], settings):
        raise WorkbookError(
            f"This page is of {_page['month']}: it may not open the later {month}, which its readers do not know yet."
        )
    # A group of several owners' customers is one customer of the company, and one of each owner's.
    within = scope_kind(scope) if settings.customers.count != "account" else "company"
    of_facts = (cache, tables.key, str(period), rules, within, fingerprint(mask_key()))
    facts = cached_in_process(
        "facts", of_facts, lambda: open_facts(known_by(tables, period), period, settings, Path(cache), within)
    )
    spoken = language or settings.report.language
    return cached_in_process(
        "book",
        (*of_facts, scope, spoken),
        lambda: Book(
            month=period,
            scope=facts.scope(scope),
            settings=settings,
            tables=facts.tables,
            facts=facts,
            numbers=numbers(
                spoken,
                settings.report.currency,
                settings.report.amounts_in,
                settings.labels_in(spoken),
                CompanyYear.of(settings.periods),
            ),
        ),
    )


_page: Mapping[str, Any] = {}


@contextmanager
def book_of_page(parameters: Mapping[str, Any]) -> Iterator[None]:
    """Hold `open_book` inside the block to what the page of a pack is of: data, month, scope, map and language."""
    global _page
    before, _page = _page, dict(parameters)
    try:
        yield
    finally:
        _page = before


def _as_its_page(
    data: Data, month: str | pd.Period | None, scope: str, map: str | Path | None, language: str | None
) -> tuple[Data, str | pd.Period | None, str, str | Path | None, str | None]:
    """Return what to open: the arguments given, and for the others those of the page that runs.

    Raises
    ------
    WorkbookError
        The page asks for what a reader of its pack may not see.
    """
    own = _page.get("scope") or "company"
    requested = {"data": data, "map": map, "scope": scope.strip()}
    known = {"data": _page.get("data"), "map": _page.get("map"), "scope": own}
    if own != "company":
        for name, value in requested.items():
            if value and str(value) != str(known[name]):
                raise WorkbookError(
                    f"This page is of {own}: it may not open {name} '{value}'. Its readers see what is theirs; "
                    "open_book() without arguments opens that."
                )
    if not requested["data"]:
        data, map = known["data"], map or known["map"]
    return data, month or _page.get("month"), scope or own, map, language or _page.get("language")


def month_of_itself(tables: StandardTables, settings: Settings) -> DefaultMonth:
    """Return the month of a report that asks for none, and why; see `helpers.engine.months.coverage.default_month`."""
    today = dt.date.today()  # decides which month is the default, and nothing in a report
    complete, months = settings.periods.complete_until, fiscal_periods(settings.periods)
    return cached_in_process(
        "month", (tables.key, today, complete), lambda: read_default_month(tables, today, complete, months)
    )


def parse_month(text: str | pd.Period, settings: Settings) -> pd.Period:
    """Read ``YYYY-MM``, or a period of the company's year, ``FY2027-P04``; anything else is an error, never a guess."""
    if isinstance(text, pd.Period):
        return text
    year = CompanyYear.of(settings.periods)
    if (month := year.month_called(text)) is not None:
        return month
    if year.has_thirteen:
        raise WorkbookError(
            f"'{text}' is no period of the company's year, which has thirteen. Write it as 2026-P10, or by its name in "
            "the table of periods."
        )
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text.strip()):
        raise WorkbookError(
            f"The month '{text}' is not understood. Write it as YYYY-MM, for example 2026-10, or as a period of the "
            "company's year, for example FY2026-P10."
        )
    return pd.Period(text.strip(), freq="M")


def _check_text(name: str, value: object) -> None:
    """Raise a WorkbookError that says how to give a parameter as text where it is a number, a day, a list or the like.

    ``data`` may be a list, of files.
    """
    is_list = isinstance(value, (list, tuple, set)) and name != "data"
    if is_list or isinstance(value, (kinds.Number, dt.date, dict)):
        kind = (
            "date" if isinstance(value, dt.date)
            else "list" if is_list
            else "value" if isinstance(value, (bool, dict))
            else "number"
        )  # fmt: skip
        raise WorkbookError(
            f"{name} arrived as the {kind} {value}: give it as text (papermill -r {name} {_example(name, value)}, or "
            "quotes in YAML)."
        )


def _example(name: str, value: object) -> str:
    """Return what was perhaps meant: a month is written with a dash."""
    text = ", ".join(map(str, value)) if isinstance(value, (list, tuple, set)) else str(value)
    if name == "month" and isinstance(value, float):
        return "YYYY-MM"  # of 2026.1 nobody knows whether it was January or October
    is_month = name == "month" and len(text) == 6 and text.isdigit()
    return f"{text[:4]}-{text[4:]}" if is_month else text[:7] if isinstance(value, dt.date) else text
