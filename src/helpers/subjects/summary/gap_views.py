"""Views of the month's gap: the bridge from plan to actual net sales, and the customers behind it."""

import pandas as pd

from helpers.core.amounts import from_units, to_units
from helpers.core.frames.groups import GROUP, UNASSIGNED
from helpers.core.frames.lookup import look_up
from helpers.core.periods import year_ago
from helpers.core.proposals import Likelihood, Proposals
from helpers.present import labels
from helpers.present.actions import Row, due_day, no_actions, propose
from helpers.present.charts.bars import bullets
from helpers.present.charts.chart import Chart
from helpers.present.charts.waterfall import change_waterfall
from helpers.present.findings import Findings, findings
from helpers.present.name_lists import display_names, largest
from helpers.present.numbers import Numbers, share_or_times
from helpers.subjects.churn.state_views import state_label
from helpers.subjects.churn.states import CustomerStates
from helpers.subjects.summary.action_list import CALL
from helpers.subjects.summary.month_gap import MonthGap, causes_of_missed_plan, largest_changes, main_step

#: Steps of the bridge besides totals and named customers; smaller ones are combined.
_MOST_STEPS = 5
#: Width of a chart that stands beside another on the front page.
_BRIDGE_WIDTH, _CLASSES_WIDTH = 540.0, 420.0
_CLASS_ROW = 30.0
#: Number of groups in the chart.
_MOST_DRAWN = 9
#: States of customers that buy in their rhythm.
_CALM = ("active", "won_back")
#: Days until the customers behind the gap should be called.
_CALL_DAYS = 7


def month_made(
    result: MonthGap | None, n: Numbers, states: CustomerStates | None = None, outlook: str | None = None
) -> list[Findings | Chart]:
    """Return whether the month was made, the group and customers behind it, and the bridge.

    Parameters
    ----------
    result
        None if there is nothing to compare with.
    states
        Of the customers named: whether they still order as ever.
    outlook
        Where the year is heading, in a sentence.
    """
    if result is None:
        return [
            findings(
                n.words("There is neither a plan for the month nor the same month a year earlier."), outlook
            )
        ]
    made, on_last_year = _against_plan(result, n), _against_last_year(result, n)
    title = made or on_last_year or n.month(result.month)
    # The chart's title has said the one already.
    found = findings(on_last_year if made else None, _customers_sentence(result, states, n), outlook)
    drawn = [_bridge(result, title.removesuffix(".").removesuffix("。"), n), *_classes(result, n)]
    return [drawn[0], found, *drawn[1:]] if found.sentences else [*drawn]


def _earlier(result: MonthGap, n: Numbers) -> str:
    """Return the label of the comparison: the same month a year earlier, or its same days."""
    month = n.month(year_ago(result.month))
    return month if result.until is None else n.words("the same days of {month}", month=month)


def _against_plan(result: MonthGap, n: Numbers) -> str | None:
    """Return the result against plan; None without a plan."""
    _, plan = n.words, result.plan_amount
    if pd.isna(plan):
        return None
    if result.until is not None:
        if plan <= 0 or result.net_amount < 0:
            return None
        words = {"month": n.month(result.month), "share": n.percent(result.net_amount / plan)}
        return _("{month} has brought {share} of its plan up to {day}.", day=n.date(result.until), **words)
    change = result.net_amount - plan
    words = {"month": n.month(result.month), "amount": n.money_short(abs(change))}
    if change == 0:
        return _("{month} came out exactly at plan.", **words)
    if (
        result.against == "plan"
        and (by_group := _by_group(result, n))
        and plan > 0
        and result.net_amount >= 0
    ):
        words |= by_group
        if change < 0:
            return _("{month} missed its plan by {amount}: {groups}.", **words)
        return _("{month} beat its plan by {amount}: {groups}.", **words)
    if plan <= 0:
        return _("{month} brought {amount} more than planned.", **words) if change > 0 else None
    if result.net_amount < 0:
        return _("{month} missed its plan by {amount}: more was returned than sold.", **words)
    words["share"] = n.percent(result.net_amount / plan)
    if change < 0:
        return _("{month} missed its plan by {amount}: {share} of it came.", **words)
    return _("{month} beat its plan by {amount}: {share} of it came.", **words)


