"""The search of `derived`: it finds each kind of leak that was there once, and nothing where nothing is told."""

import numpy as np
import pandas as pd
import pytest
from derived import Visits, derive, derive_counts, derive_growths

from helpers.core.disclosure import (
    disclosed_count,
    disclosed_mean,
    disclosed_part,
    disclosed_share,
    disclosed_total,
)

AMOUNTS = np.round(np.random.default_rng(2611).lognormal(10, 1, 40), 2)
COMPANYS = {"company: year": 2_217_004.88, "team East: year": 812_345.67}


def page(tmp_path, *, shares=None, said="", rows=AMOUNTS):
    cells = "".join(
        f"<tr><td>C{place}</td><td>{amount:,.2f}</td><td>{'' if shares is None else shares[place]}</td></tr>"
        for place, amount in enumerate(rows)
    )
    (tmp_path / "01_page.html").write_text(f"<p>{said}</p><table>{cells}</table>", encoding="utf-8")
    told = [disclosed_total(pd.Series([total])) for total in COMPANYS.values()]
    return derive(tmp_path, COMPANYS, {"own": round(AMOUNTS.sum(), 2)}, reckoned=told)


def test_a_share_with_all_its_digits_tells_the_whole(tmp_path):
    assert page(tmp_path, shares=AMOUNTS / COMPANYS["company: year"])


def test_so_do_rounded_shares_of_many_customers_together(tmp_path):
    told = disclosed_share(pd.Series(AMOUNTS / COMPANYS["company: year"]))
    assert page(tmp_path, shares=[f"{share:.1%}" for share in told])
    assert page(tmp_path, shares=list(told))


def test_shares_of_the_total_that_scopes_reckon_with_do_not(tmp_path):
    told = disclosed_share(pd.Series(AMOUNTS / disclosed_total(pd.Series([COMPANYS["company: year"]]))))
    assert page(tmp_path, shares=list(told)) == []


@pytest.mark.parametrize(
    "said",
    [
        "In all 2,217,004.88 were sold", "<span title='of 2217004.88'>x</span>", "<svg><text>2217004.88</text></svg>",
        f"the others have {COMPANYS['company: year'] - round(AMOUNTS.sum(), 2):.2f}",
    ],
)  # fmt: skip
def test_a_number_a_hover_title_and_a_difference_tell_it(tmp_path, said):
    assert {hit.figure for hit in page(tmp_path, said=said)} == {"company: year"}


def test_a_column_that_adds_up_to_a_neighbours_figure_tells_it(tmp_path):
    parts = [400_000.0, 300_000.0, 112_345.67]
    assert {hit.figure for hit in page(tmp_path, rows=parts)} == {"team East: year"}


def test_a_pack_without_anything_of_others_is_clean(tmp_path):
    assert page(tmp_path, said="117 customers, 3.4 % and 12,000.50") == []


PEERS = {"peers in DIY shops": 55, "customers at 2024-10": 294}


def counted(tmp_path, *rows):
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    (tmp_path / "01_page.html").write_text(f"<table>{cells}</table>", encoding="utf-8")
    return {hit.figure for hit in derive_counts(tmp_path, PEERS, 63)}


def test_buyers_over_their_part_of_all_peers_tell_how_many_peers_there_are(tmp_path):
    assert counted(tmp_path, ["Peers who buy it", "Of all peers"], [18, "32.7%"]) == {"peers in DIY shops"}


def test_a_column_of_customers_tells_them(tmp_path):
    assert counted(tmp_path, ["Customers"], [294]) == {"customers at 2024-10"}


def test_a_part_of_customers_with_all_its_digits_tells_of_how_many(tmp_path):
    pd.DataFrame({"Held": [251 / 294]}).to_csv(tmp_path / "held.csv", index=False)
    found = derive_counts(tmp_path, PEERS, 63)
    assert {hit.figure for hit in found} == {"customers at 2024-10"}


def test_what_scopes_read_of_customers_discloses_no_number(tmp_path):
    buyers, others = pd.Series([18 / 55, 16 / 55, 11 / 55, 30 / 55]), disclosed_count(pd.Series([55.0]))[0]
    told = [[round(others * share), f"{share:.0%}"] for share in disclosed_part(buyers)]
    assert counted(tmp_path, ["Peers who buy it", "Of all peers"], *told) == set()
    assert (
        counted(tmp_path, ["Customers", "Held"], [int(disclosed_count(pd.Series([294]))[0]), "85%"]) == set()
    )


@pytest.mark.parametrize("others, told", [(64, set()), (65, {"customers of a class"})])
def test_a_part_of_what_scopes_are_told_of_peers_is_none_of_their_numbers(tmp_path, others, told):
    """Four in five of about 80 peers are 64, which tells nothing of a class that happens to have 64 customers."""
    rows = pd.DataFrame({"Peers who buy it, about": [others], "Of all peers": [0.8]})
    rows.to_csv(tmp_path / "pushed.csv", index=False)
    assert {hit.figure for hit in derive_counts(tmp_path, {"customers of a class": others}, 63)} == told


def test_what_visits_brought_by_threshold_tells_what_a_customer_is_worth(tmp_path):
    worth, visits = 10_618.2734, Visits(300.0, 0.3)
    rows = [[begun, left, begun * (left * worth * 0.3 - 300)] for begun, left in ((28.5, 0.22), (6.1, 0.59))]
    pd.DataFrame(rows).to_csv(tmp_path / "curve.csv", index=False)
    assert {hit.figure for hit in derive(tmp_path, {"typical customer": worth}, {}, visits)} == {
        "typical customer"
    }


def test_an_own_sum_over_an_index_with_all_its_digits_tells_what_others_bring(tmp_path):
    pd.DataFrame({"Against customers alike": [9_366_369.92 / 8_891_053.5]}).to_csv(
        tmp_path / "card.csv", index=False
    )
    assert derive(tmp_path, {"expected of S03": 8_891_053.5}, {"own": 9_366_369.92})


def test_what_is_expected_over_a_year_earlier_tells_what_a_target_asks_of_all(tmp_path):
    rows = pd.DataFrame({"A year earlier": AMOUNTS, "Expected": (AMOUNTS * 1.2752199231).round(4)})
    rows.to_csv(tmp_path / "expected.csv", index=False)
    assert {hit.figure for hit in derive_growths(tmp_path, {"asked": 1.2752199231})} == {"asked"}
    rows.assign(Expected=(AMOUNTS * 1.268).round(4)).to_csv(tmp_path / "expected.csv", index=False)
    assert derive_growths(tmp_path, {"asked": 1.2752199231}) == []


@pytest.mark.parametrize("others, told", [(5, 24_000.0), (4, np.nan), (1, np.nan)])
def test_a_mean_of_few_others_is_not_told_and_of_more_only_in_two_digits(others, told):
    assert disclosed_mean(pd.Series([23_791.64]), others).equals(pd.Series([told]))
