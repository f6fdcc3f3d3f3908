"""The subjects that the front page gathers from: each offers findings with their weight, and perhaps actions.

A new subject is one entry of `SUBJECTS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from helpers.views import behaviour, bridge, composition, grades, tier_movement
from helpers.views.findings import WeighedFinding
from helpers.views.numbers import Numbers


@dataclass(frozen=True)
class Subject:
    """What the front page asks of the book (typed loosely: views stand to the left of the book) and shows of it.

    ``findings`` and ``actions`` take the answer and the numbers; ``actions`` None: the subject has no advice.
    """

    ask: Callable[[Any], Any]
    findings: Callable[[Any, Numbers], list[WeighedFinding]]
    actions: Callable[[Any, Numbers], pd.DataFrame] | None = None


SUBJECTS: tuple[Subject, ...] = (
    Subject(lambda book: book.composition(), composition.weighed_findings),
    Subject(lambda book: book.bridge(), bridge.weighed_findings),
    Subject(lambda book: book.tiers(book.main_dimension), tier_movement.weighed_findings),
    Subject(lambda book: book.grades(), grades.weighed_findings, grades.proposed_actions),
    Subject(lambda book: book.behaviour(), behaviour.weighed_findings, behaviour.proposed_actions),
)


@dataclass(frozen=True)
class Gathered:
    """All that the subjects have to say: weighed findings in the order of the subjects, and proposed actions."""

    findings: tuple[WeighedFinding, ...]
    actions: tuple[pd.DataFrame, ...]


def gather(book: Any, subjects: tuple[Subject, ...] = SUBJECTS) -> Gathered:
    """Ask every subject once."""
    n = book.numbers
    found: list[WeighedFinding] = []
    proposed: list[pd.DataFrame] = []
    for subject in subjects:
        answer = subject.ask(book)
        found += subject.findings(answer, n)
        if subject.actions is not None:
            proposed.append(subject.actions(answer, n))
    return Gathered(tuple(found), tuple(proposed))
