"""What goes into the cache comes out equal, types too, or does not go in."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import io
import json
import math
import pathlib
import re
import struct
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import GradientBoostingClassifier

from helpers.core.scope import Scope
from helpers.engine.cache import cache as caching
from helpers.engine.cache import typed
from helpers.engine.cache.columns import UnknownTypeError
from helpers.present.numbers import numbers
from helpers.present.words import Words
from helpers.settings.config import PROJECT_FOLDER, Settings
from helpers.subjects.churn.learning.fit import _fit_each


def through_a_file(value):
    file = io.BytesIO()
    typed.write(value, file)
    file.seek(0)
    return typed.read(file)


def assert_same(found, value):
    """Two values are of one type and say the same, to the bit, in all that they hold."""
    assert type(found) is type(value)
    if isinstance(value, pd.DataFrame):
        pd.testing.assert_frame_equal(found, value, check_exact=True, check_freq=True, check_column_type=True)
        assert [str(each) for each in found.dtypes] == [str(each) for each in value.dtypes]
        assert_same(found.index, value.index)
        assert_same(found.columns, value.columns)
        for (_, ours), (_, theirs) in zip(found.items(), value.items(), strict=True):
            assert_same(ours, theirs)
    elif isinstance(value, pd.Series):
        pd.testing.assert_series_equal(found, value, check_exact=True, check_freq=True)
        assert found.dtype == value.dtype
        assert_same(found.name, value.name)
        assert_same(found.array, value.array)
    elif isinstance(value, pd.Index):
        pd.testing.assert_index_equal(found, value, exact=True, check_exact=True)
        assert found.dtype == value.dtype
        assert_same(list(found.names), list(value.names))
        if isinstance(value, pd.DatetimeIndex):
            assert found.freq == value.freq
    elif isinstance(value, pd.api.extensions.ExtensionArray):
        assert found.dtype == value.dtype
        if isinstance(value.dtype, np.dtype):
            assert_same(found.to_numpy(), value.to_numpy())
        elif isinstance(value, pd.Categorical):
            assert_same(found.codes, value.codes)
            assert_same(found.categories, value.categories)
            assert found.ordered == value.ordered
        else:
            pd.testing.assert_extension_array_equal(found, value, check_exact=True)
    elif isinstance(value, np.ndarray):
        assert (found.dtype, found.shape) == (value.dtype, value.shape)
        if value.dtype.hasobject:
            assert_same(list(found.ravel()), list(value.ravel()))
        else:
            assert found.tobytes() == value.tobytes()
    elif isinstance(value, dict):
        assert_same(list(found.items()), list(value.items()))
    elif isinstance(value, (list, tuple)):
        assert len(found) == len(value)
        for ours, theirs in zip(found, value, strict=True):
            assert_same(ours, theirs)
    elif isinstance(value, float):
        assert struct.pack("d", found) == struct.pack("d", value) or (math.isnan(found) and math.isnan(value))
    elif isinstance(value, functools.partial):
        assert_same((found.func, found.args, found.keywords), (value.func, value.args, value.keywords))
    elif isinstance(value, np.random.Generator):
        assert found.bit_generator.state == value.bit_generator.state
    elif isinstance(value, (pd.Timestamp, pd.Timedelta)):
        assert (found, found.unit, getattr(found, "tz", None)) == (
            value,
            value.unit,
            getattr(value, "tz", None),
        )
    elif isinstance(value, Decimal):
        assert str(found) == str(value)
    elif isinstance(value, Words):
        assert found is value  # each language is read once
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for each in dataclasses.fields(value):
            assert_same(getattr(found, each.name), getattr(value, each.name))
    elif type(value).__module__.startswith(("helpers.", "sklearn.")) and hasattr(value, "__dict__"):
        assert_same(vars(found), vars(value))
    elif value is not pd.NA and value is not pd.NaT and not type(value).__module__.startswith("sklearn."):
        assert found == value


TEXTS = st.text(max_size=6)
DAYS = st.dates(dt.date(1678, 1, 1), dt.date(2261, 1, 1))
HASHABLE = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXTS, DAYS, st.decimals(allow_nan=False),
    st.builds(lambda day: pd.Period(day, "M"), DAYS),
)  # fmt: skip
ALONE = st.one_of(
    HASHABLE, st.just(math.nan), st.just(pd.NaT), st.just(pd.NA),
    st.builds(lambda day, unit: pd.Timestamp(day).as_unit(unit), DAYS, st.sampled_from(["s", "us", "ns"])),
    st.builds(lambda day: pd.Timestamp(day, tz="Asia/Shanghai"), DAYS),
    st.builds(lambda seconds: pd.Timedelta(seconds, "s"), st.integers(-(10**9), 10**9)),
    st.sampled_from([np.float64(-0.0), np.float32(0.1), np.int32(7), np.bool_(True), np.uint64(2**64 - 1)]),
)  # fmt: skip
VALUES = st.recursive(
    ALONE,
    lambda within: st.one_of(
        st.lists(within, max_size=4), st.lists(within, max_size=4).map(tuple), st.frozensets(HASHABLE, max_size=4),
        st.dictionaries(st.one_of(HASHABLE, st.tuples(st.integers(), TEXTS)), within, max_size=4),
    ),
    max_leaves=12,
)  # fmt: skip


@pytest.mark.slow
@given(VALUES)
def test_values_come_back_as_they_were(value):
    assert_same(through_a_file(value), value)


#: By dtype what its values may be, the missing among them.
COLUMNS = {
    "float64": st.floats(),
    "float32": st.floats(width=32),
    "int64": st.integers(-(2**63), 2**63 - 1),
    "int16": st.integers(-(2**15), 2**15 - 1),
    "uint8": st.integers(0, 255),
    "bool": st.booleans(),
    "datetime64[us]": st.one_of(st.just(pd.NaT), DAYS),
    "datetime64[ns]": st.one_of(st.just(pd.NaT), DAYS),
    "timedelta64[s]": st.one_of(
        st.just(pd.NaT), st.timedeltas(max_value=dt.timedelta(10**5), min_value=dt.timedelta())
    ),
    "period[M]": st.one_of(st.just(pd.NaT), DAYS),
    "datetime64[us, Europe/Berlin]": st.one_of(st.just(pd.NaT), DAYS),
    "str": st.one_of(st.just(None), TEXTS),
    "string": st.one_of(st.just(None), TEXTS),
    "category": st.one_of(st.just(None), TEXTS),
    "Int64": st.one_of(st.just(None), st.integers(-(2**63), 2**63 - 1)),
    "boolean": st.one_of(st.just(None), st.booleans()),
    "Float64": st.one_of(st.just(None), st.floats(allow_nan=False)),
    "object": st.one_of(
        st.none(),
        TEXTS,
        st.floats(),
        st.booleans(),
        st.decimals(places=4, allow_nan=False),
        DAYS,
        st.just(pd.NA),
    ),
}


@st.composite
def frames(draw):
    rows = draw(st.integers(0, 6))
    dtypes = draw(st.lists(st.sampled_from(sorted(COLUMNS)), max_size=6))
    columns = {}
    for place, dtype in enumerate(dtypes):
        values = draw(st.lists(COLUMNS[dtype], min_size=rows, max_size=rows))
        if dtype == "period[M]":
            columns[place] = pd.Series(pd.PeriodIndex(values, freq="M"))
        else:
            columns[place] = pd.Series(values, dtype=dtype)
    frame = pd.DataFrame(columns, index=pd.RangeIndex(rows))
    labels = draw(st.lists(TEXTS, min_size=len(dtypes), max_size=len(dtypes)))  # two may be alike
    frame.columns = draw(
        st.sampled_from(
            [pd.Index(labels, dtype="str"), pd.Index(range(len(dtypes))), pd.Index([*labels], dtype=object)]
        )
    )
    kinds = st.sampled_from(["range", "texts", "numbers", "days", "two"])
    match draw(kinds):
        case "texts":
            frame.index = pd.Index([f"C{place}" for place in range(rows)], name="customer_id", dtype="str")
        case "numbers":
            frame.index = pd.Index(np.arange(rows)[::-1] * 3)
        case "days":
            frame.index = pd.date_range("2026-10-01", periods=rows, freq="MS", name="month")
        case "two":
            codes = np.arange(rows)
            frame.index = pd.MultiIndex.from_arrays([codes % 2, codes.astype(str)], names=["a", None])
    return frame


@given(frames())
def test_frames_come_back_with_dtypes_index_and_order(frame):
    assert_same(through_a_file(frame), frame)


def test_categories_keep_their_order_and_who_has_none():
    grades = pd.Categorical(["B", None, "A"], categories=["B", "A", "unused"], ordered=True)
    months = pd.Categorical(pd.to_datetime(["2026-10-01", "2026-09-01"]))
    for values in (
        grades,
        months,
        pd.Categorical([3, 1, 3]),
        pd.Categorical(pd.PeriodIndex(["2026-10"], freq="M")),
    ):
        assert_same(through_a_file(pd.Series(values)), pd.Series(values))
        assert_same(through_a_file(pd.Index(values)), pd.Index(values))


def test_what_is_missing_and_what_is_not_a_number_are_not_mixed_up():
    """Pandas would have both missing when it reads Arrow."""
    both = pd.Series([0.5, None, 0.5], dtype="Float64")
    assert_same(through_a_file(both), both)
    both.array._data[0] = np.nan  # as 0/0 leaves it
    with pytest.raises(UnknownTypeError, match="Float64"):
        typed.write(both, io.BytesIO())


def test_tuples_of_texts_in_a_column_stay_tuples():
    reasons = pd.Series([("silence", "complaint"), (), ("静默",)], dtype=object)
    assert_same(through_a_file(reasons), reasons)
    mixed = pd.Series([("silence", 3), None, math.nan, ["a"]], dtype=object)
    assert_same(through_a_file(mixed), mixed)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3), np.asfortranarray(np.arange(6.0).reshape(2, 3)), np.zeros((0, 3), "float32"),
        np.array(7), np.array([(1.5, 2)], dtype=[("gain", "f8"), ("left", "u4")]), np.array(["é", "早"]),
        np.array([None, "x", 2.5], dtype=object), np.arange(9)[::2], np.array(["2026-10-01", "NaT"], "M8[D]"),
    ],
)  # fmt: skip
def test_arrays_come_back_with_shape_and_order(array):
    found = through_a_file(array)
    assert_same(found, array)
    assert found.flags.writeable
    assert found.flags.f_contiguous == array.flags.f_contiguous or not array.flags.c_contiguous


def test_records_settings_and_writers_of_sentences_come_back():
    settings = Settings.model_validate(
        {"report": {"company": "X"}, "experience": {"purchasing_share": [0.2, 0.9]}}
    )
    found = through_a_file(settings)
    assert_same(found, settings)
    assert found.model_fields_set == settings.model_fields_set
    scope = Scope("team", "East", "East and North")
    n = numbers("zh", "CNY", None, (("Other", "其他"), ("KA", "重点")))
    assert through_a_file((scope, n)) == (scope, n)


def test_what_was_fitted_scores_as_before():
    generator = np.random.default_rng(2611)
    seen = generator.normal(size=(400, 3))
    outcome = (seen[:, 0] + generator.normal(size=400) > 0).astype("float64")
    offered = {"logistic": np.arange(3), "boosting": np.arange(3)}
    fits = _fit_each(offered, seen, np.arange(400), np.ones(400, dtype="int64"), outcome)
    found = through_a_file(fits)
    assert_same(found, fits)
    for name, fit in fits.items():
        assert found[name].curves(seen).tobytes() == fit.curves(seen).tobytes()


@dataclasses.dataclass
class NotOurs:
    value: int


@pytest.mark.parametrize(
    "value",
    [
        object(), NotOurs(1), b"bytes", 1j, range(3), pathlib.Path("x"), lambda: 1, print, json.dumps, dt.datetime.now,
        GradientBoostingClassifier(), np.longdouble(1), np.array([object()]), pd.Series([object()]),
        pd.Series([1 + 2j]),
        [{"deep": (1, {2, NotOurs})}], functools.partial(json.dumps, 1), np.random.Generator(np.random.MT19937(1)),
    ],
)  # fmt: skip
def test_what_has_no_rule_is_an_error_and_nothing_is_written(value):
    file = io.BytesIO()
    with pytest.raises(UnknownTypeError, match=r"helpers\.engine\.cache\.typed"):
        typed.write(value, file)
    assert not file.getvalue()


@pytest.mark.parametrize(
    "said",
    [
        {"function": "os:system"}, {"function": "helpers.core.files.integrity:discard"},
        {"object": ["os:stat_result", {}]}, {"function": "helpers.present.numbers:Numbers"},
        {"object": ["builtins:dict", {"mapping": []}]},
        {"object": ["helpers.engine.store:FactStore", {"mapping": []}]}, {"enum": ["os:PathLike", "x"]},
        {"object": ["sklearn.pipeline:make_pipeline", {"mapping": []}]}, {"pickle": "x"}, {"tuple": [], "list": []},
    ],
)  # fmt: skip
def test_a_file_names_nothing_but_our_records_and_writers_of_sentences(said):
    with pytest.raises((ValueError, KeyError)):
        typed.read(io.BytesIO(json.dumps(said).encode() + b"\n"))


def test_nothing_of_ours_reads_a_pickle_from_a_file():
    """Pickles go from one process of a report to another, and one names a score by its hash."""
    source = PROJECT_FOLDER / "src" / "helpers"
    known = {
        "engine/scoring.py",
        "report/packs/pack.py",
        "report/pages/pages.py",
        "report/running/worker.py",
    }
    users = {
        path.relative_to(source).as_posix() for path in source.rglob("*.py") if "pickle" in path.read_text()
    }
    assert users - known - {"report/requests.py"} == set()
    assert not any("pickle.load(" in (source / name).read_text() for name in known)


@pytest.mark.slow
def test_every_answer_that_the_pages_of_the_sample_keep_comes_back(tmp_path, monkeypatch, own_cache):
    """All that is learnt, and all that pages leave for the front page; a question that nobody asked here would fail."""
    from helpers.book import open_book
    from helpers.subjects.summary.gather import SUBJECTS, put_result, write_rows

    kept, write = [], typed.write
    monkeypatch.setattr(typed, "write", lambda answer, file: (kept.append(answer), write(answer, file))[1])
    named, found = set(), caching._read_or_make
    monkeypatch.setattr(
        caching, "_read_or_make", lambda path, *how: (named.add(path.stem), found(path, *how))[1]
    )
    monkeypatch.setattr(caching, "_run", None)
    (tmp_path / "run").mkdir()
    caching.start_run(tmp_path / "run")
    book = open_book(month="2026-10")
    for page in {subject.page for subject in SUBJECTS}:
        write_rows(book, page)
        put_result(book, page)
    book.action_list([])
    book.attention()
    asked = "\n".join(path.read_text() for path in (PROJECT_FOLDER / "src" / "helpers").rglob("*.py"))
    names = re.findall(r"(?:get_or_compute|precompute|by_content)\(\s*\"([\w-]+)\"", asked)
    assert len(names) > 10
    assert set(names) <= named
    monkeypatch.setattr(typed, "write", write)
    for answer in kept:
        assert_same(through_a_file(answer), answer)
