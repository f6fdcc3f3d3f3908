"""Signals for readers: who sends them, in words, and how common each is in a class."""

from functools import partial

import pandas as pd

from helpers.core.amounts import total
from helpers.core.calendar.period_names import months_a_year
from helpers.core.frames.lookup import largest_first, look_up
from helpers.core.proposals import Likelihood, Proposals
from helpers.present import labels
from helpers.present.actions import actions
from helpers.present.charts.chart import Chart
from helpers.present.charts.heat import heat_map
from helpers.present.findings import Findings, WeighedFinding, findings
from helpers.present.name_lists import MAX_ROWS, display_names, measures, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, behind, table
from helpers.settings.analysis import Playbook
from helpers.subjects.signals import catalogue
from helpers.subjects.signals.catalogue import sentence, strongest
from helpers.subjects.signals.signals import Signals

PAGE = "04_churn_signals"
#: Signals told of one customer in a list.
MAX_LISTED_SIGNALS = 3
#: How many days somebody has to act on each kind of proposal.
_DUE_DAYS = {"answer_complaint": 7, "collect": 14, "visit": 30, "keep": 14}
#: So many customers a drop-down offers; nobody scrolls through more, and a million names take half a gigabyte.
_MAX_OPTIONS = 2_000
#: Shares of a class are drawn of so many customers or more.
_LEAST_CHARTED = 10


def signal_findings(result: Signals, n: Numbers) -> Findings:
    """Describe how many send signals, who is the most worrying, which signal is the most common, what is missing."""
    return findings(
        *_main(result, n), _common(result, n), absent_sentence(result.absent, n), *_limits(result, n)
    )


def _main(result: Signals, n: Numbers) -> list[str | None]:
    _ = n.words
    with_signal = result.customers[result.customers["noticed"] > 0]
    if result.customers.empty:
        return [_("No customer has bought within {months} months.", months=result.window_months)]
    if with_signal.empty:
        return [_("None of the customers who still buy sends a signal.")]
    several = result.customers[result.customers["noticed"] >= 2]
    first_sentence = _.ngettext(
        "{n} of {all} customers who bought within {months} months sends a signal, with {amount} of net sales.",
        "{n} of {all} customers who bought within {months} months send a signal, with {amount} of net sales.",
        len(with_signal), all=n.count(len(result.customers)), months=result.window_months,
        amount=n.money_short(total(with_signal["net_amount"])),
    )  # fmt: skip
    if several.empty:
        return [first_sentence]
    largest = largest_first(several, "net_amount").head(1)
    sentences = strongest_sentences(result, str(largest["customer_id"].iloc[0]), n)
    second_sentence = _.ngettext(
        "{n} sends two or more: {customer}. {why}.",
        "{n} send two or more, the largest {customer}. {why}.",
        len(several), customer=display_names(largest).iloc[0], why=sentences[:1].upper() + sentences[1:],
    )  # fmt: skip
    return [first_sentence, second_sentence]


def _common(result: Signals, n: Numbers) -> str | None:
    sums = result.overview[(result.overview["kind"] == "total") & (result.overview["noticed"] > 0)]
    if sums.empty:
        return None
    top = largest_first(sums, "noticed", "net_amount", then="signal").iloc[0]
    return n.words.ngettext(
        "The most common signal is “{signal}”: {n} customer, with {amount} of net sales.",
        "The most common signal is “{signal}”: {n} customers, with {amount} of net sales.",
        int(top["noticed"]), signal=catalogue.signal(top["signal"]).label(n.words),
        amount=n.money_short(top["net_amount"]),
    )  # fmt: skip


def _limits(result: Signals, n: Numbers) -> list[str | None]:
    _ = n.words
    last_year = _(
        "Spend, frequency and order size are not held against last year: that takes 18 months of data."
    )
    model = _(
        "No purchase model could be fitted to these customers, so there is no probability of being one still."
    )
    return [None if result.reaches_last_year else last_year, None if result.has_model else model]


def absent_sentence(absent: dict[str, str], n: Numbers) -> str | None:
    """What cannot be said, and the tables it would need; None if nothing is missing."""
    if not absent:
        return None
    missing = n.words.clauses(
        f"{catalogue.signal(name).label(n.words)} ({needs})" for name, needs in absent.items()
    )
    return n.words("Not shown because the table or column is not supplied: {missing}.", missing=missing)


def strongest_sentences(result: Signals, customer_id: str, n: Numbers) -> str:
    """Say a customer's strongest signals, in a sentence each."""
    rows = strongest(result.of(customer_id), MAX_LISTED_SIGNALS)
    return n.words.clauses(sentence(row, n) for _index, row in rows.iterrows())


