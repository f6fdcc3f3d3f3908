"""Actions: every subject proposes them in the same form, and the front page makes one list of them."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from typing import Any, Literal, get_args, overload

import pandas as pd

from helpers.core.proposals import DISPLAYED, Measure, Proposals, Unit
from helpers.present.numbers import Numbers
from helpers.present.words import Words

Kind = Literal["call", "visit", "win_back", "keep", "grow", "review_credit", "collect", "answer_complaint"]
KINDS: tuple[Kind, ...] = get_args(Kind)
COLUMNS = ("customer_id", "kind", "value_amount", "due_date")
#: What a sentence about an action is written from, by column.
Row = Mapping[Hashable, Any]


def actions(
    rows: pd.DataFrame,
    about: pd.DataFrame,
    write: Callable[[pd.DataFrame], Sequence[str]],
    unit: Unit = "sales",
) -> Proposals:
    """Return proposed actions in the shape that all subjects share.

    Parameters
    ----------
    rows
        customer_id; kind (one of `KINDS`); value_amount (money at stake in a year, 0 or more); due_date (day by which
        it should be done); perhaps measure and shown_amount (see `Proposals`).
    about, write
        What the reasons are written from, a row an action, and how: see `Proposals`. Only what is shown is written.
    unit
        What value_amount is: net sales, margin, or money that is the seller's own.

    Raises
    ------
    ValueError
        A column is missing, a kind is not one of `KINDS`, or ``about`` is of other rows.
    """
    missing = [name for name in COLUMNS if name not in rows]
    unknown = sorted(set(rows.get("kind", pd.Series(dtype=str)).unique()) - set(KINDS))
    if missing or unknown:
        raise ValueError(f"Actions lack {missing}; kinds that do not exist: {unknown}")
    if len(about) != len(rows):
        raise ValueError(f"There are {len(rows)} actions and {len(about)} rows to write their reasons from")
    displayed = [name for name in DISPLAYED if name in rows]
    rows = rows[[*COLUMNS, *displayed]].assign(
        due_date=pd.to_datetime(rows["due_date"]).astype("datetime64[ns]")
    )
    return Proposals(rows.reset_index(drop=True), about, write, unit)


def propose(
    about: pd.DataFrame,
    kind: str | pd.Series,
    value_amount: pd.Series,
    due_date: pd.Timestamp | pd.Series,
    reason: Callable[[dict[Any, Any], Numbers], str],
    n: Numbers,
    unit: Unit = "sales",
    stated: tuple[Measure | pd.Series, pd.Series] | None = None,
) -> Proposals:
    """Return one proposed action for each row of ``about``, with a sentence written from that row.

    Parameters
    ----------
    about
        customer_id, and what ``reason`` is written from.
    kind, value_amount, due_date
        As for `actions`; one for all, or by the index of ``about``.
    reason
        Row -> why, complete in itself; it travels to other processes, so it is a function of a module.
    unit
        As for `actions`.
    stated
        Measure and amount of the figure that a reader is told; None: it is the value.
    """
    columns = {"kind": kind, "value_amount": value_amount, "due_date": due_date}
    columns |= dict(zip(DISPLAYED, stated or (), strict=False))
    rows = pd.DataFrame(
        {"customer_id": about["customer_id"], **columns}
    )  # of another index: refused by its length
    return actions(rows, about, partial(_each, reason=reason, n=n), unit)


def _each(about: pd.DataFrame, reason: Callable[[dict[Any, Any], Numbers], str], n: Numbers) -> list[str]:
    return [reason(row, n) for row in about.to_dict("records")]


def no_actions() -> Proposals:
    """Return the proposals of a subject whose table is not supplied."""
    return actions(pd.DataFrame(columns=list(COLUMNS)), pd.DataFrame(), _nothing)


def _nothing(about: pd.DataFrame) -> list[str]:
    return []


def kind_label(kind: str, _: Words) -> str:
    """Return what readers call a kind of action."""
    labels: Mapping[str, str] = {
        "call": _("Call"), "visit": _("Visit"), "win_back": _("Win back"), "keep": _("Keep"), "grow": _("Grow"),
        "review_credit": _("Review credit"), "collect": _("Collect"),
        "answer_complaint": _("Answer complaint"),
    }  # fmt: skip
    return labels[kind]


def amount_labels(unit: Unit, _: Words) -> Mapping[str, str]:
    """Return by measure what the figure beside an action says, with what it is: ``{amount} overdue``."""
    is_margin = unit == "margin"
    return {
        "at_risk": _("{amount} margin a year at risk") if is_margin else _("{amount} sales a year at risk"),
        "to_win": _("{amount} margin a year to win") if is_margin else _("{amount} sales a year to win"),
        "overdue": _("{amount} overdue"), "over_limit": _("{amount} over the credit limit"),
        "owed": _("{amount} owed"), "missing": _("{amount} less than a year ago"), "loss": _("{amount} loss"),
        "waiting": _("{amount} not shipped"), "returned": _("{amount} returned"),
        "quoted": _("{amount} expected of quotes"),
    }  # fmt: skip


@overload
def due_day(month: pd.Period, days: int, n: Numbers) -> pd.Timestamp: ...
@overload
def due_day(month: pd.Period, days: pd.Series, n: Numbers) -> pd.Series: ...
def due_day(month: pd.Period, days: int | pd.Series, n: Numbers) -> pd.Timestamp | pd.Series:
    """Return the day so many days after the month end."""
    return n.year.ends(month) + pd.to_timedelta(days, unit="D")
