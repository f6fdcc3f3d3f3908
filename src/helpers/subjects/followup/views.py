"""Views of actions and their outcomes."""

import html
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from helpers.present.actions import kind_label
from helpers.present.charts.chart import plain
from helpers.present.findings import Findings, findings
from helpers.present.name_lists import display_names, measures, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, behind, table
from helpers.subjects.followup.outcomes import Outcomes
from helpers.subjects.followup.sheet import actions_file, status_label
from helpers.subjects.summary.action_list import ActionList

#: Number of last month's actions on the front page; the spreadsheet of the tables has all.
_SHOWN = 10


@dataclass(frozen=True)
class Heading:
    """A heading that is shown only with content below it."""

    text: str

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": f"<h2>{html.escape(plain(self.text))}</h2>", "text/plain": self.text}


def with_sheet(
    shown: Sequence[Table | Findings], result: ActionList, month: pd.Period, n: Numbers
) -> list[Table | Findings]:
    """Return the action tables of the front page; the first one has all actions as a file."""
    first, *rest = shown
    if not isinstance(first, Table):
        return list(shown)
    return [replace(first, full_list=actions_file(result, month, n)), *rest]


def outcome_tables(result: Outcomes | None, n: Numbers) -> list[Heading | Findings | Table]:
    """Return the outcomes of last month's list: a sentence, a table by kind, and the ten largest actions."""
    if result is None:
        return []
    return [
        Heading(n.words("What became of last month's list?")),
        findings(*_sentences(result, n)),
        behind(kinds_table(result, n)),
        behind(rows_table(result, n)),
    ]


def _sentences(result: Outcomes, n: Numbers) -> list[str]:
    _, kinds, own = n.words, result.kinds, result.rows[~result.rows["added"]]
    listed, known, true = len(own), int(own["hit"].count()), int(own["hit"].sum())
    sentences = [
        _.ngettext(
            "The list of {month} had {listed} action; of {told} of which the data tell, {true} came true.",
            "The list of {month} had {listed} actions; of {told} of which the data tell, {true} came true.",
            listed, month=n.month(result.month), listed=n.count(listed), told=n.count(known), true=n.count(true),
        )
    ]  # fmt: skip
    fed_back, done = int(kinds["fed_back"].sum()), int(kinds["done"].sum())
    if fed_back:
        sentences.append(
            _.ngettext(
                "{back} was reported back, {done} as done.", "{back} were reported back, {done} as done.",
                fed_back, back=n.count(fed_back), done=n.count(done),
            )
        )  # fmt: skip
    if added := len(result.rows) - listed:
        sentences.append(
            _.ngettext(
                "{n} call of a salesperson's own list was reported back beside them.",
                "{n} calls of salespeople's own lists were reported back beside them.", added,
            )
        )  # fmt: skip
    if result.unmatched:
        sentences.append(
            _.ngettext(
                "{n} line reported back is about an action that the data of {month} do not give.",
                "{n} lines reported back are about actions that the data of {month} do not give.",
                result.unmatched, month=n.month(result.month),
            )
        )  # fmt: skip
    return sentences


