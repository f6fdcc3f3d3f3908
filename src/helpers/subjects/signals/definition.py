"""What a signal is: one record that the page, the churn score and the playbook read alike, and what it is measured on.

The records themselves are in `helpers.subjects.signals.catalogue`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core.amounts import factorize_sorted, round_significant
from helpers.core.frames.lookup import index_positions, reindex_rows
from helpers.core.periods import CALENDAR_YEAR, CompanyYear, Span, trailing
from helpers.present.actions import Kind
from helpers.present.numbers import Numbers
from helpers.present.words import Words
from helpers.settings.analysis import Playbook
from helpers.subjects.signals import strength
from helpers.subjects.signals.strength import Floats
from helpers.subjects.signals.windows import RECENT_MONTHS

#: A text in the reader's language.
Text = Callable[[Words], str]
_ALL_NAN = np.full(1, np.nan)


class Part(NamedTuple):
    """One signal by customer: value, the customer's own usual, strength (NaN: not measurable), and a detail."""

    value: Floats
    usual: Floats
    strength: Floats
    detail: Floats

    @classmethod
    def build(
        cls, value: Floats, usual: Floats | None, how_strong: Floats, detail: Floats | None = None
    ) -> Part:
        """Build a signal; a column that is NaN for all takes no memory."""
        all_nan = np.broadcast_to(_ALL_NAN, len(value))
        return cls(
            value,
            all_nan if usual is None else usual,
            round_significant(how_strong),
            all_nan if detail is None else detail,
        )


@dataclass(frozen=True)
class Columns:
    """Columns of a fact aligned to given customers: each is aligned when it is read."""

    frame: pd.DataFrame
    positions: NDArray[np.intp]

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, ids: pd.Index) -> Columns:
        """Return a fact's columns by customer, in the order of ``ids``."""
        return cls(frame, index_positions(pd.Index(frame["customer_id"]), ids))

    def __contains__(self, name: object) -> bool:
        return name in self.frame

    def __len__(self) -> int:
        return len(self.positions)

    def raw(self, name: str) -> pd.Series:
        """Return a column in its own type, missing where the customer has no row."""
        return (
            self.frame[name].reset_index(drop=True).reindex(np.where(self.positions < 0, -1, self.positions))
        )

    def floats(self, name: str) -> Floats:
        """Return a column of numbers, 0 where it is missing."""
        values = self.frame[name].to_numpy(dtype="float64", na_value=np.nan)
        found = np.append(values, 0.0)[self.positions]  # -1, the last: no row
        found[np.isnan(found)] = 0.0
        return found


@dataclass(frozen=True)
class SignalInputs:
    """What signals are measured on: facts of the whole company, aligned by customer.

    Attributes
    ----------
    month, first_month
        The report's month, and the first one of the data.
    evidence
        The fact of this name: the columns that signals read (`Measure`).
    rhythm, customer_months
        The facts of these names; rhythm by customer_id, with empty rows for customers without a purchase.
    trade_class, names
        By customer_id.
    p_alive
        Probability that a customer has not left; None if no purchase model could be fitted.
    wallet
        The fact wallet_changes, by customer_id; None if it is not supplied.
    """

    month: pd.Period
    first_month: pd.Period
    evidence: Columns
    rhythm: pd.DataFrame
    customer_months: pd.DataFrame
    trade_class: pd.Series
    names: pd.Series
    p_alive: Floats | None = None
    wallet: pd.DataFrame | None = None
    year: CompanyYear = CALENDAR_YEAR

    def sums(self, window: str, *names: str) -> list[Floats]:
        """Return sums of the evidence in a window: ``recent``, ``usual`` or ``ever``."""
        return [self.evidence.floats(f"{name}_{window}") for name in names]

    def rhythm_columns(self, *names: str) -> list[Floats]:
        """Return columns of the fact rhythm, 0 where they are missing."""
        return [self.rhythm[name].fillna(0.0).to_numpy(dtype="float64") for name in names]

    @cached_property
    def regularity(self) -> Floats:
        """Erlang k of each customer's gaps (`strength.regularity`)."""
        return strength.regularity(*self.rhythm_columns("gaps", "gap_sum", "log_gap_sum"))

    @cached_property
    def label(self) -> pd.Series:
        """Trade class by customer_id, empty text where none is recorded."""
        return self.trade_class.astype("object").where(self.trade_class.notna(), "")

    @property
    def reaches_last_year(self) -> bool:
        """Whether the recent months can be compared with the same ones of last year."""
        return self.first_month <= trailing(self.month, RECENT_MONTHS).year_back().first

    @cached_property
    def sold(self) -> pd.DataFrame:
        """Net sales and purchase days, ``_recent`` and ``_year_ago``: of the same months of the previous year."""
        recent_months = trailing(self.month, RECENT_MONTHS)
        columns: dict[str, pd.Series] = {}
        for name, span in (("recent", recent_months), ("year_ago", recent_months.year_back())):
            sums = sold_in(self.customer_months, span, self.rhythm.index)
            columns |= {f"amount_{name}": sums["net_amount"], f"days_{name}": sums["purchase_days"]}
        return pd.DataFrame(columns, index=self.rhythm.index)