def signals_table(result: Signals, playbook: Playbook, n: Numbers, count: int = MAX_ROWS) -> Table:
    """List the customers with the strongest signals, with the evidence in words and the playbook's next step."""
    _ = n.words
    with_signal = result.customers[result.customers["noticed"] > 0]
    shown = with_signal.head(count)
    noticed = result.noticed[result.noticed["customer_id"].isin(shown["customer_id"])]
    texts = {
        str(customer): _.clauses(
            sentence(row, n) for _index, row in strongest(rows, MAX_LISTED_SIGNALS).iterrows()
        )
        for customer, rows in noticed.groupby("customer_id")
    }
    steps = [catalogue.signal(signal).next_step(playbook, _) for signal in shown["strongest"]]
    frame = shown.assign(
        why=shown["customer_id"].map(texts), step=pd.Series(steps, index=shown.index, dtype="object")
    )
    # Few columns: the sentences need the room.
    columns = {**measures(n, "customer", "step", "net_amount"), "why": Column(_("Signs"))}
    caption = _(
        "Customers who send signals: the gravest first, then by net sales of {months} months in {currency}",
        months=result.window_months, currency=n.currency,
    )  # fmt: skip
    empty = _("None of the customers who still buy sends a signal.")
    return truncated_table(len(with_signal), frame, columns, caption, n, cut="first", empty=empty)


def overview(result: Signals, n: Numbers) -> list[Chart | Table]:
    """Chart and table of how common signals are by class, and what those of a year ago have told.

    Without classes to compare no chart; without two years of data nothing of a year ago.
    """
    rows = result.overview[(result.overview["kind"] == "group") & (result.overview["customers"] > 0)]
    shown = behind(overview_table(result, n))
    several = len(set(rows["group"])) > 1 and rows["noticed"].any()
    counted: list[Chart | Table] = [_overview_chart(rows, n), shown] if several else [shown]
    return [*counted, behind(tested_table(result, n))] if len(result.tested) or result.aside else counted


def _overview_chart(rows: pd.DataFrame, n: Numbers) -> Chart:
    """Draw which part of each class's customers sends each signal."""
    _ = n.words
    # A share of very few customers is chance, and would be the darkest of all.
    rows = rows[rows["customers"] >= _LEAST_CHARTED] if (rows["customers"] >= _LEAST_CHARTED).any() else rows
    rows = rows.assign(
        label=[catalogue.signal(name).label(_) for name in rows["signal"]],
        group=labels.value_labels(rows["group"], _), part=rows["noticed"] / rows["customers"],
    )  # fmt: skip
    order = [signal.label(_) for signal in catalogue.SIGNALS]
    shares = rows.pivot_table(index="label", columns="group", values="part", aggfunc="sum", sort=False)
    shares = shares.reindex(index=[name for name in order if (shares.index == name).any()])
    shares = shares.loc[shares.max(axis=1) > 0, sorted(shares.columns)]
    top = rows.sort_values(["part", "label", "group"], ascending=[False, True, True]).iloc[0]
    title = _(
        "Most common: {signal}, at {share} of {group}", signal=top["label"], group=top["group"],
        share=n.percent(top["part"], 0),
    )  # fmt: skip
    return heat_map(
        shares, title=title, alt=title, fmt=n.percent.to(0), column_title=_("Part of each class's customers"),
    )  # fmt: skip


def overview_table(result: Signals, n: Numbers) -> Table:
    """Return, by class and signal, how many customers send it of those with enough data to tell."""
    _ = n.words
    rows = result.overview
    totals = (
        rows[rows["kind"] == "total"]
        .set_index("signal")
        .reindex([each.name for each in catalogue.SIGNALS])
        .dropna(subset="customers")
    )
    counts = rows[rows["kind"] == "group"].assign(group=lambda r: labels.value_labels(r["group"], _))
    class_columns = counts.pivot_table(
        index="signal", columns="group", values="noticed", aggfunc="sum", sort=False
    ).add_prefix("class ")  # a class may be called what a column is
    frame = (
        pd.concat([totals, class_columns.reindex(totals.index)], axis=1).rename_axis("signal").reset_index()
    )
    frame["label"] = [catalogue.signal(signal).label(_) for signal in frame["signal"]]
    frame["share"] = frame["noticed"] / frame["customers"]
    columns = {
        "label": Column(_("Signal")),
        "noticed": Column(_("Customers"), n.count),
        "share": Column(_("Of customers with data for it"), n.percent),
        "net_amount": Column(_("Their net sales"), n.count),
    }
    names = sorted(class_columns.columns)
    if len(names) > 1:
        columns |= {name: Column(name.removeprefix("class "), n.count) for name in names}
    caption = _(
        "Signals of customers who still buy, by trade class, net sales in {currency}", currency=n.currency
    )
    return table(frame, columns, caption, empty=_("There are no customers."))


