"""The part of ``workbook.toml`` that says how lifetime value is reckoned: ``[value]``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from helpers.settings.source import Section


class Value(Section):
    """``[value]``: what a customer has been worth and is expected to be worth."""

    discount_rate_year: Annotated[float, Field(ge=0, le=1)] = 0.10
    """What money a year later is worth less, as a fraction: 0.10 is ten percent a year."""
    headline_years: Annotated[int, Field(ge=1, le=5)] = 3
    """The horizon that lists and findings speak of, in years."""
    origins: Annotated[int, Field(ge=0, le=12)] = 6
    """Past month ends at most, from which forecasts are made again, held against what came, and learnt from."""
    small_share: Annotated[float, Field(gt=0, le=1)] = 0.5
    """Small today: the lower so much of the customers by margin of the window; big tomorrow: the upper rest."""
