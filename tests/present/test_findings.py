"""Findings for the front page: what the data support, with the money it is about."""

from helpers.present.findings import WeighedFinding, weighed


def test_what_the_data_do_not_support_is_left_out():
    found = weighed("04_churn_signals", (None, float("nan")), ("Three are likely to leave.", 120))
    assert found == [WeighedFinding("Three are likely to leave.", 120.0, "04_churn_signals")]
