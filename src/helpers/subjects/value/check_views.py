"""How far lifetime value can be trusted: the forecasts made again from the past, and what came."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from helpers.core.calendar.period_names import months_a_year
from helpers.present.charts.bars import paired_bars
from helpers.present.charts.chart import Chart
from helpers.present.charts.lines import small_multiples, trend
from helpers.present.findings import Findings, findings
from helpers.present.name_lists import display_names, measures
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, table
from helpers.present.words import Words
from helpers.subjects.value.cohorts import AliveHistory, Cohorts
from helpers.subjects.value.learning.checks import TESTED_YEARS, Checks
from helpers.subjects.value.lifetime import EARLIER, LifetimeValue
from helpers.subjects.value.views import cohort_label

#: The curve of fewer customers is their own story, not that of a cohort.
FEWEST_IN_COHORT = 5


def method_label(method: str, _: Words) -> str:
    """Return the label of a way to forecast."""
    return {
        "forecast": _("The forecast"), "model": _("Its purchase model alone"),
        "rate_so_far": _("Rate so far"), "last_year": _("As in the last 12 months"),
        "zero_after_two_gaps": _("Rate so far; nothing after a gap of two mean gaps"),
    }[method]  # fmt: skip


def backtest_summary(
    result: LifetimeValue, n: Numbers, whole_company: bool, shares: bool
) -> list[Chart | Table | Findings]:
    """Say for the reader of the values how they did on the past: in two sentences and, for the company, a chart.

    Parameters as for `tracked`, which has the measures.
    """
    checks = result.checks
    if checks is None or checks.errors.empty or not (whole_company or shares):
        return tracked(result, n, whole_company, shares)[:1]
    shown = result if whole_company else _disclosed(result)
    found = findings(_compared(shown, n), _coverage(shown, n))
    return [tracking_chart(result, n), found] if whole_company else [found]


def _disclosed(result: LifetimeValue) -> LifetimeValue:
    """Return the values with the record that a team or a salesperson may see."""
    assert result.learned is not None  # its checks are there
    return replace(result, learned=replace(result.learned, checks=_checks(result).disclosed()))


def tracked(
    result: LifetimeValue, n: Numbers, whole_company: bool = True, shares: bool = True
) -> list[Chart | Table | Findings]:
    """Show the record on the past: calibration by frequency, and the holdout against naive rules.

    Parameters
    ----------
    whole_company
        False: totals of the company are not for these readers.
    shares
        Whether such readers may see shares of the company's customers.
    """
    _ = n.words
    checks = result.checks
    if checks is None or checks.errors.empty:
        return [findings(_("The history is too short to test a forecast on the past (8 months are needed)."))]
    if not whole_company and not shares:
        return [findings(_("The record of these forecasts is in the company's report."))]
    if not whole_company:
        disclosed = _disclosed(result)
        return [check_findings(disclosed, n), coverage_table(disclosed, n, about=True)]
    return [
        check_findings(result, n), frequency_chart(result, n), errors_table(result, n), coverage_table(result, n),
    ]  # fmt: skip


def _checks(result: LifetimeValue) -> Checks:
    assert result.checks is not None  # `tracked` says so where it is
    return result.checks


def check_findings(result: LifetimeValue, n: Numbers) -> Findings:
    """Describe the parts of the forecast, its error against that of last year's sales, and how often intervals held."""
    _, checks = n.words, _checks(result)
    off = _(
        "Totals differed from what was expected by {error} of it on average; the intervals of sums allow for that.",
        error=n.percent(checks.level_error),
    )
    return findings(_made_of(result, n), _compared(result, n), off, _coverage(result, n), _tested(result, n))


def _compared(result: LifetimeValue, n: Numbers) -> str | None:
    mean = _checks(result).errors.groupby("method", sort=False)["mae"].mean()
    if not result.learned or not mean["last_year"] > 0:
        return None
    relative_error = mean["forecast"] / mean["last_year"] - 1
    return n.words(
        "From past month ends a customer's value was missed by {error} on average; taking the last 12 months' instead "
        "would have missed it by {other} ({change}).",
        error=n.money_short(mean["forecast"]), other=n.money_short(mean["last_year"]),
        change=n.signed_percent(-relative_error / (1 + relative_error)),
    )  # fmt: skip


def _made_of(result: LifetimeValue, n: Numbers) -> str | None:
    if result.learned is None:
        return None
    stack = result.learned.stack
    return n.words(
        "The forecast is the purchase model's, put right by what past forecasts missed: {level} on how often customers "
        "buy, {spend} on what a purchase brings; {share} of each value is the sales of the last 12 months.",
        level=n.signed_percent(stack.level - 1), spend=n.signed_percent(stack.spend_level - 1),
        share=n.percent(stack.last_year, 0),
    )  # fmt: skip


