"""A signal in one plain sentence, and what to do about it."""

from __future__ import annotations

import pandas as pd

from helpers.present.numbers import Numbers
from helpers.present.words import Words
from helpers.settings.playbook import Playbook


def signal_label(signal: str, _: Words) -> str:
    """What readers call a signal."""
    return {
        "silence": _("Silence against own rhythm"),
        "p_alive": _("Still a customer (probability)"),
        "spend": _("Spend falling"),
        "frequency": _("Orders less often"),
        "order_size": _("Orders smaller"),
        "categories": _("Categories lost"),
        "service_share": _("Service and support leaving the basket"),
        "discount": _("Discount deepening"),
        "returns": _("Returns rising"),
        "complaints": _("Complaints"),
        "satisfaction": _("Satisfaction falling"),
        "payment": _("Pays later"),
        "contact_roles": _("Purchasing takes over from engineering"),
        "decision_days": _("Decides faster"),
        "visits": _("Visit overdue"),
        "wallet": _("Share of wallet falling"),
    }[signal]


def strongest(noticed: pd.DataFrame, most: int) -> pd.DataFrame:
    """Choose what to tell of one customer from its noticed signals: the strongest, each said once.

    The probability is left out where the silence that it comes from is told anyway.
    """
    rows = noticed.sort_values("strength", ascending=False, kind="stable")
    if (rows["signal"] == "silence").any():
        rows = rows[rows["signal"] != "p_alive"]
    return rows.head(most)


def sentence(row: pd.Series, n: Numbers) -> str:
    """Say one row of `Signals.signals` in words, with its own usual and, where it helps, its class."""
    return _WRITERS[row["signal"]](row, n)


def _silence(row: pd.Series, n: Numbers) -> str:
    _, silent = n.words, n.count(row["value"])
    if pd.isna(row["usual"]):
        return _("ordered once; silent for {silent} days", silent=silent)
    usual = n.count(max(row["usual"], 1))
    if pd.isna(row["detail"]):
        return _("ordered twice, {usual} days apart; silent for {silent}", usual=usual, silent=silent)
    return _(
        "ordered every {usual} days, give or take {spread}; silent for {silent}",
        usual=usual, spread=n.count(row["detail"]), silent=silent,
    )  # fmt: skip


def _p_alive(row: pd.Series, n: Numbers) -> str:
    _ = n.words
    if row["value"] < 0.005:
        return _("going by its rhythm it has left almost certainly")
    return _(
        "going by its rhythm it is still a customer with a probability of {p}", p=n.percent(row["value"], 0)
    )


def _spend(row: pd.Series, n: Numbers) -> str:
    return n.words(
        "bought {now} in 6 months; {usual} were to be expected from last year and its class",
        now=n.money_short(row["value"]), usual=n.money_short(row["usual"]),
    )  # fmt: skip


def _frequency(row: pd.Series, n: Numbers) -> str:
    _ = n.words
    usual = n.decimal(row["usual"]) if row["usual"] < 10 else n.count(row["usual"])
    if not row["value"]:
        return _("did not order in 6 months; {usual} orders were to be expected", usual=usual)
    return _.ngettext(
        "ordered on {n} day in 6 months; {usual} were to be expected from last year and its class",
        "ordered on {n} days in 6 months; {usual} were to be expected from last year and its class",
        int(row["value"]), usual=usual,
    )  # fmt: skip


def _order_size(row: pd.Series, n: Numbers) -> str:
    return n.words(
        "an order typically comes to {now}, a year ago to {usual}",
        now=n.money_short(row["value"]), usual=n.money_short(row["usual"]),
    )  # fmt: skip


def _categories(row: pd.Series, n: Numbers) -> str:
    return n.words.ngettext(
        "{n} category that it used to buy is missing for 6 months ({now} bought, {usual} before)",
        "{n} categories that it used to buy are missing for 6 months ({now} bought, {usual} before)",
        int(row["detail"]), now=n.count(row["value"]), usual=n.count(row["usual"]),
    )  # fmt: skip


def _service_share(row: pd.Series, n: Numbers) -> str:
    return n.words(
        "service and support are {now} of its order lines, were {usual} (peers: {peers})",
        **_percents(row, n),
    )


def _discount(row: pd.Series, n: Numbers) -> str:
    return n.words("gets {now} off the list price, got {usual} (peers: {peers})", **_percents(row, n))


def _returns(row: pd.Series, n: Numbers) -> str:
    if row["value"] > 1:
        return n.words("sent back more than it bought in 6 months")
    return n.words("sent back {now} of what it bought, before {usual} (peers: {peers})", **_percents(row, n))


