"""P(alive) is put right by who bought in the year after past month ends."""

import numpy as np
import pytest
from scipy.special import expit, logit

from helpers.subjects.value.learning.forecast import PastOrigin, Stack
from helpers.subjects.value.learning.recalibration import AS_IT_IS, buys_again, recalibration

SIZE = 4_000
STACK = Stack(np.zeros(2), 0.0, 0.0, 1.0, 1.0, 0.0)


def past_origin(stretch: float, shift: float = 0.0, size: int = SIZE) -> PastOrigin:
    """A past year after which customers were still there by log odds ``stretch`` times those said, and shifted."""
    rng = np.random.default_rng(7)
    said, shape = rng.uniform(0.02, 0.98, size), np.full(size, 3.0)
    there = rng.random(size) < expit(stretch * logit(said) + shift)
    again = buys_again(said, shape, said * 4) / said
    observed = (there & (rng.random(size) < again)).astype(float)
    nothing = np.zeros(size)
    return PastOrigin(
        said * 4,
        nothing,
        nothing,
        nothing,
        np.zeros((size, 2)),
        nothing,
        said,
        shape,
        observed,
        observed,
        0.0,
        1.0,
        0.0,
    )


def test_a_p_alive_that_was_too_sure_is_drawn_towards_doubt():
    told = recalibration([past_origin(0.5)], STACK, 1)

    assert told.slope == pytest.approx(0.5, abs=0.12) and abs(told.level) < 0.15
    assert told.of(np.array([0.99]))[0] < 0.95 and told.of(np.array([0.01]))[0] > 0.05


def test_more_who_left_than_was_said_lowers_everybody_and_keeps_their_order():
    told, said = recalibration([past_origin(1.0, -1.0)], STACK, 1), np.linspace(0.01, 0.99, 50)

    assert told.level == pytest.approx(-1.0, abs=0.25)
    assert (told.of(said) < said).all() and (np.diff(told.of(said)) > 0).all()


def test_what_is_right_already_stays_and_a_few_customers_change_little():
    right, few = (
        recalibration([past_origin(1.0)], STACK, 1),
        recalibration([past_origin(0.3, size=8)], STACK, 1),
    )

    assert right.slope == pytest.approx(1.0, abs=0.08) and abs(right.level) < 0.1
    assert abs(few.slope - 1.0) < abs(recalibration([past_origin(0.3)], STACK, 1).slope - 1.0) / 2


def test_nothing_is_learnt_of_parts_of_a_year_or_without_a_past():
    assert recalibration([past_origin(0.5)], STACK, 0.5) == AS_IT_IS == recalibration([], STACK, 1)
    assert AS_IT_IS.of(np.array([0.2, 1.0, np.nan])).tolist()[:2] == [0.2, 1.0]
    assert np.isnan(AS_IT_IS.of(np.array([np.nan]))).all()