def _against_last_year(result: MonthGap, n: Numbers) -> str | None:
    """Return the change on the same month a year earlier, if the steps begin with it."""
    _, change = n.words, result.change_amount
    if result.against != "last_year":
        return None
    words = {
        "month": n.month(result.month), "amount": n.money_short(abs(change)), "earlier": _earlier(result, n),
    }  # fmt: skip
    if change == 0:
        return _("{month} brought as much as {earlier}.", **words)
    if by_group := _by_group(result, n):
        words |= by_group
        if change < 0:
            return _("{month} brought {amount} less than {earlier}: {groups}.", **words)
        return _("{month} brought {amount} more than {earlier}: {groups}.", **words)
    if change < 0:
        return _("{month} brought {amount} less than {earlier}.", **words)
    return _("{month} brought {amount} more than {earlier}.", **words)


def _labelled(result: MonthGap, n: Numbers) -> pd.DataFrame:
    _, steps = n.words, result.steps
    names, plans = labels.group_labels(steps, _), steps["kind"] == "plans"
    above, below = _("Class plans exceed the company's"), _("Class plans fall short of the company's")
    apart = pd.Series(above, steps.index, dtype="object").where(steps["change_amount"] > 0, below)
    return steps.assign(label=names.mask(plans, apart))


def _in_sentence(step: pd.Series, result: MonthGap, n: Numbers) -> str:
    """Return a step's name within a sentence; rows without a group have no name."""
    if step["kind"] == GROUP:
        return labels.group_label(step["group"], n.words)
    if step["kind"] == UNASSIGNED:
        return n.words("sales that name no customer")
    return n.words(
        "customers without a recorded {dimension}", dimension=labels.dimension_name(result.by, n.words)
    )


def _by_group(result: MonthGap, n: Numbers) -> dict[str, str]:
    """Return the part of one group in the distance, and of all others; empty if no group explains it."""
    _, main = n.words, main_step(result)
    if main is None:
        return {}
    if main["kind"] not in (GROUP, UNASSIGNED) and not result.steps["kind"].eq(GROUP).any():
        return {}  # no customer is in any group
    name, change = _in_sentence(main, result, n), n.signed_money_short(main["change_amount"])
    rest = from_units(to_units(result.change_amount) - to_units(main["change_amount"]))
    if rest == 0:
        return {"groups": _("all of it in {group}", group=name)}
    return {
        "groups": _("{group} {change}, all others together {rest}",
                    group=name, change=change, rest=n.signed_money_short(rest))
    }  # fmt: skip


def _customers_sentence(result: MonthGap, states: CustomerStates | None, n: Numbers) -> str | None:
    """Return the customers' sales then, now and in an average month, and whether they order as usual."""
    _, people = n.words, largest_changes(result)
    if people.empty:
        return None
    now, then, average = (
        n.money_short(people[name].sum()) for name in ("net_amount", "last_year_amount", "average_amount")
    )
    sentence = _(
        "{names} brought {now}, after {then} in {earlier} and {average} in an average month of the last 12.",
        names=_.listed(display_names(people)), now=now, then=then, earlier=_earlier(result, n), average=average,
    )  # fmt: skip
    rhythm = _rhythm(people, states, n)
    return _("{first} {second}", first=sentence, second=rhythm) if rhythm else sentence


def proposed_actions(result: MonthGap, n: Numbers, likely: Likelihood) -> Proposals:
    """Propose to call the customers in the bridge, in its order, if the month missed its plan.

    The shortfall against the month's sales a year earlier is at stake.
    """
    people = causes_of_missed_plan(result)
    if people.empty:
        return no_actions()
    missing, due = -people["change_amount"], due_day(result.month, _CALL_DAYS, n)
    about = people[["customer_id", "net_amount", "average_amount"]]
    return propose(about, CALL, missing, due, _why_call, n, stated=("missing", missing))


def _why_call(row: Row, n: Numbers) -> str:
    now, average = n.money_short(row["net_amount"]), n.money_short(row["average_amount"])
    return n.words("Brought {now}; in an average month {average}", now=now, average=average)


