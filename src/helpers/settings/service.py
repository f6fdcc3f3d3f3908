"""The part of ``workbook.toml`` that says how complaints, satisfaction, visits and records are read: ``[service]``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from helpers.settings.source import Section

Days = Annotated[int, Field(ge=1)]
Months = Annotated[int, Field(ge=1, le=24)]


class VisitEvery(Section):
    """``[service.visit_every_days]``: how many days at most should lie between two visits, by tier."""

    A: Days = 90
    """Customers of tier A."""
    B: Days = 180
    """Customers of tier B."""
    C: Days = 365
    """Customers of tier C."""


class Service(Section):
    """``[service]``: complaints, satisfaction, visits, attention, prospects and records."""

    visit_every_days: VisitEvery = VisitEvery()
    """The visit plan."""
    repeat_complaints: Annotated[int, Field(ge=2)] = 2
    """Complaints within the window that make a repeat complainer."""
    effect_months: Months = 6
    """Months before and after a complaint whose sales are compared."""
    wave_months: Months = 6
    """Answers of so many months are one wave of the survey."""
    attention_months: Months = 6
    """Months over which contacts are set against what the customer does."""
    fresh_months: Annotated[int, Field(ge=1)] = 12
    """A record is fresh when it changed, or the customer was in contact, within so many months."""
