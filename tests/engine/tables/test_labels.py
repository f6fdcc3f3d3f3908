"""What pages call the words of the data is held against the data."""

import pytest
from builders import write_standard_tables

from helpers.engine.tables.labels import check_labels
from helpers.errors import WorkbookError
from helpers.settings.config import parse_settings


def test_two_words_of_a_column_are_not_called_the_same(tmp_path):
    customers = [{"customer_id": "1", "trade_class": "Chains"}, {"customer_id": "2", "trade_class": "Other"}]
    tables = write_standard_tables(tmp_path, {"customers": customers})
    check_labels(
        tables, parse_settings({"labels": {"Chains": {"zh": "其他"}, "Misc": {"zh": "其他"}}}, "map")
    )
    with pytest.raises(
        WorkbookError, match=r"customers, column trade_class: 'Chains' and 'Other' .* 'Other'"
    ):
        check_labels(tables, parse_settings({"labels": {"Chains": "Other"}}, "map"))