def sold_in(customer_months: pd.DataFrame, span: Span, ids: pd.Index) -> pd.DataFrame:
    """Add up net_amount and purchase_days of the months of a span, by customer_id, 0 where nothing was bought."""
    columns = ["customer_id", "net_amount", "purchase_days"]
    rows = customer_months.loc[span.holds(customer_months["month"]), columns]
    codes, ids_found = factorize_sorted(rows["customer_id"])
    sums = rows[["net_amount", "purchase_days"]].groupby(codes, sort=True).sum()
    return reindex_rows(ids, sums.set_axis(ids_found)).fillna(0.0)


@dataclass(frozen=True)
class Measure:
    """How a signal is measured: a function of `SignalInputs` that returns None if the data do not allow it.

    ``reads`` names the sums and columns of the fact evidence that it uses, without the names of windows.
    """

    compute: Callable[[SignalInputs], Part | None]
    reads: tuple[str, ...] = ()


def share_change(over: str, under: str, worse: int) -> Measure:
    """Measure the share that one count has in another, recent against usual (`strength.share_change`).

    ``worse``: 1 where more of it is worrying, -1 where less is.
    """

    def measure(inputs: SignalInputs) -> Part | None:
        if f"{over}_recent" not in inputs.evidence:
            return None
        hits, n, hits_usual, n_usual = inputs.sums("recent", over, under) + inputs.sums("usual", over, under)
        z = worse * strength.against_chance(strength.share_change(hits, n, hits_usual, n_usual))
        return Part.build(strength.quotient(hits, n), strength.quotient(hits_usual, n_usual), z)

    return Measure(measure, (over, under))


def mean_change(stem: str, worse: int, least: int = 2, since_ever: bool = False) -> Measure:
    """Measure the mean of what is observed now and then, recent against usual (`strength.mean_change`).

    It reads ``STEM_n``, ``STEM_sum`` and ``STEM_square``, and needs ``least`` observations in each window;
    ``since_ever``: the usual is all that was observed before. ``worse`` as in `share_change`.
    """
    reads = (f"{stem}_n", f"{stem}_sum", f"{stem}_square")

    def measure(inputs: SignalInputs) -> Part | None:
        if f"{stem}_n_recent" not in inputs.evidence:
            return None
        recent, usual = inputs.sums("recent", *reads), inputs.sums("ever" if since_ever else "usual", *reads)
        if since_ever:
            usual = [ever - recent_n for ever, recent_n in zip(usual, recent, strict=True)]
        z = worse * strength.against_chance(strength.mean_change(recent, usual, least))
        return Part.build(strength.quotient(recent[1], recent[0]), strength.quotient(usual[1], usual[0]), z)

    return Measure(measure, reads)


@dataclass(frozen=True)
class Feature:
    """A feature of the churn model, computed from a signal's evidence at a month end.

    Attributes
    ----------
    name
        Column of the fact signal_panel.
    value
        What it is, of a row of `windows.evidence_at`; NULL if nothing is known.
    reads
        Columns of `windows.evidence_at` without which there is no such feature.
    long_tail
        Whether the model gets its logarithm.
    bounds
        Least and most that the model gets, where a typing error could put a value anywhere.
    """

    name: str
    value: Callable[[ir.Table], ir.Value]
    reads: tuple[str, ...]
    long_tail: bool = False
    bounds: tuple[float, float] | None = None

    def transform(self, values: pd.Series) -> pd.Series:
        """Return the values as the model gets them."""
        if self.long_tail:
            return pd.Series(np.log1p(values.clip(lower=0)), values.index)
        return values if self.bounds is None else values.clip(*self.bounds)


