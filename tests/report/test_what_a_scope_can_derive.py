"""From all files of a scope's pack no figure of the company, and none of a neighbour, can be computed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from alone import pack_of_scope_alone
from derived import Found, Visits, contents, derive, derive_counts, derive_growths
from optional import SHARED_DATA

from helpers.book import Book, open_book
from helpers.core.disclosure import disclosed_total
from helpers.core.scope import COMPANY, Scope
from helpers.report.monthly import make_reports
from helpers.report.requests import ReportRequest
from helpers.settings.config import PROJECT_FOLDER, SAMPLE_FOLDER
from helpers.subjects.targets.plan import monthly_plan


def spans(month: pd.Period) -> dict[str, tuple[pd.Period, pd.Period]]:
    """Return the first and last month of what a report of a month is about."""
    year = pd.Period(year=month.year, month=1, freq="M")
    return {
        "month": (month, month), "year to date": (year, month), "12 months": (month - 11, month),
        "month a year ago": (month - 12, month - 12), "year to date a year ago": (year - 12, month - 12),
        "12 months before": (month - 23, month - 12),
    }  # fmt: skip


def sums_of(rows: pd.DataFrame, whose: str, month: pd.Period) -> dict[str, float]:
    """Return sales, and margin of the last twelve months, of some rows of customer_months."""
    months = rows["month"].dt.to_period("M")
    found = {
        f"{whose}: {name}": rows.loc[(months >= first) & (months <= last), "net_amount"].sum()
        for name, (first, last) in spans(month).items()
    }
    window = rows[(months > month - 12) & (months <= month)]
    if "cost_amount" in rows:
        found[f"{whose}: margin"] = window["net_amount_with_cost"].sum() - window["cost_amount"].sum()
    return found


def figures(book: Book, scope: Scope) -> tuple[dict[str, float], dict[str, float]]:
    """Return what the scope must not know, and what it may: money by name."""
    facts = book.facts
    customers, rows = facts.frame("customers"), facts.frame("customer_months")
    rows = rows.merge(customers[["customer_id", "salesperson_id", "team", "trade_class"]], on="customer_id")
    owed = (
        facts.frame("receivables")
        if book.tables.has("invoices")
        else customers[["customer_id"]].assign(open_amount=0.0)
    )
    open_amounts = owed.merge(customers, on="customer_id", suffixes=("", "_now"))
    mine = rows[scope.owns(rows)]
    own = (
        sums_of(mine, "own", book.month)
        | {"own: ever": mine["net_amount"].sum()}
        | {"own: open": open_amounts.loc[scope.owns(open_amounts), "open_amount"].sum()}
    )
    unassigned = facts.frame("unassigned_months")
    everybody = pd.concat([rows, unassigned])
    secrets = sums_of(rows, "named customers", book.month) | sums_of(everybody, "company", book.month)
    secrets["company: open"] = open_amounts["open_amount"].sum()
    for column in ("trade_class", "salesperson_id", "team"):
        for name, part in rows.groupby(column):
            if not scope.owns(part).all():
                secrets |= sums_of(part, f"{column} {name}", book.month)
                secrets |= sums_of(part[~scope.owns(part)], f"others of {column} {name}", book.month)
    targets = facts.frame("targets")
    members = {scope.id, *facts.owners.loc[scope.owns(facts.owners), "salesperson_id"]}
    theirs = targets[~targets["scope_id"].isin(members)]
    theirs = theirs[theirs["scope_type"].isin(["company", "team", "salesperson"])]
    year = theirs[theirs["period"].astype(str).str[:4] == str(book.month.year)]
    for (kind, name), part in year.groupby(["scope_type", year["scope_id"].fillna("")]):
        secrets[f"target of {kind} {name}"] = part["target"].sum()
        secrets[f"target of {kind} {name} to date"] = part.loc[
            part["period"] <= str(book.month), "target"
        ].sum()
    known = {round(value, 2) for value in own.values()}
    # What has few digits is met by chance; what is the scope's own is no secret.
    told = {
        name: value for name, value in secrets.items() if value >= 10_000 and round(value, 2) not in known
    }
    return told, own


def reckoned(book: Book) -> list[float]:
    """Return what a scope may reckon with in place of the company's sales and targets."""
    rows = pd.concat([book.facts.frame(name) for name in ("customer_months", "unassigned_months")])
    sold = rows.groupby(rows["month"].dt.to_period("M"))["net_amount"].sum()
    planned = monthly_plan(book.facts.frame("targets"), "company", None)
    both = [spans(book.month)[name] for name in ("month", "year to date")]
    return [disclosed_total(by_month[first:last]) for by_month in (sold, planned) for first, last in both]


