"""Lifetime value for readers: what customers have brought, what they are expected to bring, how sure that is."""

from functools import partial

import pandas as pd

from helpers.core.proposals import Likelihood, Proposals, Unit
from helpers.present import labels
from helpers.present.actions import Row, propose
from helpers.present.charts.bars import paired_bars, share_bars
from helpers.present.charts.chart import Chart
from helpers.present.findings import Findings, WeighedFinding, findings, weighed
from helpers.present.labels import money_name
from helpers.present.name_lists import display_names, largest, measures, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, behind, table
from helpers.present.words import Words
from helpers.subjects.tiers.views import tier_label
from helpers.subjects.value.learning.intervals import BOUNDS
from helpers.subjects.value.lifetime import EARLIER, LifetimeValue

PAGE = "03_lifetime_value"
#: Nobody reads more rows than this; those left out are counted in the caption.
MOST_ROWS = 200
MOST_MOVERS = 200
_MOST_DRAWN = 10
#: Less than this share of a year's purchases is next to nothing.
_NOTHING = 0.01


def years(result: LifetimeValue, n: Numbers) -> str:
    """Return the horizon, as it is in a sentence."""
    return n.words.ngettext("{n} year", "{n} years", result.horizon_years)


def equity_of(result: LifetimeValue, horizon: str) -> dict[str, float]:
    """Return the value of all customers by one horizon, with its bounds."""
    row = result.equity[result.equity["horizon"] == horizon].iloc[0]
    return {name: float(row[name]) for name in ("value_amount", *BOUNDS)}


def equity_findings(result: LifetimeValue, n: Numbers) -> Findings:
    """Describe what the customers together are worth, how sure that is, and who carries it."""
    _ = n.words
    if result.customers.empty:
        return findings(_("No customer has bought yet, so there is no lifetime value."))
    row = equity_of(result, str(result.horizon_years))
    lead = _.ngettext(
        "The one customer who has bought is expected to bring {value} of {measure} in the next {years}, discounted by "
        "{rate} a year; with 80% probability between {low} and {high}.",
        "The {n} customers who have bought are expected to bring {value} of {measure} in the next {years}, discounted "
        "by {rate} a year; with 80% probability between {low} and {high}.",
        len(result.customers), value=n.money_short(row["value_amount"]),
        measure=money_name(result.by_margin, _), years=years(result, n), rate=n.percent(result.discount_rate_year, 0),
        low=n.money_short(row["low_80"]), high=n.money_short(row["high_80"]),
    )  # fmt: skip
    history, window = (
        n.money_short(result.customers[name].sum()) for name in ("history_amount", "window_amount")
    )
    so_far = (
        _.ngettext(
            "So far it has brought {history}, all in the last 12 months.",
            "So far they have brought {history}, all in the last 12 months.",
            len(result.customers), history=history,
        )
        if history == window
        else _.ngettext(
            "So far it has brought {history}; in the last 12 months {window}.",
            "So far they have brought {history}; in the last 12 months {window}.",
            len(result.customers), history=history, window=window,
        )
    )  # fmt: skip
    later = _(
        "{month} is not over: what customers are worth is told as of the end of {earlier}.",
        month=n.month(result.in_course), earlier=n.month(result.month),
    ) if result.in_course is not None else None  # fmt: skip
    return findings(lead, so_far, later, _carriers(result, n), _fallback(result, n), _drawn(result, n))


def _carriers(result: LifetimeValue, n: Numbers) -> str | None:
    total = result.customers["value_amount"].sum()
    top = result.customers.head(10)
    if len(result.customers) < 20 or total <= 0:
        return None
    return n.words(
        "The ten most valuable customers carry {share} of it, first {name} with {value}.",
        share=n.percent(top["value_amount"].sum() / total), name=display_names(top).iloc[0],
        value=n.money_short(top["value_amount"].iloc[0]),
    )  # fmt: skip


def _fallback(result: LifetimeValue, n: Numbers) -> str | None:
    _ = n.words
    fallback = result.learned.fallback if result.learned else None
    return {
        None: None,
        "weak_prior": _(
            "These customers alone do not determine the purchase model; weak general beliefs complete it, and the "
            "intervals are rough."
        ),
        "nobody_repeats": _(
            "Nobody has bought a second time, so how often customers come back cannot be learnt: half a repeat "
            "purchase is supposed in all the time observed."
        ),
    }[fallback]


