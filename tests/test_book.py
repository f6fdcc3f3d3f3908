"""The one door: the same answers in a notebook and in a script, for the right month and the right people."""

import doctest
import inspect

import duckdb
import ibis
import pandas as pd
import pytest

from helpers.book import open_book, parse_month
from helpers.errors import WorkbookError
from helpers.settings.config import Settings, parse_settings


@pytest.fixture(scope="module")
def book():
    return open_book()


def test_without_arguments_the_book_is_the_samples_last_complete_month(book):
    assert book.month == pd.Period("2026-10", "M")
    assert book.scope.kind == "company"
    assert book.settings.report.currency == "CNY"


def test_the_sample_can_be_cut_by_every_dimension(book):
    assert book.dimensions == ["trade_class", "region", "size_class", "industry", "acquisition_source"]


def test_every_cut_shares_out_the_same_total(book):
    totals = {by: book.composition(by).total["net_amount"].iloc[0] for by in book.dimensions}
    assert len(set(totals.values())) == 1


def test_the_months_sales_are_what_plain_sql_says(book):
    import duckdb

    path = book.tables.path("order_lines")
    said = duckdb.sql(
        f"SELECT sum(net_amount) FROM '{path}' WHERE order_date BETWEEN '2026-10-01' AND '2026-10-31'"
    ).fetchone()[0]
    assert book.composition().total["month_net_amount"].iloc[0] == float(said)


@pytest.mark.slow
def test_salespeople_together_own_what_the_company_sold_to_named_customers(book):
    owners = book.facts.owners["salesperson_id"].drop_duplicates()
    own = sum(
        open_book(scope=f"salesperson:{owner}").composition().total["net_amount"].iloc[0] for owner in owners
    )
    composition = book.composition()
    unassigned = composition.groups.loc[composition.groups["kind"] == "unassigned", "net_amount"].sum()
    assert own + unassigned == pytest.approx(composition.total["net_amount"].iloc[0], abs=1e-4)


def test_a_salespersons_book_compares_shares_with_the_company_but_holds_no_company_money(book):
    own = open_book(scope="salesperson:S01").composition()
    company = book.composition()
    assert own.groups["company_share_percent"].notna().any()
    money = {
        value
        for column in company.groups.filter(like="amount")
        for value in company.groups[column].dropna()
        if value
    }
    shown = {
        value for column in own.groups.filter(like="amount") for value in own.groups[column].dropna() if value
    }
    assert not money & shown


@pytest.mark.slow
def test_what_was_recorded_later_changes_nothing_in_an_earlier_month(book, tmp_path, own_cache):
    """The book of June on data up to June equals the book of June on all data."""
    import duckdb

    cut = tmp_path / "until_june"
    cut.mkdir()
    for table in book.tables.supplied:
        where = "WHERE order_date <= '2026-06-30'" if table == "order_lines" else ""
        duckdb.sql(f"COPY (SELECT * FROM '{book.tables.path(table)}' {where}) TO '{cut / table}.parquet'")
    from helpers.settings import config

    settings = config.SAMPLE_FOLDER / "workbook.toml"
    early = open_book(cut, month="2026-06", map=settings)
    late = open_book(month="2026-06")
    pd.testing.assert_frame_equal(early.composition().groups, late.composition().groups)
    pd.testing.assert_frame_equal(early.bridge().customers, late.bridge().customers)


@pytest.mark.parametrize("text", ["2026", "2026-13", "10/2026", "2026-10-01", "October"])
def test_a_month_is_never_guessed(text):
    with pytest.raises(WorkbookError, match="YYYY-MM"):
        parse_month(text, Settings())


@pytest.mark.parametrize("text", ["2026-P14", "2026-10", "2026"])
def test_a_year_of_thirteen_periods_has_no_months_to_ask_for(text):
    thirteen = parse_settings({"periods": {"pattern": "13x4"}}, "map")
    with pytest.raises(WorkbookError, match=r"Write it as 2026-P10"):
        parse_month(text, thirteen)


def test_each_fact_is_read_once_and_what_a_caller_writes_stays_with_the_caller(book):
    first = book.frame("customer_months")
    total = first["net_amount"].sum()
    first["net_amount"] = 0.0
    first.loc[first.index[:3], "customer_id"] = "nobody"
    assert book.frame("customer_months")["net_amount"].sum() == total
    assert "nobody" not in set(book.frame("customer_months")["customer_id"])


def test_tiers_rank_every_customer_that_the_composition_counts(book):
    table = book.tiers().customers
    assert (table["tier"] != "none").sum() == book.composition().total["customers"].iloc[0]
    assert book.tiers().cutoffs == (0.75, 0.95)
    assert book.tiers(by=None).customers["rank"].max() == (table["tier"] != "none").sum()


def test_chosen_customers_are_ranked_among_themselves(book):
    east = book.tiers(by=None, only={"region": "East China", "trade_class": None})
    owners = book.frame("customers").set_index("customer_id")["region"]
    assert set(owners[east.customers["customer_id"]]) == {"East China"}
    assert east.customers["rank"].min() == 1
    assert east.customers["share"].sum() == pytest.approx(1)


