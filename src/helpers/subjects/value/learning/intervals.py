"""How far each customer's value may lie from what is expected, and how past tests widen or narrow that.

A customer's own interval is that of a gamma distribution with the forecast's mean and the spread that purchases,
leaving and order size have. Past forecasts tell by how many spreads each bound has to move, apart for the third of
whom most is expected, the middle and the least third, so that as many as stated lie inside (conformal prediction).
"""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import special, stats

from helpers.core.amounts import round_significant
from helpers.subjects.value.learning.forecast import Snapshot
from helpers.subjects.value.learning.histories import USUAL_PURCHASES

#: Bound of an interval -> how much of what may come lies below it.
BOUNDS = {"low_95": 0.025, "low_80": 0.10, "high_80": 0.90, "high_95": 0.975}
#: Size of a customer by what is expected of it: thirds, the largest first.
SIZES = 3
#: Squared coefficient of variation of a customer's order sizes.
_ORDER_SPREAD = 0.5
#: A customer's pace drifts by so much a year beyond what past forecasts could test, as a share of its value.
DRIFT_YEAR = 0.10
#: What is supposed of the error of a total before any is known: its size, and as how many past errors that counts.
_TOTAL_ERROR, _SUPPOSED = 0.10, 2.0
_FEWEST_TO_MOVE = 30
#: With fewer purchases than this the spread is that of so many: last year's sales may have a part in the value.
_FEWEST_PURCHASES = 0.01
#: Bound -> deviations by which it moves outwards, by size.
Moves = Mapping[str, tuple[float, ...]]


def deviation(
    now: Snapshot, purchases: np.ndarray, value: np.ndarray, beyond_years: float = 0.0
) -> np.ndarray:
    """Return the standard deviation of each customer's value.

    Parameters
    ----------
    purchases, value
        Expected of each customer over the horizon.
    beyond_years
        By how many years the horizon is longer than what past forecasts could test.
    """
    # A share of the value does not rest on being one.
    alive, shape = round_significant(now.alive).clip(0.02, 1.0), now.shape
    purchases = np.maximum(purchases, _FEWEST_PURCHASES)
    if_alive = purchases / alive
    counts = alive * (if_alive + if_alive**2 / shape) + alive * (1 - alive) * if_alive**2
    sizes = _ORDER_SPREAD * (
        purchases + purchases**2 / (now.known["recent_purchases"].to_numpy() + USUAL_PURCHASES)
    )
    own = np.abs(value) / purchases * np.sqrt(counts + sizes)
    return round_significant(np.hypot(own, DRIFT_YEAR * beyond_years * np.abs(value)))


def sizes(value: np.ndarray) -> np.ndarray:
    """Tell each customer's third by expected value: 0 for the largest."""
    if not len(value):
        return np.zeros(0, dtype="int64")
    cuts = np.quantile(value, [2 / 3, 1 / 3])
    return np.asarray((value < cuts[0]).astype("int64") + (value < cuts[1]))


def plain_bounds(value: np.ndarray, spread: np.ndarray) -> dict[str, np.ndarray]:
    """Return the bounds of a gamma distribution of this mean and standard deviation; mirrored for losses."""
    size, own = np.abs(value), np.maximum(spread, 1e-9)
    shape = np.maximum((size / own) ** 2, 1e-6)
    bounds = {}
    for name, below in BOUNDS.items():
        up, down = (
            special.gammaincinv(shape, edge) * own**2 / np.maximum(size, 1e-9) for edge in (below, 1 - below)
        )
        bounds[name] = round_significant(np.where(value >= 0, up, -down))
    return bounds


def scores(value: np.ndarray, spread: np.ndarray, observed: np.ndarray) -> dict[str, np.ndarray]:
    """Say of each customer by how many spreads each bound would have had to move out to reach what came."""
    own = np.maximum(spread, 1e-9)
    return {
        name: (bound - observed if name.startswith("low") else observed - bound) / own
        for name, bound in plain_bounds(value, spread).items()
    } | {"size": sizes(value)}


def learn_moves(past: Sequence[Mapping[str, np.ndarray]]) -> Moves:
    """Learn by how many spreads each bound has to move to hold back as many as it says, by size; all tests together."""
    if not past or sum(len(each["size"]) for each in past) < _FEWEST_TO_MOVE:
        return {}
    size = np.concatenate([each["size"] for each in past])
    moves = {}
    for name, below in BOUNDS.items():
        pooled = np.concatenate([each[name] for each in past])
        inside = max(below, 1 - below)
        found = [
            float(np.quantile(pooled[size == part], inside, method="higher")) if (size == part).any() else 0.0
            for part in range(SIZES)
        ]
        # Only the largest are narrowed: of whom little is expected, most bring nothing and lie at the bound itself.
        moves[name] = tuple(
            round_significant(each if part == 0 else max(each, 0.0)) for part, each in enumerate(found)
        )
    return moves


def bounds(value: np.ndarray, spread: np.ndarray, moves: Moves, may_lose: bool) -> dict[str, np.ndarray]:
    """Return each customer's bounds: nested, about the mean, and above nothing where only sales are counted."""
    size, moved = sizes(value), {}
    for name, bound in plain_bounds(value, spread).items():
        sign = -1.0 if name.startswith("low") else 1.0
        reached = bound + sign * np.array(moves.get(name, (0.0,) * SIZES))[size] * spread
        reached = reached if may_lose else np.maximum(reached, 0.0)
        moved[name] = np.minimum(reached, value) if sign < 0 else np.maximum(reached, value)
    moved["low_95"] = np.minimum(moved["low_95"], moved["low_80"])
    moved["high_95"] = np.maximum(moved["high_95"], moved["high_80"])
    return {name: round_significant(bound) for name, bound in moved.items()}


def shared_error(errors: Sequence[float], independent: float, years: float, tested_years: float) -> float:
    """Return the standard deviation of a total that does not average out over customers, as a share of it.

    Parameters
    ----------
    errors
        How far past totals were off, as shares.
    independent
        How many of them are independent: those of overlapping years are not.
    years, tested_years
        The horizon wanted, and the one that was tested. Beyond it errors grow as the root of time, ten years at most.
    """
    known = float(np.mean(np.square(errors))) if len(errors) else 0.0
    degrees = _SUPPOSED + independent
    size = np.sqrt((_SUPPOSED * _TOTAL_ERROR**2 + independent * known) / degrees)
    # Few errors are known: as much wider as Student's t is than the normal distribution.
    surely = stats.t.ppf(0.9, degrees) / special.ndtri(0.9)
    return round_significant(
        float(size * surely * np.sqrt(max(min(years, 10.0) / max(tested_years, 0.25), 1.0)))
    )
