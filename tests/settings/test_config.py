"""workbook.toml: what is not understood is named, what is left out has a default."""

from __future__ import annotations

import pytest

from helpers.errors import WorkbookError
from helpers.settings.config import Settings, cache_folder, load_settings, parse_settings


@pytest.fixture
def toml(tmp_path):
    def load(text, encoding="utf-8"):
        path = tmp_path / "workbook.toml"
        path.write_bytes(text.encode(encoding))
        return load_settings(path)

    return load


def test_no_file_gives_the_defaults():
    assert load_settings(None) == Settings()
    assert Settings().quarantine.max_share == 0.05


def test_whole_map_is_read(toml):
    settings = toml(
        """
        [report]
        currency = "USD"
        [source]
        encoding = "gb18030"
        currency_rates = { CAD = 0.75 }
        [tables.order_lines]
        files = ["sales-*.csv"]
        where = "kind = 'S'"
        columns = { order_id = "订单编号" }
        lookups.area = { files = ["areas.csv"], on = { area = "id" } }
        [[tables.order_lines.exclude]]
        rule = "test_entry"
        where = "customer = 'TEST'"
        because = "A test."
        [policy.trade_class]
        "DIY shops" = 60
        Other = 40
        """
    )
    lines = settings.tables["order_lines"]
    assert lines.columns == {"order_id": "订单编号"}
    assert lines.lookups["area"].on == {"area": "id"}
    assert lines.exclude[0].because == "A test."
    assert settings.source.currency_rates == {"CAD": 0.75}


def test_customers_are_a_up_to_three_quarters_and_b_up_to_95_percent_unless_settings_differ(toml):
    assert Settings().tiers.cutoffs == (0.75, 0.95)
    assert toml("[tiers]\na_percent = 70\nb_percent = 25").tiers.cutoffs == (0.7, 0.95)


def test_file_saved_with_a_byte_order_mark_is_read(toml):
    assert toml('[report]\ncompany = "Bolts"', encoding="utf-8-sig").report.company == "Bolts"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[reprot]", "unknown key 'reprot'"),
        ("[report]\ncurency = 'EUR'", "unknown key 'report.curency'"),
        ("[tables.order_lines]\nfile = 'a.csv'", "unknown key 'tables.order_lines.file'"),
        ("[tables.orders]\nfiles = ['a.csv']", "unknown table 'tables.orders'; tables are order_lines"),
        ("[source]\ncurrency_rates = { CAD = 0 }", "source.currency_rates.CAD"),
        ("[source]\ndecimal = ';'", "source.decimal"),
        ("[quarantine]\nmax_share = 2", "quarantine.max_share"),
        ("[tiers]\na_percent = 0", "tiers.a_percent"),
        ("[tiers]\na_percent = 80\nb_percent = 30", "a_percent and b_percent add up to 110, over 100"),
        ("[tiers]\nhistory_months = 1", "tiers.history_months"),
        ("[report]\ncurrency = 'euro'", "report.currency"),
        ("[[tables.order_lines.exclude]]\nrule = 'Bad Rule'\nwhere = '1'\nbecause = ''", "exclude.0.rule"),
        ("[policy.trade_class]\na = 40\nb = 50", "policy.trade_class adds up to 90 %"),
        ("[policy.colour]\nred = 100", "policy.colour is not a dimension"),
    ],
)
def test_what_is_wrong_is_named(toml, text, message):
    with pytest.raises(WorkbookError) as error:
        toml(text)
    assert "workbook.toml" in str(error.value)
    assert message in str(error.value)


def test_settings_that_are_no_toml_or_not_there(toml, tmp_path):
    with pytest.raises(WorkbookError, match="is not valid TOML"):
        toml("[report")
    with pytest.raises(WorkbookError, match="is not valid TOML"):
        toml("company = '螺丝'", encoding="gb18030")
    with pytest.raises(WorkbookError, match="does not exist"):
        load_settings(tmp_path / "none.toml")
    with pytest.raises(WorkbookError, match="cannot be read"):
        load_settings(tmp_path)


def test_settings_cannot_be_changed_later():
    with pytest.raises(ValueError, match="frozen"):
        parse_settings({}, "x").report.company = "Other"


def test_cache_is_in_the_project_unless_the_environment_says_otherwise(monkeypatch, tmp_path):
    monkeypatch.delenv("WORKBOOK_CACHE", raising=False)
    assert cache_folder().parts[-2:] == ("data", "cache")
    monkeypatch.setenv("WORKBOOK_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
