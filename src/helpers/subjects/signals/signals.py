"""Signals that warn before the orders stop: each against the customer's own usual and against its class.

The signals are declared in `helpers.subjects.signals.catalogue`. They are kept as arrays by customer; a table of rows
is made only of what is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core.disclosure import disclosed_growth, disclosed_mean
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import look_up, reindex_rows
from helpers.core.periods import CALENDAR_YEAR, CompanyYear, first_month_of, trailing
from helpers.subjects.signals import catalogue
from helpers.subjects.signals.definition import Columns, Part, SignalInputs, sold_in
from helpers.subjects.signals.measures import NOTICED
from helpers.subjects.signals.strength import Floats

#: Total strength from which a customer comes first in a list, whatever its sales.
SEVERE_STRENGTH = 4.0
#: Columns of a signal's rows that differ from customer to customer.
_VALUE_COLUMNS = ("value", "usual", "peers", "detail", "strength", "noticed")
#: Signals whose usual is a customer's own, times what its class did since (the detail).
_TIMES_ITS_CLASS = ("frequency", "spend")
_OVERVIEW_COLUMNS = ["kind", "group", "signal", "customers", "noticed", "net_amount"]


@dataclass(frozen=True)
class SignalArrays:
    """Signals as arrays: each customer has one position in all of them.

    Attributes
    ----------
    customer_rows
        By position, in the order of ids: customer_id, name, group (trade class), active, net_amount.
    parts
        Signal -> its values, in the order of the catalogue.
    noticed
        Signal -> whether it is strong enough, and large enough to matter; of those folded away nobody's is.
    classes, peers
        Number of each customer's class, and signal -> the median value of each class's active customers.
    folded
        Signals folded away -> whether they would be noticed.
    """

    customer_rows: pd.DataFrame
    parts: Mapping[str, Part]
    noticed: Mapping[str, NDArray[np.bool_]]
    classes: NDArray[np.int64]
    peers: Mapping[str, Floats]
    folded: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)

    @classmethod
    def from_parts(
        cls, customer_rows: pd.DataFrame, parts: Mapping[str, Part], folded: Collection[str] = frozenset()
    ) -> SignalArrays:
        """Compare every signal with the customer's class, and decide which are noticed."""
        classes, names = pd.factorize(customer_rows["group"], use_na_sentinel=False)
        active = customer_rows["active"].to_numpy()
        peers, noticed = {}, {}
        for signal, part in parts.items():
            medians = pd.Series(part.value[active]).groupby(classes[active]).median()
            peers[signal] = medians.reindex(range(len(names))).to_numpy(dtype="float64")
            noticed[signal] = (part.strength >= NOTICED) & catalogue.signal(signal).matters(part)
        would_notice = {signal: noticed[signal] for signal in parts if signal in folded}
        noticed |= {signal: np.zeros(len(customer_rows), dtype=bool) for signal in would_notice}
        return cls(customer_rows, parts, noticed, classes, peers, would_notice)

    def restrict_to(self, customer_ids: Collection[str]) -> SignalArrays:
        """Return the signals of some customers; the figures of their classes stay those of all customers."""
        mask = self.customer_rows["customer_id"].isin(list(customer_ids)).to_numpy()
        return replace(
            self,
            customer_rows=self.customer_rows[mask].reset_index(drop=True),
            parts={signal: Part(*(values[mask] for values in part)) for signal, part in self.parts.items()},
            noticed={signal: values[mask] for signal, values in self.noticed.items()},
            folded={signal: values[mask] for signal, values in self.folded.items()},
            classes=self.classes[mask],
        )

    def disclosed(self, everybody: SignalArrays, *, shown: bool) -> SignalArrays:
        """Return the same as a scope may know it: what its classes do in two digits, where enough others are in them.

        What was to be expected of a customer rests on a rounded growth of its class: over its own sales of last year it
        would tell how much more or less the class sells. Strengths stay those of the company.

        ``everybody`` holds all customers of the company. Not ``shown``: nothing of what others do.
        """
        classes = range(int(everybody.classes.max(initial=-1)) + 1)
        sizes, own = (
            pd.Series(arrays.classes[arrays._active]).value_counts() for arrays in (everybody, self)
        )
        others = sizes.reindex(classes, fill_value=0) - own.reindex(classes, fill_value=0)
        others = others if shown else others * 0
        peers = {
            signal: disclosed_mean(pd.Series(medians), others).to_numpy()
            for signal, medians in self.peers.items()
        }
        parts = {
            signal: part._replace(usual=part.usual / part.detail * told, detail=told)
            for signal, part in self.parts.items()
            if signal in _TIMES_ITS_CLASS
            for told in (disclosed_growth(pd.Series(part.detail)).to_numpy(),)
        }
        return replace(self, peers=peers, parts={**self.parts, **parts})

    def rows_of(self, customer_id: str) -> pd.DataFrame:
        """Return the rows of `rows` of one customer."""
        mask = (self.customer_rows["customer_id"] == customer_id).to_numpy()
        return self._rows([mask & self._is_measured(signal) for signal in self.parts])

    def rows(self) -> pd.DataFrame:
        """Return a row per customer and signal that could be measured: `Signals.signals`."""
        return self._rows([self._is_measured(signal) for signal in self.parts])

    def noticed_rows(self) -> pd.DataFrame:
        """Return the rows of `rows` that are noticed."""
        return self._rows(list(self.noticed.values()))

    def _is_measured(self, signal: str) -> NDArray[np.bool_]:
        return ~np.isnan(self.parts[signal].strength)

    def _rows(self, masks: list[NDArray[np.bool_]]) -> pd.DataFrame:
        """Select rows by number, one customer after another: texts are slow to sort and large to repeat."""
        selected = np.column_stack(masks) if masks else np.zeros((len(self.customer_rows), 0), dtype=bool)
        customers, kinds = np.nonzero(selected)
        rows = self.customer_rows.take(customers).reset_index(drop=True)
        rows.insert(3, "signal", pd.Series([*self.parts], dtype="str").take(kinds).set_axis(rows.index))
        for position, name in enumerate(_VALUE_COLUMNS, start=4):
            values = np.empty(len(kinds), dtype="bool" if name == "noticed" else "float64")
            for kind, signal in enumerate(self.parts):
                mask = kinds == kind
                values[mask] = self._column(signal, name)[customers[mask]]
            rows.insert(position, name, values)
        return rows

    def _column(self, signal: str, name: str) -> NDArray[np.float64] | NDArray[np.bool_]:
        if name == "peers":
            return self.peers[signal][self.classes]
        return self.noticed[signal] if name == "noticed" else getattr(self.parts[signal], name)

    @cached_property
    def _active(self) -> NDArray[np.bool_]:
        return self.customer_rows["active"].to_numpy(dtype=bool)

    def customers(self) -> pd.DataFrame:
        """Return a row per active customer: see `Signals`."""
        size = len(self.customer_rows)
        is_measured, noticed_count = np.zeros(size, dtype=bool), np.zeros(size, dtype="int64")
        best_strength, strongest = np.full(size, np.nan), np.full(size, -1)
        total, rhythm = np.zeros(size), np.zeros(size)
        for kind, (signal, part) in enumerate(self.parts.items()):
            is_measured |= self._is_measured(signal)
            noticed = self.noticed[signal]
            noticed_count += noticed
            stronger = noticed & ~(part.strength <= best_strength)  # the first where several are as strong
            best_strength[stronger], strongest[stronger] = part.strength[stronger], kind
            noticed_strength = np.where(noticed, part.strength, 0.0)
            if catalogue.signal(signal).is_rhythm:
                rhythm = np.maximum(rhythm, noticed_strength)
            else:
                total += noticed_strength
        active_rows = np.flatnonzero(self._active & is_measured)
        result = self.customer_rows[["customer_id", "name", "group", "net_amount"]].take(active_rows)
        # Nobody's strongest signal is the last of these, which is missing.
        names = pd.array([*self.parts, None], dtype="str")
        result = result.assign(
            noticed=noticed_count[active_rows],
            strongest=names.take(np.where(strongest < 0, len(self.parts), strongest)[active_rows]),
            strength=best_strength[active_rows],
            total_strength=(total + rhythm)[active_rows],
        )
        # They are in the order of ids, by which equal ones are distinguished.
        order = np.lexsort(
            (-result["net_amount"].to_numpy(), result["total_strength"].to_numpy() < SEVERE_STRENGTH)
        )
        return result.take(order).reset_index(drop=True)

    def overview(self) -> pd.DataFrame:
        """Count signals by class and altogether: see `Signals`."""
        groups = self.customer_rows["group"]
        counts = []
        for signal in (name for name in self.parts if name not in self.folded):
            measured = np.flatnonzero(self._active & self._is_measured(signal))
            noticed = self.noticed[signal][measured]
            amounts = np.where(noticed, self.customer_rows["net_amount"].to_numpy()[measured], 0.0)
            frame = pd.DataFrame({"noticed": noticed.astype("int64"), "net_amount": amounts})
            for kind, codes in (
                ("group", self.classes[measured]),
                ("total", np.zeros(len(measured), "int64")),
            ):
                grouped = frame.groupby(codes, sort=True)
                sums = grouped.sum().assign(customers=grouped.size(), signal=signal, kind=kind)
                counts.append(sums)
        if not counts:
            return pd.DataFrame(columns=_OVERVIEW_COLUMNS).astype({"group": groups.dtype})
        overview = pd.concat(counts)
        first_row = pd.Series(np.arange(len(groups))).groupby(self.classes).first()
        # The totals stand under the first class, of which these customers may have nobody; they are given no name.
        names = groups.take(first_row.reindex(overview.index, fill_value=0).to_numpy()).reset_index(drop=True)
        overview = overview.reset_index(drop=True).assign(group=names)
        overview["group"] = overview["group"].where((overview["kind"] == "group").to_numpy())
        return overview.sort_values("kind", kind="stable")[_OVERVIEW_COLUMNS].reset_index(drop=True)


