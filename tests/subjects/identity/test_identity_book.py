"""Renumbered customers in a whole book: on the page, in one sentence on others, in the scopes that may see them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from books import text_of

from helpers.book import Book, open_book
from helpers.present.table import Table
from helpers.subjects.identity import views
from helpers.subjects.identity.decisions import decisions_file, read_decisions
from helpers.subjects.identity.explorer import same_customers
from workbook_sample import make_sample
from workbook_sample.renumbering import Planting

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company of 2,000 customers, of which two per cent a year get a new number; with chains."""
    out = tmp_path_factory.mktemp("renumbered") / "data"
    make_sample(2000, 36, 3, out, planting=Planting(0.02, chains=True))
    return out


@pytest.fixture(scope="module")
def book(folder: Path) -> Book:
    return open_book(folder)


def test_planted_renumbering_is_found_and_nothing_else(book: Book, folder: Path) -> None:
    truth = pd.read_parquet(folder / "truth" / "renumbered.parquet")
    bought = book.frame("customer_summary")["customer_id"]
    truth = truth[truth["customer_id"].isin(bought) & truth["new_id"].isin(bought)]
    planted = set(zip(truth["customer_id"], truth["new_id"], strict=True))
    strong = book.same_customers().strong
    found = set(zip(strong["customer_id"], strong["other_id"], strict=True))
    assert len(found & planted) / len(planted) >= 0.9
    assert len(found & planted) / len(found) >= 0.95


def test_lost_and_new_without_renumbering_are_those_of_the_company_without_it(
    book: Book, folder: Path, tmp_path: Path
) -> None:
    make_sample(2000, 36, 3, tmp_path / "plain")
    plain, seen, told = (
        open_book(tmp_path / "plain").bridge().groups.iloc[-1],
        book.bridge().groups.iloc[-1],
        book.renumbered(),
    )
    sales = plain["net_amount_previous"]
    assert abs(-seen["lost_amount"] - told.lost_amount + plain["lost_amount"]) / sales < 0.01
    assert abs(seen["new_amount"] - told.new_amount - plain["new_amount"]) / sales < 0.01
    assert told.lost_amount > 0 < told.new_amount


def test_other_pages_say_it_in_one_sentence_and_nothing_where_there_is_nothing(book: Book) -> None:
    (said,) = views.renumbering(book)
    told = book.renumbered()
    assert len(said.sentences) == 1
    assert said.sentences[0].startswith(
        f"{told.lost_customers} of {told.lost_of} customers who stopped buying"
    )
    assert views.renumbering(open_book(month="2026-10")) == []


def test_a_month_says_nothing_of_numbers_that_began_later(folder: Path) -> None:
    early = open_book(folder, month="2025-06")
    began = early.same_customers().pairs["began"]
    assert began.notna().any()
    assert (began.dropna() <= pd.Timestamp("2025-06-30")).all()


def test_a_scope_sees_pairs_of_its_own_customers_alone_and_no_phone_or_tax_number(
    book: Book, folder: Path
) -> None:
    whole = book.same_customers().pairs
    seen = 0
    for person in book.facts.owners["salesperson_id"].head(4):
        own = open_book(folder, scope=f"salesperson:{person}")
        pairs, ids = own.same_customers().pairs, set(own.frame("customers")["customer_id"])
        inside = whole["customer_id"].isin(ids) & whole["other_id"].isin(ids)
        assert len(pairs) == inside.sum()
        seen += len(pairs)
        shown = views.records_of(own, own.same_customers())
        for each in shown:
            assert not {"tax_number", "phone", "address", "town"} & set(each.columns)
    assert seen
    assert {"tax_number", "phone", "address", "town"} <= set(
        views.records_of(book, book.same_customers())[0].columns
    )


def test_masked_customers_give_no_pairs_and_the_page_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBOOK_MASK", "1")
    monkeypatch.setenv("WORKBOOK_MASK_KEY", "0123456789abcdef")
    masked = open_book(folder)
    same = masked.same_customers()
    assert same.pairs.empty
    assert "masked" in text_of(*[views.pair_findings(same, masked.renumbered(), masked.numbers)])
    records = masked.facts.standard("customers").select("tax_number", "phone", "address", "town").to_pandas()
    assert records.isna().all(axis=None)


def test_reasons_name_both_numbers_and_the_months(book: Book) -> None:
    table = views.pairs_table(book.same_customers(), book.numbers)
    assert isinstance(table, Table)
    assert "stopped in" in table.text and "same tax number" in table.text
    assert table.row_count == min(len(book.same_customers().pairs), views.MOST_PAIRS)


def test_the_explorer_writes_what_is_decided_and_takes_it_back(book: Book, tmp_path: Path) -> None:
    explorer = same_customers(book, tmp_path)
    pair = explorer.controls["pair"].value
    first, other = pair.split("\n")
    explorer.reason.value = "moved"
    explorer.decide("same")
    rows = read_decisions(decisions_file(tmp_path))
    assert [(row["customer_id"], row["same_as"], row["decision"], row["reason"]) for row in rows] == [
        (first, other, "same", "moved")
    ]
    assert rows[0]["from_date"] == f"{book.month}-01"
    assert explorer.controls["pair"].value != pair
    explorer.decide("different")
    assert [row["decision"] for row in read_decisions(decisions_file(tmp_path))] == ["same", "different"]
    explorer.undo()
    explorer.undo()
    assert read_decisions(decisions_file(tmp_path)) == []
    assert explorer.buttons["undo"].disabled


def test_a_part_of_the_company_decides_nothing(book: Book, folder: Path, tmp_path: Path) -> None:
    people = book.facts.owners["salesperson_id"]
    own = next(each for each in (open_book(folder, scope=f"salesperson:{person}") for person in people)
               if len(each.same_customers().strong))  # fmt: skip
    explorer = same_customers(own, tmp_path)
    explorer.decide("same")
    assert list(tmp_path.iterdir()) == []
    assert "whole company" in explorer.said.value


def test_decisions_are_read_again_from_the_file_and_no_pair_is_asked_twice(
    book: Book, folder: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(folder, data)
    explorer = same_customers(book, data)
    same = explorer.controls["pair"].value.split("\n")
    explorer.decide("same")
    different = explorer.controls["pair"].value.split("\n")
    explorer.decide("different")
    decided = open_book(data)
    pairs = decided.same_customers().pairs
    asked = {frozenset(pair) for pair in zip(pairs["customer_id"], pairs["other_id"], strict=True)}
    assert not {frozenset(same), frozenset(different)} & asked
    assert len(pairs) == len(book.same_customers().pairs) - 2
    ids = set(decided.frame("customers")["customer_id"])
    assert same[0] not in ids and {same[1], *different} <= ids
    before = open_book(data, month=str(book.month - 1)).same_customers().pairs
    assert before.equals(open_book(folder, month=str(book.month - 1)).same_customers().pairs)
