"""Subjects of the front page: each offers weighed findings, and perhaps actions and rows.

A new subject is one entry of `SUBJECTS`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from helpers.core.proposals import Likelihood, Proposals
from helpers.engine.cache.cache import cached_in_run
from helpers.present.findings import WeighedFinding
from helpers.present.numbers import Numbers
from helpers.subjects.churn import views as churn
from helpers.subjects.composition import bridge_views as bridge
from helpers.subjects.composition import views as composition
from helpers.subjects.contacts import attention_views as attention
from helpers.subjects.contacts import visit_views as visits
from helpers.subjects.delivery import views as delivery
from helpers.subjects.experience import views as experience
from helpers.subjects.grading import behaviour_views as behaviour
from helpers.subjects.grading import grade_views as grades
from helpers.subjects.net_margin import views as net_margin
from helpers.subjects.own import views as own
from helpers.subjects.own.page_output import collect_outputs
from helpers.subjects.quotes import views as quotes
from helpers.subjects.rebates import views as rebates
from helpers.subjects.receivables import credit_views as credit
from helpers.subjects.receivables import views as receivables
from helpers.subjects.returns import views as returns
from helpers.subjects.service import complaint_views as complaints
from helpers.subjects.signals import views as signals
from helpers.subjects.summary import gap_views as gap
from helpers.subjects.targets import views as attainment
from helpers.subjects.tiers import movement_views as tier_movement
from helpers.subjects.trade import product_views as products
from helpers.subjects.trade import views as trade
from helpers.subjects.trade import wallet_views as wallet
from helpers.subjects.value import views as lifetime


@dataclass(frozen=True)
class Subject:
    """A subject's functions for the front page (typed loosely, as views do not import the book).

    Attributes
    ----------
    page
        Stem of the notebook that asks the same.
    ask
        The book's answer for its scope; None if the tables for it are not supplied: then there is nothing to show.
    findings, actions
        Take the answer, the numbers, and how likely customers are to be lost, by which they weigh what may be lost
        (see `helpers.core.proposals`). ``actions`` None: the subject has no advice.
    rows
        Takes the book, and has it write what the subject says of each customer (`helpers.subjects.customer_rows`): the
        page for the customer card, which reads that. None: the card shows nothing of the subject.
    """

    page: str
    ask: Callable[[Any], Any]
    findings: Callable[[Any, Numbers, Likelihood], list[WeighedFinding]]
    actions: Callable[[Any, Numbers, Likelihood], Proposals] | None = None
    rows: Callable[[Any], object] | None = None


def _subject(
    views: ModuleType, ask: Callable[[Any], Any], rows: Callable[[Any], object] | None = None
) -> Subject:
    """Return the subject of a views module with PAGE, weighed_findings and perhaps proposed_actions."""
    return Subject(views.PAGE, ask, views.weighed_findings, getattr(views, "proposed_actions", None), rows)


SUBJECTS: tuple[Subject, ...] = (
    _subject(composition, lambda book: book.composition()),
    Subject(bridge.PAGE, lambda book: book.bridge(), lambda it, n, _: bridge.weighed_findings(it, n)),
    Subject(composition.PAGE, lambda book: book.month_gap(), lambda *_: [], gap.proposed_actions),
    _subject(
        tier_movement,
        lambda book: book.tiers(book.main_dimension),
        lambda book: (book._tier_rows(), book._tier_history()),
    ),
    _subject(grades, lambda book: book.grades(), lambda book: book._grade_rows()),
    _subject(behaviour, lambda book: book.behaviour(), lambda book: book._behaviour_rows()),
    _subject(lifetime, lambda book: book.lifetime(), lambda book: book._value_rows()),
    Subject(
        churn.PAGE,
        lambda book: (scores := book.churn(), book.risk_list(scores)),
        lambda it, n, _: churn.weighed_findings(it[0], it[1], n),
        lambda it, n, _: churn.proposed_actions(it[0], it[1], n),
        lambda book: (book._state_rows(), book._risk_rows()),
    ),
    _subject(signals, lambda book: book.signals(), lambda book: book._signal_rows()),
    _subject(experience, lambda book: book.experience()),
    _subject(attainment, lambda book: book.attainment()),
    _subject(receivables, lambda book: book.receivables(), lambda book: book._receivable_rows()),
    _subject(trade, lambda book: book.trade()),
    _subject(wallet, lambda book: book.wallet()),
    _subject(products, lambda book: book.recommendations()),
    _subject(complaints, lambda book: book.complaints()),
    _subject(visits, lambda book: book.visits()),
    _subject(attention, lambda book: book.attention()),
    _subject(
        own, lambda book: (book.own_signals(), book.settings.signals) if book.settings.signals else None
    ),
    _subject(quotes, lambda book: book.quotes()),
    _subject(delivery, lambda book: book.delivery()),
    _subject(returns, lambda book: book.returns()),
    _subject(credit, lambda book: book.credit()),
    _subject(rebates, lambda book: book.rebates(), lambda book: book._rebate_rows()),
    _subject(net_margin, lambda book: book.net_margin(), lambda book: book._margin_rows()),
)


@dataclass(frozen=True)
class Gathered:
    """Results of all subjects: weighed findings in the order of the subjects, and proposed actions."""

    findings: tuple[WeighedFinding, ...]
    actions: tuple[Proposals, ...]


@dataclass(frozen=True)
class SubjectResult:
    """Results of one subject."""

    findings: tuple[WeighedFinding, ...] = ()
    actions: Proposals | None = None


def gather(book: Any, subjects: tuple[Subject, ...] = SUBJECTS) -> Gathered:
    """Return the results of every subject, from the run's cache if its page has put them there."""
    answers = [_result_in_run(book, subject) for subject in subjects]
    found = [finding for each in answers for finding in each.findings]
    proposals = [each.actions for each in answers if each.actions is not None]
    for page in collect_outputs(book):
        found += page.findings
        proposals += page.actions
    return Gathered(tuple(found), tuple(proposals))


