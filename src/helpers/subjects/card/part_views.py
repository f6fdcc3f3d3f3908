"""Parts of the customer card: value, churn, signals, receivables, contribution, quotes, deliveries and returns."""

from dataclasses import dataclass

import pandas as pd

from helpers.core.periods import trailing
from helpers.present.findings import findings
from helpers.present.labels import money_name
from helpers.present.numbers import Numbers
from helpers.subjects.card.card import Card, SalesDocuments
from helpers.subjects.churn.state_views import state_label
from helpers.subjects.churn.words import method_note, reason_words
from helpers.subjects.signals.catalogue import sentence, signal, strongest

#: How many signals are listed.
_MOST = 3


@dataclass(frozen=True)
class CardPart:
    """A part of a card: sentences and perhaps a chart; ``needs`` marks a part whose table is not supplied."""

    sentences: tuple[str, ...]
    svg: str = ""
    needs: bool = False


def needs(tables: str, n: Numbers) -> CardPart:
    """Return a part that names the table it would need."""
    return CardPart(
        (n.words("This part needs the table {tables}, which is not supplied.", tables=tables),), needs=True
    )


def value(card: Card, n: Numbers) -> tuple[str, CardPart]:
    """Return the customer's history and its expected value with the 80% interval."""
    _, heading, row = n.words, n.words("Lifetime value"), card.value
    if row is None:
        return heading, CardPart((_("It has not bought yet."),))
    expected = _(
        "It has brought {history} of {measure} so far; {value} is expected in the next {years}, with 80% "
        "probability between {low} and {high}.",
        history=n.money_short(row["history_amount"]), measure=money_name(card.value_by_margin, n.words),
        value=n.money_short(row["value_amount"]), low=n.money_short(row["low_80"]),
        high=n.money_short(row["high_80"]), years=_.ngettext("{n} year", "{n} years", card.horizon_years),
    )  # fmt: skip
    contribution = _(
        "Once rebates and service are paid it is {left}, with 80% probability between {low} and {high}.",
        left=n.money_short(row["left_amount"]), low=n.money_short(row["left_low_80"]),
        high=n.money_short(row["left_high_80"]),
    ) if pd.notna(row.get("left_amount")) else None  # fmt: skip
    rough = _("There is too little history to be sure of the interval: it is rough.")
    return heading, CardPart(
        findings(expected, contribution, rough if card.value_is_rough else None).sentences
    )


def churn(card: Card, n: Numbers) -> tuple[str, CardPart]:
    """Return the customer's state and churn probability, with reasons if it is at risk."""
    _, heading, row = n.words, n.words("State and probability of leaving"), card.risk
    state = _("Its state: {state}.", state=state_label(str(card.state["state"]), _))
    if pd.notna(card.state["limit_days"]):
        state = _("Its state: {state}; silent for {days} days, overdue after {limit}.",
                  state=state_label(str(card.state["state"]), _), days=n.count(card.state["silence_days"]),
                  limit=n.count(int(card.state["limit_days"])))  # fmt: skip
    if card.value is None:
        return heading, CardPart((state, _("It has not bought yet.")))
    if row is None and card.record["closed"]:
        return heading, CardPart((state, _("Its business is closed: it is not scored.")))
    if row is None:
        return heading, CardPart((state, _("It has been silent for too long to be scored.")))
    risk = _(
        "With a probability of {probability} it buys nothing in the next {months} months; {amount} of yearly "
        "{measure} is at stake.",
        probability=n.percent(row["probability"], 0), months=card.risk_months,
        amount=n.money_short(row["risk_amount"]), measure=money_name(card.risk_by_margin, n.words),
    )  # fmt: skip
    why: str | None = _("We warn from {limit} on.", limit=n.percent(card.warn_probability, 0))
    if card.state["state"] in ("at_risk", "lapsed"):
        why = _("Reasons: {why}.", why=reason_words(row.to_dict(), n))
    elif row["probability"] >= card.warn_probability:
        why = _("To buy nothing for so long is within its rhythm: it is not warned of.")
    return heading, CardPart(findings(state, risk, why, method_note(card.risk_method, n)).sentences)


def signals(card: Card, n: Numbers) -> tuple[str, CardPart]:
    """Return the customer's strongest signals, a sentence each."""
    _, heading = n.words, n.words("Warning signals")
    if card.signals.empty:
        return heading, CardPart((_("It sends no signal that warns."),))
    sentences = [
        _("{signal}: {why}.", signal=signal(row["signal"]).label(_), why=sentence(row, n))
        for _place, row in strongest(card.signals, _MOST).iterrows()
    ]
    return heading, CardPart(tuple(sentences))