@dataclass(frozen=True)
class Signals(Answer):
    """Signals as of a month.

    Attributes
    ----------
    month, window_months
        The report's month, and the window within which a customer has bought to be ``active``.
    measured
        Every signal of every customer as arrays: see `SignalArrays`.
    signals
        One row per customer and signal that can be said of it, put together when it is first requested (a million
        customers have ten million rows): customer_id, name, group (trade class), signal (one of `catalogue.SIGNALS`),
        value, usual (its own), peers (median of its class's active customers), detail (spread of gaps for silence, lost
        categories, open complaints; for spend and frequency what its class sells over last year; else NaN), strength
        (standard deviations of chance, positive is worrying, at most 6), noticed (strong enough, and large enough to
        matter), active, net_amount. By customer_id, then the order of
        the catalogue. Units: days (silence, payment, decision_days, visits), a share or probability (p_alive,
        service_share, discount, returns, contact_roles, satisfaction on the survey's scale from 0 to 1, wallet), money
        (spend, order_size), counts.
    noticed
        The rows of ``signals`` that are noticed.
    customers
        One row per active customer: customer_id, name, group, net_amount (of the window), noticed (count),
        strongest (signal; NaN without a noticed one), strength (of it), total_strength (of all noticed; of those
        of the rhythm of orders the strongest); those whose total is `SEVERE_STRENGTH` or more first, then by
        net_amount (largest first) and customer_id.
    overview
        group, signal, customers (of whom it can be said), noticed, net_amount (of those noticed): active
        customers by class, and all together as group NaN (kind ``total``).
    absent
        Signal -> table (and column) it would need.
    aside
        Signals folded away because those of a year ago told nothing of the year since -> how many customers who still
        buy send them.
    tested
        `helpers.subjects.signals.queries.false_alarm_record`; no rows where the data are too short, or a scope is not
        to know.
    reaches_last_year, has_model
        Whether the data reach back so far that spend, frequency and order size can be compared with last year, and
        whether a purchase model could be fitted.
    """

    month: pd.Period
    window_months: int
    measured: SignalArrays
    noticed: pd.DataFrame
    customers: pd.DataFrame
    overview: pd.DataFrame
    absent: dict[str, str]
    reaches_last_year: bool = True
    has_model: bool = True
    aside: dict[str, int] = field(default_factory=dict)
    tested: pd.DataFrame = field(default_factory=pd.DataFrame)

    @cached_property
    def signals(self) -> pd.DataFrame:
        """All rows: see the attributes of the class."""
        return self.measured.rows()

    def of(self, customer_id: str) -> pd.DataFrame:
        """Return the noticed signals of one customer, the strongest first."""
        rows = self.noticed[self.noticed["customer_id"] == customer_id]
        return rows.sort_values("strength", ascending=False, kind="stable").reset_index(drop=True)