def _drawn(result: LifetimeValue, n: Numbers) -> str | None:
    some = result.learned.learnt_from if result.learned else None
    if some is None:
        return None
    return n.words(
        "Learnt from {customers} customers sampled by their ids, and said of all.", customers=n.count(some)
    )


def equity_table(result: LifetimeValue, n: Numbers) -> Table:
    """Return the value of all customers by horizon, with both intervals."""
    _ = n.words
    frame = result.equity.assign(label=horizons(result, n))
    columns = {
        "label": Column(_("Horizon")),
        "value_amount": Column(_("Expected"), n.count, bar=True),
        **measures(n, "low_95", "low_80", "high_80", "high_95"),
    }
    caption = _(
        "Customer equity: expected {measure}, discounted by {rate} a year, with intervals, in {currency}",
        measure=money_name(result.by_margin, _), rate=n.percent(result.discount_rate_year, 0), currency=n.currency,
    )  # fmt: skip
    shown = frame.iloc[:0] if result.customers.empty else frame
    return table(shown, columns, caption, empty=_("No customer has bought yet."))


def equity_chart(result: LifetimeValue, n: Numbers) -> Chart | Findings:
    """Draw what all customers are expected to bring, by horizon, with the interval beside."""
    _ = n.words
    if result.customers.empty:
        return findings(_("No customer has bought yet."))
    frame = result.equity.assign(
        label=horizons(result, n),
        note=[
            _("80%: {low} to {high}", low=n.money_short(low), high=n.money_short(high))
            for low, high in zip(result.equity["low_80"], result.equity["high_80"], strict=True)
        ],
    )
    first = frame.iloc[0]
    year = result.customers["window_amount"].sum()
    title = _(
        "{value} of {measure} are expected in the next 12 months, after {now} in the last 12",
        value=n.money_short(first["value_amount"]), measure=money_name(result.by_margin, _), now=n.money_short(year),
    )  # fmt: skip
    alt = _.pairs(frame["label"], map(n.money_short, frame["value_amount"]))
    return share_bars(frame, value="value_amount", note="note", title=title, alt=alt, fmt=n.money_short)


def horizons(result: LifetimeValue, n: Numbers) -> pd.Series:
    """Return the label of the horizons, in the order of the equity."""
    _ = n.words
    names = {name: _.ngettext("{n} year", "{n} years", int(name)) for name in ("1", "3", "5")}
    return result.equity["horizon"].map(names | {"open": _("Open-ended (30 years)")})


def group_chart(result: LifetimeValue, by: str, n: Numbers) -> Chart | Findings:
    """Draw the expected value of each group of a dimension beside the last twelve months."""
    _ = n.words
    if result.customers.empty:
        return findings(_("No customer has bought yet."))
    if by not in result.groups or result.groups[by].empty:
        return findings(_("This needs the column {column} of the table customers.", column=by))
    frame = _labelled(result, by, n)
    first = frame.iloc[frame["value_amount"].to_numpy().argmax()]
    total = frame["value_amount"].sum()
    args = {"group": first["label"], "years": years(result, n), "value": n.money_short(first["value_amount"])}
    title = _("Most is expected of {group} in the next {years}: {value}", **args)
    if total > 0 and (frame["value_amount"] >= 0).all():
        args["share"] = n.percent(first["value_amount"] / total)
        title = _("Most is expected of {group} in the next {years}: {value}, {share} of all", **args)
    drawn = largest(frame, frame["value_amount"], _MOST_DRAWN)
    if len(drawn) < len(frame):  # bars of so many could not be seen
        rest = frame.drop(drawn.index)[["value_amount", "window_amount"]].sum()
        rest["label"] = _.ngettext("{n} other", "{n} others", len(frame) - len(drawn))
        frame = pd.concat([drawn, rest.to_frame().T], ignore_index=True).infer_objects()
    alt = _.pairs(frame["label"], map(n.money_short, frame["value_amount"]))
    names = (_("Expected, next {years}", years=years(result, n)), _("Last 12 months"))
    return paired_bars(frame, names=names, title=title, alt=alt, fmt=n.money_short,
                       values=("value_amount", "window_amount"))  # fmt: skip


