"""Scorecard of salespeople: targets, new customers, satisfaction and collection, compared fairly."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from helpers.core.disclosure import MIN_OTHERS, disclosed_mean, disclosed_part
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import aggregate, look_up
from helpers.core.periods import CALENDAR_YEAR, CompanyYear, trailing
from helpers.core.scope import Scope
from helpers.engine.months.windows import Window


@dataclass(frozen=True)
class Scorecard(Answer):
    """One row a salesperson of the scope, by id.

    Attributes
    ----------
    people
        salesperson_id, name, sales_amount and attainment_to_date (year to date, by who sold); of the customers owned
        now, in the window: customers (with net sales > 0), new_customers (first purchase in it), responses (customers
        who answered), response_rate (of those with net sales > 0; the others say nothing), satisfaction (mean of 0 to
        10, a customer counted once; NaN without an answer), satisfaction_low, satisfaction_high (95 %, Student's t; NaN
        below two answers), satisfaction_differs (from all others' customers' by more than chance does: Welch's t, each
        at 5 % over the number of salespeople), collection_rate (NaN: nothing fell due), own_amount,
        expected_amount (what the own customers would bring at the mean of other salespeople's customers of the same
        trade class and size), potential_index (own / expected; 1: as others do with such customers), few (rests on few
    customers). few_customers
        Below so many customers a row is marked.
    year
        The name of the company's year, whose sales these are; empty for a calendar year.
    """

    people: pd.DataFrame
    few_customers: int
    year: str = ""


def required_measures(month: pd.Period, window_months: int) -> dict[str, Window]:
    """Return the measures of each customer that `scorecard` needs."""
    return {"net_amount": Window("net_amount", trailing(month, window_months))}


def scorecard(
    customers: pd.DataFrame,
    by_customer: pd.DataFrame,
    summary: pd.DataFrame,
    survey_months: pd.DataFrame,
    owed: pd.DataFrame,
    units: pd.DataFrame,
    month: pd.Period,
    window_months: int,
    few_customers: int,
    scope: Scope,
    *,
    show_company_shares: bool = True,
    year: CompanyYear = CALENDAR_YEAR,
    year_name: str = "",
) -> Scorecard:
    """Compare salespeople; frames are the company's facts of these names, ``units`` those of `Attainment`.

    ``by_customer``: customer_id and the column of `required_measures`.

    ``year_name``: of a company's own year. ``show_company_shares``: whether a scope may see itself beside customers of
    others (``expected_amount``,
    ``potential_index``, ``satisfaction_differs``; else NaN and False), rounded, and where enough others are alike.
    """
    window = trailing(month, window_months)
    base = customers[["customer_id", "salesperson_id", "team", "trade_class", "size_class"]]
    sums = by_customer.set_index("customer_id")["net_amount"]
    base = base.assign(net_amount=look_up(base["customer_id"], sums, 0.0))
    first = look_up(base["customer_id"], summary.set_index("customer_id")["first_purchase"])
    base["new"] = first >= pd.Timestamp(year.opens(window.first))
    asked = survey_months[window.holds(survey_months["month"])]
    asked = aggregate(asked["customer_id"], asked[["responses", "score_sum"]], "sum")
    for name in ("responses", "score_sum"):
        base[name] = look_up(base["customer_id"], asked[name], 0)
    due = owed.dropna(subset="customer_id").set_index("customer_id")
    for name in ("due_amount", "due_open_amount"):
        base[name] = look_up(base["customer_id"], due[name], 0.0)
    base["score"] = base["score_sum"] / base["responses"].where(base["responses"] > 0)
    everyone = base["score"]
    tells_all = scope.kind == "company"
    base["expected_amount"], base["alike"] = _expected(base)
    base = base[scope.owns(base).to_numpy() & base["salesperson_id"].notna().to_numpy()]
    base["buys"] = base["net_amount"] > 0
    base["heard"] = base["buys"] & base["score"].notna()
    table = base.groupby("salesperson_id", sort=True).agg(
        customers=("buys", "sum"), new_customers=("new", "sum"), responses=("score", "count"),
        satisfaction=("score", "mean"), spread=("score", "std"), heard=("heard", "sum"),
        due_amount=("due_amount", "sum"), due_open_amount=("due_open_amount", "sum"), own_amount=("net_amount", "sum"),
        expected_amount=("expected_amount", "sum"),
    )  # fmt: skip
    of_year = units[(units["period"] == "year") & (units["kind"] == "salesperson")].set_index("id")
    table = of_year[["name", "sales_amount", "attainment_to_date"]].join(table, how="left").sort_index()
    counts = ["customers", "new_customers", "responses"]
    table[counts] = table[counts].astype("float64").fillna(0).astype("int64")
    table["response_rate"] = table["heard"] / table["customers"].where(table["customers"] > 0)
    _add_certainty(table, everyone)
    table["collection_rate"] = 1 - table["due_open_amount"] / table["due_amount"].where(
        table["due_amount"] > 0
    )
    expected = table["expected_amount"]
    table["potential_index"] = table["own_amount"] / expected.where(expected > 0)
    if not tells_all:  # the same figure as the company reads, rounded
        others = look_up(table.index, _others_behind(base), 0.0)
        table["potential_index"] = disclosed_part(table["potential_index"]).where(others >= MIN_OTHERS)
        table["expected_amount"] = disclosed_mean(expected, others)
    table["few"] = table["customers"] < few_customers
    if not tells_all and not show_company_shares:
        table[["expected_amount", "potential_index"]] = np.nan
        table["satisfaction_differs"] = False
    kept = ["name", "sales_amount", "attainment_to_date", *counts, "response_rate", "satisfaction",
            "satisfaction_low", "satisfaction_high", "satisfaction_differs", "collection_rate",
            "own_amount", "expected_amount", "potential_index", "few"]  # fmt: skip
    return Scorecard(table[kept].rename_axis("salesperson_id").reset_index(), few_customers, year_name)


def _add_certainty(table: pd.DataFrame, everyone: pd.Series) -> None:
    """Add the interval of each mean, and whether it differs significantly from all others."""
    count, mean, variance = table["responses"], table["satisfaction"], table["spread"] ** 2
    half = stats.t.ppf(0.975, (count - 1).clip(lower=1)) * np.sqrt(variance / count.clip(lower=1))
    table["satisfaction_low"] = (mean - half).clip(lower=0)
    table["satisfaction_high"] = (mean + half).clip(upper=10)
    # The others' mean and variance, from the sums of all less the own.
    answers, squares = everyone.sum(), (everyone**2).sum()
    others = everyone.count() - count
    rest = (answers - mean.fillna(0) * count) / others.where(others > 0)
    own_squares = variance.fillna(0) * (count - 1).clip(lower=0) + mean.fillna(0) ** 2 * count
    spread = (squares - own_squares - others * rest**2) / (others - 1).where(others > 1)
    spread = spread.clip(lower=0)
    enough = (count > 1) & (others > 1) & (variance + spread > 0)
    own = (np.asarray(each, dtype="float64")[enough] for each in (mean, np.sqrt(variance), count))
    theirs = (np.asarray(each, dtype="float64")[enough] for each in (rest, np.sqrt(spread), others))
    chance = stats.ttest_ind_from_stats(*own, *theirs, equal_var=False).pvalue
    sure = pd.Series(chance < 0.05 / max(int(enough.sum()), 1), index=table.index[enough])
    table["satisfaction_differs"] = look_up(table.index, sure, False)


def _expected(base: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return mean sales of other salespeople's comparable customers (NaN without any), and their number."""
    kind = ["trade_class", "size_class"]
    filled = base.assign(
        **{name: base[name].astype("object").fillna("") for name in (*kind, "salesperson_id")}
    )
    totals = filled.groupby(kind)["net_amount"].transform("sum")
    count = filled.groupby(kind)["net_amount"].transform("size")
    own = filled.groupby([*kind, "salesperson_id"])["net_amount"]
    others = (count - own.transform("size")).to_numpy(dtype="float64")
    sums = (totals - own.transform("sum")).to_numpy()
    return np.divide(sums, others, out=np.full(len(base), np.nan), where=others > 0), others


def _others_behind(base: pd.DataFrame) -> pd.Series:
    """Return the effective number of other customers behind each salesperson's expectation."""
    kinds = base.groupby(["salesperson_id", "trade_class", "size_class"], dropna=False)
    sums = kinds.agg(expected_amount=("expected_amount", "sum"), alike=("alike", "max"))
    squares = sums["expected_amount"] ** 2 / sums["alike"].where(sums["alike"] > 0)
    by_seller = pd.DataFrame({"sum": sums["expected_amount"], "squares": squares}).groupby(level=0).sum()
    return by_seller["sum"] ** 2 / by_seller["squares"].where(by_seller["squares"] > 0)
