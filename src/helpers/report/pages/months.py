"""The pages above the packs, written anew after each run: which months there are, of each scope and of all.

They stand outside of the packs, so that an earlier pack stays as it was made, to the byte, whatever is made later: a
pack links to ``reports/months/SCOPE.html``, and that page knows the months that came after it. The page of a scope
names that scope alone, so that it can be handed out together with the scope's packs; ``reports/index.html`` names all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from helpers.core.calendar.period_names import MONTH_PATTERN, is_numbered, parse_period
from helpers.core.files.publish import replaced_file
from helpers.present.numbers import Numbers
from helpers.present.words import Words, words
from helpers.report.pages.html import PageLink, Pages, Place

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
