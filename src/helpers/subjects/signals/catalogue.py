"""All signals, a record each: to add a signal, add a record to `SIGNALS`.

Everything else is derived from the records: which columns of the evidence are read, what is measured, tested and
noticed, the tables and sentences of the page, the customer's card and the list of customers at risk, the playbook's
step and the names that ``[playbook.steps]`` may use, and the churn score's features and its reasons. What each field of
a record means is at `helpers.subjects.signals.definition.Signal`::

    Signal(
        name="visit_share",
        measure=share_change("visits", "contacts", worse=-1),
        label=lambda _: _("Visits give way to calls"),
        sentence=lambda row, n: n.words("visits are {now} of the contacts", now=n.percent(row["value"], 0)),
        step=lambda _: _("Go there again"),
        needs="interactions",
        least_change=0.2,
        features=share_features("visit_share", "visits", "contacts"),
    ),

A measure is `share_change`, `mean_change`, or a `Measure` by a function of `SignalInputs`. Sums by customer and month
that no signal reads yet are added to `helpers.subjects.signals.evidence`. Every column that is learnt from belongs to
one signal. New texts are translated by ``make words``.
"""

from collections.abc import Iterable

import pandas as pd

from helpers.errors import WorkbookError
from helpers.present.numbers import Numbers
from helpers.settings.analysis import Playbook
from helpers.subjects.signals import measures, words
from helpers.subjects.signals.definition import (
    Feature,
    Measure,
    Signal,
    column_feature,
    mean_change,
    share_change,
    share_features,
)
from helpers.subjects.signals.windows import RECENT_MONTHS, USUAL_MONTHS


def _days_since(name: str) -> Feature:
    return Feature(
        f"days_since_{name}",
        lambda e: e.last_day.delta(e[f"last_{name}"], unit="day").cast("float64"),
        (f"last_{name}",),
        long_tail=True,
    )


