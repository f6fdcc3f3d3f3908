"""The subjects that the front page gathers from: each offers findings with their weight, and perhaps actions.

A new subject is one entry of `SUBJECTS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from helpers.analysis.expected_loss import Likelihood
from helpers.analysis.proposals import Proposals
from helpers.views import (
    attainment,
    attention,
    behaviour,
    bridge,
    complaints,
    composition,
    experience,
    grades,
    leaving,
    lifetime,
    products,
    receivables,
    signals,
    tier_movement,
    trade,
    visits,
    wallet,
)
from helpers.views.findings import WeighedFinding
from helpers.views.numbers import Numbers


@dataclass(frozen=True)
class Subject:
    """What the front page asks of the book (typed loosely: views stand to the left of the book) and shows of it.

    Attributes
    ----------
    ask
        The book's answer for its scope; None where the tables for it are not supplied: then there is nothing to show.
    findings, actions
        Take the answer, the numbers, and how likely customers are to be lost, by which they weigh what may be lost
        (see `helpers.analysis.expected_loss`). ``actions`` None: the subject has no advice.
    """

    ask: Callable[[Any], Any]
    findings: Callable[[Any, Numbers, Likelihood], list[WeighedFinding]]
    actions: Callable[[Any, Numbers, Likelihood], Proposals] | None = None


SUBJECTS: tuple[Subject, ...] = (
    Subject(lambda book: book.composition(), composition.weighed_findings),
    Subject(lambda book: book.bridge(), lambda it, n, _: bridge.weighed_findings(it, n)),
    Subject(
        lambda book: book.tiers(book.main_dimension), lambda it, n, _: tier_movement.weighed_findings(it, n)
    ),
    Subject(
        lambda book: book.grades(),
        lambda it, n, _: grades.weighed_findings(it, n),
        grades.proposed_actions,
    ),
    Subject(lambda book: book.behaviour(), behaviour.weighed_findings, behaviour.proposed_actions),
    Subject(
        lambda book: book.lifetime(),
        lambda it, n, _: lifetime.weighed_findings(it, n),
        lambda it, n, _: lifetime.proposed_actions(it, n),
    ),
    Subject(
        lambda book: (seen := book.leaving(), book.risk_list(seen)),
        lambda it, n, _: leaving.weighed_findings(it[0], it[1], n),
        lambda it, n, _: leaving.proposed_actions(it[0], it[1], n),
    ),
    Subject(lambda book: book.signals(), signals.weighed_findings, signals.proposed_actions),
    Subject(lambda book: book.experience(), experience.weighed_findings, experience.proposed_actions),
    Subject(lambda book: book.attainment(), lambda it, n, _: attainment.weighed_findings(it, n)),
    Subject(lambda book: book.receivables(), receivables.weighed_findings, receivables.proposed_actions),
    Subject(lambda book: book.trade(), lambda it, n, _: trade.weighed_findings(it, n)),
    Subject(lambda book: book.wallet(), wallet.weighed_findings, wallet.proposed_actions),
    Subject(
        lambda book: book.recommendations(),
        lambda it, n, _: products.weighed_findings(it, n),
        lambda it, n, _: products.proposed_actions(it, n),
    ),
    Subject(lambda book: book.complaints(), complaints.weighed_findings, complaints.proposed_actions),
    Subject(lambda book: book.visits(), visits.weighed_findings, visits.proposed_actions),
    Subject(lambda book: book.attention(), attention.weighed_findings),
)


@dataclass(frozen=True)
class Gathered:
    """All that the subjects have to say: weighed findings in the order of the subjects, and proposed actions."""

    findings: tuple[WeighedFinding, ...]
    actions: tuple[Proposals, ...]


def gather(book: Any, subjects: tuple[Subject, ...] = SUBJECTS) -> Gathered:
    """Ask every subject once."""
    n, likely = book.numbers, book.likelihood()
    found: list[WeighedFinding] = []
    proposed: list[Proposals] = []
    for subject in subjects:
        answer = subject.ask(book)
        if answer is None:
            continue
        found += subject.findings(answer, n, likely)
        if subject.actions is not None:
            proposed.append(subject.actions(answer, n, likely))
    return Gathered(tuple(found), tuple(proposed))
