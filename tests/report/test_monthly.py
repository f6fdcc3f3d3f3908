"""The month's report as a whole: the real notebooks on small worlds, private, and the same on every run."""

import html
import json
import re

import pandas as pd
import pytest
from pack_files import contents, text_of

from helpers.book import open_book
from helpers.report.monthly import make_report, make_reports
from helpers.report.requests import ReportRequest

HEAD = "order_id,line_no,order_date,customer_id,product_id,quantity,net_amount\n"
SMALL_WORLDS = {
    "no customer named": "A1,1,2026-08-03,,P1,2,200.00\nA2,1,2026-09-30,,P1,1,100.00\n",
    "all returns": "A1,1,2026-08-03,C1,P1,-2,-200.00\nA2,1,2026-09-30,C2,P1,-1,-100.00\n",
}


def quiet(step):
    pass


@pytest.mark.slow
@pytest.mark.parametrize("world", SMALL_WORLDS)
def test_a_small_world_gets_a_right_small_report(world, tmp_path, own_cache):
    data = tmp_path / "exports"
    data.mkdir()
    (data / "order_lines.csv").write_text(HEAD + SMALL_WORLDS[world])
    result = make_report(ReportRequest(data=str(data), out=tmp_path / "reports"), quiet)
    assert result.failures == ()
    assert result.warnings == {}
    assert "September 2026" in result.index.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def teams_pack(tmp_path_factory):
    request = ReportRequest(month="2026-10", scope="team:Export", out=tmp_path_factory.mktemp("reports"))
    return make_report(request, quiet).folder


def named_of_others(packs):
    """Customers of another that stand in the pack of a team or salesperson, by its scope."""
    company = open_book().frame("customers")
    told = {}
    for pack in packs:
        scope = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))["parameters"]["scope"]
        kind, _, wanted = scope.partition(":")
        own = company["team" if kind == "team" else "salesperson_id"] == wanted
        everything = text_of(pack)
        ours, stand = names_of(company[own]), found(names_of(company), everything)
        assert ours & stand or not own.any(), "the search must be able to find names at all"
        told[scope] = stand - ours
    return told


@pytest.mark.slow
def test_no_pack_of_a_team_or_salesperson_names_a_customer_of_another(salespersons_pack, teams_pack):
    told = named_of_others([salespersons_pack, teams_pack])
    assert told == {"salesperson:S01": set(), "team:Export": set()}


@pytest.mark.slow
def test_of_all_packs_of_the_sample_none_names_a_customer_of_another(tmp_path, salespersons_pack):
    result = make_reports(ReportRequest(scope="all", out=tmp_path), quiet)
    assert result.complete
    packs = {pack.folder.name: pack.folder for pack in result.packs}
    own = packs.pop("company"), packs[salespersons_pack.name]
    assert contents(own[1]) == contents(salespersons_pack)
    told, company = named_of_others(packs.values()), open_book().frame("customers")
    owners = {f"salesperson:{one}" for one in company["salesperson_id"].dropna()}
    assert owners | {f"team:{one}" for one in company["team"].dropna()} <= told.keys()
    assert set().union(*told.values()) == set()


@pytest.mark.slow
def test_every_customer_of_the_company_stands_in_the_file_that_the_front_page_links(companys_pack):
    listed = pd.read_csv(companys_pack / "customers.csv", encoding="utf-8-sig", dtype={"Id": "str"})
    customers = open_book().frame("customers")
    assert set(listed["Id"]) == set(customers["customer_id"])
    assert len(listed) == len(customers)
    assert 'href="customers.csv"' in (companys_pack / "index.html").read_text(encoding="utf-8")


def names_of(customers):
    return set(customers["customer_id"]) | set(customers["name"].dropna())


def found(names, text):
    """Those of the names that stand in a text as whole words; as pages and JSON write them, too."""
    words = set(re.findall(r"\w+", text))

    def stands(name):
        if not words.issuperset(re.findall(r"\w+", name)):
            return False
        # What comes before is looked at last: a pattern that begins with it is sought a hundred times slower.
        places = (match.start() for match in re.finditer(rf"{re.escape(name)}(?!\w)", text))
        return any(not re.match(r"\w", text[place - 1 : place]) for place in places)

    return {name for name in names if any(map(stands, {name, html.escape(name), json.dumps(name)[1:-1]}))}


@pytest.mark.slow
def test_the_manifest_says_what_went_in(salespersons_pack):
    manifest = json.loads((salespersons_pack / "manifest.json").read_text(encoding="utf-8"))
    inputs = open_book().tables.inputs
    assert manifest["inputs"] == [{"name": name} for name in sorted(each.name for each in inputs)], (
        "how many rows the company has is none of a salesperson's business, and a small table is guessed by its hash"
    )
    assert len(manifest["data_sha256"]) == 64
    assert not any(each.sha256 in json.dumps(manifest) for each in inputs)
    assert "settings_sha256" not in manifest
    assert manifest["parameters"]["scope"] == "salesperson:S01"
    assert "history" not in manifest