def _rhythm(people: pd.DataFrame, states: CustomerStates | None, n: Numbers) -> str | None:
    """Return whether customers order in their rhythm, else those who do not with their states."""
    if states is None:
        return None
    _, known = n.words, states.customers.set_index("customer_id")["state"]
    found = look_up(people["customer_id"], known.astype("object"))
    off = people[~found.isin(_CALM)]
    if off.empty:
        return _.ngettext(
            "It still orders in its own rhythm.", "All {n} still order in their own rhythm.", len(people)
        )
    listed = (
        _("{name} ({state})", name=name, state=state_label(state, _))
        for name, state in zip(display_names(off), found[off.index], strict=True)
        if pd.notna(state)
    )
    return _("Out of their rhythm: {names}.", names=_.listed(listed))


def _steps(result: MonthGap, n: Numbers) -> list[tuple[str, float, bool]]:
    """Return the steps of the bridge: named customers, the rest of their group, the other groups.

    A customer's step is its change on a year earlier, the rest of its group what is left of the group's: all together
    are what lies between.
    """
    _, steps, people, main = n.words, _labelled(result, n), largest_changes(result), main_step(result)
    first: list[tuple[str, float, bool]] = []
    if main is not None and len(people):
        rest = from_units(
            to_units(main["change_amount"]) - sum(int(to_units(it)) for it in people["change_amount"])
        )
        first = [
            (str(name), change, True)
            for name, change in zip(display_names(people), people["change_amount"], strict=True)
        ]
        first.append(
            (_("Rest of {group}", group=steps.loc[[main.name], "label"].iloc[0]), float(rest), False)
        )
        steps = steps.drop(index=main.name)
    if len(steps) > _MOST_STEPS:
        smallest = steps["change_amount"].abs().rank(method="first") <= len(steps) - (_MOST_STEPS - 1)
        rest = steps.loc[smallest, "change_amount"].sum()
        steps = steps[~smallest]
        steps = pd.concat([steps, pd.DataFrame({"label": [_("Other groups")], "change_amount": [rest]})])
    others = zip(steps["label"], steps["change_amount"], strict=True)
    return [*first, *((label, change, False) for label, change in others)]


def _bridge(result: MonthGap, title: str, n: Numbers) -> Chart:
    _, start = n.words, n.words("Plan") if result.against == "plan" else _earlier(result, n)
    steps = _steps(result, n)
    rows = [
        (start, result.start_amount, "total"),
        *((label, change, "step") for label, change, _strong in steps),
        (_("Net sales"), result.net_amount, "total"),
    ]
    strong = [True, *(each for _label, _change, each in steps), True]
    return change_waterfall(rows, title, n, strong=strong, width=_BRIDGE_WIDTH)


def _classes(result: MonthGap, n: Numbers) -> list[Chart]:
    """Draw each group against its plan or last year; nothing with a single group."""
    _, steps = n.words, _labelled(result, n)
    steps = steps[steps["kind"] == GROUP]
    if len(steps) < 2:
        return []
    short = int((steps["net_amount"] < steps["start_amount"]).sum())
    words = {"n": n.count(short), "all": n.count(len(steps)), "by": labels.dimension_heading(result.by, _),
             "earlier": _earlier(result, n)}  # fmt: skip
    title = (
        _("{by}: {n} of {all} below plan", **words)
        if result.against == "plan"
        else _("{by}: {n} of {all} below {earlier}", **words)
    )
    if len(steps) > _MOST_DRAWN:
        steps = largest(steps, steps["change_amount"].abs(), _MOST_DRAWN)
    frame = steps.assign(value=steps["net_amount"], target=steps["start_amount"])
    alt = _.pairs(frame["label"], map(n.money_short, frame["value"]))
    mark = _("Plan") if result.against == "plan" else _earlier(result, n)
    return [
        bullets(frame, title=title, alt=alt, fmt=n.money_short, fmt_share=share_or_times(n, 0), target_label=mark,
                width=_CLASSES_WIDTH, row=_CLASS_ROW)
    ]  # fmt: skip