def test_ranks_of_a_salesperson_are_among_the_own_customers(book):
    own = open_book(scope="salesperson:S01")
    customers = set(own.frame("customers")["customer_id"])
    assert set(own.tiers(by=None).customers["customer_id"]) <= customers
    assert own.tiers(by=None).customers["cumulative_share"].max() == pytest.approx(1)
    assert own.concentration().measures["net_amount"] < book.concentration().measures["net_amount"]
    assert {name for names in own.dependence().groups["customer_ids"] for name in names} <= customers
    assert own.price_volume_mix().groups.iloc[-1]["net_amount"] == pytest.approx(
        own.composition().total["net_amount"].iloc[0], abs=1e-4
    )


@pytest.mark.slow
def test_every_question_shows_an_example_that_runs_on_the_sample():
    """Whoever asks for help on a question gets a line to copy; so each is run, for a salesperson's book."""
    book, without = open_book(month="2026-10", scope="salesperson:S01"), []
    for name in sorted(name for name in dir(type(book)) if not name.startswith("_")):
        text = inspect.getdoc(inspect.getattr_static(type(book), name)) or ""
        examples = doctest.DocTestParser().get_examples(text)
        if not examples:
            without.append(name)
        spoken = {"book": book, "_": ibis._}
        for example in examples:
            exec(example.source.replace("C00003", book.most_at_stake(1)[0]), spoken)
    assert without == []


def test_of_large_facts_that_one_subject_reads_only_the_last_stays_in_memory(monkeypatch):
    monkeypatch.setattr("helpers.subjects.queries._MANY_ROWS", 100)
    book = open_book(month="2026-10")
    asked = []
    fetch = type(book.facts).frame
    monkeypatch.setattr(
        type(book.facts), "frame", lambda self, fact, *rest: asked.append(fact) or fetch(self, fact, *rest)
    )
    names = ["contact_months", "contact_months", "receivable_months", "contact_months"]
    rows = [book.frame(fact) for fact in [*names, "customer_summary", "customers", "customer_summary"]]
    assert asked == ["contact_months", "receivable_months", "contact_months", "customer_summary", "customers"]
    pd.testing.assert_frame_equal(rows[0], rows[3])


def test_data_and_cache_below_a_folder_called_like_a_column_keep_their_customers(tmp_path, monkeypatch):
    """DuckDB takes a folder ``customer_id=ACME`` above a file for its customer, unless it is told not to."""
    folder = tmp_path / "customer_id=ACME" / "trade_class=Chains"
    folder.mkdir(parents=True)
    monkeypatch.setenv("WORKBOOK_CACHE", str(folder / "cache"))
    rows = [
        "order_id,order_date,customer_id,quantity,net_amount",
        "O1,2026-10-05,K1,1,10",
        "O2,2026-10-31,K2,1,20",
    ]
    (folder / "order_lines.csv").write_text("\n".join(rows))
    pd.read_csv(folder / "order_lines.csv").astype({"net_amount": float}).to_parquet(
        folder / "order_lines.parquet"
    )
    for source in ("order_lines.csv", "order_lines.parquet"):
        months = open_book(folder / source, month="2026-10").frame("customer_months")
        assert dict(zip(months["customer_id"], months["net_amount"], strict=True)) == {"K1": 10.0, "K2": 20.0}


@pytest.mark.parametrize("kind", ["csv", "duckdb"])
def test_codes_that_could_be_read_as_numbers_stay_customers_of_their_own(kind, tmp_path, own_cache):
    """DuckDB joins the texts 1E2, 10_1 and 0x65 to customers 100 and 101, where their ids are numbers."""
    codes = ["100", "101", "1E2", "10_1", "0x65", "100.6", "0101"]
    lines = pd.DataFrame(
        {
            "order_id": [f"O{n}" for n in range(7)],
            "order_date": "2026-10-05",
            "customer_id": codes,
            "quantity": 1,
        }
    ).assign(net_amount=[10**n for n in range(7)])
    customers = pd.DataFrame({"customer_id": [100, 101], "name": ["Northern Tools", "Harbour Electric"]})
    source = tmp_path / "export"
    source.mkdir()
    if kind == "csv":
        lines.to_csv(source / "order_lines.csv", index=False)
        customers.to_csv(source / "customers.csv", index=False)
    else:
        source = tmp_path / "export.duckdb"
        with duckdb.connect(source) as database:
            database.execute(
                "CREATE TABLE order_lines AS FROM lines; CREATE TABLE customers AS FROM customers"
            )
    book = open_book(source, month="2026-10")
    sold = book.frame("customer_months").merge(book.frame("customers"), on="customer_id", how="left")
    assert dict(zip(sold["customer_id"], sold["net_amount"], strict=True)) == {
        code: 10.0**n for n, code in enumerate(codes)
    }
    named = sold[sold["name"].isin(customers["name"])]
    assert dict(zip(named["customer_id"], named["name"], strict=True)) == {
        "100": "Northern Tools", "101": "Harbour Electric",
    }  # fmt: skip
