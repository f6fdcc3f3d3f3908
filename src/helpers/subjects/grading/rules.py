"""Ordered rules over a frame of measures: the first matching rule decides."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.settings.grading import COMPARISONS, Condition, Rule

OTHERWISE = -1
"""Number of the rule where none fits."""


def holds(frame: pd.DataFrame, condition: Condition) -> np.ndarray:
    """Return for each row whether the condition is met; missing values never meet it."""
    values = frame[condition.measure].to_numpy(dtype="float64", na_value=np.nan)
    return np.asarray(COMPARISONS[condition.comparison](values, condition.limit) & ~np.isnan(values))


def fits(frame: pd.DataFrame, rule: Rule) -> np.ndarray:
    """Return for each row whether every condition of ``all`` and, if given, one of ``any`` is met."""
    met = np.ones(len(frame), dtype=bool)
    for condition in rule.all:
        met &= holds(frame, condition)
    if rule.any:
        met &= np.logical_or.reduce([holds(frame, condition) for condition in rule.any])
    return met


def first_match(frame: pd.DataFrame, rules: Sequence[Rule], otherwise: str) -> pd.DataFrame:
    """Assign exactly one outcome to every row.

    Returns
    -------
    pandas.DataFrame
        On the frame's index: outcome, rule (name of the rule, or of the outcome where it has none; NaN if no rule
        fitted), rule_number (its place in ``rules``; `OTHERWISE` where none fitted).
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
    """Return the conditions behind a row's outcome: of its rule, and of later rules with the same outcome.

    Of ``any`` only the conditions met are returned, or all if the values are not shown (to a scope).

    Parameters
    ----------
    row
        The measures and ``rule_number``; without a rule there are no reasons.
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
    """Return every outcome once, in the order of the rules; the default comes last unless named before."""
    return list(dict.fromkeys([*(rule.outcome for rule in rules), otherwise]))