def means_of_others(book: Book, scope: Scope) -> dict[str, float]:
    """Return what other salespeople's customers bring, on average: by class and size, and what is expected by it."""
    facts = book.facts
    customers, rows = facts.frame("customers"), facts.frame("customer_months")
    window = rows[rows["month"].dt.to_period("M").between(book.month - 11, book.month)]
    people = customers.assign(
        net=customers["customer_id"].map(window.groupby("customer_id")["net_amount"].sum())
    )
    others = people[~scope.owns(people)].fillna({"net": 0.0})
    found = {
        f"mean of others: {trade_class}, {size}": part.mean()
        for (trade_class, size), part in others.groupby(["trade_class", "size_class"])["net"]
    }
    people = book.scorecard().people.set_index("salesperson_id")["expected_amount"]
    found |= {f"expected of {one}": people[one] for one in people.index}
    found["typical customer"] = book.churn().warn.value_amount
    value = book.lifetime()
    assert value.checks is not None
    found |= {
        f"missed by {name}": mean
        for name, mean in value.checks.errors.groupby("method")["mae"].mean().items()
    }
    return {name: mean for name, mean in found.items() if mean >= 1000}


def counts_of(book: Book, scope: Scope) -> tuple[dict[str, int], int]:
    """Return numbers of the company's customers and cases that a scope must not know, and of its own customers."""
    facts = book.facts
    customers, rows = facts.frame("customers"), facts.frame("customer_months")
    window = rows[rows["month"].dt.to_period("M").between(book.month - 11, book.month)]
    sums = window.groupby("customer_id")["net_amount"].sum()
    buying = customers[customers["customer_id"].isin(sums[sums > 0].index)]
    found = {"customers": len(customers), "customers who buy": len(buying)}
    for name, part in buying.groupby("trade_class"):
        if not scope.owns(part).all():
            found |= {f"customers of {name}": len(part), f"peers in {name}": len(part) - 1}
    checks, effect = book.lifetime().checks, book.complaints()
    assert checks is not None
    found |= {f"customers at {row.origin}": int(row.customers) for row in checks.coverage.itertuples()}
    if effect is not None and effect.effect is not None:
        found["complaints compared"] = effect.effect.cases
    return found, int(scope.owns(customers).sum())


def asked_of_others(book: Book) -> dict[str, float]:
    """Return the growth that targets of classes and of the company ask for, of the month and the year to date."""
    facts = book.facts
    targets, rows = facts.frame("targets"), facts.frame("customer_months")
    targets = targets[targets["metric"] == "net_sales"]
    rows = rows.merge(facts.frame("customers")[["customer_id", "trade_class"]], on="customer_id")
    sold = {("company", ""): pd.concat([rows, facts.frame("unassigned_months")])}
    sold |= {("trade_class", one): part for one, part in rows.groupby("trade_class")}
    found = {}
    for (kind, one), part in sold.items():
        planned = targets[(targets["scope_type"] == kind) & (targets["scope_id"].fillna("") == one)]
        sums = sums_of(part, one, book.month)
        for name in ("month", "year to date"):
            months = planned["period"].astype(str).between(*map(str, spans(book.month)[name]))
            asked = planned.loc[months, "target"].sum()
            found[f"asked of {kind} {one}, {name}"] = asked / sums[f"{one}: {name} a year ago"]
    return found


def derived(folder: Path, book: Book, scope: Scope) -> list[Found]:
    """Return all that a reader of the pack can find out and should not."""
    secrets, own = figures(book, scope)
    rules = book.settings.churn
    visits = Visits(rules.visit_cost_amount, rules.visit_success_share)
    known = {round(value, 2) for value in own.values()}
    means = {k: v for k, v in means_of_others(book, scope).items() if round(v, 2) not in known}
    counted = derive_counts(folder, *counts_of(book, scope))
    asked = derive_growths(folder, asked_of_others(book))
    return derive(folder, secrets | means, own, visits, reckoned(book)) + counted + asked


def learned_of_others(folder: Path, book: Book, scope: Scope, data: Path, out: Path) -> list[Found]:
    """Return what is derived from a pack and not, in the same way, from one that is made without others' data.

    So many quotients and cells meet some figure by chance: 84 of 127 deliveries on time where the company has 127
    complaints. What a pack says that never saw the others is such a chance, and nothing that anybody learns.
    """
    found = derived(folder, book, scope)
    if not found:
        return []
    by_chance = derived(pack_of_scope_alone(data, scope, str(book.month), out), book, scope)
    return [each for each in found if each not in by_chance]


