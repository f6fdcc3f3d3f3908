"""Views of targets and salespeople: attainment, forecast, and a fair comparison."""

import numpy as np
import pandas as pd

from helpers.core.frames.lookup import largest_first
from helpers.core.proposals import Likelihood
from helpers.core.scope import Scope
from helpers.present.charts.bars import paired_bars
from helpers.present.charts.chart import Chart
from helpers.present.findings import Findings, WeighedFinding, findings, needs_data, weighed
from helpers.present.labels import fiscal_year_notes
from helpers.present.name_lists import MAX_PEOPLE, measures, truncated_table
from helpers.present.numbers import MANY_TIMES, Numbers
from helpers.present.table import Column, Table, behind, table
from helpers.present.words import Words
from helpers.subjects.service.satisfaction_views import intervals
from helpers.subjects.targets.attainment import Attainment
from helpers.subjects.targets.scorecard import Scorecard

PAGE = "07_targets_and_people"
#: Largest number of units in the chart.
_MOST_BARS = 40


def period_label(period: str, result: Attainment, _: Words) -> str:
    """Return the label of a period; for a company's own year with the quarter and year."""
    label = {"month": _("This month"), "quarter": _("Quarter"), "year": _("Year")}[period]
    if result.year.is_calendar or period == "month":
        return label
    name, first = result.year.name(result.month), result.year.span(result.month).first
    number = (result.month - first).n // 3 + 1
    return name if period == "year" else _("{year}, quarter {number}", year=name, number=number)


def has_targets(result: Attainment) -> bool:
    """Return whether any unit of the scope has a target in month, quarter or year."""
    return bool(result.units["target_amount"].notna().any())


def targets(result: Attainment, n: Numbers) -> list[Chart | Table | Findings]:
    """Return targets, sales and forecast; a sentence on what is missing if there are no targets."""
    if not has_targets(result):
        text = n.words("Sales targets need the table targets with the metric net_sales for these months.")
        return [needs_data(text)]
    return [
        _chart(result, n),
        *(
            behind(_table(result, it, n))
            for it in ("year", "quarter", "month")
            if (result.units["period"] == it).any()
        ),
    ]


def _year(result: Attainment) -> pd.DataFrame:
    return result.units[result.units["period"] == "year"]


def _unit_names(units: pd.DataFrame, n: Numbers) -> list[str]:
    return [n.words("The company") if kind == "company" else name
            for kind, name in zip(units["kind"], units["name"], strict=True)]  # fmt: skip


def _chart(result: Attainment, n: Numbers) -> Chart:
    _ = n.words
    units = _year(result)
    planned = units[units["target_to_date_amount"].notna()]
    people = planned[planned["kind"] == "salesperson"]
    title = _behind(people, n)
    if result.scope.kind == "salesperson" or people.empty:
        title = (_sentences(result, n) or [title])[0]
    shown = _furthest_below(planned, result.scope, _MOST_BARS)
    if len(shown) < len(planned):
        # Beside the bar of the whole those of so many could not be seen.
        shown = shown[shown["kind"] != result.scope.kind]
        title = _("{title}; the {shown} furthest below are drawn", title=title, shown=n.count(len(shown)))
    frame = shown.assign(label=_unit_names(shown, n))
    alt = _.pairs(frame["label"], map(n.percent, frame["attainment_to_date"]))
    return paired_bars(frame, names=(_("Sales to date"), _("Target to date")), title=title, alt=alt,
                       fmt=n.money_short, values=("sales_amount", "target_to_date_amount"))  # fmt: skip


def _behind(people: pd.DataFrame, n: Numbers) -> str:
    """Return how many salespeople with a target to date are behind it."""
    return n.words.ngettext(
        "{n} of {all} salespeople is behind the target of the year to date",
        "{n} of {all} salespeople are behind their target of the year to date",
        int((people["attainment_to_date"] < 1).sum()), all=n.count(len(people)),
    )  # fmt: skip


def _furthest_below(units: pd.DataFrame, scope: Scope, most: int) -> pd.DataFrame:
    """Return the scope itself, and its parts furthest below target: teams, then salespeople, each by what they lack."""
    lacking = units["target_to_date_amount"] - units["sales_amount"]
    ranked = lacking.where(units["kind"] != scope.kind, np.inf).sort_values(ascending=False, kind="stable")
    levels = {kind: place for place, kind in enumerate(units["kind"].unique())}
    return units.loc[ranked.index[:most]].sort_values(
        "kind", key=lambda kinds: kinds.map(levels), kind="stable"
    )


