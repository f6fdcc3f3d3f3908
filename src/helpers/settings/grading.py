"""The part of ``workbook.toml`` that says how customers are graded: value grades, purchase levels, segments.

Rules are listed in order and the first that fits a customer decides. A rule is a list of conditions such as
``"complaints >= 3"`` or ``"returns_share >= 15 %"``; a condition on something unknown is never met.
Rules that are given replace the defaults:

.. code-block:: toml

    [[grades.rules]]
    grade = "strategic"
    all = ["cumulative_share_before < 50 %", "potential >= 0.5"]

    [levels]
    diamond = 2000000
    platinum = 500000
    gold = 100000

    [[segments.rules]]
    segment = "problem"
    name = "complaints"
    any = ["complaints >= 3", "open_complaints >= 2"]
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    model_validator,
)

from helpers.settings.churn import STATE_NAMES
from helpers.settings.source import Section

Score = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0)]
GradeName = Literal["strategic", "important", "general", "potential"]
GRADE_NAMES: tuple[GradeName, ...] = ("strategic", "important", "potential", "general")
LEVEL_NAMES = ("diamond", "platinum", "gold", "ordinary", "not_bought", "enquiry")
WalletMethod = Literal[
    "stated", "plan", "commitment", "resale", "stock_turnover", "accounts", "third_party"
]  # fmt: skip

#: What a grade rule can ask for; the columns of `helpers.subjects.grading.grades.Grades.customers`.
GRADE_MEASURES = (
    "amount", "share", "rank", "cumulative_share_before", "class_cumulative_share_before", "lifetime_amount",
    "potential", "potential_known", "room_amount", "room_score", "growth", "growth_score", "size_score",
    "interest_score", "wallet_amount",
)  # fmt: skip

#: What a segment rule can ask for; the columns of `helpers.subjects.grading.behaviour.Behaviour.customers`.
SEGMENT_MEASURES = (
    "r", "f", "m", "recency_days", "frequency", "frequency_previous", "frequency_change", "net_amount",
    "tenure_days", "occasions", "gap_ratio", "returns_amount", "returns_share", "complaints",
    "open_complaints", "severe_complaints", "mean_severity", "complaints_per_occasion", "order_lines",
)  # fmt: skip

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt, "=": operator.eq,
}  # fmt: skip
_CONDITION = re.compile(r"\s*([a-z_]+)\s*(<=|>=|<|>|=)\s*(-?\d+(?:\.\d+)?)\s*(%?)\s*")


@dataclass(frozen=True)
class Condition:
    """``measure comparison limit``, as in ``complaints >= 3``; a limit with ``%`` is a hundredth of it."""

    measure: str
    comparison: str
    limit: float

    def __str__(self) -> str:
        return f"{self.measure} {self.comparison} {self.limit:g}"


def parse_condition(text: Any) -> Any:
    """Read ``measure comparison number``; raises ValueError that shows the form."""
    if isinstance(text, Condition):
        return text
    found = _CONDITION.fullmatch(str(text))
    if not found:
        raise ValueError(
            f"'{text}' is not a condition; write a measure, one of < <= = >= > and a number, "
            "for example complaints >= 3"
        )
    measure, comparison, number, percent = found.groups()
    return Condition(measure, comparison, float(number) / (100 if percent else 1))


Conditions = tuple[Annotated[Condition, BeforeValidator(parse_condition), PlainSerializer(str)], ...]


class Rule(Section):
    """Every condition of ``all`` must hold and, where there are some, at least one of ``any``."""

    measures: ClassVar[tuple[str, ...]] = ()
    name: str = ""
    """What the rule is called; default: what it gives."""
    all: Conditions = ()
    """Conditions that must all hold, each a measure, one of ``< <= = >= >`` and a number: ``complaints >= 3``."""
    any: Conditions = ()
    """Conditions of which one must hold."""

    @property
    def outcome(self) -> str:
        """What the rule gives a customer."""
        raise NotImplementedError

    @model_validator(mode="after")
    def _conditions_can_be_judged(self) -> Rule:
        if not self.all and not self.any:
            raise ValueError("a rule needs a condition in 'all' or 'any'; 'otherwise' is for all others")
        for condition in (*self.all, *self.any):
            if condition.measure not in self.measures:
                raise ValueError(
                    f"there is no measure '{condition.measure}'; there are {', '.join(self.measures)}"
                )
        return self


def _no_state(segment: str) -> str:
    """Refuse a segment of a state's name: a page would show two counts under one word."""
    if (
        segment.casefold().replace(" ", "_") in (*STATE_NAMES, "order_overdue")
        or segment in _STATES_IN_CHINESE
    ):
        raise ValueError(
            f"'{segment}' is a state of customers and has one count on all pages; call the segment otherwise, "
            "for example long_ago, long_pause, pausing or beginner"
        )
    return segment


