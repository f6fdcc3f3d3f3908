"""Sums by key: the quick road for many rows says the same as the plain one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.core import amounts as money

_texts = st.lists(st.sampled_from(["a", "b", "中", "z"]) | st.none(), min_size=1, max_size=40)


def both_ways(frame, keys):
    plain = money._sum_by(frame, keys, ["amount"])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(money, "MANY_ROWS", 0)
        return plain, money.sum_by(frame, keys, ["amount"])


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(_texts, st.randoms(use_true_random=False))
def test_runs_of_keys_sum_as_single_keys_do(texts, random):
    frame = pd.DataFrame(
        {
            "customer_id": pd.Series(texts, dtype="str"),
            "month": pd.to_datetime([f"2026-0{random.randint(1, 9)}-01" for _ in texts]),
            "amount": [random.choice([1.5, -2.0, np.nan]) for _ in texts],
        }
    )
    for keys in ("customer_id", ["customer_id", "month"], ["month", "customer_id"]):
        for rows in (frame, frame.sort_values("customer_id", ignore_index=True)):
            plain, quick = both_ways(rows, keys)
            pd.testing.assert_frame_equal(plain, quick, check_exact=True)


@settings(max_examples=40, deadline=None)
@given(_texts, st.randoms(use_true_random=False))
def test_numbered_keys_sum_as_their_texts_do(texts, random):
    keys = pd.Series(texts, dtype="str")
    amounts = pd.Series([random.choice([1.5, -2.0, np.nan]) for _ in texts])
    numbered = keys.astype(pd.CategoricalDtype(["a", "b", "never", "z", "中"]))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(money, "MANY_ROWS", 0)
        sums, expected = (
            money.sum_by(pd.DataFrame({"customer_id": each, "amount": amounts}), "customer_id", ["amount"])
            for each in (numbered, keys)
        )
    assert sums["amount"].tolist() == pytest.approx(expected["amount"].tolist(), abs=0, nan_ok=True)
    assert [str(key) for key in sums.index] == [str(key) for key in expected.index]


def test_keys_that_hardly_ever_meet_are_summed_without_room_for_all_their_pairs(monkeypatch):
    monkeypatch.setattr(money, "MANY_ROWS", 0)
    places = np.arange(200)
    frame = pd.DataFrame(
        {"customer_id": [f"c{place:03}" for place in places], "product_id": places[::-1], "amount": 0.1}
    )
    sums = money.sum_by(pd.concat([frame, frame]), ["customer_id", "product_id"], ["amount"])
    assert len(sums) == len(frame)
    assert sums["amount"].eq(0.2).all()
    assert sums.index[0] == ("c000", 199)


def test_a_run_is_its_first_key_and_its_length():
    heads, lengths = money.run_length_encode(pd.Series(["a", "a", None, None, "b", "a"], dtype="str"))
    assert heads.fillna("-").tolist() == ["a", "-", "b", "a"]
    assert lengths.tolist() == [2, 2, 1, 1]