def _coverage(result: LifetimeValue, n: Numbers) -> str | None:
    checks = _checks(result)
    rows = checks.coverage.dropna(subset="widened")
    rows = rows[rows["years"] == 1]
    if rows.empty:
        return None
    means = rows.groupby("level")[["widened", "widened_large"]].mean()
    return n.words(
        "Intervals adjusted by what was known at the time held {eighty} of the customers where 80% should be "
        "({large} of the largest third), and {ninety_five} where 95% should be.",
        eighty=n.percent(means.loc["80", "widened"], 0), large=n.percent(means.loc["80", "widened_large"], 0),
        ninety_five=n.percent(means.loc["95", "widened"], 0),
    )  # fmt: skip


def _tested(result: LifetimeValue, n: Numbers) -> str | None:
    """Say of which horizons it is not known yet how well they are foretold."""
    _ = n.words
    checks = _checks(result)
    untested = [years for years in TESTED_YEARS if years not in checks.tested_years]
    if not untested:
        return None
    names = [_.ngettext("{n} year", "{n} years", years) for years in untested]
    return _(
        "Not testable yet, as the history is too short: forecasts over {years}. Their intervals are widened by what "
        "the time beyond the tests may change.",
        years=_.listed(names),
    )  # fmt: skip


def tracking_chart(result: LifetimeValue, n: Numbers) -> Chart:
    """Draw cumulative purchases since the latest test's origin, expected and actual."""
    _ = n.words
    checks = _checks(result)
    frame = checks.tracking
    last = frame.iloc[-1]
    title = _(
        "{months} months forecast from {origin}: {expected} purchase days expected, {actual} came ({error})",
        months=len(frame), origin=n.month(frame["month"].iloc[0].to_period("M") - 1),
        expected=n.count(last["expected"]), actual=n.count(last["actual"]),
        error=n.signed_percent(last["actual"] / max(last["expected"], 1e-9) - 1),
    )  # fmt: skip
    series = [("actual", _("Actual")), ("expected", _("Expected"))]
    return trend(frame, series, title=title, alt=title, fmt=n.short, fmt_month=n.month_short)


def frequency_chart(result: LifetimeValue, n: Numbers) -> Chart:
    """Draw expected and actual purchases of customers by how often they had bought before."""
    _ = n.words
    checks = _checks(result)
    frame = checks.frequency
    frame = frame.assign(label=[_("{count} repeat purchases", count=repeats) for repeats in frame["repeats"]])
    off = (frame["expected"] - frame["actual"]).abs()
    worst = frame.iloc[int(off.to_numpy().argmax())]
    title = _(
        "Furthest off are customers with {label}: {expected} expected, {actual} came",
        label=worst["label"], expected=n.decimal(worst["expected"]), actual=n.decimal(worst["actual"]),
    )  # fmt: skip
    return paired_bars(
        frame, names=(_("Expected purchase days a customer"), _("Actual")), title=title, alt=title, fmt=n.decimal,
        values=("expected", "actual"),
    )  # fmt: skip


def errors_table(result: LifetimeValue, n: Numbers) -> Table:
    """Return the holdout error of each method, mean over the origins."""
    _ = n.words
    checks = _checks(result)
    grouped = checks.errors.groupby("method", sort=False)
    frame = grouped[["mae", "rmse", "mae_purchases"]].mean()
    totals = grouped[["expected", "actual", "expected_purchases", "actual_purchases"]].sum()
    frame = frame.assign(
        label=[method_label(str(name), _) for name in frame.index],
        off=(totals["expected"] / totals["actual"] - 1).where(totals["actual"] > 0),
        off_purchases=totals["expected_purchases"]
        / totals["actual_purchases"].where(totals["actual_purchases"] > 0)
        - 1,
    ).reset_index()
    columns = {
        "label": Column(_("Method")),
        "off": Column(_("Total value off"), n.signed_percent),
        "mae": Column(_("Mean error of a customer's value"), n.count),
        "rmse": Column(_("RMSE of a customer's value"), n.count),
        "off_purchases": Column(_("Total purchases off"), n.signed_percent),
        "mae_purchases": Column(_("Mean error of a customer's purchases"), n.decimal.to(2)),
    }
    origins = checks.errors["origin"].nunique()
    caption = _.ngettext(
        "Forecasts of {months} months made again from {n} past month end, and what came, in {currency}",
        "Forecasts of {months} months made again from {n} past month ends, and what came, in {currency}",
        origins, months=checks.months, currency=n.currency,
    )  # fmt: skip
    return table(frame, columns, caption)