def kinds_table(result: Outcomes, n: Numbers) -> Table:
    """List how often each kind came true, and how often by chance."""
    _ = n.words
    verdicts = {
        "more": _("more than by itself"), "less": _("less than by itself"), "same": _("no more than by itself"), "": "",
    }  # fmt: skip
    bought, as_ever = _("bought"), _("bought at least as in an average month before")
    meant = {
        "visit": bought, "win_back": bought, "call": as_ever, "keep": as_ever, "grow": as_ever,
        "collect": _("paid all that was overdue"), "answer_complaint": _("every complaint closed"),
    }  # fmt: skip
    kinds = result.kinds
    frame = kinds.assign(
        meant=[meant.get(kind, "–") for kind in kinds["kind"]],
        what=[kind_label(kind, _) for kind in kinds["kind"]],
        by_itself=[
            _.phrases([n.in_percent(share), *filter(None, [verdicts[verdict]])] if pd.notna(share) else ["–"])
            for share, verdict in zip(kinds["chance_percent"], kinds["verdict"], strict=True)
        ],
    )
    columns = {
        "what": Column(_("What was to be done")),
        "meant": Column(_("Came true means")),
        "listed": Column(_("On the list"), n.count),
        "done": Column(_("Reported done"), n.count),
        "told": Column(_("The data tell"), n.count),
        "hit": Column(_("Came true"), n.count),
        "hit_percent": Column(_("Hit rate"), n.in_percent),
        "by_itself": Column(_("The same customers in the months before")),
    }
    if not kinds["fed_back"].any():
        del columns["done"]
    caption = _("How often it came true in {month}", month=n.month(result.month + 1))
    return table(frame, columns, caption)


def rows_table(result: Outcomes, n: Numbers) -> Table:
    """List actions, most at stake first, with what the data show since and the feedback."""
    _, rows = n.words, result.rows.sort_values("value_amount", ascending=False, kind="stable")
    true = {1.0: _("came true"), 0.0: _("did not come true")}
    frame = rows.assign(
        what=[kind_label(kind, _) for kind in rows["kind"]],
        since=[_since(row, n) for row in rows.to_dict("records")],
        result=[true.get(value, "–") for value in rows["hit"]],
        owner=display_names(rows, "salesperson_id", "salesperson_name"),
        said=[_feedback_text(row, n) for row in rows.to_dict("records")],
        customer=display_names(rows),
    )
    columns = {
        **measures(n, "customer"),
        "what": Column(_("What was to be done")),
        "since": Column(_("What came since")),
        "result": Column(_("Result")),
        "said": Column(_("Reported back")),
        "owner": Column(_("Salesperson")),
    }
    if rows["status"].isna().all():
        del columns["said"]
    if len(rows["salesperson_id"].drop_duplicates()) == 1:
        del columns["owner"]
    caption = _("The list of {month} and what came of it", month=n.month(result.month))
    shown = truncated_table(
        len(frame), frame.head(_SHOWN), columns, caption, n, cut="smaller_apart", sortable=False, cards=True
    )
    return replace(shown, frame=frame, row_count=len(frame))


def _since(row: dict[Any, Any], n: Numbers) -> str:
    _ = n.words
    parts = [
        _("bought {amount}", amount=n.money_short(row["bought_amount"]))
        if row["bought_amount"] > 0
        else _("bought nothing")
    ]
    if row["visits"] > 0:
        parts.append(_.ngettext("visited once", "visited {n} times", int(row["visits"])))
    elif row["contacts"] > 0:
        parts.append(_.ngettext("contacted once", "contacted {n} times", int(row["contacts"])))
    elif pd.notna(row["contacts"]):
        parts.append(_("no contact on record"))
    if row["kind"] in ("collect", "review_credit") and pd.notna(row["overdue_amount"]):
        paid, owed = n.money_short(row["paid_amount"]), n.money_short(row["overdue_amount"])
        parts.append(_("paid {paid} of {owed} overdue", paid=paid, owed=owed))
    if row["kind"] == "answer_complaint" and pd.notna(row["complaints"]):
        closed, count = n.count(row["closed"]), int(row["complaints"])
        parts.append(
            _.ngettext(
                "{closed} of {n} complaint closed", "{closed} of {n} complaints closed", count, closed=closed
            )
        )
    return _.phrases(parts)


def _feedback_text(row: dict[Any, Any], n: Numbers) -> str:
    if pd.isna(row["status"]):
        return "–"
    parts = [status_label(row["status"], n.words)]
    if pd.notna(row["date"]):
        parts.append(n.date(row["date"]))
    if pd.notna(row["note"]):
        parts.append(plain(row["note"]))
    return n.words.phrases(parts)
