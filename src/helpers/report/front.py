"""The front page of a pack: the notebook 00_summary where there is one, what failed, and the way to other pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from nbformat import NotebookNode

from helpers.intake.tables import InputFile
from helpers.report.html import Pages, page_title
from helpers.report.run import Failure
from helpers.views.words import Words


@dataclass(frozen=True)
class Headline:
    """One figure that everybody asks for first: written out, with its unit."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Briefing:
    """What the pack says beyond its notebooks; all text is final and is data, never markup.

    Attributes
    ----------
    headlines
        Figures at the top; none that the scope may not see.
    findings
        Sentences that stand out.
    quality
        Sentences on the data: rows read, set aside, reconciled, tables not supplied.
    inputs
        The files read, for the manifest.
    history
        For the manifest of a company pack: see `helpers.facts.history.history`.
    settings_sha256
        Hash over the settings.
    """

    headlines: tuple[Headline, ...] = ()
    findings: tuple[str, ...] = ()
    quality: tuple[str, ...] = ()
    inputs: tuple[InputFile, ...] = ()
    history: Mapping[str, Any] | None = None
    settings_sha256: str = ""


def front_page(
    pages: Pages,
    words: Words,
    briefing: Briefing,
    failures: Sequence[Failure],
    leads: Mapping[str, str],
    summary: NotebookNode | None = None,
) -> str:
    """Return the pack's ``index.html``; ``leads`` gives the sentence beside each page's link, by file.

    With a ``summary`` (the executed notebook) the page is that notebook, and what the briefing says is left out.
    """
    return pages.render(
        "index.html.j2",
        title=page_title(summary, "") if summary is not None else words.gettext("Customer report"),
        body=pages.body(summary) if summary is not None else "",
        headlines=briefing.headlines,
        findings=briefing.findings,
        quality=briefing.quality,
        failures=[explain(failure, words) for failure in failures],
        leads=leads,
    )


def explain(failure: Failure, words: Words) -> str:
    """Return a failure in one sentence: which notebook, which cell, under which heading, why."""
    values = asdict(failure) | {"heading": words.gettext(failure.heading) if failure.heading else ""}
    if failure.cell == 0:
        return words.gettext("{notebook} did not start: {error}: {message}", **values)
    if not failure.heading:
        return words.gettext("{notebook} stopped at cell {cell}: {error}: {message}", **values)
    return words.gettext("{notebook} stopped at cell {cell}, under “{heading}”: {error}: {message}", **values)
