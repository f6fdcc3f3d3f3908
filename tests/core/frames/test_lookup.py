"""Looking customers up: the quick ways for texts say what pandas' own says."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal, assert_series_equal

from helpers.core.frames.lookup import index_positions, left_join, look_up

_ids = st.lists(st.sampled_from(["a", "b", "c", "中", "z"]), unique=True, max_size=5)
_asked = st.lists(st.sampled_from(["a", "b", "c", "中", "z", "nobody"]) | st.none(), max_size=12)


@settings(max_examples=60, deadline=None)
@given(_ids, _asked)
def test_texts_stand_where_pandas_finds_them(ids, asked):
    index, keys = pd.Index(ids, dtype="str"), pd.Index(asked, dtype="str")
    assert index_positions(index, keys).tolist() == index.get_indexer(keys).tolist()


@settings(max_examples=60, deadline=None)
@given(_ids, _asked)
def test_numbered_customers_find_what_their_texts_find(ids, asked):
    values = pd.Series(range(len(ids)), pd.Index(ids, dtype="str"), dtype="float64")
    keys = pd.Series(asked, dtype="str")
    numbered = keys.astype(pd.CategoricalDtype(["nobody", "z", "a", "b", "c", "中"]))
    for missing in (None, 0.0):
        assert_series_equal(look_up(numbered, values, missing), look_up(keys, values, missing))


@settings(max_examples=60, deadline=None)
@given(_ids, _asked)
def test_what_is_known_of_customers_stands_beside_them_as_a_left_merge_has_it(ids, asked):
    table = pd.DataFrame({"customer_id": pd.Series(asked, dtype="str"), "n": range(len(asked))})
    known = pd.DataFrame(
        {
            "customer_id": pd.Series(ids, dtype="str"),
            "name": pd.Series([f"The {each}" for each in ids], dtype="str"),
            "limit": pd.Series(range(len(ids)), dtype="float64"),
        }
    )
    assert_frame_equal(left_join(table, known), table.merge(known, on="customer_id", how="left"))


def test_two_customers_of_one_id_are_an_error_wherever_they_stand():
    for ids in (["a", "a", "b"], ["b", "a", "b"]):
        with pytest.raises(ValueError, match="duplicate"):
            index_positions(pd.Index(ids, dtype="str"), pd.Index(["a"], dtype="str"))
        with pytest.raises(ValueError, match="duplicate"):  # asked for in its own order, too
            index_positions(pd.Index(ids, dtype="str"), pd.Index(ids, dtype="str"))