def _table(result: Attainment, period: str, n: Numbers) -> Table:
    _ = n.words
    units = result.units[result.units["period"] == period]
    listed = units[units["target_amount"].notna() | (units["sales_amount"] != 0)]
    shown = _furthest_below(listed, result.scope, MAX_PEOPLE)
    columns = {
        "label": Column(_("Who")),
        **measures(n, "sales_amount"),
        "target_amount": Column(_("Target"), n.count if period == "month" else n.short),
        **measures(n, "attainment_to_date"),
    }
    if period != "month":
        columns["attainment"] = Column(_("Of whole target"), n.percent)
        if "time_gone" in shown:
            columns["time_gone"] = Column(_("Working days gone"), n.percent)
    if shown["straight_amount"].ne(shown["sales_amount"]).any():
        # Which of the two is the forecast is the same for all.
        by_model = shown["forecast_amount"].eq(shown["model_amount"]).all()
        heads = [_("Straight line"), _("Purchase model")]
        heads[int(by_model)] = _("{rule} (forecast)", rule=heads[int(by_model)])
        by_day = (
            {"needed_day_amount": Column(_("Needed a working day"), n.short)} if "time_gone" in shown else {}
        )
        columns |= {
            "needed_month_amount": Column(_("Needed a month"), n.short),
            **by_day,
            "straight_amount": Column(heads[0], n.short),
            "model_amount": Column(heads[1], n.short),
            "low_amount": Column(_("Low (80%)"), n.short),
            "high_amount": Column(_("High (80%)"), n.short),
        }
    caption = _("{period}: sales against target up to the end of {month}, in {currency}",
                period=period_label(period, result, _), month=n.month(result.month), currency=n.currency)  # fmt: skip
    empty = _("There are neither sales nor targets in this period.")
    # Read first: the whole, then those who lack most; who is ahead lacks nothing.
    lacking = (shown["target_to_date_amount"] - shown["sales_amount"]).clip(lower=0)
    frame = shown.assign(
        label=_unit_names(shown, n), lacking=lacking.where(shown["kind"] != result.scope.kind, np.inf)
    )
    return truncated_table(len(listed), frame, columns, caption, n, cut="nearer_target", sortable=True, empty=empty,
                    by="lacking")  # fmt: skip


def rule_label(rule: str, _: Words) -> str:
    """Return the label of a forecasting rule."""
    return {"model": _("purchase model"), "straight": _("straight line")}[rule]


def forecast_backtest(result: Attainment, n: Numbers) -> list[Table | Findings]:
    """Return the backtest of both forecasting rules, the chosen one, and its accuracy."""
    _ = n.words
    rows = result.tests
    columns = {
        "horizon_months": Column(_("Months ahead"), n.count),
        "elapsed_months": Column(_("Months in the straight line"), n.count),
        **measures(n, "origins"),
        "straight_error": Column(_("Mean error of the straight line"), n.percent),
        "model_error": Column(_("Mean error of the purchase model"), n.percent),
        "forecast_error": Column(_("Of what was to be chosen then"), n.percent),
        "rule": Column(_("Chosen now")),
    }
    frame = rows.assign(rule=[rule_label(rule, _) for rule in rows["chosen"]])
    shown = table(frame, columns, _("Both forecasts tested on the past"),
                  empty=_("Nothing remains of quarter and year, or the past is too short to test."))  # fmt: skip
    sentence = intervals_sentence(int(rows["held"].sum()), int(rows["intervals"].sum()), n)
    return [findings(sentence), shown] if sentence else [shown]


def intervals_sentence(hits: int, intervals: int, n: Numbers) -> str | None:
    """Return how many past 80 % intervals contained the outcome; None without any."""
    if not intervals:
        return None
    return n.words.ngettext(
        "{held} of {n} past interval held what came; 80% are meant to.",
        "{held} of {n} past intervals held what came; 80% are meant to.",
        intervals, held=n.count(hits),
    )  # fmt: skip


