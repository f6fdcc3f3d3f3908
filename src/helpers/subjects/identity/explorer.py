"""The review of pairs: both records, the decision (from which day, by whom, why), and undo."""

import getpass
from pathlib import Path
from typing import Any, Literal

import ipywidgets
import numpy as np
import pandas as pd

from helpers.core.scope import COMPANY
from helpers.errors import WorkbookError
from helpers.present.findings import findings
from helpers.present.widgets import Displayable, Explorer, dropdown, radio
from helpers.subjects.choices import ALL, NO_OPTION, set_options
from helpers.subjects.identity import views as show
from helpers.subjects.identity.decisions import Decision, decisions_file, withdraw_decision, write_decision
from helpers.subjects.identity.same_customers import SameCustomers

_LISTED = 500


class SameCustomersExplorer(Explorer):
    """A pair to review, both records, and a decision written to ``customer_aliases.csv``.

    ``written`` are the decisions of this session, the last one last; they take effect when the notebook runs again.
    """

    def __init__(self, book: Any, data: str | Path | None = "") -> None:
        self._book, self._data = book, data
        self._result: SameCustomers = book.same_customers()
        self.written: list[Decision] = []
        _ = book.numbers.words
        first_day = book.year.first_day(book.month)
        self.from_date = ipywidgets.DatePicker(description=_("Counts from"), value=first_day)
        self.decided_by = ipywidgets.Text(description=_("Decided by"), value=_user())
        self.reason = ipywidgets.Text(description=_("Reason"))
        self.buttons = {
            "same": ipywidgets.Button(description=_("The same")),
            "different": ipywidgets.Button(description=_("Different")),
            "undo": ipywidgets.Button(description=_("Undo"), disabled=True),
        }
        self.buttons["same"].on_click(lambda _button: self.decide("same"))
        self.buttons["different"].on_click(lambda _button: self.decide("different"))
        self.buttons["undo"].on_click(lambda _button: self.undo())
        self.said = ipywidgets.HTML()
        controls = {
            "which": radio(_("Pairs"), {_("Strong"): "strong", _("All"): ALL}),
            "pair": dropdown(_("Pair"), {NO_OPTION: ALL}),
        }
        row = {"flex_flow": "row wrap"}
        extra = [
            ipywidgets.HBox([self.from_date, self.decided_by, self.reason], layout=row),
            ipywidgets.HBox([*self.buttons.values(), self.said], layout=row),
        ]
        key = ("same_customers", str(book.month), book.scope.slug, _.language)
        super().__init__(key, controls, [self._records], _, extra=extra)

    def prepare(self, moved: str) -> None:
        """Update the options: pairs without a decision, also in this session."""
        if moved == "pair":
            return
        pairs = self._open()
        offered = [
            (
                f"{row['customer_id']} · {row['other_id']} · {row['name_of']}",
                f"{row['customer_id']}\n{row['other_id']}",
            )
            for row in pairs.head(_LISTED).to_dict("records")
        ]
        set_options(self.controls["pair"], offered or [(NO_OPTION, ALL)])

    def decide(self, decision: Literal["same", "different"]) -> None:
        """Write the decision about the shown pair: the first number counts as the other one, or is different."""
        _ = self._words
        pair = self.controls["pair"].value
        if not pair:
            return
        first, other = pair.split("\n")
        day = self.from_date.value or self._book.year.first_day(self._book.month)
        made = Decision(first, other, day, decision, self.decided_by.value.strip(), self.reason.value.strip())
        try:
            if self._book.scope != COMPANY:
                raise WorkbookError(
                    _("Decisions count for the whole company: open the notebook with scope company.")
                )
            path = decisions_file(self._data)
            write_decision(path, made)
        except WorkbookError as error:
            self._say(str(error))
            return
        self.written.append(made)
        self.reason.value = ""
        self._after(_("{first} and {other}: written to {file}. It counts once the notebook runs again.",
                      first=first, other=other, file=path.name))  # fmt: skip

    def undo(self) -> None:
        """Withdraw the last decision of this session."""
        _ = self._words
        if not self.written:
            return
        last = self.written[-1]
        try:
            withdraw_decision(decisions_file(self._data), last)
        except WorkbookError as error:
            self._say(str(error))
            return
        self.written.pop()
        self._after(_("{first} and {other}: taken back.", first=last.customer_id, other=last.same_as))

    def _after(self, message: str) -> None:
        self.buttons["undo"].disabled = not self.written
        self._say(message)
        self.prepare("")

    def _say(self, text: str) -> None:
        self.said.value = findings(text)._repr_mimebundle_()["text/html"]

    def _open(self) -> pd.DataFrame:
        done = {frozenset((each.customer_id, each.same_as)) for each in self.written}
        pairs = self._result.strong if self.controls["which"].value == "strong" else self._result.pairs
        waits = [
            frozenset(pair) not in done for pair in zip(pairs["customer_id"], pairs["other_id"], strict=True)
        ]
        return pairs[np.array(waits, dtype=bool)]

    def _records(self, pair: str, which: str) -> list[Displayable]:
        n = self._book.numbers
        if not pair:
            is_strong = which == "strong"
            none = (
                n.words("No strong pair waits for a decision.")
                if is_strong
                else n.words("There is no such pair.")
            )
            return [findings(none)]
        first, other = pair.split("\n")
        pairs = self._result.pairs
        one = pairs[(pairs["customer_id"] == first) & (pairs["other_id"] == other)]
        shown = SameCustomers(one.assign(is_strong=True), 0, self._result.masked)
        return [
            show.pairs_table(shown, n),
            *show.records_table(shown, self._book.identity_records([first, other]), n),
        ]


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def same_customers(book: Any, data: str | Path | None = "") -> SameCustomersExplorer:
    """Review pairs of customer numbers one after the other; ``data`` is the notebook's parameter.

    Examples
    --------
    >>> explorer = same_customers(book)  # as the last line of a cell: `same_customers(book, data)`
    >>> [*explorer.controls]
    ['which', 'pair']
    """
    return SameCustomersExplorer(book, data)