#: As the Chinese pages call them.
_STATES_IN_CHINESE = (
    "活跃",
    "已挽回",
    "挽回",
    "购买放缓",
    "到期未购",
    "有流失风险",
    "沉寂",
    "流失",
    "从未购买",
)
SegmentName = Annotated[str, Field(min_length=1), AfterValidator(_no_state)]


class GradeRule(Rule):
    """``[[grades.rules]]``: the first rule that fits a customer gives its grade."""

    measures: ClassVar[tuple[str, ...]] = GRADE_MEASURES
    grade: GradeName
    """What the rule gives."""

    @property
    def outcome(self) -> str:
        """The grade."""
        return self.grade


class SegmentRule(Rule):
    """``[[segments.rules]]``: the first that fits a customer gives its segment; any name, and several rules each."""

    measures: ClassVar[tuple[str, ...]] = SEGMENT_MEASURES
    segment: SegmentName
    """What the rule gives; no state's name."""

    @property
    def outcome(self) -> str:
        """The segment."""
        return self.segment


def _grade(grade: str, name: str, *conditions: str) -> GradeRule:
    return GradeRule.model_validate({"grade": grade, "name": name, "all": conditions})


def _segment(segment: str, name: str, *conditions: str, one_of: tuple[str, ...] = ()) -> SegmentRule:
    return SegmentRule.model_validate({"segment": segment, "name": name, "all": conditions, "any": one_of})


class Grades(Section):
    """``[grades]``: strategic, important, potential, general, from contribution and potential."""

    measure: Literal["net_amount", "margin_amount"] = "net_amount"
    """What contribution is measured by; a margin needs costs."""
    rules: tuple[GradeRule, ...] = (
        _grade("strategic", "carries_and_can_grow", "cumulative_share_before < 50 %", "potential >= 0.5"),
        _grade("important", "carries", "cumulative_share_before < 80 %"),
        _grade("potential", "can_grow", "potential >= 0.6"),
    )
    """Rules of one's own take the place of all of these."""
    otherwise: GradeName = "general"
    """The grade of whom no rule fits."""
    room_weight: Weight = 2.0
    """Weight of purchases elsewhere in the potential; what is known of them counts double."""
    growth_weight: Weight = 1.0
    """Weight of growth in the potential."""
    size_weight: Weight = 1.0
    """Weight of the size class in the potential."""
    interest_weight: Weight = 1.0
    """Weight of the interest on record in the potential."""
    minimum_indicators: Annotated[int, Field(ge=1, le=4)] = 1
    """A customer of whom fewer indicators are known has no potential score."""
    growth_full: Annotated[float, Field(gt=0)] = 0.5
    """Growth that scores 1, as a fraction a year; as much of a fall scores 0, no change a half."""
    size_scores: dict[str, Score] = {
        "small": 0.0, "medium": 0.4, "large": 0.8, "key": 1.0,
        "小型": 0.0, "中型": 0.4, "大型": 0.8, "重点": 1.0,
    }  # fmt: skip
    """Score of each size class; classes that are not listed are unknown."""
    interest_scores: dict[str, Score] = {
        "low": 0.0, "medium": 0.5, "high": 1.0, "低": 0.0, "中": 0.5, "高": 1.0,
    }  # fmt: skip
    """Score of each degree of interest; those that are not listed are unknown."""
    wallet_methods: tuple[WalletMethod, ...] = (
        "accounts", "commitment", "plan", "stated", "stock_turnover", "resale", "third_party",
    )  # fmt: skip
    """Kinds of evidence of a customer's purchases from everyone that are used, the best first; what they say is put
    together by how far each is off (``[trade]``)."""
    wallet_months: Annotated[int, Field(ge=1, le=120)] = 24
    """Evidence older than this is not used."""

    @model_validator(mode="after")
    def _weights_are_something(self) -> Grades:
        if self.room_weight + self.growth_weight + self.size_weight + self.interest_weight <= 0:
            raise ValueError("at least one of the weights must be above 0")
        return self


