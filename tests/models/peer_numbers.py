"""Write peer_numbers.csv: P(alive) and expectations of an independent package, for tests to compare with.

Run by hand in an environment of its own, never by the tests:

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install lifetimes==0.11.3 "pandas<3"
    /tmp/peer/bin/python -W ignore tests/models/peer_numbers.py

Parameters are those published for CDNOW (MBG/NBD: its optimum there); histories are made up to reach from one-time
buyers to heavy ones, from yesterday's purchase to a long silence.
"""

from pathlib import Path

import lifetimes
import pandas as pd

PARAMETERS = {
    "BGNBD": (lifetimes.BetaGeoFitter, {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}),
    "MBGNBD": (lifetimes.ModifiedBetaGeoFitter, {"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614}),
    "ParetoNBD": (lifetimes.ParetoNBDFitter, {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}),
}
HISTORIES = [
    (x, recency, observed)
    for x, recencies in (
        (0, (0.0,)),
        (1, (2.0, 20.0)),
        (3, (5.0, 26.0)),
        (12, (14.0, 29.0)),
        (29, (25.0, 30.0)),
    )
    for recency in recencies
    for observed in (30.43, 38.86, 90.0)
]


def main() -> None:
    frame = pd.DataFrame(HISTORIES, columns=["frequency", "recency", "T"])
    past = frame["frequency"], frame["recency"], frame["T"]
    parts = []
    for name, (kind, parameters) in PARAMETERS.items():
        model = kind()
        model.params_ = pd.Series(parameters)
        alive = pd.Series(model.conditional_probability_alive(*past), frame.index)
        columns = {
            f"expected_{periods}": model.conditional_expected_number_of_purchases_up_to_time(periods, *past)
            for periods in (4, 39)
        }
        parts.append(frame.assign(model=name, p_alive=alive, **columns))
    pd.concat(parts).to_csv(Path(__file__).with_suffix(".csv"), index=False, float_format="%.10g")


if __name__ == "__main__":
    main()
