"""What readers are told of signals and of the experience shift is what the figures say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from books import text_of

from helpers.core.proposals import Likelihood
from helpers.present.numbers import numbers
from helpers.settings.analysis import CORNERS, Experience, Playbook
from helpers.subjects.experience import views as turns
from helpers.subjects.experience.experience import ExperienceShift
from helpers.subjects.signals import views as warns
from helpers.subjects.signals.catalogue import SIGNALS, sentence, signal
from helpers.subjects.signals.definition import Part
from helpers.subjects.signals.signals import SignalArrays, Signals

OCTOBER = pd.Period("2026-10", "M")
N, ZH = numbers("en", "CNY"), numbers("zh", "CNY")
#: As if everybody were sure to be lost: the whole sales are at stake.
SURE = Likelihood(unscored=1.0)
HOSTILE = "<script>alert(1)</script> {month} $x$"
COLUMNS = ["customer_id", "name", "group", "signal", "value", "usual", "peers", "detail", "strength", "noticed",
           "active", "net_amount"]  # fmt: skip
ROWS = [
    ("a", "Anvil", "Chains", "silence", 41.0, 14.0, 20.0, 4.0, 4.5, True, True, 900.0),
    ("a", "Anvil", "Chains", "p_alive", 0.02, np.nan, 0.9, np.nan, 2.1, True, True, 900.0),
    ("a", "Anvil", "Chains", "discount", 0.2, 0.14, 0.1, np.nan, 3.0, True, True, 900.0),
    ("b", HOSTILE, "DIY shops", "complaints", 2.0, 0.5, 0.0, 1.0, 2.5, True, True, 5000.0),
    ("c", "Calm", "DIY shops", "silence", 3.0, 14.0, 20.0, 4.0, 0.0, False, True, 100.0),
]


def result(rows=ROWS, absent=None):
    """Put signals together from rows as readers know them; what a row says of its class is its peers' value."""
    long = pd.DataFrame(rows, columns=COLUMNS).astype({"active": bool, "noticed": bool})
    who = long.drop_duplicates("customer_id")[["customer_id", "name", "group", "active", "net_amount"]]
    who = who.reset_index(drop=True)
    classes, names = pd.factorize(who["group"], use_na_sentinel=False)
    parts, noticed, peers = {}, {}, {}
    for name in (each.name for each in SIGNALS if each.name in set(long["signal"])):
        of = long[long["signal"] == name].set_index("customer_id").reindex(who["customer_id"])
        columns = (
            of[column].to_numpy(dtype="float64") for column in ("value", "usual", "strength", "detail")
        )
        parts[name] = Part(*columns)
        noticed[name] = of["noticed"].eq(True).to_numpy()
        peers[name] = of["peers"].groupby(classes).median().reindex(range(len(names))).to_numpy()
    measured = SignalArrays(who, parts, noticed, classes, peers)
    return Signals(
        OCTOBER,
        12,
        measured,
        measured.noticed_rows(),
        measured.customers(),
        measured.overview(),
        absent or {},
    )


def row_of(signal, **values):
    blank = dict.fromkeys(("value", "usual", "peers", "detail"), np.nan)
    return pd.Series({"signal": signal} | blank | values)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (row_of("silence", value=41, usual=14, detail=4), "ordered every 14 days, give or take 4; silent for 41"),
        (row_of("silence", value=41), "ordered once; silent for 41 days"),
        (row_of("p_alive", value=0.001), "going by its rhythm it has left almost certainly"),
        (row_of("frequency", value=0, usual=6.2), "did not order in 6 months; 6.2 orders were to be expected"),
        (row_of("discount", value=0.2, usual=0.14, peers=0.1),
         "gets 20.0% off the list price, got 14.0% (peers: 10.0%)"),
        (row_of("complaints", value=2, detail=1), "2 complaints in 6 months, 1 still open"),
        (row_of("payment", value=17, usual=1, peers=4),
         "pays 17 days after the due date, used to pay 1 day (peers: 4 days)"),
        (row_of("payment", value=6, usual=-3, peers=0),
         "pays 6 days after the due date, used to pay 3 days before the due date (peers: on the due date)"),
        (row_of("returns", value=50.0, usual=0), "sent back more than it bought in 6 months"),
        (row_of("categories", value=10, usual=12, detail=2),
         "2 categories that it used to buy are missing for 6 months (10 bought, 12 before)"),
    ],
)  # fmt: skip
def test_signals_are_said_in_one_plain_sentence(row, said):
    assert sentence(row, N) == said


def test_every_signal_has_a_name_a_sentence_and_a_step_in_both_languages():
    for each in SIGNALS:
        row = row_of(each.name, value=0.5, usual=0.4, peers=0.3, detail=1)
        for say in (
            lambda n, each=each: each.label(n.words),
            lambda n, row=row: sentence(row, n),
            lambda n, each=each: each.next_step(Playbook(), n.words),
        ):
            assert say(N) and say(ZH) and say(N) != say(ZH)


def test_the_playbooks_own_texts_go_before_the_defaults():
    own = Playbook(steps={"silence": "Send flowers."}, corners={"experienced_mature": "Nothing."})
    assert signal("silence").next_step(own, N.words) == "Send flowers."
    assert turns.offer("experienced_mature", own, N.words) == "Nothing."
    assert turns.offer("experienced_young", own, N.words) != "Nothing."


