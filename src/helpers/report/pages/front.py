"""The front page of a pack: the notebook 00_summary where there is one, what failed, and the way to other pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from nbformat import NotebookNode

from helpers.present.words import Words
from helpers.report.pages.excel import FILE as EXCEL_FILE
from helpers.report.pages.html import Pages, page_title
from helpers.report.pages.months import months_page
from helpers.report.requests import Failure


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