class Levels(Section):
    """``[levels]``: diamond, platinum, gold by cumulative purchases; ordinary below.

    Without any purchase: not_bought with order lines (returns, gifts, cancelled orders), enquiry without.

    Amounts are in the report's currency. Where none is set, each is the purchases of the customer who stands
    at that share of all buyers as of the month end.
    """

    diamond: Annotated[float, Field(gt=0)] | None = None
    """Cumulative purchases from which a customer is diamond; give all three amounts or none."""
    platinum: Annotated[float, Field(gt=0)] | None = None
    """From which it is platinum."""
    gold: Annotated[float, Field(gt=0)] | None = None
    """From which it is gold."""
    diamond_share: Score = 0.05
    """Without amounts: the top so much of all buyers is diamond."""
    platinum_share: Score = 0.20
    """The top so much of all buyers is platinum or better."""
    gold_share: Score = 0.50
    """The top so much of all buyers is gold or better."""

    @property
    def amounts(self) -> tuple[float, float, float] | None:
        """Purchases from which a customer is diamond, platinum, gold; None where they come from the data."""
        if self.diamond is None or self.platinum is None or self.gold is None:
            return None
        return self.diamond, self.platinum, self.gold

    @model_validator(mode="after")
    def _in_order(self) -> Levels:
        given = [name for name in LEVEL_NAMES[:3] if getattr(self, name) is not None]
        if given and self.amounts is None:
            raise ValueError("give the amounts of diamond, platinum and gold, or none of them")
        if self.amounts and not self.amounts[0] > self.amounts[1] > self.amounts[2]:
            raise ValueError("the amounts must fall from diamond over platinum to gold")
        if not self.diamond_share <= self.platinum_share <= self.gold_share:
            raise ValueError("the shares must rise from diamond over platinum to gold")
        return self


class Segments(Section):
    """``[segments]``: behaviour classes from recency, frequency, monetary value, returns and complaints."""

    rules: tuple[SegmentRule, ...] = (
        _segment(
            "problem", "complaints",
            one_of=("complaints >= 3", "open_complaints >= 2", "severe_complaints >= 2"),
        ),
        # Before the returns: an order cancelled in full is no return of a customer who never bought.
        # Who has lines and no purchase has returned goods, got them for nothing or cancelled; it has not enquired.
        _segment("not_bought", "nothing_bought", "occasions = 0", "order_lines >= 1"),
        _segment("enquiry", "no_purchase", "occasions = 0"),
        _segment("problem", "returns", "returns_share >= 15 %"),
        _segment("beginner", "beginner", "tenure_days <= 183"),
        _segment("one_time", "one_time", "occasions = 1"),
        _segment("long_ago", "long_ago", "recency_days > 365"),
        _segment("long_pause", "long_silence", "gap_ratio >= 4", "recency_days >= 60"),
        _segment("pausing", "silence", "gap_ratio >= 2.5", "recency_days >= 30"),
        _segment("pausing", "fewer_purchases", "frequency_change <= -40 %", "frequency_previous >= 6"),
        _segment("champions", "champions", "r >= 4", "f >= 4", "m >= 4"),
        _segment("loyal", "loyal", "r >= 3", "f >= 4"),
        _segment("promising", "promising", "r >= 4"),
    )  # fmt: skip
    """Rules of one's own take the place of all of these."""
    otherwise: SegmentName = "occasional"
    """The segment of whom no rule fits."""
    severity_scores: dict[str, float] = {
        "low": 1, "medium": 2, "high": 3, "critical": 4, "低": 1, "中": 2, "高": 3, "严重": 4,
    }  # fmt: skip
    """Score of each severity; severities that are not listed have none."""
    severe_from: float = 3
    """Complaints of this score or more are severe."""
