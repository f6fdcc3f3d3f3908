"""Whether a customer still is one is learnt once, and every page and door says the same of it."""

import pandas as pd
import pytest

from helpers.book import open_book
from helpers.engine import scoring
from helpers.subjects.sales.purchase_summary import fit_purchases, purchase_fit


@pytest.fixture(scope="module")
def book():
    return open_book(month="2026-04")


def test_value_signals_and_scores_tell_one_probability_of_each_customer(book):
    value = book.lifetime().customers.set_index("customer_id")["p_alive"]
    scores = book.purchase_scores().execute().set_index("customer_id")["p_alive"].dropna()
    every = book.signals().signals
    told = every[every["signal"] == "p_alive"].set_index("customer_id")["value"].dropna()

    assert len(value) > 300
    pd.testing.assert_series_equal(value.sort_index(), scores.sort_index(), check_exact=True)
    pd.testing.assert_series_equal(told.sort_index(), value.sort_index(), check_names=False, check_exact=True)


def test_the_fit_is_by_likelihood_alone_where_the_customers_determine_it(book):
    fit = purchase_fit(book)

    assert fit.fallback is None and fit.learned is fit.model
    assert book.lifetime().learned.model.params_ == fit.model.params_


def test_two_customers_are_fitted_with_weak_beliefs_and_silent_ones_teach_nothing():
    few = pd.DataFrame(
        {"frequency": [3, 5], "recency": [20.0, 30.0], "T": [40.0, 35.0], "sum_log_gaps": [3.9, 6.1]}
    )
    assert fit_purchases(few).fallback == "weak_prior"

    silent = few.assign(frequency=0, recency=0.0, sum_log_gaps=0.0)
    assert fit_purchases(silent).fallback == "nobody_repeats"
    assert fit_purchases(silent).learned is None
    assert fit_purchases(few.iloc[:0]).learned is None


def test_scores_are_made_anew_by_other_code(own_cache, monkeypatch):
    def files():
        book = open_book(month="2026-04")
        book.purchase_scores()
        return {path.name for path in (book.facts.folder / "scores").glob("*.parquet")}

    before = files()
    assert files() == before
    monkeypatch.setattr(scoring, "code_key_of", lambda _: "other code")
    assert len(files() - before) == 1
