"""Every signal of every customer, side by side: arrays by customer, rows only of what somebody looks at."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core.digits import digits
from helpers.core.frames.lookup import positions
from helpers.settings.playbook import SIGNAL_NAMES
from helpers.subjects.signals.strength import Floats

#: A signal counts from this strength: chance alone does as much to one customer in forty.
NOTICED = 2.0
#: Total strength from which a customer comes first in a list, whatever its sales.
GRAVE = 4.0
#: Least change that matters in practice, in the unit of the signal; a smaller one is never noticed.
LEAST_CHANGE = {
    "spend": 0.2, "frequency": 0.2, "order_size": 0.15, "service_share": 0.03, "discount": 0.02,
    "returns": 0.03, "satisfaction": 0.1, "payment": 5.0, "contact_roles": 0.15, "decision_days": 2.0,
    "wallet": 0.05, "silence": 7.0,
}  # fmt: skip
#: Signals that say one thing in four ways: only the strongest of them counts in a customer's total.
_RHYTHM = ("silence", "p_alive", "spend", "frequency")
#: Columns of a signal's rows that differ from customer to customer.
_MEASURED = ("value", "usual", "peers", "detail", "strength", "noticed")
_NOTHING = np.full(1, np.nan)


class Part(NamedTuple):
    """One signal by customer: value, the customer's own usual, strength (NaN: it cannot be said), and a detail."""

    value: Floats
    usual: Floats
    strength: Floats
    detail: Floats

    @classmethod
    def of(
        cls, value: Floats, usual: Floats | None, how_strong: Floats, detail: Floats | None = None
    ) -> Part:
        """Put a signal together; what is the same nothing for all takes no memory."""
        nothing = np.broadcast_to(_NOTHING, len(value))
        return cls(
            value,
            nothing if usual is None else usual,
            digits(how_strong),
            nothing if detail is None else detail,
        )

    def matters(self, signal: str) -> NDArray[np.bool_]:
        """Tell of whom the change is so large that it matters in practice."""
        least = LEAST_CHANGE.get(signal)
        if least is None:
            return np.ones(len(self.value), dtype=bool)
        change = np.abs(self.value - np.where(np.isnan(self.usual), 0.0, self.usual))
        if signal in ("spend", "frequency", "order_size"):
            with np.errstate(divide="ignore", invalid="ignore"):
                change = change / self.usual
        return np.asarray(change >= least)