def planted(folder: Path, book: Book, scope: Scope) -> set[str]:
    """Put each kind of leak that was there once into a pack, and return what it tells."""
    secrets, own = figures(book, scope)
    counts, asked, means = counts_of(book, scope)[0], asked_of_others(book), means_of_others(book, scope)
    year, peers, rules = "company: 12 months", "customers of Specialist shops", book.settings.churn
    grown, expected = "asked of company , month", next(name for name in means if name.startswith("expected"))
    amounts = np.round(np.random.default_rng(2611).lognormal(10, 1, 40), 2)
    left = np.array([0.22, 0.59, 0.31])
    worth = left * means["typical customer"] * rules.visit_success_share - rules.visit_cost_amount
    sheets = {
        "share": {"Sales": amounts, "Share": amounts / secrets[year]},
        "growth": {"A year earlier": amounts, "Expected": amounts * asked[grown]},
        "peers": {"Peers who buy it": [17], "Of all peers": [f"{17 / counts[peers]:.1%}"]},
        "held": {"Held": [(counts["customers who buy"] - 1) / counts["customers who buy"]]},
        "index": {"Against customers alike": [own["own: 12 months"] / means[expected]]},
        "visits": {"Visits": [9.5, 6.1, 7.7], "Left": left, "Brought": worth * [9.5, 6.1, 7.7]},
    }
    for name, sheet in sheets.items():
        pd.DataFrame(sheet).to_csv(folder / f"{name}.csv", index=False)
    return {year, grown, peers, "customers who buy", expected, "typical customer"}


@pytest.fixture(scope="module")
def company():
    return open_book(month="2026-10")


@pytest.mark.slow
def test_nothing_of_others_can_be_computed_from_a_salespersons_pack(salespersons_pack, company, tmp_path):
    scope = Scope("salesperson", "S01", "S01")
    assert len(figures(company, scope)[0]) > 60
    assert len(means_of_others(company, scope)) > 20
    assert len(counts_of(company, scope)[0]) > 10
    assert len(asked_of_others(company)) > 14
    assert learned_of_others(salespersons_pack, company, scope, SAMPLE_FOLDER, tmp_path) == []


@pytest.mark.long
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
    leaks = {
        folder.name: learned_of_others(
            folder, company, scopes[folder.name], SAMPLE_FOLDER, tmp_path / f"{folder.name} alone"
        )
        for folder in looked_at
    }
    assert {name: found for name, found in leaks.items() if found} == {}
    folder = looked_at[-1]
    assert planted(folder, company, scopes[folder.name]) <= {
        hit.figure for hit in derived(folder, company, scopes[folder.name])
    }
    assert COMPANY.slug in {folder.name for folder in packs}


@pytest.mark.long
def test_nor_from_that_of_a_company_that_counts_chains_as_one_customer(tmp_path, own_cache):
    """Most chains of the sample have accounts of several salespeople."""
    data = shutil.copytree(SAMPLE_FOLDER, tmp_path / "sample")
    with (data / "workbook.toml").open("a") as file:
        file.write('\n[customers]\ncount = "group"\n')
    request = ReportRequest(str(data), month="2026-10", scope="salesperson:S01", out=tmp_path / "reports")
    (pack,) = make_reports(request, lambda step: None).packs
    assert pack.failures == ()
    company, scope = open_book(str(data), month="2026-10"), Scope("salesperson", "S01", "S01")
    assert learned_of_others(pack.folder, company, scope, data, tmp_path / "alone") == []
    accounts = pd.read_parquet(data / "customers.parquet").drop_duplicates("customer_id", keep="last")
    chains = accounts["parent_id"].fillna(accounts["customer_id"])
    sellers = pd.concat([chains, accounts["salesperson_id"]], axis="columns").dropna().drop_duplicates()
    assert (sellers["parent_id"].value_counts() > 1).sum() > 5
    others = set(accounts.loc[accounts["salesperson_id"] != "S01", "customer_id"])
    said = " ".join(text for _, texts, _ in contents(pack.folder) for text in texts)
    assert others and not others & set(re.findall(r"\bC\d{5}\b", said))


@pytest.mark.long
@pytest.mark.shared
@pytest.mark.parametrize("whose", ["salesperson:282", "salesperson:286", "team:Europe"])
def test_nor_from_the_packs_of_a_public_data_set(tmp_path, whose):
    data, map = SHARED_DATA / "adventureworks_dw", PROJECT_FOLDER / "data" / "maps" / "adventureworks.toml"
    request = ReportRequest(str(data), map, "2013-10", whose, out=tmp_path)
    (pack,) = make_reports(request, lambda step: None).packs
    assert pack.failures == ()
    company = open_book(data, month="2013-10", map=map)
    scope = company.facts.scope(whose)
    assert len(figures(company, scope)[0]) > 200
    assert len(means_of_others(company, scope)) > 20
    assert derived(pack.folder, company, scope) == []
