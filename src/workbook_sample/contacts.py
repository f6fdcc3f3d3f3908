"""What customers and salespeople say to each other: interactions, complaints, surveys."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from workbook_sample import traits
from workbook_sample.process import (
    DAYS_MONTH,
    NEVER,
    Floats,
    Ints,
    Population,
    Span,
    day_of,
    pick,
    spread,
    workday,
)
from workbook_sample.write import dates, ids, instants, labels, salesperson_ids

KINDS = ("visit", "call", "message", "enquiry", "training")
CONTACT_ROLES = ("engineering", "purchasing", "management", "other")
TOPICS = ("application", "product advice", "price", "delivery", "order", "training", "service")
OUTCOMES = ("order", "quote", "follow-up", "none")
CATEGORIES = ("late delivery", "wrong goods", "defect", "invoice error", "service")
SEVERITIES = ("low", "medium", "high")
#: Contacts a month that the seller seeks at the first order, and what is left of them after years.
ATTENTION_START, ATTENTION_LATER, ATTENTION_MONTHS = 1.5, 0.35, 7.0
#: Contacts a month that the buyer seeks: at first, and after two years.
ENGAGEMENT_START, ENGAGEMENT_LATER = 0.12, 0.45
COMPLAINTS_AN_ORDER = 0.018
#: Complaints in the half year before leaving, by reason of leaving.
COMPLAINTS_BEFORE_LEAVING = np.array([3.2, 0.7, 0.8, 0.3, 0.3, 0.0, 0.4])
SURVEY_MONTHS = (4, 10)
ANSWERING_SHARE = 0.32
SURVEY_QUESTION = "How likely are you to recommend us to a business friend?"


def draw_interactions(rng: np.random.Generator, people: Population, span: Span) -> dict[str, pa.Array]:
    """Draw the contacts of each customer, from the first contact to three months after it left.

    The seller's attention falls from its peak at the first order, the buyer's engagement rises for two years.
    With an experience shift purchasing takes over from engineering and price from applications.
    """
    first = np.maximum(people.first_contact, span.start_day)
    last = np.minimum(people.leave + 90, span.end_day)
    months = np.maximum(last - first, 0) / DAYS_MONTH
    ceiling = (ATTENTION_START + ENGAGEMENT_LATER) * np.exp(0.25 * people.size)
    customer, _ = spread(rng.poisson(months * ceiling))
    day = first[customer] + (rng.random(customer.size) * (last - first)[customer]).astype(np.int64)
    begin = np.where(people.existing, people.first_contact + 60, people.active_from)
    tenure = np.maximum(day - begin[customer], 0) / DAYS_MONTH
    attention = ATTENTION_LATER + (ATTENTION_START - ATTENTION_LATER) * np.exp(-tenure / ATTENTION_MONTHS)
    engagement = ENGAGEMENT_START + (ENGAGEMENT_LATER - ENGAGEMENT_START) * np.minimum(tenure / 24, 1)
    engagement *= np.where(day > people.leave[customer], 0, 1 - 0.6 * people.nearly_gone(customer, day))
    attention *= np.where(day > people.leave[customer], 0.4, 1)
    dice = rng.random(customer.size) * (ATTENTION_START + ENGAGEMENT_LATER)
    kept = dice < attention + engagement
    sought = (dice < engagement)[kept]
    customer, day = customer[kept], day[kept]
    sort = np.argsort(day, kind="stable")
    customer, day, sought = customer[sort], day[sort], sought[sort]
    day = workday(day)
    shift = people.shifted(customer, day)

    kind = pick(
        rng, np.array([[0.30, 0.42, 0.22, 0.0, 0.06], [0.0, 0.22, 0.26, 0.50, 0.02]]), sought.astype(np.int64)
    )
    role = _blend(rng, shift, [0.42, 0.30, 0.18, 0.10], [0.08, 0.74, 0.10, 0.08])
    topic = _blend(
        rng, shift, [0.24, 0.20, 0.14, 0.12, 0.16, 0.06, 0.08], [0.03, 0.05, 0.50, 0.16, 0.24, 0.01, 0.01]
    )
    topic = np.where(kind == KINDS.index("training"), TOPICS.index("training"), topic)
    outcome = pick(
        rng, np.array([[0.22, 0.20, 0.34, 0.24], [0.0, 0.0, 0.25, 0.75]]), (day > people.leave[customer]) * 1
    )
    owner = people.owner_at(customer, day)
    return {
        "date": dates(np.maximum(day, span.start_day)),
        "customer_id": labels(customer, ids("C", people.number + 1, 5)),
        "kind": labels(kind, KINDS),
        "salesperson_id": labels(owner, salesperson_ids(owner)),
        "contact_role": labels(role, CONTACT_ROLES),
        "topic": labels(topic, TOPICS),
        "outcome": labels(outcome, OUTCOMES),
    }


def _blend(rng: np.random.Generator, shift: Floats, before: list[float], after: list[float]) -> Ints:
    """Draw a category a row from shares that move from ``before`` to ``after`` with the experience shift."""
    shares = (1 - shift)[:, None] * np.array(before) + shift[:, None] * np.array(after)
    return pick(rng, shares, np.arange(shift.size))


def draw_complaints(
    rng: np.random.Generator, people: Population, purchases: tuple[Ints, Ints], span: Span
) -> dict[str, pa.Array]:
    """Draw complaints after orders, and more of them in the half year before a customer leaves.

    Answers come in hours, settlements in days, both slower for those who leave because of complaints. An
    answer or settlement that falls after the end of the data is NULL: the case is open.
    """
    usual = rng.random(purchases[0].size) < COMPLAINTS_AN_ORDER
    leaving, _ = spread(rng.poisson(COMPLAINTS_BEFORE_LEAVING[people.reason] * (people.leave < NEVER)))
    before = people.leave[leaving] - (180 * rng.random(leaving.size) ** 1.3).astype(np.int64)
    customer = np.concatenate([purchases[0][usual], leaving])
    day = np.concatenate([purchases[1][usual] + rng.integers(1, 15, int(usual.sum())), before])
    day = workday(day)
    kept = (day >= people.active_from[customer]) & (day <= span.end_day)
    customer, day = customer[kept], day[kept]
    sort = np.argsort(day, kind="stable")
    customer, day = customer[sort], day[sort]

    angry = (people.reason[customer] == traits.COMPLAINT) * people.nearly_gone(customer, day)
    opened = day * 86400 + rng.integers(8 * 60, 17 * 60 + 30, day.size) * 60
    severity = pick(rng, np.array([[0.5, 0.38, 0.12], [0.15, 0.4, 0.45]]), (angry > 0) * 1)
    answer = opened + (rng.lognormal(1.6 + 0.9 * angry, 0.9) * 60).astype(np.int64) * 60
    days = rng.lognormal(1.5 + 0.35 * severity + 0.9 * angry, 0.7)
    settled = answer + (days * 24 * 60).astype(np.int64) * 60
    never = rng.random(day.size) < 0.03 + 0.12 * angry
    end = (span.end_day + 1) * 86400
    return {
        "opened_at": instants(opened),
        "customer_id": labels(customer, ids("C", people.number + 1, 5)),
        "category": labels(rng.choice(5, day.size, p=[0.34, 0.18, 0.24, 0.14, 0.10]), CATEGORIES),
        "severity": labels(severity, SEVERITIES),
        "first_response_at": instants(answer, answer >= end),
        "resolved_at": instants(settled, (settled >= end) | never),
    }


def draw_surveys(rng: np.random.Generator, people: Population, span: Span) -> dict[str, pa.Array]:
    """Draw the answers to the survey of each April and October, 0 to 10; those about to leave score lower."""
    waves = [m for m in (span.first + i for i in range(span.months)) if m.month in SURVEY_MONTHS]
    month_day = np.array([day_of(month) for month in waves], dtype=np.int64)
    wave, customer = (index.ravel() for index in np.indices((month_day.size, len(people))))
    day = month_day[wave] + 4 + rng.integers(0, 20, wave.size)
    answers = (people.active_from[customer] < day) & (people.leave[customer] >= day)
    answers &= rng.random(wave.size) < ANSWERING_SHARE
    customer, day = customer[answers], day[answers]
    habit = rng.normal(8.0, 1.2, len(people))
    low = np.array([4.0, 1.5, 2.0, 0.3, 0.3, 0.0, 1.2])[people.reason[customer]]
    score = habit[customer] - low * people.nearly_gone(customer, day, 270) + rng.normal(0, 0.9, day.size)
    n = day.size
    return {
        "date": dates(day),
        "customer_id": labels(customer, ids("C", people.number + 1, 5)),
        "score": pa.array(np.clip(np.rint(score), 0, 10)),
        "scale_min": pa.array(np.zeros(n)),
        "scale_max": pa.array(np.full(n, 10.0)),
        "question": labels(np.zeros(n, dtype=np.int64), [SURVEY_QUESTION]),
    }
