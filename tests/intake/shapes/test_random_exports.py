"""The sample's sales, written in three shapes drawn by lot: what is read is right to the cent, or it is refused."""

from __future__ import annotations

from collections import Counter

import pytest

from .draw import KINDS, drawn, made, outcome

#: Of a hundred exports so many may be refused although nothing is wrong with them.
MOST_REFUSED = 4


def read(seeds: range, tmp_path, kinds=tuple(KINDS)) -> Counter[str]:
    """Read the exports of some seeds, each with its questions answered as its maker can; none may be wrong."""
    results: Counter[str] = Counter()
    for seed in seeds:
        shapes = drawn(seed, kinds=kinds)
        result = outcome(made(seed, shapes), tmp_path / str(seed))
        assert result.what != "wrong", f"seed {seed}, {', '.join(shapes)}: {result.why}\n{result.text}"
        results[result.what] += 1
    return results


@pytest.mark.slow
def test_an_export_of_three_shapes_is_right_to_the_cent_or_refused(tmp_path):
    assert read(range(8), tmp_path)["refused"] <= 1


@pytest.mark.slow
def test_a_report_laid_out_in_three_ways_at_once_is_right_to_the_cent_or_refused(tmp_path):
    assert read(range(8), tmp_path, ("layout",))["refused"] <= 1


@pytest.mark.slow
@pytest.mark.parametrize("first", [0, *(pytest.param(first, marks=pytest.mark.long) for first in (100, 200))])
def test_three_hundred_exports_of_three_shapes_are_right_to_the_cent_or_refused(tmp_path, first):
    assert read(range(first, first + 100), tmp_path)["refused"] <= MOST_REFUSED