Bounds = tuple[float, float] | None


def share_features(
    name: str, over: str, under: str, bounds: Bounds = None, change: Bounds = None
) -> tuple[Feature, ...]:
    """Return the features of a quotient of two sums: ``NAME`` recently, and ``NAME_change`` against the usual.

    Both are NULL if there is nothing to divide by; ``bounds`` and ``change`` are theirs.
    """

    def quotient(evidence: ir.Table, window: str) -> ir.Value:
        return evidence[f"{over}_{window}"] / evidence[f"{under}_{window}"].nullif(0)

    reads = (f"{over}_recent", f"{under}_recent", f"{over}_usual", f"{under}_usual")
    return (
        Feature(name, lambda e: quotient(e, "recent"), reads, bounds=bounds),
        Feature(
            f"{name}_change", lambda e: quotient(e, "recent") - quotient(e, "usual"), reads, bounds=change
        ),
    )


def column_feature(name: str, source: str | None = None, long_tail: bool = False) -> Feature:
    """Return the feature that is a column of the evidence as it is."""
    return Feature(name, lambda e: e[source or name], (source or name,), long_tail)


@dataclass(frozen=True)
class Signal:
    """One signal.

    Attributes
    ----------
    name
        What settings (``[playbook.steps]``) and tables call it.
    measure
        How it is measured and tested: `share_change`, `mean_change` or a `Measure` of its own.
    label
        What readers call it.
    sentence
        A row of `Signals.signals` in words.
    step
        What to do about it, where the playbook says nothing else.
    needs
        Tables or columns it needs, where that is not the order lines alone.
    least_change
        Least change that matters in practice, in the unit of the signal; a smaller one is never noticed.
    relative
        Whether the least change is a share of the usual.
    is_rhythm
        Whether it says, in another way, what others of the rhythm of orders say: only the strongest of them counts
        in a customer's total.
    repeats
        The signal that it says again in another way, and beside which it is not listed.
    action
        What is proposed to do where it is a customer's strongest.
    features
        What the churn score learns of the same evidence.
    purchase_features
        What it learns of the purchases, by the names of `churn.learning.features.purchase_features`.
    reason
        What the churn score calls the features as a reason; default: the signal's name.
    figures
        The reason in words, of a row of `RiskList.everyone`, for the score uses much that is small; default: the label.
        Where the signal is noticed its sentence is said.
    """

    name: str
    measure: Measure
    label: Text
    sentence: Callable[[pd.Series, Numbers], str]
    step: Text
    needs: str | None = None
    least_change: float | None = None
    relative: bool = False
    is_rhythm: bool = False
    repeats: str | None = None
    action: Kind = "keep"
    features: tuple[Feature, ...] = ()
    purchase_features: tuple[str, ...] = ()
    reason: str = ""
    figures: Callable[[dict[Any, Any], Numbers], str] | None = None

    @property
    def reason_name(self) -> str:
        """What the churn score calls its features as a reason."""
        return self.reason or self.name

    @property
    def feature_columns(self) -> tuple[str, ...]:
        """The columns that are features of the churn model."""
        return (*self.purchase_features, *(feature.name for feature in self.features))

    def next_step(self, playbook: Playbook, _: Words) -> str:
        """What the playbook says to do: the settings' text, else the default in the report's language."""
        return playbook.steps[self.name] if self.name in playbook.steps else self.step(_)

    def reason_text(self, row: dict[Any, Any], n: Numbers) -> str:
        """Say it as a reason of the churn score."""
        return self.label(n.words) if self.figures is None else self.figures(row, n)

    def matters(self, part: Part) -> NDArray[np.bool_]:
        """Return for which customers the change is large enough to matter in practice."""
        if self.least_change is None:
            return np.ones(len(part.value), dtype=bool)
        change = np.abs(part.value - np.where(np.isnan(part.usual), 0.0, part.usual))
        if self.relative:
            with np.errstate(divide="ignore", invalid="ignore"):
                change = change / part.usual
        return np.asarray(change >= self.least_change)