def group_table(result: LifetimeValue, by: str, n: Numbers) -> Table:
    """Give customers, past and future of each group; the rows add up to all customers."""
    _ = n.words
    frame = _labelled(result, by, n)
    columns = {
        "label": Column(heading(by, _)),
        **measures(n, "customers", "history_amount", "window_amount"),
        "value_amount": Column(_("Next {years}", years=years(result, n)), n.count),
        **measures(n, "low_80", "high_80"),
        "each": Column(_("A customer"), n.count),
    }
    frame = frame.assign(each=frame["value_amount"] / frame["customers"])
    sums = {
        name: frame[name].sum() for name in ("customers", "history_amount", "window_amount", "value_amount")
    }
    equity = equity_of(result, str(result.horizon_years))
    total = {"label": _("Total"), **sums, "low_80": equity["low_80"], "high_80": equity["high_80"]}
    caption = _(
        "Expected {measure} of the next {years} by {dimension}, in {currency}",
        measure=money_name(result.by_margin, _), years=years(result, n), dimension=in_sentence(by, _),
        currency=n.currency,
    )  # fmt: skip
    return table(frame, columns, caption, total=total, empty=_("No customer has bought yet."))


def shown_groups(result: LifetimeValue, main: str) -> list[str]:
    """Return by what the report adds values up: tier, the main dimension, source and time of joining."""
    return [name for name in ("tier", main, "acquisition_source", "cohort") if name in result.groups]


def _labelled(result: LifetimeValue, by: str, n: Numbers) -> pd.DataFrame:
    frame = result.groups[by]
    return frame.assign(label=[group_label(by, name, n) for name in frame["group"]])


def group_label(by: str, name: object, n: Numbers) -> str:
    """Return the label of a group of customers."""
    _ = n.words
    if pd.isna(name):  # type: ignore[call-overload]
        return _("Not recorded")
    if by == "tier":
        return tier_label(str(name), _)
    if by == "cohort":
        return cohort_label(str(name), n)
    return str(_.value(name))


def cohort_label(cohort: str, n: Numbers) -> str:
    """Return the label of a cohort; a half of a company's own year by its name."""
    _ = n.words
    if cohort == EARLIER:
        return _("Earlier customers")
    year, half = cohort.split("-")
    if not n.year.is_calendar:
        own = _("First half of {year}") if half == "1" else _("Second half of {year}")
        return own.format(year=f"FY{year}")
    return _("{year}, first half", year=year) if half == "1" else _("{year}, second half", year=year)


def heading(by: str, _: Words) -> str:
    """Return what a column of groups is headed by."""
    own = {"tier": _("Tier"), "cohort": _("Joined")}
    return own[by] if by in own else labels.dimension_heading(by, _)


def in_sentence(by: str, _: Words) -> str:
    """Return what customers are grouped by, as it is in a sentence."""
    own = {"tier": _("tier"), "cohort": _("time of joining")}
    return own[by] if by in own else labels.dimension_name(by, _)


def list_table(result: LifetimeValue, n: Numbers, most: int = MOST_ROWS) -> Table:
    """List the most valuable customers with past, future and interval."""
    _ = n.words
    shown = result.customers.head(most)
    columns = _customer_columns(result, n) | {
        **measures(n, "low_80", "high_80", "low_95", "high_95"),
        "buys_again": Column(_("Buys again"), n.percent.to(0)),
    }
    caption = _(
        "Customers by expected {measure} of the next {years}, in {currency}",
        measure=money_name(result.by_margin, _), years=years(result, n), currency=n.currency,
    )  # fmt: skip
    return truncated_table(len(result.customers), _named(shown, n), columns, caption, n,
                    empty=_("No customer has bought yet."))  # fmt: skip


def _customer_columns(result: LifetimeValue, n: Numbers) -> dict[str, Column]:
    _ = n.words
    return {
        **measures(n, "customer", "tier", "history_amount", "window_amount"),
        "expected_purchases": Column(_("Purchase days expected"), n.decimal),
        "value_amount": Column(_("Next {years}", years=years(result, n)), n.count),
    }


def _named(frame: pd.DataFrame, n: Numbers) -> pd.DataFrame:
    return frame.assign(tier=[tier_label(tier, n.words) for tier in frame["tier"]])


def movers(result: LifetimeValue, n: Numbers) -> list[Table | Findings]:
    """List who is small today and big tomorrow, and the reverse."""
    _ = n.words
    columns = _customer_columns(result, n) | {
        "today_rank": Column(_("Rank today"), n.count),
        "value_rank": Column(_("Rank by value"), n.count),
    }
    up = _("Small today, big tomorrow: little in the last 12 months, much expected, in {currency}",
           currency=n.currency)  # fmt: skip
    down = _("Big today, smaller tomorrow: less than half of the last 12 months expected a year, in {currency}",
             currency=n.currency)  # fmt: skip
    tables = [
        truncated_table(
            len(rows), _named(rows.head(MOST_MOVERS), n), columns, caption, n, empty=_("Nobody."),
        )
        for rows, caption in ((result.rising, up), (result.fading, down))
    ]  # fmt: skip
    return [movers_findings(result, n), *(behind(shown) for shown in tables)]


