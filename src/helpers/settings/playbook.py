"""The part of ``workbook.toml`` that says what to do: the playbook, and when a customer counts as experienced.

.. code-block:: toml

    [playbook.corners]
    experienced_mature = "Offer bare components at a list price without service."

    [playbook.steps]
    silence = "Call within the week."

    [experience]
    experienced_from = 0.6
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Corner = Literal["inexperienced_young", "inexperienced_mature", "experienced_young", "experienced_mature"]
CORNERS: tuple[Corner, ...] = Corner.__args__  # type: ignore[attr-defined]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Playbook(_Section):
    """``[playbook]``: texts of the company's own; what is not given has a default in the report's language."""

    corners: dict[Corner, str] = {}
    """What to offer in each corner of customer experience and product maturity."""
    steps: dict[str, str] = {}
    """What to do next where this signal is a customer's strongest; the names of signals are those of
    `helpers.subjects.signals.catalogue.SIGNALS`, which a book holds them against when it is opened."""


class Experience(_Section):
    """``[experience]``: where the scale from inexperienced generalist (0) to experienced specialist (1) ends."""

    experienced_from: Annotated[float, Field(gt=0, lt=1)] = 0.5
    """Score from which a customer counts as experienced."""
    purchasing_share: tuple[float, float] = (0.3, 0.8)
    """Share of purchasing in the contacts with engineering and purchasing: of a generalist, of a specialist."""
    application_share: tuple[float, float] = (0.5, 0.1)
    """Share of contacts about applications, advice and training."""
    service_ratio: float = 0.0
    """A specialist's share of service and support, as a multiple of its class's median."""
    component_points: float = 0.3
    """By how much a specialist's share of components lies above its class's median, as a fraction."""
    discount_points: float = 0.1
    """By how much a specialist's discount lies above its class's median, as a fraction of the list price."""
    decision_ratio: float = 0.4
    """A specialist's days from enquiry to order, as a multiple of its class's median."""
    shift_strength: Annotated[float, Field(gt=0)] | None = None
    """Strength of all changes together (standard deviations of chance) from which a customer is shifting; default:
    where a quarter as many or fewer change as much the other way: see `strength_needed` in
    `helpers.subjects.experience.scores`."""
    shift_points: Annotated[float, Field(ge=0, le=1)] = 0.15
    """By how much the score must have risen within a year as well."""