def _complaints(row: pd.Series, n: Numbers) -> str:
    _, count = n.words, int(row["value"])
    said = _.ngettext("{n} complaint in 6 months", "{n} complaints in 6 months", count)
    if pd.isna(row["detail"]) or not row["detail"]:
        return said
    return _.phrases([said, _.ngettext("{n} still open", "{n} still open", int(row["detail"]))])


def _satisfaction(row: pd.Series, n: Numbers) -> str:
    return n.words("answered the survey with {now} of the scale, before with {usual}", **_percents(row, n, 0))


def _payment(row: pd.Series, n: Numbers) -> str:
    _ = n.words
    told = {"now": "value", "usual": "usual", "peers": "peers"}
    if not any(row[name] < -0.5 for name in told.values()):
        return _("pays {now} after the due date, used to pay {usual} (peers: {peers})",
                 **{key: _days(row[name], n) for key, name in told.items()})  # fmt: skip
    return _("pays {now}, used to pay {usual} (peers: {peers})",
             **{key: due_words(row[name], n) for key, name in told.items()})  # fmt: skip


def due_words(days: float, n: Numbers) -> str:
    """Say when a payment comes: before, on or after the due date."""
    _ = n.words
    if pd.isna(days):
        return n.count(days)
    count = abs(round(days))
    if not count:
        return _("on the due date")
    if days < 0:
        return _.ngettext("{n} day before the due date", "{n} days before the due date", count)
    return _.ngettext("{n} day after the due date", "{n} days after the due date", count)


def _contact_roles(row: pd.Series, n: Numbers) -> str:
    return n.words(
        "purchasing is {now} of the contacts with engineering or purchasing, was {usual}",
        **_percents(row, n, 0),
    )


def _decision_days(row: pd.Series, n: Numbers) -> str:
    return n.words(
        "orders {now} after asking, used to take {usual}",
        now=_days(row["value"], n), usual=_days(row["usual"], n),
    )  # fmt: skip


def _visits(row: pd.Series, n: Numbers) -> str:
    return n.words(
        "was last visited {days} days ago, usually every {usual}",
        days=n.count(row["value"]), usual=n.count(row["usual"]),
    )  # fmt: skip


def _wallet(row: pd.Series, n: Numbers) -> str:
    return n.words("buys {now} of its needs from us, before {usual}", **_percents(row, n, 0))


def _percents(row: pd.Series, n: Numbers, decimals: int = 1) -> dict[str, str]:
    return {
        key: n.percent(row[name], decimals)
        for key, name in (("now", "value"), ("usual", "usual"), ("peers", "peers"))
    }


def _days(value: float, n: Numbers) -> str:
    if pd.isna(value):
        return n.count(value)
    return n.words.ngettext("{days} day", "{days} days", round(value), days=n.count(value))


_WRITERS = {
    "silence": _silence, "p_alive": _p_alive, "spend": _spend, "frequency": _frequency,
    "order_size": _order_size, "categories": _categories, "service_share": _service_share,
    "discount": _discount, "returns": _returns, "complaints": _complaints, "satisfaction": _satisfaction,
    "payment": _payment, "contact_roles": _contact_roles, "decision_days": _decision_days, "visits": _visits,
    "wallet": _wallet,
}  # fmt: skip


def next_step(signal: str, playbook: Playbook, _: Words) -> str:
    """What the playbook says to do about a signal: the settings' text, else the default in the report's language."""
    own = {str(name): text for name, text in playbook.steps.items()}
    if signal in own:
        return own[signal]
    return {
        "silence": _("Call: ask what it needs now and whether somebody else supplies it"),
        "p_alive": _("Call: ask what it needs now and whether somebody else supplies it"),
        "spend": _("Go through last year's orders with it and ask what it buys elsewhere"),
        "frequency": _("Ask what has changed in its business; agree a call-off rhythm"),
        "order_size": _("Offer what it used to order with it; check for split purchases"),
        "categories": _("Ask who supplies the missing categories; offer a sample or a bundle price"),
        "service_share": _("Show what the service saves; offer it as an option with its own price"),
        "discount": _("No further discount without something in return: volume, terms or range"),
        "returns": _("Find the cause of the returns with quality and delivery"),
        "complaints": _("Answer the complaint within the day, and visit once it is settled"),
        "satisfaction": _("Have a manager call and ask what went wrong"),
        "payment": _("Agree payment with accounts before the next delivery; check the credit limit"),
        "contact_roles": _(
            "Win a talk with engineering about the application; give purchasing one price list"
        ),
        "decision_days": _("Be quick and simple: stock, price and delivery date in one answer"),
        "visits": _("Put it on next month's visit list"),
        "wallet": _("Ask for its purchase plan and make an offer for the part bought elsewhere"),
    }[signal]
