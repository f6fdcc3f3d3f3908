"""What one notebook leaves, another finds, and nobody else does."""

import pytest

from helpers.engine.cache.handed import hand_over_in, handed


@pytest.fixture
def folder(tmp_path):
    hand_over_in(tmp_path)
    yield tmp_path
    hand_over_in(None)


def test_what_was_left_is_not_made_again(folder):
    assert handed("sales", lambda: [1, 2]) == [1, 2]
    assert handed("sales", lambda: pytest.fail("made again")) == [1, 2]
    assert handed("margin", lambda: 3) == 3


def test_outside_a_report_nothing_is_left(tmp_path):
    assert [handed("sales", lambda: 1), handed("sales", lambda: 2)] == [1, 2]
    assert not any(tmp_path.iterdir())
