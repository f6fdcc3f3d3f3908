"""Which two records are strongly one business, and which are not however alike they look."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.subjects.identity.pairs import pairs_of, record, strong_of

BEFORE, AFTER = ("2024-11-04", "2026-03-10"), ("2026-04-08", "2026-10-12")
ALWAYS = ("2024-11-04", "2026-10-20")
HERE = {"town": "Linnburg", "salesperson_id": "S1", "trade_class": "DIY shops"}


def renumbered(
    name: str, other: str, old: dict[str, Any] | None = None, new: dict[str, Any] | None = None
) -> list[Any]:
    return strong_of(
        record("C17", name, BEFORE, **HERE | (old or {})), record("C412", other, AFTER, **HERE | (new or {}))
    )


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Brückhaven Werkzeuge GmbH", "Brückhaven Werkzeuge GmbH"),
        ("Brückhaven Werkzeuge GmbH", "BRUECKHAVEN WERKZEUGE"),
        ("Brückhaven Werkzeuge GmbH", "Bruckhaven  Werkzeuge G.m.b.H."),
        ("Weißgroß Werkzeuge", "WEISSGROSS WERKZEUGE GMBH"),
        ("Montavère Outillage", "S.A.R.L. Montavere Outillage"),
        ("Werkzeuge Brückhaven", "Brückhaven Werkzeuge Ltd."),
        ("Castelmora Werkzeuge", "Castelmroa Werkzeuge GmbH"),
        ("Castelmora Werkzeuge", "Castelmorra Werkzeuge Co., Ltd."),
        ("苏州澜岳达电器有限公司", "苏州澜岳达电器股份有限公司"),
        ("苏州澜岳达电器商行", "苏州澜岳达电器(集团)有限公司"),
        ("苏州澜岳达电器有限公司", "苏州 澜岳达电器 有限责任公司"),
        ("ＡＢＣ工具貿易有限公司", "abc工具貿易"),
    ],
)
def test_a_business_entered_anew_is_found_however_its_name_is_written(name: str, other: str) -> None:
    assert renumbered(name, other) == [("C17", "C412")]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Hallenbrock Store 12", "Hallenbrock Store 14"),
        ("澜岳达连锁一店", "澜岳达连锁二店"),
        ("澜岳达连锁人民路店", "澜岳达连锁解放路店"),
        ("Hallenbrock Tools North", "Hallenbrock Tools South"),
        ("Hallenbrock Tools", "Hallenbrock Tools (branch 2)"),
        ("江东五金有限公司", "江西五金有限公司"),
        ("苏州澜岳达电器有限公司", "广州澜岳达电器有限公司"),
        ("Hallenbrock Werkzeuge", "Tessarolo Utensileria"),
    ],
)
def test_a_number_or_a_branch_word_makes_another_business_of_a_name(name: str, other: str) -> None:
    same_numbers = {"phone": "0212 5550142", "tax_number": "DE123456789"}
    assert renumbered(name, other) == []
    if name not in (
        "Hallenbrock Werkzeuge",
        "苏州澜岳达电器有限公司",
    ):  # there one tax number is one business after all
        assert renumbered(name, other, same_numbers, same_numbers) == []


def test_one_name_in_two_towns_or_in_use_at_once_is_two_businesses() -> None:
    elsewhere = {**HERE, "town": "Westerhafen"}
    name = "City Tools Ltd"
    assert strong_of(record("A", name, ALWAYS, **HERE), record("B", name, ALWAYS, **HERE)) == []
    assert strong_of(record("A", name, ALWAYS, **HERE), record("B", name, ALWAYS, **elsewhere)) == []
    assert strong_of(record("A", name, BEFORE, **HERE), record("B", name, AFTER, **elsewhere)) == []


def test_a_new_owner_is_found_by_the_tax_number_or_a_phone_but_not_by_an_address_alone() -> None:
    one, other = "Kestrelmann Parts", "Zielonkowicz Verktyg"
    both = {"phone": "+86 138-0013-8000", "address": "1381 Mill Street, Suite 4"}
    again = {"phone": "13800138000", "address": "1381 Mill St."}
    assert renumbered(one, other, {"tax_number": "91310115MA1K35XQ1T"}, {"tax_number": "91310115ma1k35xq1t"})
    assert renumbered(one, other, both, again)
    assert not renumbered(one, other, {"address": both["address"]}, {"address": again["address"]})
    by_phone = {"phone": both["phone"]}, {"phone": again["phone"]}
    assert renumbered(one, other, *by_phone)
    assert not renumbered(
        one, other, by_phone[0], by_phone[1] | {"salesperson_id": "S9", "trade_class": "Other"}
    )


def test_two_records_with_different_tax_numbers_are_never_strong() -> None:
    same = {"phone": "13800138000", "address": "1381 Mill Street"}
    name = "Brückhaven Werkzeuge GmbH"
    assert renumbered(name, name, same, same)
    assert not renumbered(
        name, name, same | {"tax_number": "DE811111111"}, same | {"tax_number": "DE822222222"}
    )


def test_a_newcomer_at_the_address_of_one_that_closed_is_another_business() -> None:
    place = {"address": "人民路112号3层305室"}
    assert not renumbered("苏州澜岳达电器有限公司", "无锡骁溪信建材商行", place, {"address": "人民路112号"})


def test_a_number_that_goes_on_buying_was_not_replaced() -> None:
    name = "Brückhaven Werkzeuge GmbH"
    late = ("2026-10-20", "2026-10-28")
    assert not strong_of(
        record("A", name, ("2024-11-04", "2026-10-19"), **HERE), record("B", name, late, **HERE)
    )


def test_what_many_have_in_common_tells_nobody_apart() -> None:
    hall = {"address": "1381 Mill Street", "phone": "0212 5550142"}
    crowd = [
        record(f"M{number:02}", f"Stand {'abcdefghijklmnopqrstuvwxy'[number] * 5}", ALWAYS, **HERE | hall)
        for number in range(25)
    ]
    old, new = (
        record("C17", "Kestrelmann Parts", BEFORE, **HERE | hall),
        record("C412", "Zielon Verktyg", AFTER, **HERE | hall),
    )
    assert strong_of(old, new) == [("C17", "C412")]
    assert ("C17", "C412") not in strong_of(old, new, *crowd)


NAMES = (
    "Brückhaven Werkzeuge GmbH",
    "Bruckhaven Werkzeuge",
    "Brückhaven Store 2",
    "澜岳达电器有限公司",
    "澜岳达电器商行",
    None,
)
DRAWN = {
    "name": st.sampled_from(NAMES),
    "bought": st.sampled_from([BEFORE, AFTER, ALWAYS, None]),
    "tax_number": st.sampled_from([None, "DE81239471", "DE94402817"]),
    "phone": st.sampled_from([None, "13800138000", "13900139000"]),
    "town": st.sampled_from(["Linnburg", "Marbrück", None]),
}
records = st.lists(st.fixed_dictionaries(DRAWN), min_size=2, max_size=7)


def _built(drawn: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [record(f"C{place}", each["name"], each["bought"], **{k: each[k] for k in ("tax_number", "phone", "town")})
            for place, each in enumerate(drawn)]  # fmt: skip


@pytest.mark.slow
@settings(max_examples=15, deadline=None, derandomize=True)
@given(records, st.integers(0, 1000))
def test_the_order_of_rows_and_which_record_has_the_lower_number_do_not_matter(
    drawn: list[Any], seed: int
) -> None:
    built = _built(drawn)
    shuffled = random.Random(seed).sample(built, len(built))
    found = pairs_of(*built)
    assert pairs_of(*shuffled).equals(found)
    turned = {each["customer_id"]: f"C{len(built) - place}" for place, each in enumerate(built)}
    other = pairs_of(*({**each, "customer_id": turned[each["customer_id"]]} for each in built))

    def as_sets(frame: Any, ids: dict[str, str]) -> set[Any]:
        columns = (frame["customer_id"], frame["other_id"], frame["strength"])
        return {
            (frozenset((ids.get(a, a), ids.get(b, b))), strength)
            for a, b, strength in zip(*columns, strict=True)
        }

    assert as_sets(found, turned) == as_sets(other, {})


@pytest.mark.slow
@settings(max_examples=15, deadline=None, derandomize=True)
@given(records)
def test_an_unrelated_customer_changes_no_pair_and_different_tax_numbers_never_pair(drawn: list[Any]) -> None:
    built = _built(drawn)
    stranger = record(
        "X1", "Quarrytown Prairie Hardware Inc.", ALWAYS, tax_number="US99887766", phone="2025550143"
    )
    found = pairs_of(*built)
    assert pairs_of(*built, stranger).equals(found)
    tax = {each["customer_id"]: each["tax_number"] for each in built}
    for one, other in zip(found["customer_id"], found["other_id"], strict=True):
        assert not (tax[one] and tax[other]) or tax[one] == tax[other]