def receivables(card: Card, n: Numbers) -> tuple[str, CardPart]:
    """Return the balance, how late it is, the use of the credit limit, and whether the customer pays later."""
    _, heading, row = n.words, n.words("Receivables"), card.receivables
    if not card.has_invoices:
        return heading, needs("invoices", n)
    if row is None:
        return heading, CardPart((_("It has no invoice and no payment."),))
    later = row["pays_later"] and _(
        "In the last 6 months it paid {days} days later than in the year before.", days=n.count(row["later_days"]),
    )  # fmt: skip
    return heading, CardPart(findings(_balance(row, n), _limit(row, n), later).sentences)


def contribution(card: Card, n: Numbers) -> tuple[str, CardPart]:
    """Return the contribution and the open rebate."""
    _, heading, found = n.words, n.words("Rebate and contribution"), []
    if card.net_margin is not None:
        margin, contribution = (card.net_margin[f"{name}_amount"] for name in ("margin", "contribution"))
        amounts = {"margin": n.money_short(margin), "left": n.money_short(contribution)}
        lost = _("Gross margin is {margin}, after rebate and service {left}.", **amounts)
        kept = _("Of {margin} gross margin {left} is left after rebate and service.", **amounts)
        found.append(lost if margin <= 0 or contribution < 0 else kept)
    if card.rebate is not None:
        found.append(
            _("Of {earned} rebate earned {open} is still open.", earned=n.money_short(card.rebate["accrued_amount"]),
              open=n.money_short(card.rebate["open_amount"]))
        )  # fmt: skip
    return heading, CardPart(tuple(found)) if found else needs("order_lines (cost_amount)", n)


def _balance(row: pd.Series, n: Numbers) -> str:
    _, balance = n.words, n.money_short(row["balance_amount"])
    if row["overdue_amount"] > 0:
        return _(
            "It owes {balance}; {overdue} is overdue, the oldest for {days} days.",
            balance=balance, overdue=n.money_short(row["overdue_amount"]), days=n.count(row["most_days_late"]),
        )  # fmt: skip
    if row["balance_amount"] > 0:
        return _("It owes {balance}; nothing is overdue.", balance=balance)
    if row["balance_amount"] < 0:
        return _(
            "It owes nothing and has a credit of {amount}.", amount=n.money_short(-row["balance_amount"])
        )
    return _("It owes nothing.")


def _limit(row: pd.Series, n: Numbers) -> str | None:
    _ = n.words
    if row["over_limit_amount"] > 0:
        return _("That is {amount} over its credit limit.", amount=n.money_short(row["over_limit_amount"]))
    if pd.isna(row["limit_use"]) or row["balance_amount"] <= 0:
        return None
    return _("{share} of its credit limit is used.", share=n.percent(row["limit_use"], 0))


def sales_documents(card: Card, n: Numbers) -> tuple[str, CardPart]:
    """Return quotes won, deliveries on time in full, and returns."""
    _, records, heading = n.words, card.around, n.words("Quotes, deliveries, returns")
    assert isinstance(records, SalesDocuments)
    found = findings(
        _quotes(records.quotes, card, n), _delivery(records.delivery, n), _returns(records.returns, n)
    )
    return heading, CardPart(found.sentences or (_("Nothing is on record."),))


def _quotes(quotes: pd.DataFrame | None, card: Card, n: Numbers) -> str | None:
    if quotes is None or quotes.empty:
        return None
    decided = quotes[
        (quotes["status"] != "open") & trailing(card.month, card.window_months).holds(quotes["counts_in"])
    ]
    open_quotes = quotes[quotes["status"] == "open"]
    return n.words(
        "Quotes: {won} of {decided} won; {open} open, worth {amount}.",
        won=n.count((decided["status"] == "won").sum()), decided=n.count(len(decided)), open=n.count(len(open_quotes)),
        amount=n.money_short(float(open_quotes["open_amount"].sum())),
    )  # fmt: skip


def _delivery(row: pd.Series | None, n: Numbers) -> str | None:
    if row is None or not (row["judged"] or row["waiting_lines"]):
        return None
    _ = n.words
    kept = _(
        "On time in full: {kept} of {judged} lines.",
        kept=n.count(row["in_full"]),
        judged=n.count(row["judged"]),
    )
    if not row["waiting_lines"]:
        return kept
    waits = _("{amount} is past its promised day.", amount=n.money_short(row["waiting_amount"]))
    return f"{kept} {waits}"


def _returns(row: pd.Series | None, n: Numbers) -> str | None:
    if row is None or not row["sold_orders"]:
        return None
    return n.words(
        "Returned: {amount} (returns: {count}, orders: {orders}).",
        amount=n.money_short(row["returned_amount"]), count=n.count(row["returned_orders"]),
        orders=n.count(row["sold_orders"]),
    )  # fmt: skip
