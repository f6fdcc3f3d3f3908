"""Evidence of customer experience; a new piece of evidence is a record in `EVIDENCE`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from helpers.core.calendar.period_names import months_a_year
from helpers.engine.facts import Facts
from helpers.present.words import Words
from helpers.settings.analysis import Experience
from helpers.subjects.signals.evidence import PARTS
from helpers.subjects.signals.strength import Floats
from helpers.subjects.signals.windows import Members, MonthlySums


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence: the ratio of two sums over a window.

    Attributes
    ----------
    name, label, needs
        Column name, label, and the column that it needs.
    part, over, under, square
        Part of the monthly evidence (`helpers.subjects.signals.evidence.PARTS`), and its sums: of hits or values, their
        number, and the squares of values; of hits there are none.
    half
        Number of observations that counts for a half.
    sign
        1 where specialists have more of it, -1 where less.
    ends
        Values of a generalist and a specialist, from the settings and the median of the customer's class.
    step
        Size of a change that weighs as much as a step of the other evidence.
    in_days
        Whether the unit is days; else a share.
    """

    name: str
    label: Callable[[Words], str]
    needs: str
    part: str
    over: str
    under: str
    half: int
    sign: int
    ends: Callable[[Experience, Floats], tuple[Floats | float, Floats | float]]
    square: str = ""
    step: float = 0.4
    in_days: bool = False


EVIDENCE: tuple[Evidence, ...] = (
    Evidence(
        "purchasing_share", lambda _: _("Contacts with purchasing"), "interactions.contact_role",
        "contacts", "purchasing_contacts", "role_contacts", half=3, sign=1,
        ends=lambda s, peers: s.purchasing_share,
    ),
    Evidence(
        "application_share", lambda _: _("Contacts about applications"), "interactions.topic",
        "contacts", "application_contacts", "topic_contacts", half=3, sign=-1,
        ends=lambda s, peers: s.application_share,
    ),
    Evidence(
        "service_share", lambda _: _("Service and support"), "products.offering_role",
        "roles", "service_lines", "role_lines", half=15, sign=-1, step=0.1,
        ends=lambda s, peers: (peers, peers * s.service_ratio),
    ),
    Evidence(
        "component_share", lambda _: _("Components"), "products.offering_role",
        "roles", "component_lines", "role_lines", half=8, sign=1,
        ends=lambda s, peers: (peers, peers + s.component_points),
    ),
    Evidence(
        "discount", lambda _: _("Discount"), "order_lines.list_amount",
        "lines", "discount_sum", "discount_n", half=3, sign=1, square="discount_square", step=0.1,
        ends=lambda s, peers: (peers, peers + s.discount_points),
    ),
    Evidence(
        "decision_days", lambda _: _("Days to decide"), "order_lines.enquiry_date",
        "decisions", "decision_sum", "decision_n", half=2, sign=-1, square="decision_square", step=8.0, in_days=True,
        ends=lambda s, peers: (peers, peers * s.decision_ratio),
    ),
)  # fmt: skip
#: Parts of the monthly evidence in the order in which they are used. Who has bought is told by the first.
PARTS_READ = ("lines", "contacts", "roles", "decisions")


def evidence_of(part: str) -> list[Evidence]:
    """Return the evidence that rests on a part."""
    return [each for each in EVIDENCE if each.part == part]


def sums_of(part: str) -> set[str]:
    """Return the sums that a part of the evidence needs."""
    sums = {name for each in evidence_of(part) for name in (each.over, each.under, each.square) if name}
    return sums | {"lines"} if part == PARTS_READ[0] else sums


class ExperienceWindows:
    """Sums of the evidence of some customers at month ends, computed one part at a time to save memory.

    Parameters
    ----------
    facts
        Of the whole company.
    customer_ids
        Whose; None: everybody's.
    count
        Number of month ends, as far as the data reach; None: those of a year, and the one before.
    """

    def __init__(
        self, facts: Facts, customer_ids: Sequence[str] | None = None, count: int | None = None
    ) -> None:
        self._facts, self._count = facts, count or months_a_year(facts.month) + 1
        self._members = (
            Members.from_table(facts.table("customers"))
            if customer_ids is None
            else Members(pa.array(sorted(customer_ids), pa.string()))
        )
        self.months = [pd.Period(end, freq="M") for end in facts.month_ends(self._count)]

    @property
    def customers(self) -> pd.Index:
        """customer_id of each place in an array."""
        return pd.Index(self._members.ids.to_pandas())

    def part(self, part: str) -> MonthlySums:
        """Return the sums of a part of the evidence; it has the measures that the data supply."""
        rows = self._facts.table(f"evidence_{part}")
        kinds = {name: PARTS[part][name] for name in sorted(sums_of(part)) if name in rows.columns}
        return MonthlySums(rows, kinds, self._members, self.months)

    def only(self, customer_ids: Sequence[str]) -> ExperienceWindows:
        """Return the windows of a few customers."""
        return ExperienceWindows(self._facts, customer_ids, self._count)
