"""Rules of grades, levels and segments in workbook.toml: read in order, wrong ones named."""

from __future__ import annotations

import textwrap
import tomllib

import pytest

from helpers.errors import WorkbookError
from helpers.present.words import LOCALES, words
from helpers.settings import grading as grading_settings
from helpers.settings.churn import STATE_NAMES
from helpers.settings.config import parse_settings
from helpers.settings.grading import Condition
from helpers.subjects.churn.state_views import state_label


def test_conditions_are_read_as_they_are_written():
    rule = {"segment": "returners", "all": ["returns_share >= 12.5 %", "frequency>3"]}
    rules = parse_settings({"segments": {"rules": [rule]}}, "x").segments.rules
    assert rules[0].all == (Condition("returns_share", ">=", 0.125), Condition("frequency", ">", 3.0))
    assert rules[0].outcome == "returners"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (
            {"grades": {"rules": [{"grade": "strategic", "all": ["turnover > 3"]}]}},
            "no measure 'turnover'; there are",
        ),
        ({"segments": {"rules": [{"segment": "x", "any": ["potential > 3"]}]}}, "no measure 'potential'"),
        ({"grades": {"rules": [{"grade": "top", "all": ["rank < 3"]}]}}, "grades.rules.0.grade"),
        (
            {"segments": {"rules": [{"segment": "x", "any": ["complaints about 3"]}]}},
            "for example complaints >= 3",
        ),
        ({"segments": {"rules": [{"segment": "x", "any": [3]}]}}, "'3' is not a condition"),
        ({"segments": {"rules": [{"segment": "x"}]}}, "a rule needs a condition"),
        ({"grades": {"rule": []}}, "unknown key 'grades.rule'"),
        ({"grades": {"wallet_methods": ["guess"]}}, "grades.wallet_methods.0"),
        ({"levels": {"gold": 4}}, "diamond, platinum and gold, or none"),
        ({"levels": {"diamond": 1, "platinum": 2, "gold": 3}}, "must fall"),
        ({"levels": {"gold_share": 0.1}}, "must rise"),
    ],
)
def test_what_is_wrong_is_named(raw, message):
    with pytest.raises(WorkbookError) as error:
        parse_settings(raw, "workbook.toml")
    assert message in str(error.value)


def test_weights_that_are_all_nothing_are_refused():
    weights = dict.fromkeys(["room_weight", "growth_weight", "size_weight", "interest_weight"], 0)
    with pytest.raises(WorkbookError, match="at least one of the weights"):
        parse_settings({"grades": weights}, "x")


def test_example_in_the_documentation_is_read():
    example = textwrap.dedent(grading_settings.__doc__.split("code-block:: toml")[1])
    settings = parse_settings(tomllib.loads(example), "x")
    assert settings.levels.amounts == (2_000_000, 500_000, 100_000)
    assert [rule.outcome for rule in settings.segments.rules] == ["problem"]


#: Every name of a state, and what the pages call it in every language.
STATE_CALLED = [
    *STATE_NAMES, *(state_label(state, words(language)) for language in LOCALES for state in STATE_NAMES)
]  # fmt: skip


@pytest.mark.parametrize("name", ["at_risk", "Lost", "won back", "Order overdue", "流失", *STATE_CALLED])
def test_no_segment_is_called_as_a_state_is(name):
    rule = {"segment": name, "all": ["f < 2"]}
    for segments in ({"rules": [rule]}, {"otherwise": name}):
        with pytest.raises(WorkbookError, match="is a state of customers"):
            parse_settings({"segments": segments}, "x")


def test_the_segments_that_come_with_the_workbook_have_no_state_s_name():
    segments = parse_settings({}, "x").segments
    assert {rule.segment for rule in segments.rules}.isdisjoint(STATE_NAMES)
