"""The parts of ``workbook.toml`` about the report: front page, delivery, pages and signals of one's own.

How pages and signals are added, ``docs/extend.md`` says.

.. code-block:: toml

    [pages]
    folder = "pages"

    [signals.web_shop]
    label = "Leaves the web shop"
    value = "count(DISTINCT order_id) FILTER (channel = 'web shop' AND months_ago < 6)"
    usual = "count(DISTINCT order_id) FILTER (channel = 'web shop' AND months_ago BETWEEN 6 AND 11)"
    notice = "value < usual / 2"
    sentence = "ordered {value:count} times over the web shop in six months, {usual:count} times in the six before"
"""

from __future__ import annotations

import re
from string import Formatter
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from helpers.settings.source import Section

#: A text for all readers, or one for each language: ``{ en = "Web shop", zh = "网店" }``.
Text = str | dict[Literal["en", "zh"], str]
#: What features and reasons of the churn score that are of signals of one's own begin with.
OWN = "own:"
#: How a figure in a sentence may be written; none: with one decimal.
FIGURES = ("count", "decimal", "money", "percent")
_VALUES = ("value", "usual")


def _figures_are_known(sentence: Text) -> Text:
    for text in [sentence] if isinstance(sentence, str) else sentence.values():
        for _before, name, how, _kind in Formatter().parse(text):
            if name is not None and (name not in _VALUES or (how and how not in FIGURES)):
                raise ValueError(
                    f"'{{{name}{':' + how if how else ''}}}' is no figure of a signal; write {{value}} or {{usual}}, "
                    f"with {', '.join(FIGURES)} behind a colon where wanted"
                )
    return sentence


class OwnSignal(Section):
    """``[signals.NAME]``: a signal of one's own, measured on each customer's rows of one standard table.

    The SQL knows the columns of the table as they stand at the month's end; ``months_ago`` and ``days_ago`` (how long
    the row's date lies before the report's month and its last day; 0: in it); of rows with a product ``product_`` and
    the product's columns; and ``customer_`` and the customer's, such as ``customer_region``.
    """

    label: Text
    """What tables call the signal."""
    value: str
    """What is measured, an SQL expression of sums: ``sum``, ``count``, ``avg``, ``min``, ``max`` or ``median``, with
    ``FILTER (WHERE ...)`` where wanted, over one customer's rows. NULL: nothing can be said of the customer."""
    notice: str
    """When it is noticed: an SQL condition on ``value`` and ``usual``, such as ``value >= 3``."""
    sentence: Annotated[Text, AfterValidator(_figures_are_known)]
    """What is said of a customer: a text with ``{value}`` and ``{usual}``, written as ``{value:percent}``, ``:money``,
    ``:count`` or ``:decimal``."""
    table: Literal[
        "order_lines", "invoices", "interactions", "complaints", "surveys", "wallet_evidence", "customers"
    ] = "order_lines"
    """The standard table whose rows are measured."""
    usual: str = "NULL"
    """The customer's own usual, measured as ``value`` is."""
    action: Literal["visit", "keep", "grow", "win_back", "collect", "answer_complaint", "review_credit"] = (
        "visit"
    )
    """What is proposed for a customer of whom it is noticed."""
    days: Annotated[int, Field(ge=1, le=365)] = 30
    """By how many days after the month's end."""

    @model_validator(mode="after")
    def _usual_is_measured_where_it_is_named(self) -> Self:
        texts = [self.sentence] if isinstance(self.sentence, str) else self.sentence.values()
        named = any(
            name == "usual" for text in texts for _before, name, _how, _kind in Formatter().parse(text)
        )
        if self.usual == "NULL" and (named or re.search(r"\busual\b", self.notice, re.IGNORECASE)):
            raise ValueError(
                "notice or sentence name usual: give usual, or it is never known and nobody is noticed"
            )
        return self


class Pages(Section):
    """``[pages]``: notebooks of one's own that become pages of every pack; docs/extend.md shows one."""

    folder: str = ""
    """The folder of the notebooks, as seen from ``workbook.toml``; each becomes a page, in the order of their names.
    Their code is run with your rights when a report is made: name a folder that only you and colleagues write to."""


class Delivery(Section):
    """``[delivery]``: what ``workbook deliver`` sends, from whom and through which server."""

    recipients: str = "recipients.csv"
    """The table of recipients, CSV or Excel; beside the settings file, or a whole path."""
    sender: str = ""
    """From whom mails are: ``Reports <reports@example.com>``."""
    smtp: Annotated[str, Field(pattern=r"^([\w.-]+|\[[0-9a-fA-F:]+\])(:\d{1,5})?$|^$")] = ""
    """One's own mail server, ``mail.example.com:587``; empty: mails are written and not sent."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """How the way to the server is encrypted: after STARTTLS, from the first byte, or not (then nobody logs in)."""
    attach: Literal["pack", "front", "nothing"] = "pack"
    """What goes with a mail: all pages and tables as a zip, the front page as one HTML file, or the mail alone."""
    max_megabytes: Annotated[float, Field(gt=0)] = 10
    """The largest mail: with a pack that is larger, the front page goes instead, and the mail says so."""
    pdf: bool = True
    """The front page as PDF too, where a browser (Chromium, Chrome, Edge) is on the machine."""
    slide: bool = True
    """One slide (PPTX) with the month's finding, to forward."""

    @model_validator(mode="after")
    def _has_a_sender(self) -> Delivery:
        if self.smtp and not self.sender:
            raise ValueError("smtp is set, but no sender: from whom are the mails?")
        return self


Few = Annotated[int, Field(ge=1, le=200)]


class FrontPage(Section):
    """``[front_page]``: how many findings and actions the first page shows."""

    findings: Few = 5
    """Findings of all pages together."""
    findings_a_page: Few = 2
    """At most so many from one page, as long as other pages have any."""
    actions_a_salesperson: Few = 12
    """What one salesperson can do in a month: customers beyond that are counted, not listed."""
    actions_shown: Few = 15
    """Rows of a list that is for several salespeople."""
    follow_up: bool | None = None
    """Whether it says what became of last month's list; None: where something was reported back (`action_results`).
    The list is computed once more from the data of then, which takes a report of new data up to half as long again."""
    unscored_probability: Annotated[float, Field(ge=0, le=1)] = 0.1
    """By what share of a year's sales customers weigh who have been silent for so long that no probability of leaving
    is known: most of it is lost whatever is done."""
    winnable_share: Annotated[float, Field(ge=0, le=1)] = 0.2
    """What share of a customer's purchases elsewhere is expected to be won in a year."""