def signals(
    inputs: SignalInputs,
    window_months: int = 12,
    keep: Collection[str] | None = None,
    peers: Literal["all", "disclosed", "none"] = "all",
    tested: pd.DataFrame | None = None,
    folded: Collection[str] = frozenset(),
) -> Signals:
    """Measure every signal that the data allow.

    Parameters
    ----------
    inputs
        What they are measured on (`signal_inputs`), of the whole company: a strength means the same in every scope.
    window_months
        Who has bought within it is active.
    keep
        Customers of the result; None keeps all.
    peers
        What is told of the customers' classes: for scopes rounded (`SignalArrays.disclosed`), or nothing.
    tested, folded
        See `Signals`, and which signals are folded away.
    """
    measured = everybody = measure(inputs, window_months, folded)
    absent = {
        each.name: each.needs for each in catalogue.SIGNALS if each.needs and each.name not in measured.parts
    }
    if keep is not None:
        measured = measured.restrict_to(keep)
    if peers != "all":
        measured = measured.disclosed(everybody, shown=peers == "disclosed")
    active = measured.customer_rows["active"].to_numpy()
    return Signals(
        inputs.month, window_months, measured, measured.noticed_rows(), measured.customers(), measured.overview(),
        absent, reaches_last_year=inputs.reaches_last_year, has_model=inputs.p_alive is not None,
        aside={signal: int((sent & active).sum()) for signal, sent in measured.folded.items()},
        tested=pd.DataFrame() if tested is None else tested,
    )  # fmt: skip


