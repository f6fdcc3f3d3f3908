"""Ordered rules over a frame of measures: the first rule that fits decides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.settings.grading import COMPARISONS, Condition, Rule

OTHERWISE = -1
"""Number of the rule where none fits."""


def holds(frame: pd.DataFrame, condition: Condition) -> np.ndarray:
    """Tell for each row whether the condition is met; on a missing value it never is."""
    values = frame[condition.measure].to_numpy(dtype="float64", na_value=np.nan)
    return np.asarray(COMPARISONS[condition.comparison](values, condition.limit) & ~np.isnan(values))


def fits(frame: pd.DataFrame, rule: Rule) -> np.ndarray:
    """Tell for each row whether every condition of ``all`` and, if any, one of ``any`` is met."""
    met = np.ones(len(frame), dtype=bool)
    for condition in rule.all:
        met &= holds(frame, condition)
    if rule.any:
        met &= np.logical_or.reduce([holds(frame, condition) for condition in rule.any])
    return met


def first_match(frame: pd.DataFrame, rules: Sequence[Rule], otherwise: str) -> pd.DataFrame:
    """Give every row exactly one outcome.

    Returns
    -------
    pandas.DataFrame
        On the frame's index: outcome, rule (name of the rule, or of the outcome where it has none; NaN where no
        rule fitted), rule_number (its place in ``rules``; `OTHERWISE` where none fitted).
    """
    number = np.full(len(frame), OTHERWISE)
    for place in reversed(range(len(rules))):
        number[fits(frame, rules[place])] = place
    outcomes = np.array([*(rule.outcome for rule in rules), otherwise], dtype="object")
    names = np.array([*(rule.name or rule.outcome for rule in rules), None], dtype="object")
    return pd.DataFrame(
        {"outcome": outcomes[number], "rule": names[number], "rule_number": number}, index=frame.index
    )


def reasons(row: pd.Series, rules: Sequence[Rule]) -> list[Condition]:
    """Return why the row has its outcome: the conditions of its rule, and of later rules with the same outcome.

    Of ``any`` those that are met, or all where the values are not shown (a scope does not see the company's).

    Parameters
    ----------
    row
        The measures and ``rule_number``; no reasons where no rule fitted.
    rules
        The rules that gave the outcome.
    """
    if row["rule_number"] == OTHERWISE:
        return []
    one, number = row.to_frame().T, int(row["rule_number"])
    met: list[Condition] = []
    for place, rule in enumerate(rules[number:], start=number):
        if place == number or (rule.outcome == rules[number].outcome and fits(one, rule)[0]):
            met += [*rule.all, *([each for each in rule.any if holds(one, each)[0]] or rule.any)]
    return list(dict.fromkeys(met))


def outcomes_in_order(rules: Sequence[Rule], otherwise: str) -> list[str]:
    """Return every outcome once, in the order of the rules, the one for all others last unless named before."""
    return list(dict.fromkeys([*(rule.outcome for rule in rules), otherwise]))