def gaps(result: Attainment, n: Numbers) -> list[Table | Findings]:
    """Return whether the targets of parts add up to the whole, and where not."""
    _ = n.words
    if result.gaps.empty:
        return [findings(_("There are no targets on two levels to compare."))]
    open_gaps = result.gaps[result.gaps["gap_amount"] != 0]
    if open_gaps.empty:
        return [findings(_("All targets add up from level to level."))]
    parts = {
        "team": _("teams"),
        "salesperson": _("salespeople"),
        "period": _("periods within it, which count"),
    }
    frame = open_gaps.assign(
        of=open_gaps["of"].replace("company", _("The company")), parts=open_gaps["parts"].map(parts),
        period=[period_label(period, result, _) for period in open_gaps["period"]],
    )  # fmt: skip
    columns = {
        "of": Column(_("Target of")), "period": Column(_("Period")), "parts": Column(_("Broken down to")),
        "whole_amount": Column(_("Target"), n.count), "parts_amount": Column(_("Sum of the parts"), n.count),
        "gap_amount": Column(_("Gap"), n.signed_count),
    }  # fmt: skip
    return [table(frame, columns, _("Targets that do not add up, in {currency}", currency=n.currency))]


def attainment_findings(result: Attainment, n: Numbers) -> Findings:
    """Return attainment, and whether the forecast reaches the target."""
    _ = n.words
    later = _(
        "{month} is not over: targets are held against sales up to the end of {earlier}, where the forecast starts.",
        month=n.month(result.in_course), earlier=n.month(result.month),
    ) if result.in_course is not None else None  # fmt: skip
    runs = fiscal_year_notes(result.year, result.month, n)
    return findings(
        later, *_sentences(result, n), _seller_sales_note(result, n), _time_gone(result, n), *runs
    )


def _seller_sales_note(result: Attainment, n: Numbers) -> str | None:
    """Return a note that sales count by seller here, while other pages count by customers' owner."""
    own = _year(result).iloc[:1]
    if own.empty or own["kind"].iloc[0] == "company" or own["target_to_date_amount"].isna().iloc[0]:
        return None
    return n.words(
        "Targets are held here against what {name} sold; the front page and page 01 count all sales of the "
        "customers owned now.",
        name=own["name"].iloc[0],
    )


def _time_gone(result: Attainment, n: Numbers) -> str | None:
    """Return attainment of the year's target against working days gone; None without a calendar."""
    own = _year(result).iloc[:1]
    if "time_gone" not in own or own.empty or own[["attainment", "time_gone"]].isna().any(axis=None):
        return None
    return n.words(
        "{gone} of the year's working days are gone, and {share} of its whole target is reached.",
        gone=n.percent(own["time_gone"].iloc[0]), share=n.percent(own["attainment"].iloc[0]),
    )  # fmt: skip


def _sentences(result: Attainment, n: Numbers) -> list[str]:
    _ = n.words
    own = _year(result).iloc[:1]
    if own.empty:
        return []
    row = own.iloc[0]
    if pd.isna(row["target_to_date_amount"]):
        return [_untargeted(row, n)]
    sales, share = n.money_short(row["sales_amount"]), row["attainment_to_date"]
    sentences = [
        _("Sales of the year to date are {sales}, {times} times the target to date.",
          sales=sales, times=n.decimal(share))
        if share >= MANY_TIMES
        else _("Sales of the year to date are {sales}, {share} of the target to date.",
               sales=sales, share=n.percent(share))
    ]  # fmt: skip
    if (
        pd.notna(row["low_amount"])
        and row["high_amount"] > row["low_amount"]
        and pd.isna(row["target_amount"])
    ):
        sentences.append(
            _("The year is forecast to end at {forecast} (80%: {low} to {high}); no target covers all of it.",
              forecast=n.money_short(row["forecast_amount"]), low=n.money_short(row["low_amount"]),
              high=n.money_short(row["high_amount"]))
        )  # fmt: skip
    elif pd.notna(row["low_amount"]) and row["high_amount"] > row["low_amount"]:
        sentences.append(
            _("The year is forecast to end at {forecast} (80%: {low} to {high}) against a target of {target}.",
              forecast=n.money_short(row["forecast_amount"]), low=n.money_short(row["low_amount"]),
              high=n.money_short(row["high_amount"]), target=n.money_short(row["target_amount"]))
        )  # fmt: skip
    return sentences


def _untargeted(row: pd.Series, n: Numbers) -> str:
    """Return sales and forecast of the year without a target."""
    _ = n.words
    sales = n.money_short(row["sales_amount"])
    if pd.isna(row["low_amount"]) or not row["high_amount"] > row["low_amount"]:
        return _("Sales of the year to date are {sales}; there is no target for it.", sales=sales)
    return _("Sales of the year to date are {sales}; the year is forecast to end at {forecast} (80%: {low} to {high}). "
             "There is no target for it.", sales=sales, forecast=n.money_short(row["forecast_amount"]),
             low=n.money_short(row["low_amount"]), high=n.money_short(row["high_amount"]))  # fmt: skip


