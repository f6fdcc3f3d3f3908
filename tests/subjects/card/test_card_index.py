"""The index finds customers by any part of a name, and its counts say what picking a value would leave."""

import pandas as pd
import pytest

from helpers.subjects.card.card_index import CardIndex, amount_bands, card_index, search_keys

NAMES = {"C1": "重庆泓砺工具", "C2": "Société Générale", "C3": "Anvil <b>", "C4": None}


@pytest.fixture
def index():
    names = pd.Series(list(NAMES.values()), dtype="str")
    ids = pd.Series(list(NAMES), dtype="str")
    frame = pd.DataFrame(
        {
            "customer_id": ids, "name": names, "region": ["East", "West", "East", None],
            "tier": ["A", "A", "B", "C"], "net_amount": [400.0, 300.0, 200.0, 0.0],
            "credit_limit": [None, 5.0, 9.0, 1.0], "last_purchase": pd.NaT, "gap_ratio": [1.0, 3.0, None, 2.0],
            "probability": [0.1, None, 0.9, 0.5], "salesperson_name": None,
        }
    )  # fmt: skip
    return CardIndex(
        pd.Period("2026-10", "M"), frame, {"region": ("East", "West", ""), "tier": ("A", "B", "C")}
    )


def found(index, *arguments, **named):
    return list(index.select(*arguments, **named)["customer_id"])


@pytest.mark.parametrize("search", ["泓砺", "cqhl", "CHONGQING", "c1", "重庆 hongli"])
def test_a_chinese_name_is_found_by_characters_pinyin_initials_and_id(index, search):
    assert found(index, search=search) == ["C1"]


def test_accents_and_capitals_make_no_difference(index):
    assert found(index, search="SOCIETE gene") == ["C2"]


def test_a_search_is_text_and_no_pattern(index):
    assert found(index, search="<b>") == ["C3"]
    assert found(index, search=".*") == []


def test_values_of_one_facet_add_up_and_facets_narrow(index):
    assert found(index, {"region": ["East", "West"]}) == ["C1", "C2", "C3"]
    assert found(index, {"region": ["East"], "tier": ["A"]}) == ["C1"]
    assert found(index, {"region": [""]}) == ["C4"]
    assert found(index, {"region": []}) == list(NAMES)


def test_counts_say_what_picking_a_value_would_leave(index):
    picked = {"tier": ["A"]}
    counts = index.counts(picked)
    assert counts["region"] == {"East": 1, "West": 1, "": 0}
    assert counts["tier"] == {"A": 2, "B": 1, "C": 1}  # what is picked of tier itself does not count
    for value, count in counts["region"].items():
        assert len(index.select(picked | {"region": [value]})) == count


def test_sorting_puts_customers_without_a_value_last(index):
    assert found(index, sort="credit_limit") == ["C3", "C2", "C4", "C1"]
    assert found(index, sort="gap_ratio") == ["C2", "C4", "C1", "C3"]


def test_a_list_of_the_first_stands_where_the_whole_selection_does(index):
    picked = {"region": ["East", ""]}
    places = index.places(picked, sort="probability")
    assert list(index.customers["customer_id"].iloc[places]) == found(index, picked, sort="probability")
    assert found(index, picked, sort="probability") == ["C3", "C4", "C1"]


def test_bands_begin_at_round_figures_and_nothing_is_a_band_of_its_own():
    bands, order = amount_bands(pd.Series([-5.0, 0.0, 9.0, 100.0, 1000.0, None]))
    assert list(bands[:2]) == ["0", "0"]
    assert pd.isna(bands[5])
    assert set(bands.dropna()) <= set(order)
    for amount, band in [(9.0, bands[2]), (1000.0, bands[4])]:
        low, _, high = band.partition("-")
        assert float(low) <= amount < float(high or "inf")


def test_bands_of_nobody_are_empty():
    bands, order = amount_bands(pd.Series([], dtype="float64"))
    assert len(bands) == 0
    assert order == ["0", "0-"]


def test_values_stand_in_their_order_however_the_subjects_tell_them():
    ids = pd.Index(["a", "b", "c"], dtype="str", name="customer_id")
    customers = pd.DataFrame(
        {
            "customer_id": ids, "name": "x", "region": ["West", "East", None], "trade_class": None, "industry": None,
            "size_class": None, "salesperson_name": None, "credit_limit": 5.0, "interest_level": None,
        }
    )  # fmt: skip
    summary = pd.DataFrame({"customer_id": ids, "net_amount": [1.0, 2.0, 2.0], "last_purchase": pd.NaT})
    said = pd.DataFrame(
        {
            "tier": pd.Categorical(["C", "A", None], ["C", "none", "B", "A"]),
            "state": pd.Categorical(["lost", "active", "lost"], ["lost", "active"]),
            "grade": ["general", "strategic", "general"], "segment": ["quiet", "loyal", "quiet"],
            "gap_ratio": 1.0, "probability": 0.5,
        },
        index=ids,
    )  # fmt: skip
    index = card_index(pd.Period("2026-10", "M"), customers, summary, [said], ["loyal", "quiet"])
    assert index.facets["tier"] == ("A", "C", "none")
    assert index.facets["state"] == ("active", "lost")
    assert index.facets["segment"] == ("loyal", "quiet")
    assert index.facets["region"] == ("East", "West", "")
    assert list(index.customers["customer_id"]) == ["b", "c", "a"]
    assert index.counts()["tier"] == {"A": 1, "C": 1, "none": 1}


READINGS = {
    "曾氏五金": "zeng ceng zswj cswj", "朝阳机电": "chaoyang zhaoyang cyjd", "查氏建材": "zha cha",
    "仇记五金": "qiu chou", "六安工具": "luan liuan", "乐清电器": "yueqing leqing", "尉迟贸易": "yuchi weichi",
    "单氏贸易": "shan ssmy dan", "翟记工具": "zhai", "区氏电器": "ou qu", "重庆长安工具": "chongqing cqca",
}  # fmt: skip


@pytest.mark.parametrize("name", READINGS)
def test_a_name_is_found_by_every_reading_of_its_characters(name):
    keys = search_keys(pd.Series([name]), pd.Series(["C1"]))[0]
    assert [search for search in READINGS[name].split() if search not in keys] == []


def test_a_long_name_of_many_readings_makes_few_keys():
    name = "重长行乐中都会" * 6
    keys = search_keys(pd.Series([name]), pd.Series(["C1"]))[0]
    assert len(keys.split("\n")) <= 50 + 2 * len(name)  # a few a character, however many ways there are


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("广州市番禺区大石长盛五金机电设备行朝阳店", "chaoyang"),
        ("佛山市南海区大沥镇广佛国际机电五金城曾氏", "zengshi"),
        ("佛山市南海区大沥镇广佛国际机电五金城曾氏", "wjczs"),
    ],
)
def test_a_character_at_the_end_of_a_long_name_is_found_by_each_of_its_readings(name, typed):
    assert typed in search_keys(pd.Series([name]), pd.Series(["C1"]))[0]