def coverage_table(result: LifetimeValue, n: Numbers, *, about: bool = False) -> Table:
    """Return the share of customers whose value lay inside its interval; ``about``: as `Checks.disclosed` does."""
    _ = n.words
    checks = _checks(result)
    frame = checks.coverage.assign(
        label=[n.month(origin) for origin in checks.coverage["origin"]],
        horizon=[
            _.ngettext(
                "{n} month",
                "{n} months",
                checks.months if years == 1 else months_a_year(result.month) * years,
            )
            for years in checks.coverage["years"]
        ],
        nominal=checks.coverage["level"].astype("float64") / 100,
    )
    columns = {
        "label": Column(_("Forecast from")),
        "horizon": Column(_("Horizon")),
        "nominal": Column(_("Should hold"), n.percent.to(0)),
        **({"customers": Column(_("Customers, about"), n.count)} if about else measures(n, "customers")),
        "plain": Column(_("Held, not adjusted"), n.percent),
        "widened": Column(_("Held, adjusted"), n.percent),
        "plain_large": Column(_("Largest third, not adjusted"), n.percent),
        "widened_large": Column(_("Largest third, adjusted"), n.percent),
    }
    if result.customers.empty or len(checks.coverage) == 0:
        frame = frame.iloc[:0]
    caption = _("How many customers' value lay inside the interval that was foretold for it")
    return table(frame, columns, caption, empty=_("No test on the past."))


def cohort_charts(result: Cohorts, n: Numbers) -> list[Chart | Findings]:
    """Draw the cumulative value a customer and the share still buying, by time since joining, a line a cohort."""
    _ = n.words
    curves = result.curves
    kept = [
        name
        for name, part in curves.groupby("cohort")
        if len(part) >= 2 and part["customers"].iloc[0] >= FEWEST_IN_COHORT
    ][:12]
    curves = curves[curves["cohort"].isin(kept)]
    if curves.empty:
        return [findings(_("No cohort of five customers or more has been observed for half a year yet."))]
    last = curves.groupby("cohort").tail(1)
    joined = last["cohort"] != EARLIER  # of whom nobody knows how long they had been customers
    last = last[joined] if joined.any() else last
    best = last.iloc[int((last["cumulative_amount"] / last["age_months"]).to_numpy().argmax())]
    money = _(
        "The cohort that has brought most for its age: {cohort}, {amount} each in {months} months",
        cohort=cohort_label(best["cohort"], n), amount=n.money_short(best["cumulative_amount"]),
        months=n.count(best["age_months"]),
    )  # fmt: skip
    stayed = last.iloc[int(last["active_share"].to_numpy().argmin())]
    share = _(
        "The cohort of which fewest are left: {cohort}, {share} bought in the three months to month {months}",
        cohort=cohort_label(stayed["cohort"], n), share=n.percent(stayed["active_share"], 0),
        months=n.count(stayed["age_months"]),
    )  # fmt: skip
    # Ages stand on the axis where months do: counted from a month without meaning.
    ages = [pd.Period("2000-01", "M") + int(age) for age in curves["age_months"]]
    frame = pd.DataFrame({"group": [cohort_label(name, n) for name in curves["cohort"]], "month": ages})
    fmt = _age_speller(n)
    return [
        small_multiples(frame.assign(value=curves["cumulative_amount"].to_numpy()), title=money, alt=money,
                        fmt=n.money_short, fmt_month=fmt),
        small_multiples(frame.assign(value=curves["active_share"].to_numpy()), title=share, alt=share,
                        fmt=n.percent.to(0), fmt_month=fmt),
    ]  # fmt: skip


def _age_speller(n: Numbers) -> Callable[[pd.Period], str]:
    start = pd.Period("2000-01", "M")
    return lambda month: n.words("month {age}", age=(month - start).n)


def alive_chart(history: AliveHistory, result: LifetimeValue, n: Numbers) -> Chart | Findings:
    """Draw how P(alive) of the chosen customers went, a small chart each."""
    _ = n.words
    frame = history.months.melt("month", var_name="customer_id", value_name="value").dropna(subset="value")
    if frame.empty:
        return findings(_("No customer is chosen."))
    names = display_names(result.customers).set_axis(result.customers["customer_id"])
    frame = frame.assign(group=frame["customer_id"].map(names))
    a_year = months_a_year(result.month)
    lately = frame.groupby("customer_id", sort=False)["value"].agg(
        before=lambda each: each.iloc[-a_year - 1 :].iloc[0], now="last"
    )
    low = str((lately["now"] - lately["before"]).idxmin())
    before, now = (n.percent(lately.loc[low, when], 0) for when in ("before", "now"))
    title = (
        _("{name} fell most in a year: from {before} to {share}", name=names[low], before=before, share=now)
        if lately.loc[low, "now"] < lately.loc[low, "before"]
        else _("Nobody shown has become less likely still a customer in a year")
    )
    return small_multiples(frame, title=title, alt=title, fmt=n.percent.to(0),
                           fmt_month=n.month_short)  # fmt: skip


def illustrative_customers(result: LifetimeValue) -> list[str]:
    """Choose customers whose history of P(alive) tells something: two who fade, two who are likely gone, four safe."""
    bought = result.customers[result.customers["purchases"] >= 4]
    likely = bought[(bought["p_alive"] < 0.5)].nlargest(2, "history_amount")["customer_id"].tolist()
    doubt = bought[bought["p_alive"].between(0.5, 0.95)].nlargest(4, "history_amount")["customer_id"].tolist()
    safe = result.customers.head(2)["customer_id"].tolist()
    return list(dict.fromkeys([*likely, *doubt, *safe]))