@dataclass(frozen=True)
class Measured:
    """Signals as arrays: a customer is a place in them.

    Attributes
    ----------
    who
        By place, in the order of ids: customer_id, name, group (trade class), active, net_amount.
    parts
        Signal -> its values, in the order of `SIGNAL_NAMES`.
    noticed
        Signal -> whether it is strong enough, and large enough to matter.
    classes, peers
        Number of each customer's class, and signal -> the median value of each class's active customers.
    """

    who: pd.DataFrame
    parts: Mapping[str, Part]
    noticed: Mapping[str, NDArray[np.bool_]]
    classes: NDArray[np.int64]
    peers: Mapping[str, Floats]

    @classmethod
    def of(cls, who: pd.DataFrame, parts: Mapping[str, Part]) -> Measured:
        """Hold every signal against the customer's class, and tell what is noticed."""
        ordered = {str(signal): parts[signal] for signal in SIGNAL_NAMES if signal in parts}
        classes, names = pd.factorize(who["group"], use_na_sentinel=False)
        active = who["active"].to_numpy()
        peers, noticed = {}, {}
        for signal, part in ordered.items():
            medians = pd.Series(part.value[active]).groupby(classes[active]).median()
            peers[signal] = medians.reindex(range(len(names))).to_numpy(dtype="float64")
            noticed[signal] = (part.strength >= NOTICED) & part.matters(signal)
        return cls(who, ordered, noticed, classes, peers)

    def only(self, customer_ids: Collection[str]) -> Measured:
        """Return the same of some customers; what their classes do stays that of all."""
        kept = self.who["customer_id"].isin(list(customer_ids)).to_numpy()
        return replace(
            self,
            who=self.who[kept].reset_index(drop=True),
            parts={signal: Part(*(values[kept] for values in part)) for signal, part in self.parts.items()},
            noticed={signal: values[kept] for signal, values in self.noticed.items()},
            classes=self.classes[kept],
        )

    def rows_of(self, customer_id: str) -> pd.DataFrame:
        """Return what can be said of one customer: the rows of `rows`."""
        there = (self.who["customer_id"] == customer_id).to_numpy()
        return self._rows([there & self._said(signal) for signal in self.parts])

    def rows(self) -> pd.DataFrame:
        """Return a row per customer and signal that can be said of it.

        See `helpers.subjects.signals.signals.Signals`.
        """
        return self._rows([self._said(signal) for signal in self.parts])

    def noticed_rows(self) -> pd.DataFrame:
        """Return the rows of `rows` that are noticed."""
        return self._rows(list(self.noticed.values()))

    def _said(self, signal: str) -> NDArray[np.bool_]:
        return ~np.isnan(self.parts[signal].strength)

    def _rows(self, wanted: list[NDArray[np.bool_]]) -> pd.DataFrame:
        """Take rows by number, a customer after the other: texts are slow to sort and large to repeat."""
        chosen = np.column_stack(wanted) if wanted else np.zeros((len(self.who), 0), dtype=bool)
        customers, kinds = np.nonzero(chosen)
        long = self.who.take(customers).reset_index(drop=True)
        long.insert(3, "signal", pd.Series([*self.parts], dtype="str").take(kinds).set_axis(long.index))
        for number, name in enumerate(_MEASURED, start=4):
            values = np.empty(len(kinds), dtype="bool" if name == "noticed" else "float64")
            for kind, signal in enumerate(self.parts):
                at = kinds == kind
                values[at] = self._column(signal, name)[customers[at]]
            long.insert(number, name, values)
        return long

    def _column(self, signal: str, name: str) -> NDArray[np.float64] | NDArray[np.bool_]:
        if name == "peers":
            return self.peers[signal][self.classes]
        return self.noticed[signal] if name == "noticed" else getattr(self.parts[signal], name)

    @cached_property
    def _active(self) -> NDArray[np.bool_]:
        return self.who["active"].to_numpy(dtype=bool)

    def customers(self) -> pd.DataFrame:
        """Return a row per active customer: see `helpers.subjects.signals.signals.Signals`."""
        size = len(self.who)
        any_said, count = np.zeros(size, dtype=bool), np.zeros(size, dtype="int64")
        best, strongest = np.full(size, np.nan), np.full(size, -1)
        total, rhythm = np.zeros(size), np.zeros(size)
        for kind, (signal, part) in enumerate(self.parts.items()):
            any_said |= self._said(signal)
            noticed = self.noticed[signal]
            count += noticed
            stronger = noticed & ~(part.strength <= best)  # the first where several are as strong
            best[stronger], strongest[stronger] = part.strength[stronger], kind
            counted = np.where(noticed, part.strength, 0.0)
            if signal in _RHYTHM:
                rhythm = np.maximum(rhythm, counted)
            else:
                total += counted
        shown = np.flatnonzero(self._active & any_said)
        result = self.who[["customer_id", "name", "group", "net_amount"]].take(shown)
        # Nobody's strongest signal is the last of these, which is missing.
        names = pd.array([*self.parts, None], dtype="str")
        result = result.assign(
            noticed=count[shown],
            strongest=names.take(np.where(strongest < 0, len(self.parts), strongest)[shown]),
            strength=best[shown],
            total_strength=(total + rhythm)[shown],
        )
        # They stand in the order of ids, by which equal ones are told apart.
        order = np.lexsort((-result["net_amount"].to_numpy(), result["total_strength"].to_numpy() < GRAVE))
        return result.take(order).reset_index(drop=True)

    def overview(self) -> pd.DataFrame:
        """Count signals by class and altogether: see `helpers.subjects.signals.signals.Signals`."""
        groups = self.who["group"]
        counts = []
        for signal in self.parts:
            there = np.flatnonzero(self._active & self._said(signal))
            noticed = self.noticed[signal][there]
            amounts = np.where(noticed, self.who["net_amount"].to_numpy()[there], 0.0)
            frame = pd.DataFrame({"noticed": noticed.astype("int64"), "net_amount": amounts})
            for kind, codes in (("group", self.classes[there]), ("total", np.zeros(len(there), "int64"))):
                grouped = frame.groupby(codes, sort=True)
                sums = grouped.sum().assign(customers=grouped.size(), signal=signal, kind=kind)
                counts.append(sums)
        if not counts:
            return pd.DataFrame(columns=_OVERVIEW).astype({"group": groups.dtype})
        whole = pd.concat(counts)
        first = pd.Series(np.arange(len(groups))).groupby(self.classes).first()
        names = groups.take(first.reindex(whole.index).to_numpy()).reset_index(drop=True)
        whole = whole.reset_index(drop=True).assign(group=names)
        whole["group"] = whole["group"].where((whole["kind"] == "group").to_numpy())
        return whole.sort_values("kind", kind="stable")[_OVERVIEW].reset_index(drop=True)


_OVERVIEW = ["kind", "group", "signal", "customers", "noticed", "net_amount"]


def known_columns(frame: pd.DataFrame, ids: pd.Index) -> Columns:
    """Return a fact's columns by customer, in the order of ``ids``, as arrays; see `Columns`."""
    return Columns(frame, positions(pd.Index(frame["customer_id"]), ids))


@dataclass(frozen=True)
class Columns:
    """Columns of a fact, a row for each customer asked for: they are put in order one by one, as they are read."""

    frame: pd.DataFrame
    places: NDArray[np.intp]

    def __contains__(self, name: object) -> bool:
        return name in self.frame

    def __len__(self) -> int:
        return len(self.places)

    def raw(self, name: str) -> pd.Series:
        """Return a column in its own type, missing where the customer has no row."""
        return self.frame[name].reset_index(drop=True).reindex(np.where(self.places < 0, -1, self.places))

    def floats(self, name: str) -> Floats:
        """Return a column of numbers, 0 where it is missing."""
        values = self.frame[name].to_numpy(dtype="float64", na_value=np.nan)
        found = np.append(values, 0.0)[self.places]  # -1, the last: no row
        found[np.isnan(found)] = 0.0
        return found