def scorecard_findings(result: Scorecard, n: Numbers) -> Findings:
    """Return whose satisfaction differs significantly, and how many customers answered."""
    _ = n.words
    people = result.people
    surveyed = int(people["customers"].sum())
    answered = float((people["response_rate"] * people["customers"]).sum())
    if not surveyed or not answered:
        return findings(None)
    silent = _("In the window {share} of the buying customers did not answer: satisfaction is that of the others.",
               share=n.percent(1 - answered / surveyed))  # fmt: skip
    sure = people[people["satisfaction_differs"]]
    if len(people) < 2:
        return findings(silent)
    if sure.empty:
        return findings(silent, _("Between salespeople, satisfaction differs no more than chance may do."))
    return findings(
        silent,
        _("By more than chance, satisfaction differs from the others' at {names}.",
          names=_.listed(_("{name} ({value})", name=name, value=n.decimal(mean))
                         for name, mean in zip(sure["name"], sure["satisfaction"], strict=True))),
    )  # fmt: skip


def scorecard(result: Scorecard, n: Numbers) -> list[Findings | Table]:
    """Return the scorecard with notes on its satisfaction."""
    found = scorecard_findings(result, n)
    if not found.sentences:
        return [scorecard_table(result, n)]
    return [scorecard_table(result, n), found, behind(satisfaction_table(result, n))]


def scorecard_table(result: Scorecard, n: Numbers) -> Table:
    """List each salesperson's year; rows based on few customers are marked."""
    _ = n.words
    people = result.people[(result.people["sales_amount"] != 0) | (result.people["customers"] > 0)]
    columns = {
        "name": Column(_("Salesperson")),
        **measures(n, "sales_amount", "attainment_to_date", "customers"),
        "new_customers": Column(_("New"), n.count),
        **measures(n, "satisfaction", "collection_rate"),
        "potential_index": Column(_("Against customers alike"), n.percent, if_known=True),
    }
    if people["few"].any():
        people = people.assign(note=people["few"].map({True: _("few customers"), False: ""}).astype("object"))
        columns["note"] = Column(_("Note"))
    shown = largest_first(people, "sales_amount", then="salesperson_id").head(MAX_PEOPLE)
    caption = _("Scorecard: the calendar year's sales; the rest over the window, in {currency}",
                currency=n.currency)  # fmt: skip
    if result.year:
        caption = _("Scorecard: sales of {year} to date; the rest over the window, in {currency}",
                    year=result.year, currency=n.currency)  # fmt: skip
    empty = _("No salesperson is named in the data.")
    return truncated_table(
        len(people), shown, columns, caption, n, cut="people", sortable=True, empty=empty, by="sales_amount"
    )


def satisfaction_table(result: Scorecard, n: Numbers) -> Table:
    """List each salesperson's satisfaction with interval and response rate."""
    _ = n.words
    people = result.people[result.people["customers"] > 0]
    people = people.assign(
        silent=people["customers"] - (people["response_rate"] * people["customers"]).round()
    )
    columns = {
        "name": Column(_("Salesperson")),
        **measures(n, "satisfaction", "interval"),
        "responses": Column(_("Customers who answered"), n.count),
        **measures(n, "response_rate"),
        "silent": Column(_("Buying and silent"), n.count),
    }
    shown = largest_first(people, "customers", then="salesperson_id").head(MAX_PEOPLE)
    shown = shown.assign(interval=intervals(shown, n))
    caption = _("How sure the satisfaction is")
    return truncated_table(
        len(people), shown, columns, caption, n, cut="people", sortable=False, by="customers"
    )


def weighed_findings(result: Attainment, n: Numbers, likely: Likelihood) -> list[WeighedFinding]:
    """Return the front-page finding: the year's forecast, weighed by the distance to target.

    The year to date is a finding of the composition. Without a target of the whole it says how many salespeople are
    behind theirs.
    """
    sentences, units = _sentences(result, n), _year(result)
    people = units[(units["kind"] == "salesperson") & units["target_to_date_amount"].notna()]
    if len(units) and len(people) > 1 and pd.isna(units["target_to_date_amount"].iloc[0]):
        sentence = n.words("There is no target for all of it; {behind}.", behind=_behind(people, n))
        return weighed(
            PAGE,
            (sentence, float((people["target_to_date_amount"] - people["sales_amount"]).clip(lower=0).sum())),
        )
    if len(sentences) < 2:
        return []
    row = _year(result).iloc[0]
    distance = abs(float(row["target_amount"] - row["forecast_amount"]))
    return weighed(PAGE, (sentences[1], distance))