SIGNALS: tuple[Signal, ...] = (
    Signal(
        name="silence",
        measure=Measure(measures.silence),
        label=lambda _: _("Silence against own rhythm"),
        sentence=words.silence,
        step=lambda _: _("Ask what it needs now and whether somebody else supplies it"),
        least_change=7.0,
        is_rhythm=True,
        action="visit",
        purchase_features=("log_silence", "silence_ratio", "logit_none", "logit_alive"),
        figures=words.silence_figures,
    ),
    Signal(
        name="p_alive",
        measure=Measure(measures.p_alive),
        label=lambda _: _("Still a customer (probability)"),
        sentence=words.p_alive,
        step=lambda _: _("Ask what it needs now and whether somebody else supplies it"),
        is_rhythm=True,
        repeats="silence",
    ),
    Signal(
        name="spend",
        measure=Measure(measures.spend),
        label=lambda _: _("Spend falling"),
        sentence=lambda row, n: n.words(
            "bought {now} in 6 months; {usual} were to be expected from last year and its class",
            **words.money(row, n),
        ),
        step=lambda _: _("Go through last year's orders with it and ask what it buys elsewhere"),
        least_change=0.2,
        relative=True,
        is_rhythm=True,
        purchase_features=("amount_trend_3", "amount_trend_6", "amount_year_ago"),
        reason="spend_falling",
        figures=lambda row, n: n.words("spends less than before"),
    ),
    Signal(
        name="frequency",
        measure=Measure(measures.frequency),
        label=lambda _: _("Orders less often"),
        sentence=words.frequency,
        step=lambda _: _("Ask what has changed in its business; agree a call-off rhythm"),
        least_change=0.2,
        relative=True,
        is_rhythm=True,
        purchase_features=("purchases_trend_3", "purchases_trend_6", "purchases_year_ago"),
        reason="frequency_falling",
        figures=words.frequency_figures,
    ),
    Signal(
        name="order_size",
        measure=Measure(measures.order_size),
        label=lambda _: _("Orders smaller"),
        sentence=lambda row, n: n.words(
            "an order typically comes to {now}, a year ago to {usual}", **words.money(row, n)
        ),
        step=lambda _: _("Offer what it used to order with it; check for split purchases"),
        least_change=0.15,
        relative=True,
    ),
    Signal(
        name="categories",
        measure=Measure(
            measures.categories, ("categories", "categories_lost", "categories_lost_lines", "lines")
        ),
        label=lambda _: _("Categories lost"),
        sentence=words.categories,
        step=lambda _: _("Ask who supplies the missing categories; offer a sample or a bundle price"),
        needs="products.category",
        features=(column_feature("categories_recent"), column_feature("categories_lost")),
        figures=words.categories_figures,
    ),
    Signal(
        name="service_share",
        measure=share_change("service_lines", "role_lines", worse=-1),
        label=lambda _: _("Service and support leaving the basket"),
        sentence=lambda row, n: n.words(
            "service and support are {now} of its order lines, were {usual} (peers: {peers})",
            **words.percents(row, n),
        ),
        step=lambda _: _("Show what the service saves; offer it as an option with its own price"),
        needs="products.offering_role",
        least_change=0.03,
        features=(
            *share_features("component_share", "component_lines", "role_lines"),
            *share_features("service_share", "service_lines", "role_lines"),
        ),
        figures=words.service_share_figures,
    ),
    Signal(
        name="discount",
        measure=mean_change("discount", worse=1, least=3),
        label=lambda _: _("Discount deepening"),
        sentence=lambda row, n: n.words(
            "gets {now} off the list price, got {usual} (peers: {peers})", **words.percents(row, n)
        ),
        step=lambda _: _("No further discount without something in return: volume, terms or range"),
        needs="order_lines.list_amount",
        least_change=0.02,
        features=share_features("discount", "discount_sum", "discount_n"),
        figures=words.discount_figures,
    ),
    Signal(
        name="returns",
        measure=Measure(measures.returns, ("returns_amount", "gross_amount")),
        label=lambda _: _("Returns rising"),
        sentence=words.returns,
        step=lambda _: _("Find the cause of the returns with quality and delivery"),
        least_change=0.03,
        features=share_features("returns_share", "returns_amount", "gross_amount", (0, 1), (-1, 1)),
        figures=words.returns_figures,
    ),
    Signal(
        name="complaints",
        measure=Measure(measures.complaints, ("complaints", "complaints_resolved", "lines")),
        label=lambda _: _("Complaints"),
        sentence=words.complaints,
        step=lambda _: _("Answer the complaint within the day, and visit once it is settled"),
        needs="complaints",
        action="answer_complaint",
        features=(
            column_feature("complaints", source="complaints_recent", long_tail=True),
            Feature(
                "complaints_open",
                lambda e: e.complaints_ever - e.complaints_resolved_ever,
                ("complaints_ever", "complaints_resolved_ever"),
                long_tail=True,
            ),
        ),
        figures=words.complaints_figures,
    ),
    Signal(
        name="satisfaction",
        measure=mean_change("survey", worse=-1, least=1, since_ever=True),
        label=lambda _: _("Satisfaction falling"),
        sentence=lambda row, n: n.words(
            "answered the survey with {now} of the scale, before with {usual}", **words.percents(row, n, 0)
        ),
        step=lambda _: _("Have a manager call and ask what went wrong"),
        needs="surveys",
        least_change=0.1,
        features=share_features("survey_score", "survey_sum", "survey_n"),
        figures=words.satisfaction_figures,
    ),
    Signal(
        name="payment",
        measure=mean_change("late", worse=1),
        label=lambda _: _("Pays later"),
        sentence=words.payment,
        step=lambda _: _("Agree payment with accounts before the next delivery; check the credit limit"),
        needs="invoices, payments",
        least_change=5.0,
        action="collect",
        features=(
            *share_features("late_days", "late_sum", "late_n", (-90, 180), (-90, 90)),
            Feature(
                "overdue_share",  # of the sales of 18 months
                lambda e: (
                    (e.due_amount_ever - e.settled_amount_ever).clip(lower=0)
                    / (e.gross_amount_recent + e.gross_amount_usual).nullif(0)
                ),
                ("due_amount_ever", "settled_amount_ever", "gross_amount_recent", "gross_amount_usual"),
                bounds=(0, 2),
            ),
        ),
        figures=words.payment_figures,
    ),
    Signal(
        name="contact_roles",
        measure=share_change("purchasing_contacts", "role_contacts", worse=1),
        label=lambda _: _("Purchasing takes over from engineering"),
        sentence=lambda row, n: n.words(
            "purchasing is {now} of the contacts with engineering or purchasing, was {usual}",
            **words.percents(row, n, 0),
        ),
        step=lambda _: _("Win a talk with engineering about the application; give purchasing one price list"),
        needs="interactions.contact_role",
        least_change=0.15,
        features=(
            *share_features("purchasing_share", "purchasing_contacts", "role_contacts"),
            *share_features("application_share", "application_contacts", "topic_contacts"),
            *share_features("price_topic_share", "price_contacts", "topic_contacts"),
        ),
        figures=words.contact_roles_figures,
    ),
    Signal(
        name="decision_days",
        measure=mean_change("decision", worse=-1),
        label=lambda _: _("Decides faster"),
        sentence=lambda row, n: n.words(
            "orders {now} after asking, used to take {usual}", **words.days(row, n)
        ),
        step=lambda _: _("Be quick and simple: stock, price and delivery date in one answer"),
        needs="order_lines.enquiry_date",
        least_change=2.0,
        features=share_features("decision_days", "decision_sum", "decision_n", change=(-60, 60)),
        figures=words.decision_days_figures,
    ),
    Signal(
        name="visits",
        measure=Measure(measures.visits, ("visits", "last_visit")),
        label=lambda _: _("Visit overdue"),
        sentence=lambda row, n: n.words(
            "was last visited {days} days ago, usually every {usual}",
            days=n.count(row["value"]),
            usual=n.count(row["usual"]),
        ),
        step=lambda _: _("Put it on next month's visit list"),
        needs="interactions",
        action="visit",
        features=(
            column_feature("contacts", source="contacts_recent", long_tail=True),
            Feature(
                "contacts_change",
                lambda e: e.contacts_recent - RECENT_MONTHS / USUAL_MONTHS * e.contacts_usual,
                ("contacts_recent", "contacts_usual"),
            ),
            _days_since("visit"),
            _days_since("contact"),
        ),
        figures=words.visits_figures,
    ),
    Signal(
        name="wallet",
        measure=Measure(measures.wallet),
        label=lambda _: _("Share of wallet falling"),
        sentence=lambda row, n: n.words(
            "buys {now} of its needs from us, before {usual}", **words.percents(row, n, 0)
        ),
        step=lambda _: _("Ask for its purchase plan and make an offer for the part bought elsewhere"),
        needs="wallet_evidence",
        least_change=0.05,
    ),
    Signal(
        name="quotes_won",
        measure=share_change("quotes_won", "quotes_decided", worse=-1),
        label=lambda _: _("Fewer of its quotes won"),
        sentence=lambda row, n: n.words(
            "ordered {now} of its quotes decided in 6 months, before {usual}", **words.percents(row, n, 0)
        ),
        step=lambda _: _("Ask why the last quotes went elsewhere: price, delivery or product"),
        needs="quotes",
        least_change=0.15,
    ),
    Signal(
        name="price_only",
        measure=Measure(measures.price_only, ("quotes_won", "quotes_decided")),
        label=lambda _: _("Asks for prices and seldom buys"),
        sentence=words.price_only,
        step=lambda _: _("Ask what keeps it from buying before the next quote is worked out"),
        needs="quotes",
    ),
)


