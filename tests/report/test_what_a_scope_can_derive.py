"""From all files of a scope's pack no figure of the company, and none of a neighbour, can be computed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from derived import derive

from helpers.book import Book, open_book
from helpers.core.scope import COMPANY, Scope
from helpers.core.shares import told_to_scope, total_told
from helpers.report.monthly import make_reports
from helpers.report.requests import ReportRequest

MONTH = pd.Period("2026-10", "M")
SPANS = {
    "month": (MONTH, MONTH), "year to date": (pd.Period("2026-01", "M"), MONTH), "12 months": (MONTH - 11, MONTH),
    "month a year ago": (MONTH - 12, MONTH - 12), "year to date a year ago": (pd.Period("2025-01", "M"), MONTH - 12),
    "12 months before": (MONTH - 23, MONTH - 12),
}  # fmt: skip


def sums_of(rows: pd.DataFrame, whose: str) -> dict[str, float]:
    """Return sales, and margin of the last twelve months, of some rows of customer_months."""
    months = rows["month"].dt.to_period("M")
    found = {
        f"{whose}: {name}": rows.loc[(months >= first) & (months <= last), "net_amount"].sum()
        for name, (first, last) in SPANS.items()
    }
    window = rows[(months > MONTH - 12) & (months <= MONTH)]
    if "cost_amount" in rows:
        found[f"{whose}: margin"] = window["net_amount_with_cost"].sum() - window["cost_amount"].sum()
    return found


def figures(book: Book, scope: Scope) -> tuple[dict[str, float], dict[str, float]]:
    """Return what the scope must not know, and what it may: money by name."""
    facts = book.facts
    customers, rows = facts.frame("customers"), facts.frame("customer_months")
    rows = rows.merge(customers[["customer_id", "salesperson_id", "team", "trade_class"]], on="customer_id")
    open_amounts = facts.frame("receivables").merge(customers, on="customer_id", suffixes=("", "_now"))
    mine = rows[scope.owns(rows)]
    own = (
        sums_of(mine, "own")
        | {"own: ever": mine["net_amount"].sum()}
        | {"own: open": open_amounts.loc[scope.owns(open_amounts), "open_amount"].sum()}
    )
    unassigned = facts.frame("unassigned_months")
    secrets = sums_of(rows, "named customers") | sums_of(pd.concat([rows, unassigned]), "company")
    secrets["company: open"] = open_amounts["open_amount"].sum()
    for column in ("trade_class", "salesperson_id", "team"):
        for name, part in rows.groupby(column):
            if not scope.owns(part).all():
                secrets |= sums_of(part, f"{column} {name}")
                secrets |= sums_of(part[~scope.owns(part)], f"others of {column} {name}")
    targets = facts.frame("targets")
    members = {scope.id, *facts.owners.loc[scope.owns(facts.owners), "salesperson_id"]}
    theirs = targets[~targets["scope_id"].isin(members)]
    theirs = theirs[theirs["scope_type"].isin(["company", "team", "salesperson"])]
    year = theirs[theirs["period"].astype(str).str[:4] == "2026"]
    for (kind, name), part in year.groupby(["scope_type", year["scope_id"].fillna("")]):
        secrets[f"target of {kind} {name}"] = part["target"].sum()
        secrets[f"target of {kind} {name} to date"] = part.loc[part["period"] <= "2026-10", "target"].sum()
    known = {round(value, 2) for value in own.values()}
    # What has few digits is met by chance; what is the scope's own is no secret.
    told = {
        name: value for name, value in secrets.items() if value >= 10_000 and round(value, 2) not in known
    }
    return told, own


@pytest.fixture(scope="module")
def company():
    return open_book(month="2026-10")


def test_nothing_of_others_can_be_computed_from_a_salespersons_pack(salespersons_pack, company):
    secrets, own = figures(company, Scope("salesperson", "S01", "S01"))
    assert len(secrets) > 60
    assert derive(salespersons_pack, secrets, own) == []


@pytest.mark.whole
@pytest.mark.parametrize("masked", [False, True])
def test_nothing_of_others_can_be_computed_from_any_scopes_pack(company, tmp_path, monkeypatch, masked):
    if masked:
        monkeypatch.setenv("WORKBOOK_MASK_KEY", "a key of tests, long enough")
        monkeypatch.setenv("WORKBOOK_MASK", "1")
    request = ReportRequest(month="2026-10", scope="all", out=tmp_path)
    packs = [pack.folder for pack in make_reports(request, lambda step: None).packs]
    owners = company.facts.owners
    ids = owners["salesperson_id"].dropna()
    scopes = {Scope("salesperson", one, one).slug: Scope("salesperson", one, one) for one in ids}
    scopes |= {Scope("team", one, one).slug: Scope("team", one, one) for one in owners["team"].dropna()}
    looked_at = [folder for folder in packs if folder.name in scopes]
    assert len(looked_at) > 6
    assert [
        hit for folder in looked_at for hit in derive(folder, *figures(company, scopes[folder.name]))
    ] == []
    assert COMPANY.slug in {folder.name for folder in packs}


AMOUNTS = np.round(np.random.default_rng(2611).lognormal(10, 1, 40), 2)
COMPANYS = {"company: year": 2_217_004.88, "team East: year": 812_345.67}


def page(tmp_path, *, shares=None, said="", rows=AMOUNTS):
    cells = "".join(
        f"<tr><td>C{place}</td><td>{amount:,.2f}</td><td>{'' if shares is None else shares[place]}</td></tr>"
        for place, amount in enumerate(rows)
    )
    (tmp_path / "01_page.html").write_text(f"<p>{said}</p><table>{cells}</table>", encoding="utf-8")
    return derive(tmp_path, COMPANYS, {"own": round(AMOUNTS.sum(), 2)})


def test_a_share_with_all_its_digits_tells_the_whole(tmp_path):
    assert page(tmp_path, shares=AMOUNTS / COMPANYS["company: year"])


def test_so_do_rounded_shares_of_many_customers_together(tmp_path):
    told = told_to_scope(pd.Series(AMOUNTS / COMPANYS["company: year"]))
    assert page(tmp_path, shares=[f"{share:.1%}" for share in told])
    assert page(tmp_path, shares=list(told))


def test_shares_of_the_total_that_scopes_reckon_with_do_not(tmp_path):
    told = told_to_scope(pd.Series(AMOUNTS / total_told(COMPANYS["company: year"])))
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
