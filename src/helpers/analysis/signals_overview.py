"""How often each signal is noticed, by class and in all (R7)."""

from __future__ import annotations

import numpy as np
import pandas as pd


def overview(long: pd.DataFrame) -> pd.DataFrame:
    """Count signals by class and altogether; ``long`` and the columns: see `helpers.analysis.signals.Signals`."""
    active = long[long["active"]]
    amounts = pd.DataFrame(
        {
            "noticed": active["noticed"].to_numpy("int64"),
            "net_amount": active["net_amount"].where(active["noticed"], 0.0).to_numpy(),
        }
    )
    classes, names = pd.factorize(active["group"].astype("object"), use_na_sentinel=False)
    kinds, said = pd.factorize(active["signal"])
    parts = []
    for kind, codes in (("group", classes * len(said) + kinds), ("total", kinds)):
        grouped = amounts.groupby(codes, sort=False)
        sums = grouped.sum()
        place = sums.index.to_numpy()
        of = np.asarray(names, dtype="object")[place // max(len(said), 1)] if kind == "group" else None
        sums.insert(0, "customers", grouped.size())
        for column, values in (
            ("signal", said.take(place % max(len(said), 1))),
            ("group", of),
            ("kind", kind),
        ):
            sums.insert(0, column, values)
        parts.append(sums)
    return pd.concat(parts, ignore_index=True).astype({"group": long["group"].dtype})