def proposed(book: Any) -> list[Proposals]:
    """Return the proposed actions of every subject, without findings."""
    found = []
    for subject in SUBJECTS:
        if subject.actions is not None and (answer := subject.ask(book)) is not None:
            proposals = subject.actions(answer, book.numbers, book.likelihood())
            found.append(proposals.without(book._closed))
    return found


def write_rows(book: Any, page: str) -> None:
    """Write the results by customer of a page's subjects, while the answers are in memory."""
    for subject in SUBJECTS:
        if subject.page == page and subject.rows is not None:
            subject.rows(book)


def put_result(book: Any, page: str) -> None:
    """Put a page's results into the run's cache, while the answers are in memory.

    See `helpers.engine.cache.cache.cached_in_run`.
    """
    for subject in SUBJECTS:
        if subject.page == page:
            _result_in_run(book, subject)
    if page == composition.PAGE:
        book.month_in_short()
    if page == churn.PAGE:
        book.state_months()
    if page == receivables.PAGE:
        book.receivables_headline()
    if page == complaints.PAGE:
        book.complaints_headline()


def outlook(book: Any) -> str | None:
    """Return where the year is heading, as a sentence; None without a forecast."""
    subject = next(each for each in SUBJECTS if each.page == attainment.PAGE)
    return next((finding.sentence for finding in _result_in_run(book, subject).findings), None)


def _result_in_run(book: Any, subject: Subject) -> SubjectResult:
    if subject not in SUBJECTS:
        return _result(book, subject)
    place, key = SUBJECTS.index(subject), (book.month, book.scope.slug, book.numbers.words.language)
    return cached_in_run("-".join(map(str, ("said", *key, place))), lambda: _result(book, subject))


def _result(book: Any, subject: Subject) -> SubjectResult:
    n, answer = book.numbers, subject.ask(book)
    if answer is None:
        return SubjectResult()
    likely = book.likelihood()
    found = tuple(subject.findings(answer, n, likely))
    if subject.actions is None:
        return SubjectResult(found)
    return SubjectResult(found, subject.actions(answer, n, likely).without(book._closed))
