"""What pages call the words of the data is held against the data."""

from dataclasses import replace

import pytest
from builders import write_standard_tables

from helpers.engine.tables import labels
from helpers.engine.tables.labels import check_labels
from helpers.errors import WorkbookError
from helpers.settings.config import parse_settings


def test_two_words_of_a_column_are_not_called_the_same(tmp_path):
    customers = [{"customer_id": "1", "trade_class": "Chains"}, {"customer_id": "2", "trade_class": "Other"}]
    tables = write_standard_tables(tmp_path, {"customers": customers})
    apart = parse_settings({"labels": {"Chains": {"zh": "其他"}, "Misc": {"zh": "其他"}}}, "map")
    check_labels(tables, apart, tmp_path)
    with pytest.raises(
        WorkbookError, match=r"customers, column trade_class: 'Chains' and 'Other' .* 'Other'"
    ):
        check_labels(tables, parse_settings({"labels": {"Chains": "Other"}}, "map"), tmp_path)


def test_the_words_of_the_same_data_are_looked_up_once(tmp_path, monkeypatch):
    tables = write_standard_tables(tmp_path, {"customers": [{"customer_id": "1", "trade_class": "Chains"}]})
    one = parse_settings({"labels": {"Chains": "Shops"}}, "map")
    check_labels(tables, one, tmp_path)
    looked = []
    monkeypatch.setattr(labels, "_in_use", lambda *asked: looked.append(asked) or {})
    check_labels(tables, one, tmp_path)
    assert not looked
    check_labels(tables, parse_settings({"labels": {"Others": "Shops"}}, "map"), tmp_path)
    check_labels(replace(tables, key="of other data"), one, tmp_path)
    assert len(looked) == 2