def test_findings_name_who_sends_several_signals_and_say_each_thing_once():
    said = text_of(warns.signal_findings(result(absent={"payment": "invoices, payments"}), N))
    assert "2 of 3 customers who bought within 12 months send a signal, with CN¥5.9K of net sales." in said
    assert (
        "1 sends two or more: Anvil. Ordered every 14 days, give or take 4; silent for 41; gets 20.0%" in said
    )
    assert "probability" not in said, "the silence it comes from is told"
    assert "Pays later (invoices, payments)" in said


def test_the_table_lists_the_gravest_first_and_escapes_names():
    table = warns.signals_table(result(), Playbook(), N)
    lines = table.text.splitlines()
    assert [line.split()[0] for line in lines[2:]] == ["Anvil", "<script>alert(1)</script>"]
    assert "<script>" not in table.html
    assert warns.signals_table(result(), Playbook(), N, count=1).caption.endswith("the first 1 of 2")


def test_overview_counts_by_class():
    line = next(x for x in text_of(warns.overview_table(result(), N)).splitlines() if x.startswith("Silence"))
    assert line.split()[4:] == ["1", "50.0%", "900", "1", "0"]


def test_actions_and_findings_for_the_front_page():
    (weighed,) = warns.weighed_findings(result(), N, SURE)
    assert (weighed.amount, weighed.page) == (900.0, "04_churn_signals")
    table = warns.proposed_actions(result(), N, SURE).worded()
    assert table[["customer_id", "kind", "value_amount"]].to_numpy().tolist() == [
        ["b", "answer_complaint", 5000.0], ["a", "visit", 900.0],
    ]  # fmt: skip
    assert table["reason"].iloc[1] == "ordered every 14 days, give or take 4; silent for 41"


def test_nobody_is_said_plainly():
    empty = result(rows=[])
    assert "No customer has bought within 12 months." in text_of(warns.signal_findings(empty, N))
    assert warns.weighed_findings(empty, N, SURE) == []
    assert warns.proposed_actions(empty, N, SURE).rows.empty
    assert "There are no customers." in text_of(warns.overview_table(empty, N))
    assert list(warns.options(empty, N).values()) == [""]


def shift(moved=True, known=True):
    customers = pd.DataFrame(
        {
            "customer_id": ["a", "b"], "name": ["Anvil", "Bolt"], "group": "Chains", "score": [0.8, 0.1],
            "score_year_ago": [0.2, 0.1], "moved": [moved, False],
            "moved_on": pd.to_datetime(["2026-06-30" if moved else None, None]), "net_amount": [900.0, 100.0],
            "mature_share": [0.9, 0.8] if known else [np.nan, np.nan],
            "corner": ["experienced_mature", "inexperienced_mature"], "discount": [0.2, 0.1],
            "discount_usual": [0.1, 0.1], "decision_days": [4.0, 14.0], "decision_days_usual": [14.0, 14.0],
        }
    )  # fmt: skip
    history = pd.DataFrame(
        {"customer_id": "a", "origin": pd.to_datetime(["2026-07-31", "2026-10-31"]), "score": [0.5, 0.8],
         "discount": [0.15, 0.2]}
    )  # fmt: skip
    corners = pd.DataFrame(
        {"corner": list(CORNERS), "customers": [0, 1, 0, 1], "net_amount": [0.0, 80, 90, 810]}
    )
    return ExperienceShift(OCTOBER, Experience(), history, customers, corners, {}, known)


def test_who_has_turned_is_named_with_the_evidence():
    said = text_of(turns.experience_findings(shift(), N))
    assert (
        "1 of 2 customers who can be judged is an experienced specialist, with CN¥900 of net sales." in said
    )
    assert "1 has turned towards the specialist within 12 months" in said
    assert "Anvil (Days to decide 14 to 4, Discount 10.0% to 20.0%)" in said
    line = next(x for x in text_of(turns.movers_table(shift(), N)).splitlines() if x.startswith("Anvil"))
    assert "0.20 → 0.80" in line
    assert "Jun 2026" in line


def test_corners_show_sales_and_offers_and_the_chart_says_who_turned():
    table, chart = turns.corner_table(shift(), Playbook(), N), turns.corner_chart(shift(), N)
    assert "Bare components" in next(x for x in table.text.splitlines() if "810" in x)
    assert chart.title == "1 customer has turned towards the experienced specialist within 12 months"
    assert "Experienced customers, mature products: 1 customer" in chart.alt


def test_without_launch_dates_the_corners_say_what_they_need():
    assert "products.launch_date" in text_of(turns.corner_table(shift(known=False), Playbook(), N))
    assert "nothing can be drawn" in text_of(turns.corner_chart(shift(known=False), N))


def test_products_of_one_age_are_not_drawn_as_if_they_told_customers_apart():
    result = shift()
    result.customers["mature_share"] = 0.0
    assert "tells none of them apart" in text_of(turns.corner_chart(result, N))


def test_without_a_turned_customer_there_is_no_action():
    none = shift(moved=False)
    assert turns.weighed_findings(none, N, SURE) == []
    assert turns.proposed_actions(none, N, SURE).rows.empty
    assert turns.proposed_actions(shift(), N, SURE).worded()["kind"].tolist() == ["keep"]
    assert "None has turned" in text_of(turns.movers_table(none, N), turns.evidence_table(none, N))
