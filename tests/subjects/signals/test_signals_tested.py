"""What the signals of a year ago have told of the year since, and which are folded away for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers.present.numbers import numbers
from helpers.subjects.signals import views
from helpers.subjects.signals.definition import Part
from helpers.subjects.signals.queries import disclosed_record, false_alarm_record, folded_signals
from helpers.subjects.signals.signals import SignalArrays, Signals

SIZE = 120
WHO = pd.DataFrame(
    {
        "customer_id": [f"c{n:03}" for n in range(SIZE)], "name": None,
        "group": ["Chains" if n % 2 else "Dealers" for n in range(SIZE)], "active": True, "net_amount": 100.0,
    }
)  # fmt: skip


def part(senders):
    """Strong for these customers, of nothing that has to be so large."""
    strong = np.where(np.isin(np.arange(SIZE), list(senders)), 3.0, 0.0)
    return Part.build(np.full(SIZE, 50.0), np.full(SIZE, 10.0), strong)


def measured(away=frozenset()):
    """Who falls silent is one of the first thirty; returns come from one in four, complaints from nearly as many."""
    parts = {
        "silence": part(range(30)), "p_alive": part(range(40, 45)), "returns": part(range(0, SIZE, 4)),
        "complaints": part(range(1, SIZE, 4)), "payment": part(range(5)),
    }  # fmt: skip
    return SignalArrays.from_parts(WHO, parts, away)


def record():
    """The first thirty bought half as much in the year since, all others the same as before."""
    before = pd.Series(100.0, WHO.index)
    return false_alarm_record(measured(), before, before.where(WHO.index >= 30, 50.0))


def test_a_signal_whose_senders_bought_no_less_than_others_is_folded_away():
    table = record()
    whole = table[table["kind"] == "total"].set_index("signal")
    assert whole.loc["silence", ["sent", "false_share", "others_share"]].tolist() == [30, 0, 1]
    assert whole.loc["returns", ["sent", "false_share"]].tolist() == [30, pytest.approx(22 / 30)]
    # A complaint has to be answered, whatever it tells; of five senders nothing is concluded.
    assert folded_signals(table) == {"returns"}
    classes = table[(table["kind"] == "group") & (table["signal"] == "silence")].set_index("group")
    assert classes["sent"].to_dict() == {"Chains": 15, "Dealers": 15}
    assert disclosed_record(table, shown=False).empty
    seen = disclosed_record(table, shown=True)
    assert seen["sent"].eq(0).all()
    assert seen.set_index("signal")["false_share"]["returns"] == 0.75


def test_a_scope_is_not_told_what_became_of_fewer_than_five():
    told = disclosed_record(
        record().assign(sent=lambda rows: rows["sent"].where(rows["sent"] > 5, 4)), shown=True
    )
    assert told.set_index("signal")["false_share"].isna().to_dict() == {
        "silence": False, "p_alive": True, "returns": False, "complaints": False, "payment": True,
    }  # fmt: skip


def test_what_is_folded_away_is_counted_apart_and_said_to_be():
    table = record()
    now = measured(folded_signals(table))
    assert "returns" not in set(now.noticed_rows()["signal"])
    assert "returns" not in set(now.overview()["signal"])
    assert now.restrict_to({"c000", "c001"}).folded["returns"].tolist() == [True, False]
    result = Signals(
        pd.Period("2026-10"), 12, now, now.noticed_rows(), now.customers(), now.overview(), {},
        aside={"returns": 30}, tested=table,
    )  # fmt: skip
    for language, said in (
        ("en", "told nothing of the sales that followed: Returns rising (30)"),
        ("zh", "（30家）"),
    ):
        shown = views.overview(result, numbers(language, "CNY"))[-1]
        assert said in shown.text
        assert shown.html.startswith("<details")
    # A scope that may not see the company's shares is told which, and not how they did.
    bare = replace(result, tested=disclosed_record(table, shown=False))
    assert "Returns rising (30)" in views.overview(bare, numbers("en", "CNY"))[-1].text
    assert "73%" not in views.overview(bare, numbers("en", "CNY"))[-1].text