def tested_table(result: Signals, n: Numbers) -> Table:
    """Show the false alarms among the signals of a year ago, by class, and which signals are folded away for them."""
    _, rows = n.words, result.tested
    if rows.empty:
        rows = rows.reindex(columns=["kind", "signal", "group", "sent", "false_share", "others_share"])
    aside = _.clauses(
        _("{signal} ({customers})", signal=catalogue.signal(name).label(_), customers=n.count(customers))
        for name, customers in result.aside.items()
    )
    caption = _(
        "False alarms of a year ago: customers who sent a signal and have bought no less since than their class"
    )
    if aside:
        caption = _(
            "Folded away, because a year ago they told nothing of the sales that followed: {signals}",
            signals=aside,
        )
    totals = rows[rows["kind"] == "total"].set_index("signal")
    groups = rows[rows["kind"] == "group"].assign(group=lambda r: labels.value_labels(r["group"], _))
    class_columns = groups.pivot_table(index="signal", columns="group", values="false_share", sort=False)
    class_columns = class_columns.add_prefix("class ").reindex(totals.index)
    frame = pd.concat([totals, class_columns], axis=1).rename_axis("signal").reset_index()
    frame["label"] = [catalogue.signal(name).label(_) for name in frame["signal"]]
    frame["kept"] = [_("folded away") if name in result.aside else "" for name in frame["signal"]]
    columns = {
        "label": Column(_("Signal")),
        "sent": Column(_("Sent a year ago"), n.count),
        "false_share": Column(_("Have bought no less since"), n.percent.to(0)),
        "others_share": Column(_("The same of who did not send it"), n.percent.to(0)),
        **{
            name: Column(name.removeprefix("class "), n.percent.to(0))
            for name in sorted(class_columns.columns)
        },
        "kept": Column(""),
    }
    if not totals["sent"].any():  # a scope is not told how many
        del columns["sent"]
    return table(frame, columns, caption, empty=_("The record of signals is in the company's report."))


def customer_table(result: Signals, customer_id: str, n: Numbers) -> Table:
    """Every signal of one customer: value in words, strength; for the explorer and the customer card."""
    _ = n.words
    rows = result.measured.rows_of(customer_id)
    frame = rows.assign(
        label=[catalogue.signal(signal).label(_) for signal in rows["signal"]],
        words=[sentence(row, n) for _index, row in rows.iterrows()],
        worrying=[_("yes") if noticed else "" for noticed in rows["noticed"]],
    )
    columns = {
        "label": Column(_("Signal")),
        "words": Column(_("In words")),
        "strength": Column(_("Strength"), n.decimal),
        "worrying": Column(_("Worrying")),
    }
    name = display_names(rows.head(1)).iloc[0] if len(rows) else customer_id
    caption = _("Signals of {customer}", customer=name)
    return table(frame, columns, caption, empty=_("Nothing can be said of this customer yet."))


def weighed_findings(result: Signals, n: Numbers, likely: Likelihood) -> list[WeighedFinding]:
    """Return the front-page finding: who sends two signals or more, weighed with their expected loss of a year."""
    several = result.customers[result.customers["noticed"] >= 2]
    if several.empty:
        return []
    amount = total(likely.expected_loss(several["customer_id"], several["net_amount"]))
    amount *= months_a_year(result.month) / result.window_months
    # The second sentence goes on from the first, so that they stand together.
    gap = "" if n.words.language == "zh" else " "
    return [WeighedFinding(gap.join(text for text in _main(result, n) if text), amount, PAGE)]


def proposed_actions(result: Signals, n: Numbers, likely: Likelihood) -> Proposals:
    """Propose what to do for every customer with a noticed signal, by its strongest; see `helpers.present.findings`."""
    with_signal = result.customers[result.customers["noticed"] > 0]
    kind = with_signal["strongest"].map({signal.name: signal.action for signal in catalogue.SIGNALS})
    end = n.year.ends(result.month)
    loss = likely.expected_loss(with_signal["customer_id"], with_signal["net_amount"])
    rows = pd.DataFrame(
        {
            "customer_id": with_signal["customer_id"],
            "kind": kind,
            "value_amount": loss * months_a_year(result.month) / result.window_months,
            "due_date": end + pd.to_timedelta(kind.map(_DUE_DAYS).astype("float64"), unit="D"),
        }
    )
    # Only the first of equally strong ones is told.
    strongest_of = with_signal.set_index("customer_id")["strongest"]
    is_strongest = result.noticed["signal"] == look_up(result.noticed["customer_id"], strongest_of)
    details = result.noticed.loc[is_strongest, ["customer_id", "signal", *_SENTENCE_COLUMNS]].set_index(
        "customer_id"
    )
    return actions(rows, details.reindex(with_signal["customer_id"]).reset_index(), partial(_sentences, n=n))


#: What a sentence about a signal may tell beside its name.
_SENTENCE_COLUMNS = ["value", "usual", "peers", "detail", "strength"]


def _sentences(about: pd.DataFrame, n: Numbers) -> list[str]:
    return [sentence(row, n) for _index, row in about.iterrows()]


def options(result: Signals, n: Numbers) -> dict[str, str]:
    """Return a control's options, customers who still buy, the most worrying first: what is shown -> customer_id."""
    offered = result.customers.head(_MAX_OPTIONS)
    names = display_names(offered)
    ids = offered["customer_id"].astype("object")
    # Two customers of one name are distinguished by their ids.
    labels = names.where(~names.duplicated(keep=False), names.astype(str) + " (" + ids.astype(str) + ")")
    return dict(zip(labels, ids, strict=True)) or {n.words("There are no customers."): ""}
