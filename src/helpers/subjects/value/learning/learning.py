"""What is learnt of lifetime value from all customers: the models, their record, each one's future."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import exprel

from helpers.core.amounts import round_significant
from helpers.core.periods import CALENDAR_YEAR, CompanyYear
from helpers.models import MBGCNBDk
from helpers.subjects.sales.purchase_summary import PurchaseFit
from helpers.subjects.value.learning.checks import Checks, Past, check
from helpers.subjects.value.learning.forecast import Snapshot, Stack, expected
from helpers.subjects.value.learning.histories import ledger, margin_rates, purchases_by
from helpers.subjects.value.learning.intervals import bounds, deviation, shared_error
from helpers.subjects.value.learning.recalibration import Recalibration, buys_again, recalibration

#: Ends of the spans in which the future is counted, in years; what comes after the last counts as nothing.
SPAN_ENDS_YEARS = (1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0)
#: Horizon -> years; ``open`` is as far as the spans reach.
HORIZONS = {"1": 1.0, "3": 3.0, "5": 5.0, "open": SPAN_ENDS_YEARS[-1]}


@dataclass(frozen=True)
class LearnedValue:
    """What all customers together teach; see `learn`.

    Attributes
    ----------
    customers
        One row per customer who has bought, by customer_id: what was known (`known_at`), p_alive, margin_rate,
        span_0 ... (expected value in each span of `SPAN_ENDS_YEARS`, undiscounted), purchases_H (expected) and again_H
        (probability of at least one), and for each horizon H of `HORIZONS` value_H, sales_H (net sales that bring it),
        deviation_H (standard deviation), low_95_H, low_80_H, high_80_H, high_95_H, discounted.
    shared_error
        Horizon -> relative standard deviation that all customers share: how far totals were off in the past.
    stays_year
        For each of the first five years the purchases expected in it over those of the year before (the first as the
        second): what the base keeps from year to year without new customers.
    model, alive, stack, checks
        The purchase model that all subjects share, how its P(alive) and its forecasts are put right by the past, and
        the forecast's record.
    by_margin
        Whether values are margins (some line has a cost); else they are net sales.
    fallback
        See `helpers.subjects.sales.purchase_summary.PurchaseFit`.
    learnt_from
        None: all customers. Else there are too many, and models, stack and checks rest on so many of them.
    """

    customers: pd.DataFrame
    shared_error: dict[str, float]
    stays_year: tuple[float, ...]
    model: MBGCNBDk
    alive: Recalibration
    stack: Stack
    checks: Checks
    by_margin: bool
    fallback: str | None
    learnt_from: int | None = None


def learn(
    purchase_months: pd.DataFrame,
    customer_months: pd.DataFrame,
    month: pd.Period,
    discount_rate_year: float = 0.10,
    most_origins: int = 6,
    everybody: Callable[[], pd.DataFrame] | None = None,
    fit: PurchaseFit | None = None,
    year: CompanyYear = CALENDAR_YEAR,
) -> LearnedValue | None:
    """Fit the models as of ``month`` and forecast every customer; None where nobody has bought.

    Parameters
    ----------
    purchase_months, customer_months
        Facts of these names, of all customers.
    discount_rate_year
        0.10: a year later is worth ten percent less.
    most_origins
        Past month ends at most from which the forecast is made again, learnt from and tested; 0: none.
    everybody
        None: the facts hold all customers. Else they hold those that are learnt from, and this gives what is known
        (`known_at`) of all, who are then forecast by what was learnt.
    fit
        The purchase model fitted to the same customers, where it is known already.
    """
    book = ledger(purchase_months, customer_months, month, year)
    if not len(book.ids):
        return None
    past = Past(book, month, most_origins)
    now = past.at(month, fit)
    checks, past_origins = check(past, book.has_costs), past.past_origins(month)
    stack = past.stack_at(month)
    alive = recalibration(past_origins, stack, past.months / past.a_year)
    everyone = now if everybody is None else replace(now, known=everybody())
    customers, counts = _forecast(everyone, stack, alive, book.has_costs, discount_rate_year, checks)
    stays = np.minimum(counts[1:5] / np.maximum(counts[:4], 1e-12), 1.0)
    return LearnedValue(
        customers=customers,
        shared_error={
            name: _shared(checks, past.step, years, past.a_year) for name, years in HORIZONS.items()
        },
        stays_year=tuple(round_significant(float(each)) for each in (stays[0], *stays)),
        model=now.fit.model,
        alive=alive,
        stack=stack,
        checks=checks,
        by_margin=book.has_costs,
        fallback=now.fit.fallback,
        learnt_from=None if everybody is None else len(now.known),
    )


def discount_factors(rate_year: float) -> np.ndarray:
    """Return what money is worth now that comes evenly over each span of `SPAN_ENDS_YEARS`."""
    ends = np.array(SPAN_ENDS_YEARS)
    starts = np.concatenate([[0.0], ends[:-1]])
    log = float(np.log1p(rate_year))
    # (1 - exp(-z)) / z through its limit where z is 0.
    return round_significant(np.exp(-log * starts) * exprel(-log * (ends - starts)))


def _shared(checks: Checks, step: int, years: float, a_year: int) -> float:
    """Return what totals of a horizon share, from its own tests or those of the longest that could be tested."""
    tested = max([each for each in checks.moves if each <= years], default=1)
    off = checks.totals.loc[checks.totals["years"] == tested, "off"].tolist()
    reach = checks.months if tested == 1 else a_year * tested
    return shared_error(off, len(off) * min(step / reach, 1.0), years, reach / a_year)


def _forecast(
    now: Snapshot,
    stack: Stack,
    alive: Recalibration,
    by_margin: bool,
    discount_rate_year: float,
    checks: Checks,
) -> tuple[pd.DataFrame, np.ndarray]:
    """Forecast everybody; and all customers' purchases in each span."""
    known = now.known
    purchases, amount = expected(now, stack, now.a_year)
    rates = margin_rates(known, by_margin)
    ends = np.array(SPAN_ENDS_YEARS) * now.year
    reached = purchases_by(ends, known, now.spine)
    total = reached.sum(axis=0)
    # Later years stand to the first as the model has them; of whom it expects nothing, as of all.
    first = reached[:, :1]
    usual = np.broadcast_to(total / total[0] if total[0] > 0 else np.ones(len(ends)), reached.shape)
    grows = np.divide(reached, first, out=usual.copy(), where=first > 1e-9)
    cumulative = purchases[:, None] * grows
    grown = np.diff(grows, axis=1, prepend=0.0)
    spans = round_significant((amount * rates)[:, None] * grown)
    factors = discount_factors(discount_rate_year)
    discounted, sold = (np.cumsum(each * factors, axis=1) for each in (spans, amount[:, None] * grown))
    is_one = alive.of(now.alive)
    columns = {f"span_{number}": span for number, span in enumerate(spans.T)}
    for name, years in HORIZONS.items():
        place = SPAN_ENDS_YEARS.index(years)
        count, value = round_significant(cumulative[:, place]), round_significant(discounted[:, place])
        tested = max([each for each in checks.moves if each <= years], default=1)
        reach = checks.months / now.a_year if tested == 1 else tested
        spread = deviation(now, count, value, max(min(years, 10.0) - reach, 0.0))
        columns |= {
            f"purchases_{name}": count,
            f"again_{name}": buys_again(is_one.clip(0.02), now.shape, count),
        }
        columns |= {
            f"value_{name}": value,
            f"sales_{name}": round_significant(sold[:, place]),
            f"deviation_{name}": spread,
        }
        held = bounds(value, spread, checks.moves.get(tested, {}), by_margin)
        columns |= {f"{level}_{name}": bound for level, bound in held.items()}
    columns |= {"p_alive": is_one, "margin_rate": rates}
    frame = pd.concat([known, pd.DataFrame(columns, index=known.index)], axis=1)
    return frame, np.diff(cumulative.sum(axis=0), prepend=0.0)
