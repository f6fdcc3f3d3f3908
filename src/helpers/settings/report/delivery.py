"""How packs reach their readers: ``[delivery]``. No secret stands here: see docs/monthly.md for their variables."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from helpers.settings.source import Section


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
