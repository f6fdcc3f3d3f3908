"""What is planted into a sample where it is asked for: new numbers with the truth beside, and what looks like it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from helpers.cli import app
from workbook_sample import make_sample
from workbook_sample.renumbering import Planting


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """One company twice: with two per cent of its customers renumbered a year and with chains; and as it is."""
    home = tmp_path_factory.mktemp("planted")
    make_sample(1500, 36, 11, home / "planted", planting=Planting(0.02, chains=True))
    make_sample(1500, 36, 11, home / "plain")
    return home / "planted", home / "plain"


def _table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(folder / f"{name}.parquet")


def test_a_new_number_takes_over_from_its_day_on(folders: tuple[Path, Path]) -> None:
    planted, plain = (_table(folder, "order_lines") for folder in folders)
    truth = _table(folders[0] / "truth", "renumbered")
    assert 0.04 < len(truth) / 1500 < 0.07
    new = truth.set_index("new_id")
    taken = planted[planted["customer_id"].isin(new.index)]
    assert (taken["order_date"] >= taken["customer_id"].map(new["from_date"])).all()
    old = planted.merge(truth, on="customer_id")
    assert (old["order_date"] < old["from_date"]).all()
    put_back = planted["customer_id"].replace(new["customer_id"].to_dict())
    assert put_back.equals(plain["customer_id"])
    assert planted.drop(columns="customer_id").equals(plain.drop(columns="customer_id"))


def test_payments_follow_the_invoice_they_name(folders: tuple[Path, Path]) -> None:
    invoices, payments = (_table(folders[0], name) for name in ("invoices", "payments"))
    both = payments.merge(invoices, on="invoice_id", suffixes=("", "_of_invoice"))
    assert both["customer_id"].equals(both["customer_id_of_invoice"])


def test_a_new_number_has_a_record_and_never_another_tax_number(folders: tuple[Path, Path]) -> None:
    records = (
        _table(folders[0], "customers").drop_duplicates("customer_id", keep="last").set_index("customer_id")
    )
    truth = _table(folders[0] / "truth", "renumbered")
    old, new = (records.loc[truth[name]].reset_index() for name in ("customer_id", "new_id"))
    known = old["tax_number"].notna() & new["tax_number"].notna()
    assert known.mean() > 0.4
    assert (old["tax_number"] == new["tax_number"])[known].all()
    kept = (old["name"] == new["name"]).groupby(truth["variant"]).mean()
    assert kept["same"] == 1
    assert kept["owner"] == 0


def test_shops_of_a_chain_share_a_tax_number_and_have_numbers_of_their_own(
    folders: tuple[Path, Path],
) -> None:
    records = _table(folders[0], "customers").drop_duplicates("customer_id", keep="last")
    shops = records[records["name"].str.contains(r"[一二三四五]店$|Store 1[1-5]$")]
    assert len(shops) > 50
    assert shops["tax_number"].dropna().duplicated().any()


def test_who_shut_for_good_is_recorded_so_and_never_buys_again(folders: tuple[Path, Path]) -> None:
    records = (
        _table(folders[0], "customers").drop_duplicates("customer_id", keep="last").set_index("customer_id")
    )
    closed = records["closed_date"].dropna()
    assert 20 < len(closed) < 300
    lines = _table(folders[0], "order_lines")
    last = lines[lines["net_amount"] > 0].groupby("customer_id")["order_date"].max()
    both = pd.concat([last, closed], axis="columns", join="inner")
    assert (both["order_date"] <= both["closed_date"]).all()
    assert not closed.index.isin(_table(folders[0] / "truth", "renumbered")["customer_id"]).any()
    assert "closed_date" not in _table(folders[1], "customers")


def test_the_command_plants_new_numbers_and_chains_where_it_is_asked_to(tmp_path: Path) -> None:
    folders = []
    for share in ("0", "0.2"):
        folders.append(tmp_path / share)
        asked = [
            "sample",
            "--customers",
            "150",
            "--months",
            "12",
            "--renumbered",
            share,
            "--out",
            str(folders[-1]),
        ]
        assert CliRunner().invoke(app, asked).exit_code == 0
    without, planted = (folder / "truth" / "renumbered.parquet" for folder in folders)
    assert not without.exists()
    assert 15 < len(pd.read_parquet(planted)) < 45
    assert _table(folders[1], "customers")["tax_number"].dropna().duplicated().any()