def signal(name: str) -> Signal:
    """Return the record of a signal; KeyError where there is none."""
    return {declared.name: declared for declared in SIGNALS}[name]


def sentence(row: pd.Series, n: Numbers) -> str:
    """Say one row of `Signals.signals` in words, with its own usual and, where it helps, its class."""
    return signal(row["signal"]).sentence(row, n)


def strongest(noticed: pd.DataFrame, most: int) -> pd.DataFrame:
    """Choose a customer's strongest noticed signals, without those that repeat another one of them."""
    rows = noticed.sort_values("strength", ascending=False, kind="stable")
    present = set(rows["signal"])
    repeated = [declared.name for declared in SIGNALS if declared.repeats in present]
    return rows[~rows["signal"].isin(repeated)].head(most)


def features() -> dict[str, Feature]:
    """Return what the churn score learns of the evidence: the columns of the fact signal_panel by name."""
    return {feature.name: feature for declared in SIGNALS for feature in declared.features}


def stem(evidence_column: str) -> str:
    """Return what a column of the evidence sums up, without the name of its window."""
    for window in ("_recent", "_usual", "_ever"):
        evidence_column = evidence_column.removesuffix(window)
    return evidence_column


def evidence_columns(columns: Iterable[str]) -> list[str]:
    """Return which columns of the fact evidence signals are measured on, of those that the data supply."""
    reads = {"customer_id", *(name for declared in SIGNALS for name in declared.measure.reads)}
    return [name for name in columns if name in reads or stem(name) in reads]


def check_steps(playbook: Playbook) -> None:
    """Hold the names in ``[playbook.steps]`` against the signals.

    Raises
    ------
    WorkbookError
        A step is for a signal that does not exist; the message says which do.
    """
    unknown = [name for name in playbook.steps if name not in {declared.name for declared in SIGNALS}]
    if unknown:
        raise WorkbookError(
            f"The settings' [playbook.steps] name signals that do not exist: {', '.join(unknown)}; "
            f"signals are {', '.join(declared.name for declared in SIGNALS)}."
        )
