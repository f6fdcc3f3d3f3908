"""What is learnt of lifetime value from all customers: the models, their record, each one's future."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.special import exprel

from helpers.core.digits import digits
from helpers.models import MBGCNBDk
from helpers.subjects.sales.purchase_model import PurchaseFit, fit_purchases
from helpers.subjects.sales.purchase_summary import WEEK_DAYS
from helpers.subjects.value.forecast.forecast import ForecastChoice
from helpers.subjects.value.learning.alike import alike, spread
from helpers.subjects.value.learning.checks import Checks, check, origin_months, rules, widen
from helpers.subjects.value.learning.histories import YEAR_DAYS, known_at, ledger
from helpers.subjects.value.learning.paths import PARAMETER_DRAWS, futures
from helpers.subjects.value.learning.spend import Spend, fit_spend

#: Ends of the spans in which the future is counted, in years; what comes after the last counts as nothing.
SPAN_ENDS_YEARS = (1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0)
#: Horizon -> years; ``open`` is as far as the spans reach.
HORIZONS = {"1": 1.0, "3": 3.0, "5": 5.0, "open": SPAN_ENDS_YEARS[-1]}
#: Bound of an interval -> how much of what may come lies below it.
BOUNDS = {"low_95": 0.025, "low_80": 0.10, "high_80": 0.90, "high_95": 0.975}


@dataclass(frozen=True)
class LearnedValue:
    """What all customers together teach; see `learn`.

    Attributes
    ----------
    customers
        One row per customer who has bought, by customer_id: what was known (`known_at`), p_alive, margin_rate,
        span_0 ... (expected value in each span of `SPAN_ENDS_YEARS`, undiscounted), purchases_H (expected), and for
        each horizon H of `HORIZONS` value_H, deviation_H (standard deviation), low_95_H, low_80_H, high_80_H,
        high_95_H, discounted.
    shared_error
        Horizon -> relative standard deviation that all customers share: parameters, and how far the total was off in
        the past.
    stays_year
        For each of the first five years the purchases expected in it over those of the year before (the first as the
        second): what the base keeps from year to year without new customers.
    model, spend, checks
        The fitted models, and their record on past month ends.
    by_margin
        Whether values are margins (some line has a cost); else they are net sales.
    fallback
        See `helpers.subjects.sales.purchase_model.PurchaseFit`.
    learnt_from
        None: all customers. Else there are too many: models and checks rest on so many of them, and futures were drawn
        for customers of like histories together (`helpers.subjects.value.learning.alike`).
    choice
        How the purchases of the next year are foretold, chosen among all models and rules by past forecasts; None: not
        asked for, and the model's own, or those of a rule of thumb that foretold values better (`Checks.best`).
    """

    customers: pd.DataFrame
    shared_error: dict[str, float]
    stays_year: tuple[float, ...]
    model: MBGCNBDk
    spend: Spend
    checks: Checks
    by_margin: bool
    fallback: str | None
    choice: ForecastChoice | None = None
    learnt_from: int | None = None


def learn(
    purchase_months: pd.DataFrame,
    customer_months: pd.DataFrame,
    month: pd.Period,
    discount_rate_year: float = 0.10,
    most_origins: int = 4,
    unit_days: float = WEEK_DAYS,
    choice: ForecastChoice | None = None,
    everybody: Callable[[], pd.DataFrame] | None = None,
    fit: PurchaseFit | None = None,
) -> LearnedValue | None:
    """Fit the models as of ``month`` and forecast every customer; None where nobody has bought.

    Parameters
    ----------
    purchase_months, customer_months
        Facts of these names, of all customers.
    discount_rate_year
        0.10: a year later is worth ten percent less.
    most_origins
        Past month ends at most on which forecasts are tested and intervals learnt; 0 tests none.
    unit_days
        The models' unit of time; changes no result beyond rounding and sampling.
    choice
        The forecaster of purchases, in weeks, as from `helpers.subjects.value.forecast.forecast.choose_forecaster`:
        its purchases of the next year take the place of the model's, whose futures are scaled to them.
    everybody
        None: the facts hold all customers. Else they hold those that are learnt from, and this gives what is known
        (`known_at`) of all, who are then forecast by what was learnt.
    fit
        The purchase model fitted to the same customers, where it is known already.
    """
    book = ledger(purchase_months, customer_months, month)
    if not len(book.ids):
        return None
    by_margin = book.has_costs
    known = known_at(book, month, unit_days)
    model, fallback = fit or fit_purchases(known, unit_days)
    spend = fit_spend(known, by_margin)
    checks = check(
        book,
        origin_months(book, month, most_origins),
        by_margin,
        unit_days,
        seed_of(known, month),
    )
    everyone, like = known, known
    if everybody is not None:
        everyone = everybody()
        like = alike(everyone, unit_days)
    forecast, relative = _forecast(
        like, model, spend, by_margin, discount_rate_year, checks, seed_of(known, month), unit_days
    )
    if everybody is not None:
        forecast = spread(forecast, like, everyone, model, spend, by_margin)
    ends = np.array(SPAN_ENDS_YEARS) * YEAR_DAYS / unit_days
    customers = _scaled(forecast, _better_year(forecast, checks.best, ends[0], choice))
    shared = {name: digits(float(np.hypot(error, checks.level_error))) for name, error in relative.items()}
    some = None if everybody is None else len(known)
    stays = _stays(model, known if everybody is None else alike(known, unit_days), ends[:5])
    return LearnedValue(customers, shared, stays, model, spend, checks, by_margin, fallback, choice, some)


def seed_of(known: pd.DataFrame, month: pd.Period) -> int:
    """Return a seed that depends on the histories in days alone: not on the unit of time, nor on the scope."""
    digest = hashlib.sha256(str(month).encode())
    for name in ("purchases", "first_day", "last_day"):
        digest.update(known[name].to_numpy(dtype="int64").tobytes())
    return int.from_bytes(digest.digest()[:4], "big")


def discount_factors(rate_year: float) -> np.ndarray:
    """Return what money is worth now that comes evenly over each span of `SPAN_ENDS_YEARS`."""
    ends = np.array(SPAN_ENDS_YEARS)
    starts = np.concatenate([[0.0], ends[:-1]])
    log = float(np.log1p(rate_year))
    # (1 - exp(-z)) / z through its limit where z is 0.
    return digits(np.exp(-log * starts) * exprel(-log * (ends - starts)))


def _forecast(
    known: pd.DataFrame,
    model: MBGCNBDk,
    spend: Spend,
    by_margin: bool,
    discount_rate_year: float,
    checks: Checks,
    seed: int,
    unit_days: float,
) -> tuple[pd.DataFrame, dict[str, float]]:
    """Draw the futures of the customers, or of those who stand for ``weight`` others like them each."""
    weight = known["weight"].to_numpy() if "weight" in known else np.ones(len(known))
    ends = np.array(SPAN_ENDS_YEARS) * YEAR_DAYS / unit_days
    rate = spend.margin_rates(known) if by_margin else np.ones(len(known))
    discount = discount_factors(discount_rate_year)
    last_span = {name: int(np.searchsorted(SPAN_ENDS_YEARS, years)) for name, years in HORIZONS.items()}
    parts, totals = [], {name: np.zeros(PARAMETER_DRAWS) for name in HORIZONS}
    sampling_variance = dict.fromkeys(HORIZONS, 0.0)
    for paths in futures(known, model, spend, ends, seed):
        values = paths.amounts * rate[paths.rows][:, None, None]
        running = np.cumsum(values * discount, axis=2)
        counts = np.cumsum(paths.purchases, axis=2).mean(axis=1)
        columns = {f"span_{number}": span for number, span in enumerate(values.mean(axis=1).T)}
        for name, span in last_span.items():
            simulated = running[:, :, span]
            columns |= {f"purchases_{name}": counts[:, span], f"value_{name}": simulated.mean(axis=1)}
            columns[f"deviation_{name}"] = simulated.std(axis=1)
            quantiles = np.quantile(simulated, list(BOUNDS.values()), axis=1)
            columns |= {f"{level}_{name}": bound for level, bound in zip(BOUNDS, quantiles, strict=True)}
            by_draw = simulated.reshape(len(simulated), PARAMETER_DRAWS, -1)
            here = weight[paths.rows]
            totals[name] += (by_draw.mean(axis=2) * here[:, None]).sum(axis=0)
            sampling_variance[name] += float(
                (here**2 * by_draw.var(axis=2).mean(axis=1) / by_draw.shape[2]).sum()
            )
        parts.append(pd.DataFrame(columns, index=known.index[paths.rows]))
    frame = pd.concat([known, digits(pd.concat(parts))], axis=1)
    for name in HORIZONS:
        plain = {level: frame[f"{level}_{name}"].to_numpy() for level in BOUNDS}
        mean, deviation = frame[f"value_{name}"].to_numpy(), frame[f"deviation_{name}"].to_numpy()
        for level, bound in widen(plain, mean, deviation, checks.widening, by_margin).items():
            frame[f"{level}_{name}"] = digits(bound)
    frame["p_alive"], frame["margin_rate"] = digits(model.p_alive(known)), rate
    sizes = {name: float((frame[f"value_{name}"].abs() * weight).sum()) for name in HORIZONS}
    relative = {
        name: float(np.sqrt(max(totals[name].var() - sampling_variance[name], 0.0)) / (sizes[name] or 1.0))
        for name in HORIZONS
    }
    return frame, relative


def _better_year(
    frame: pd.DataFrame, method: str | None, year: float, choice: ForecastChoice | None
) -> np.ndarray | None:
    """Purchases of the next year by what has foretold the past better than the model; None: nothing has."""
    if choice is None:
        return None if method is None or method == "model" else rules(frame, year, year)[method]
    if choice.name == "mbg_cnbd_k" or choice.why == "fallback":
        return None
    expected = choice.expected_purchases(choice.summary, YEAR_DAYS / WEEK_DAYS)
    return digits(expected.reindex(frame.index).to_numpy(dtype="float64"))


def _scaled(frame: pd.DataFrame, of_year: np.ndarray | None) -> pd.DataFrame:
    """Scale each customer's futures to the purchases of the next year given, at most fivefold."""
    if of_year is None:
        return frame
    of_model = frame["purchases_1"].to_numpy()
    factor = np.divide(
        of_year, of_model, out=np.ones(len(frame)), where=(of_model > 0) & np.isfinite(of_year)
    )
    factor = np.clip(factor, 0.0, 5.0)
    starts = ("span_", "purchases_", "value_", "deviation_", "low_", "high_")
    scaled = [name for name in map(str, frame) if name.startswith(starts)]
    return frame.assign(**{name: digits(frame[name] * factor) for name in scaled})


def _stays(model: MBGCNBDk, known: pd.DataFrame, ends: np.ndarray) -> tuple[float, ...]:
    expected = model.expected_purchases(known, list(ends))
    if "weight" in known:  # rows that stand for so many customers each
        expected = expected.mul(known["weight"], axis=0)
    counts = expected.sum().to_numpy()
    years = np.diff(counts, prepend=0.0)
    ratios = [min(float(now / max(before, 1e-12)), 1.0) for before, now in pairwise(years)]
    return tuple(digits(ratio) for ratio in (ratios[0], *ratios))
