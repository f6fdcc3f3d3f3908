"""Whether the month was made, and why not: the bridge from its plan to what came, and who is behind it."""

from __future__ import annotations

import pandas as pd

from helpers.core.frames.groups import GROUP, UNASSIGNED
from helpers.present import labels
from helpers.present.charts.chart import Chart
from helpers.present.charts.waterfall import change_waterfall
from helpers.present.findings import Findings, findings
from helpers.present.name_lists import called
from helpers.present.numbers import Numbers
from helpers.subjects.summary.month_gap import MOST_CUSTOMERS, MonthGap

#: Steps of the bridge beside the two totals; what is smaller is one step.
_MOST_STEPS = 7


def month_made(result: MonthGap | None, n: Numbers) -> list[Findings | Chart]:
    """Say whether the month was made, which group and whom that comes from, and draw the way there."""
    if result is None:
        return [findings(n.words("There is neither a plan for the month nor the same month a year earlier."))]
    made, on_last_year = _against_plan(result, n), _against_last_year(result, n)
    title = made or on_last_year or n.month(result.month)
    # The picture's title has said the one already.
    said = findings(on_last_year if made else None, _where(result, n), _who(result, n))
    return [_bridge(result, title.removesuffix(".").removesuffix("。"), n), said]


def _earlier(result: MonthGap, n: Numbers) -> str:
    """Name what the month is held against: the same month a year earlier, or the same days of it."""
    month = n.month(result.month - 12)
    return month if result.until is None else n.words("the same days of {month}", month=month)


def _against_plan(result: MonthGap, n: Numbers) -> str | None:
    """Say what came of the plan; None where there is none."""
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
    if plan <= 0:
        return _("{month} brought {amount} more than planned.", **words) if change > 0 else None
    if result.net_amount < 0:
        return _("{month} missed its plan by {amount}: more was returned than sold.", **words)
    words["share"] = n.percent(result.net_amount / plan)
    if change < 0:
        return _("{month} missed its plan by {amount}: {share} of it came.", **words)
    return _("{month} beat its plan by {amount}: {share} of it came.", **words)


def _against_last_year(result: MonthGap, n: Numbers) -> str | None:
    """Say what changed on the same month a year earlier, where that is what the steps begin with."""
    _, change = n.words, result.change_amount
    if result.against != "last_year":
        return None
    words = {
        "month": n.month(result.month),
        "amount": n.money_short(abs(change)),
        "earlier": _earlier(result, n),
    }
    if change == 0:
        return _("{month} brought as much as {earlier}.", **words)
    if change < 0:
        return _("{month} brought {amount} less than {earlier}.", **words)
    return _("{month} brought {amount} more than {earlier}.", **words)


def _labelled(result: MonthGap, n: Numbers) -> pd.DataFrame:
    names, plans = labels.groups(result.steps, n.words), result.steps["kind"] == "plans"
    return result.steps.assign(label=names.mask(plans, n.words("Groups' plans differ from it")))


def _main(result: MonthGap) -> pd.Series | None:
    """Return the step of the group that most of the distance comes from, on its side of zero; None: no distance."""
    steps, change = result.steps[result.steps["kind"] != "plans"], result.change_amount
    side = steps[steps["change_amount"] * change > 0]
    return None if side.empty else side.iloc[int(side["change_amount"].abs().argmax())]


def _in_sentence(step: pd.Series, result: MonthGap, n: Numbers) -> str:
    """Name a step as it stands in a sentence: what is in no group has no name of its own."""
    if step["kind"] == GROUP:
        return str(step["group"])
    if step["kind"] == UNASSIGNED:
        return n.words("sales that name no customer")
    return n.words("customers without a recorded {dimension}", dimension=labels.dimension(result.by, n.words))


def _ungrouped(main: pd.Series, result: MonthGap) -> bool:
    """Tell whether no customer is in any group: then that they are in none explains nothing."""
    return bool(main["kind"] not in (GROUP, UNASSIGNED) and not result.steps["kind"].eq(GROUP).any())


def _where(result: MonthGap, n: Numbers) -> str | None:
    """Name the group that most of it comes from, and the one that goes furthest the other way."""
    _, main = n.words, _main(result)
    if main is None or _ungrouped(main, result):
        return None
    steps = result.steps[result.steps["kind"] != "plans"]
    other = steps.iloc[-1 if result.change_amount < 0 else 0]
    first, second = (
        f"{_in_sentence(step, result, n)} {n.signed_money_short(step['change_amount'])}"
        for step in (main, other)
    )
    if (other["change_amount"] > 0) == (main["change_amount"] > 0):
        return _("It comes from {group}.", group=first)
    return _("It comes from {group}; furthest the other way is {other}.", group=first, other=second)


def _who(result: MonthGap, n: Numbers) -> str | None:
    """Name the customers of that group who bought most less (or more) than in the same month a year earlier."""
    _, main, people = n.words, _main(result), result.customers
    if main is None or people.empty:
        return None
    same = people["group"].eq(main["group"]) if pd.notna(main["group"]) else people["group"].isna()
    people = people[same & people["kind"].eq(main["kind"])]
    below = result.change_amount < 0
    people = people[people["change_amount"] < 0] if below else people[people["change_amount"] > 0].iloc[::-1]
    people = people.head(MOST_CUSTOMERS)
    if people.empty:
        return None
    named = zip(called(people), people["change_amount"], strict=True)
    listed = _.listed(f"{name} {n.signed_money_short(change)}" for name, change in named)
    words = {"names": listed, "group": _in_sentence(main, result, n), "earlier": _earlier(result, n)}
    if _ungrouped(main, result):
        return (
            _("Furthest below {earlier}: {names}.", **words)
            if below
            else _("Furthest above {earlier}: {names}.", **words)
        )
    if below:
        return _("Among {group}, furthest below {earlier}: {names}.", **words)
    return _("Among {group}, furthest above {earlier}: {names}.", **words)


def _bridge(result: MonthGap, title: str, n: Numbers) -> Chart:
    _, steps = n.words, _labelled(result, n)
    if len(steps) > _MOST_STEPS:
        smallest = steps["change_amount"].abs().rank(method="first") <= len(steps) - (_MOST_STEPS - 1)
        rest = steps.loc[smallest, "change_amount"].sum()
        steps = steps[~smallest]
        steps = pd.concat([steps, pd.DataFrame({"label": [_("Others")], "change_amount": [rest]})])
    start = _("Plan") if result.against == "plan" else _earlier(result, n)
    rows = [
        (start, result.start_amount, "total"),
        *(
            (label, change, "step")
            for label, change in zip(steps["label"], steps["change_amount"], strict=True)
        ),
        (_("Net sales"), result.net_amount, "total"),
    ]
    return change_waterfall(rows, title, n)