def signal_inputs(
    customers: pd.DataFrame,
    evidence: pd.DataFrame,
    rhythm: pd.DataFrame,
    customer_months: pd.DataFrame,
    month: pd.Period,
    p_alive: pd.Series | None = None,
    wallet: pd.DataFrame | None = None,
    first_month: pd.Period | None = None,
    year: CompanyYear = CALENDAR_YEAR,
) -> SignalInputs:
    """Collect what signals are measured on.

    Parameters
    ----------
    customers, evidence, rhythm, customer_months
        Facts of these names, of the whole company.
    p_alive
        Probability by customer_id that it has not left; None if no model could be fitted.
    wallet
        The fact wallet_changes; None if it is not supplied.
    first_month
        First month of the data: signals that compare with last year need it to lie 18 months back.
    """
    by_customer = customers.set_index("customer_id").sort_index()
    ids = by_customer.index
    unknown = pd.Series(np.nan, index=ids, dtype="object")
    trade_class, names = (by_customer.get(name, unknown) for name in ("trade_class", "name"))
    return SignalInputs(
        month,
        first_month or first_month_of(customer_months) or month,
        Columns.from_frame(evidence, ids),
        reindex_rows(ids, rhythm.set_index("customer_id")),
        customer_months,
        trade_class,
        names,
        None if p_alive is None else look_up(ids, p_alive).to_numpy(dtype="float64"),
        None if wallet is None else reindex_rows(ids, wallet.set_index("customer_id")),
        year,
    )


def measure(inputs: SignalInputs, window_months: int, folded: Collection[str] = frozenset()) -> SignalArrays:
    """Measure every signal of every customer; those ``folded`` away are never noticed."""
    parts = {signal.name: signal.measure.compute(inputs) for signal in catalogue.SIGNALS}
    measured = {name: part for name, part in parts.items() if part is not None}
    bought = sold_in(inputs.customer_months, trailing(inputs.month, window_months), inputs.names.index)
    customer_rows = pd.DataFrame(
        {
            "customer_id": inputs.names.index.array, "name": inputs.names.array, "group": inputs.trade_class.array,
            "active": (bought["purchase_days"] > 0).to_numpy(), "net_amount": bought["net_amount"].to_numpy(),
        }
    )  # fmt: skip
    return SignalArrays.from_parts(customer_rows, measured, folded)
