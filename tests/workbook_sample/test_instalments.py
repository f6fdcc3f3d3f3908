"""Invoices due in parts, planted into a sample: the same company, and the workbook finds what is truly paid."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.book import open_book
from workbook_sample import make_sample
from workbook_sample.renumbering import Planting


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """One company twice: with a third of its larger invoices due in parts, and as it is."""
    home = tmp_path_factory.mktemp("parts")
    make_sample(120, 24, 5, home / "planted", planting=Planting(instalments=0.33))
    make_sample(120, 24, 5, home / "plain")
    return home / "planted", home / "plain"


def _table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(folder / f"{name}.parquet")


def test_only_invoices_and_payments_differ_and_every_invoice_adds_up_to_the_same(folders):
    planted, plain = folders
    changed = {
        path.name
        for path in plain.rglob("*.parquet")
        if path.read_bytes() != (planted / path.relative_to(plain)).read_bytes()
    }
    assert changed == {"invoices.parquet", "payments.parquet"}
    sums = [_table(each, "invoices").groupby("invoice_id")["amount"].sum() for each in folders]
    pd.testing.assert_series_equal(*sums)
    parts = _table(planted, "invoices").dropna(subset="instalment").groupby("invoice_id").size()
    assert len(parts) > 50
    assert (parts == 3).all()


def test_payments_name_their_part_or_none_and_some_come_out_of_turn(folders):
    truth = _table(folders[0] / "truth", "instalments")
    paid = _table(folders[0], "payments")
    of_parts = paid[paid["invoice_id"].isin(truth["invoice_id"])]
    assert 0.7 < of_parts["instalment"].notna().mean() < 0.95
    assert paid.loc[~paid["invoice_id"].isin(truth["invoice_id"]), "instalment"].isna().all()
    left = (truth["amount"] - truth["paid_amount"]).groupby(truth["invoice_id"]).agg(list)
    assert any(parts[1] > 0 and parts[2] == 0 for parts in left)  # the last paid, and not the second


@pytest.mark.slow
def test_the_workbook_finds_what_is_paid_of_each_part(folders):
    truth = _table(folders[0] / "truth", "instalments").astype({"paid_amount": "float64"})
    book = open_book(folders[0], "2026-10")
    items = book.facts.frame("open_items").dropna(subset="instalment")
    linked = book.facts.frame("linked_payments")
    settled = linked[linked["item_id"].str.contains("\x1f", na=False)]
    by_part = settled.groupby("item_id")["amount"].sum()
    numbers = (
        truth["invoice_id"] + "\x1f" + (truth["instalment"].astype("int64") - 1).astype("str").str.zfill(4)
    )
    assert (by_part.reindex(numbers).fillna(0).round(2).to_numpy() == truth["paid_amount"].to_numpy()).all()
    assert len(items) == len(truth)
