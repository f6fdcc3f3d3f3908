"""Queries on user-defined signals."""

from typing import cast

import pandas as pd

from helpers.core.periods import trailing
from helpers.engine.months.windows import Window
from helpers.engine.scoped_tables import ScopedTables
from helpers.subjects.own.signals import OwnSignals, measure, signal_rows
from helpers.subjects.queries import SubjectQueries

_COLUMNS = ["customer_id", "name", "signal", "value", "usual", "net_amount", "noticed"]


class OwnQueries(SubjectQueries):
    """User-defined signals, ``[signals.NAME]`` of the settings."""

    def own_signals(self) -> OwnSignals:
        """Return the user-defined signals of this scope's customers; empty if the settings define none.

        Examples
        --------
        >>> len(book.own_signals().noticed)
        0
        """
        window = trailing(self.month, self.settings.periods.window_months)
        people = self.frame("customers")[["customer_id", "name"]]
        people = people[~people["customer_id"].isin(self._closed)]
        sold = self._by_customer({"net_amount": Window("net_amount", window)})
        people = people.merge(sold, on="customer_id", how="left").fillna({"net_amount": 0.0})
        found = []
        for name, signal in self.settings.signals.items():
            rows = signal_rows(signal.table, cast(ScopedTables, self.tables), self.facts.month_ends(1)[-1])
            found.append(measure(signal, rows).merge(people, on="customer_id").assign(signal=name))
        if not found:
            nothing = pd.DataFrame(columns=_COLUMNS)
            return OwnSignals(self.month, nothing.drop(columns="noticed"), nothing)
        measured = pd.concat(found, ignore_index=True)[_COLUMNS]
        place = measured["signal"].map({name: at for at, name in enumerate(self.settings.signals)})
        order = measured.assign(place=place).sort_values(
            ["place", "net_amount", "customer_id"], ascending=[True, False, True]
        )
        noticed = order[order["noticed"]].drop(columns=["noticed", "place"]).reset_index(drop=True)
        return OwnSignals(self.month, noticed, measured)