def movers_findings(result: LifetimeValue, n: Numbers) -> Findings:
    """Name the first of both lists."""
    return findings(_rising(result, n), _fading(result, n))


def _rising(result: LifetimeValue, n: Numbers) -> str | None:
    _ = n.words
    if result.rising.empty:
        return _("No customer who is small today is expected to be large.")
    return _.ngettext(
        "{n} customer brought little and is expected to bring much: {name}, {value} of {measure} a year after {now} in "
        "the last 12 months.",
        "{n} customers brought little and are expected to bring much, first {name}: {value} of {measure} a year after "
        "{now} in the last 12 months.",
        len(result.rising), **_first_of(result, result.rising, n),
    )  # fmt: skip


def _fading(result: LifetimeValue, n: Numbers) -> str | None:
    if result.fading.empty:
        return None
    return n.words.ngettext(
        "{n} customer is expected to bring less than half as much a year as in the last 12 months: {name}, {value} of "
        "{measure} after {now}.",
        "{n} customers are expected to bring less than half as much a year as in the last 12 months, first {name}: "
        "{value} of {measure} after {now}.",
        len(result.fading), **_first_of(result, result.fading, n),
    )  # fmt: skip


def _first_of(result: LifetimeValue, people: pd.DataFrame, n: Numbers) -> dict[str, object]:
    """Say of the first one what it brought and is expected to bring: a year is compared with a year."""
    first = people.iloc[0]
    return {
        "name": display_names(people.head(1)).iloc[0], "measure": money_name(result.by_margin, n.words),
        "now": n.money_short(first["window_amount"]),
        "value": n.money_short(first["year_amount"]),
    }  # fmt: skip


def weighed_findings(result: LifetimeValue, n: Numbers, likely: Likelihood) -> list[WeighedFinding]:
    """Offer the front page what customers are worth, who is to grow, and of whom little is expected.

    What they are worth is weighed by a year's share of the loss that is 10% likely: that to the lower end of the
    interval of 80%.
    """
    if result.customers.empty:
        return []
    per_year = 1 / result.horizon_years
    row = equity_of(result, "1")
    lead = equity_findings(result, n).sentences[0]
    unsure = 0.1 * per_year * max(float(row["value_amount"] - row["low_80"]), 0.0)
    gain = (result.rising["year_amount"] - result.rising["window_amount"]).clip(lower=0).sum()
    loss = (result.fading["window_amount"] - result.fading["year_amount"]).clip(lower=0).sum()
    rising = _rising(result, n) if len(result.rising) else None
    return weighed(PAGE, (lead, unsure), (rising, gain), (_fading(result, n), loss))


def proposed_actions(result: LifetimeValue, n: Numbers, likely: Likelihood) -> Proposals:
    """Propose to grow who is small today and big tomorrow, and to keep who was big and may fade."""
    parts = []
    for kind, found in (("grow", result.rising), ("keep", result.fading)):
        found = found.head(MOST_MOVERS)[["customer_id", "year_amount", "window_amount"]]
        more = found["year_amount"] - found["window_amount"]
        at_stake = (more if kind == "grow" else -more).clip(lower=0.0)
        parts.append(found.assign(kind=kind, at_stake_amount=at_stake))
    about = pd.concat(parts, ignore_index=True)
    due = n.year.ends(result.month + 1)
    money = money_name(result.by_margin, n.words)
    unit: Unit = "margin" if result.by_margin else "sales"
    reason = partial(_reason, money=money)
    return propose(about, about["kind"], about["at_stake_amount"], due, reason, n, unit)


def _reason(row: Row, n: Numbers, money: str) -> str:
    _ = n.words
    # A year is compared with a year.
    value, now = n.money_short(row["year_amount"]), n.money_short(row["window_amount"])
    args = {"measure": money, "value": value, "now": now}
    if row["kind"] == "grow":
        return _("Expected to bring {value} of {measure} a year, after {now} in the last 12 months.", **args)
    if row["year_amount"] < _NOTHING * row["window_amount"]:
        return _("Brought {now} of {measure} in the last 12 months; next to nothing is expected.", **args)
    return _("Brought {now} of {measure} in the last 12 months; {value} a year is expected.", **args)
