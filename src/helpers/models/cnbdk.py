"""Models in which customers may leave after a purchase: BG/NBD, MBG/NBD and their Erlang-k forms.

While alive a customer's gaps are Erlang-k with rate l (k = 1: a Poisson process), l ~ Gamma(r, alpha) over
customers; after a purchase it leaves for good with probability p ~ Beta(a, b). In the MBG models the first
purchase counts as one after which it may leave (``m = 1``), in the BG models not (``m = 0``).

With n = r + k x, u = (T - t_x) / (alpha + T), the likelihood of one history is, up to what holds no
parameter,

    B(a, b+x+m) / B(a, b) * G(n) / G(r) * alpha^r / (alpha+T)^n * (S + D),
    S = sum_{j<k} n (n+1) ... (n+j-1) u^j / j!                alive, in stage j of the gap,
    D = a / (b+x+m-1) * ((alpha+T) / (alpha+t_x))^n         left after its last purchase (0 if x+m = 0),

and P(alive) = S / (S + D). Given alive and stage j, l is Gamma(n+j, alpha+T), so the stages passed in the
next t are negative binomial, and y more purchases need y k - j of them and y - 1 times staying: P(at least y
purchases) is exact for every k, and so are the expectation and the distribution built from it, without
hypergeometric functions.

References
----------
Fader, Hardie, Lee (2005), Marketing Science 24(2). Batislam, Denizel, Filiztekin (2007), International
Journal of Research in Marketing 24(3). Platzer, Reutterer (2016), Marketing Science 35(5). Reutterer,
Platzer, Schroeder (2021), International Journal of Research in Marketing 38(4).
"""

from __future__ import annotations

from typing import ClassVar, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import betainc, gammaln, softmax

from helpers.models.base import PriorName, PurchaseModel
from helpers.models.errors import FitError, InvalidSummaryError, ModelError
from helpers.models.optimum import Prior
from helpers.models.patterns import Floats, Indices, Patterns

#: The largest k that "auto" tries.
MAX_K = 12
#: So many rows are added up at a time, over so many stages, until what is left out is so small a part.
_CHUNK, _BLOCK, _ROUNDING = 1024, 128, 1e-13


class ErlangDropoutModel(PurchaseModel):
    """The family's common code; ``may_leave_at_once`` is m of the module's formulas."""

    parameter_names: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    time_parameters: ClassVar[tuple[str, ...]] = ("alpha",)
    may_leave_at_once: ClassVar[bool]
    # Differences in rate (log r), mean rate while alive (log r - log alpha, a mean observed time), mean odds
    # of leaving (log a - log b), and how alike customers are in that.
    weak_prior: ClassVar[Prior] = Prior(
        directions=np.array([[1, 0, 0, 0], [1, -1, 0, 0], [0, 0, 1, -1], [0, 0, 0.5, 0.5]]),
        means=np.array([0.0, 0.0, -1.0, 0.0]),
        sds=np.array([1.5, 3.0, 2.0, 1.5]),
    )

    def __init__(self, *, k: int | Literal["auto"] = 1, prior: PriorName | None = None) -> None:
        super().__init__(prior=prior)
        if k != "auto" and not (isinstance(k, int) and k >= 1):
            raise ModelError(f"k = {k!r} is neither a whole number of 1 or more nor 'auto'.")
        self.k = k
        self.k_ = 1 if k == "auto" else k

    @property
    def _m(self) -> int:
        return int(self.may_leave_at_once)

    def _fit_patterns(self, patterns: Patterns, scale: float) -> Self:
        if self.k != "auto":
            self.k_ = self.k
            return super()._fit_patterns(patterns, scale)
        best_k, best, failures = 0, vars(self), []
        by_k: dict[int, float] = {}
        for k in range(1, MAX_K + 1):
            self.k_ = k
            try:
                super()._fit_patterns(patterns, scale)
            except FitError as error:
                failures.append(error)
            else:
                by_k[k] = self.log_likelihood_
                if self.log_likelihood_ == max(by_k.values()):
                    best_k, best = k, dict(vars(self))
            # The likelihood rises with k and then falls; one k alone may fail or lie off that line.
            if k >= best_k + (2 if best_k else 3):
                break
        if not by_k:
            raise failures[0]
        vars(self).update(best, log_likelihood_by_k_=by_k)
        return self

    def _starts(self, patterns: Patterns) -> list[Floats]:
        per_time = patterns.repeats / float(patterns.weight @ patterns.T)
        points = [(0.5, 0.7, 2.0), (2.0, 0.2, 2.0)]
        # Stages pass k times as fast as purchases; while alive customers buy more often than on average.
        return [np.log([r, r / (1.5 * self.k_ * per_time), a, b]) for r, a, b in points]

    def _log_likelihood(self, point: Floats, patterns: Patterns) -> tuple[float, Floats]:
        r, alpha, a, b = np.exp(point)
        k, m, x, weight = self.k_, self._m, patterns.x, patterns.weight
        top = int(x.max(initial=0))
        counts = np.arange(top + 1)
        rise_r, slope_r = _log_rising(r, k * top)
        rise_b, slope_b = _log_rising(b, top + m)
        rise_ab, slope_ab = _log_rising(a + b, top + m)
        odds = _log_odds_left(counts, a, b, m)

        # What depends on x alone is summed by x; the rest goes in parts that stay in the processor's cache.
        value, by_r, by_alpha = 0.0, 0.0, 0.0
        left_by_x = np.zeros(top + 1)
        for begin in range(0, len(x), _CHUNK):
            part = slice(begin, begin + _CHUNK)
            here, w = x[part], weight[part]
            n, end, last = r + k * here, alpha + patterns.T[part], alpha + patterns.t_x[part]
            log_end = np.log(end)
            silence = log_end - np.log(last)
            log_s, stages_by_n, stages_by_alpha = _log_stages(n, (end - last) / end, end, k)
            log_d = odds[here] + n * silence
            either = np.logaddexp(log_s, log_d)
            left = np.exp(log_d - either)
            alive = 1 - left
            value += float((either - n * log_end) @ w)
            by_r += float((alive * stages_by_n + left * silence - log_end) @ w)
            by_alpha += float((alive * stages_by_alpha - n * (alive / end + left / last)) @ w)
            left_by_x += np.bincount(here, weights=left * w, minlength=top + 1)

        by_x = np.bincount(x, weights=weight, minlength=top + 1)
        total = by_x.sum()
        value += float(by_x @ (rise_b[m:] - rise_ab[m:] + rise_r[::k])) + total * r * np.log(alpha)
        if k > 1:
            value += (k - 1) * patterns.log_gap_total - patterns.repeats * gammaln(k)
        chances = np.where(counts + m > 0, b + counts + m - 1, 1.0)
        gradient = np.array(
            [
                r * (by_r + by_x @ slope_r[::k] + total * np.log(alpha)),
                alpha * (by_alpha + total * r / alpha),
                left_by_x.sum() - a * (by_x @ slope_ab[m:]),
                b * (by_x @ (slope_b[m:] - slope_ab[m:]) - left_by_x @ (1 / chances)),
            ]
        )
        return value, gradient

    def _p_alive(self, values: Floats, patterns: Patterns) -> Floats:
        r, alpha, a, b = values
        n, end = r + self.k_ * patterns.x, alpha + patterns.T
        log_s, _, _ = _log_stages(n, (patterns.T - patterns.t_x) / end, end, self.k_)
        silence = np.log(end) - np.log(alpha + patterns.t_x)
        log_d = _log_odds_left(patterns.x, a, b, self._m) + n * silence
        return np.exp(log_s - np.logaddexp(log_s, log_d))

    def _expected_if_alive(self, values: Floats, patterns: Patterns, periods: Floats) -> Floats:
        r, alpha, a, b = values
        # Rows are histories in each of the periods; in no time nobody buys.
        row, column = np.nonzero(np.broadcast_to(periods > 0, (len(patterns.x), len(periods))))
        ahead = periods[column] / (alpha + patterns.T[row] + periods[column])
        weight = self._stage_weights(values, patterns)[:, row]
        expected = np.zeros(len(row))
        # Equal numbers of purchases share their coefficients, a like reach of time its number of terms.
        order = np.lexsort((ahead, patterns.x[row]))
        starts = np.flatnonzero(np.diff(patterns.x[row][order], prepend=-1))
        for group in np.split(order, starts[1:]):
            for begin in range(0, len(group), _CHUNK):
                part = group[begin : begin + _CHUNK]
                x = float(patterns.x[row[part[0]]])
                expected[part] = _mean_purchases(
                    r + self.k_ * x, ahead[part], weight[:, part], stays=b + x + self._m, leaves=a
                )
        result = np.zeros((len(patterns.x), len(periods)))
        result[row, column] = expected
        return result

    def _at_least_if_alive(self, values: Floats, patterns: Patterns, periods: float, most: int) -> Floats:
        r, alpha, a, b = values
        ahead = (periods / (alpha + patterns.T + periods))[:, None]
        purchases = np.arange(1, most + 1)
        # P(at least i stages pass) of the negative binomial; stage j has j of the k stages behind it.
        reach = sum(
            weight[:, None]
            * betainc(self.k_ * purchases - stage, (r + self.k_ * patterns.x + stage)[:, None], ahead)
            for stage, weight in enumerate(self._stage_weights(values, patterns))
        )
        stays = b + patterns.x[:, None] + self._m + np.arange(most - 1)
        stayed = np.cumprod(np.column_stack([np.ones(len(stays)), stays / (a + stays)]), axis=1)
        return np.asarray(reach * stayed)

    def _stage_weights(self, values: Floats, patterns: Patterns) -> Floats:
        """P(in stage j of the gap | alive), a row for each stage and a column for each history."""
        r, alpha, _, _ = values
        stage = np.arange(1, self.k_)[:, None]
        silence = (patterns.T - patterns.t_x) / (alpha + patterns.T)
        shape = r + self.k_ * patterns.x + stage - 1
        log_weight = np.zeros((self.k_, len(patterns.x)))
        log_weight[1:] = np.cumsum(np.log(np.maximum(silence * shape / stage, 1e-300)), axis=0)
        return np.asarray(softmax(log_weight, axis=0))


def _mean_purchases(shape: float, ahead: Floats, weight: Floats, *, stays: float, leaves: float) -> Floats:
    """Return the purchases expected of customers that are alive, with equal numbers of purchases behind them.

    The stages that pass in the time ahead are negative binomial. i of them allow (i + j) // k purchases to whom
    stage j has brought, and of those each but the last has to be followed by staying. Blocks of i are added up
    until what follows, at most a geometric series beyond the mode, is rounding.

    Parameters
    ----------
    shape
        Of the distribution of stages for who is in stage 0; in stage j it is j more.
    ahead
        For each customer, the time ahead over alpha and all time.
    weight
        P(in stage j), a row for each stage and a column for each customer.
    stays, leaves
        Of the Beta distribution of staying after the next purchase.
    """
    k = len(weight)
    stage = np.arange(k)[:, None]
    mean, log_none, log_ahead = np.zeros_like(ahead), shape * np.log1p(-ahead), np.log(ahead)
    # The masses of stage j are those of stage 0 times something of j, and something of j and i.
    of_stage = (weight * np.exp(stage * np.log1p(-ahead))).T
    waiting, begin, log_choose, made = np.arange(len(ahead)), 0, 0.0, np.zeros(1)
    while len(waiting):
        passed = np.arange(begin, begin + _BLOCK)
        # Log of (shape + i - 1 over i).
        growth = np.log((shape + passed) / (passed + 1))
        log_chosen = log_choose + np.concatenate([[0.0], np.cumsum(growth[:-1])])
        log_choose = log_chosen[-1] + growth[-1]
        if (passed[-1] + k - 1) // k >= len(made):
            stayed = stays + np.arange(2 * len(made) + _BLOCK)
            made = np.concatenate([[0.0, 1.0], 1.0 + np.cumsum(np.cumprod(stayed / (leaves + stayed)))])
        rises = np.cumprod(
            np.vstack([np.ones(_BLOCK), (shape + passed + stage[:-1]) / (shape + stage[:-1])]), axis=0
        )
        made_by_stage = (rises * made[(passed + stage) // k]).T
        mass = np.exp(log_chosen + log_none[waiting, None] + passed * log_ahead[waiting, None])
        mean[waiting] += ((mass @ made_by_stage) * of_stage[waiting]).sum(axis=1)
        last = mass[:, -1] * (made_by_stage[-1] * of_stage[waiting]).sum(axis=1)
        end = passed[-1] + 1
        falls_by = max((shape + k + end - 2) / end, 1.0) * (1 + k / end) * ahead[waiting]
        is_over = (falls_by < 1) & (last <= _ROUNDING * mean[waiting] * (1 - falls_by))
        waiting, begin = waiting[~is_over], int(end)
    return mean


def _log_rising(base: float, most: int) -> tuple[Floats, Floats]:
    """Log of base (base+1) ... (base+i-1) for i = 0 .. most, and its derivative.

    Sums of logarithms, because differences of log-gamma lose all digits when the parameter is large.
    """
    factors = base + np.arange(most)
    return np.concatenate(([0.0], np.cumsum(np.log(factors)))), np.concatenate(
        ([0.0], np.cumsum(1 / factors))
    )


def _log_stages(n: Floats, u: Floats, end: Floats, k: int) -> tuple[Floats, Floats, Floats]:
    """Log S of the module's formulas, and its derivatives in n and alpha."""
    total, by_n, by_log_u = np.ones_like(u), np.zeros_like(u), np.zeros_like(u)
    if k == 1:
        return by_n, by_n, by_n
    term, slope = np.ones_like(u), np.zeros_like(u)
    for j in range(1, k):
        slope += 1 / (n + j - 1)
        term = term * u * (n + j - 1) / j
        total += term
        by_n += term * slope
        by_log_u += term * j
    return np.log(total), by_n / total, -by_log_u / total / end


def _log_odds_left(x: Indices, a: float, b: float, m: int) -> Floats:
    """Log of a / (b+x+m-1), the first factor of D in the module's formulas."""
    chances = x + m > 0
    return np.where(chances, np.log(a) - np.log(np.where(chances, b + x + m - 1, 1.0)), -np.inf)


def require_log_gaps(model: PurchaseModel, summary: pd.DataFrame, k: int | str) -> None:
    """Refuse a summary from which regularity cannot be learnt."""
    if k != 1 and "sum_log_gaps" not in summary:
        raise InvalidSummaryError(
            f"{type(model).__name__} needs the column 'sum_log_gaps' (sum of the logarithms of the gaps "
            "between purchases)."
        )


class RegularErlangDropoutModel(ErlangDropoutModel):
    """Erlang-k gaps: purchases more regular than chance.

    Parameters
    ----------
    k
        Shape of the gaps (1: purely random), or ``"auto"``: the k up to 12 with the highest likelihood.
    prior
        As in ``PurchaseModel``.

    Attributes
    ----------
    log_likelihood_by_k_
        With ``"auto"``: the log-likelihood of each k tried; a k whose fit failed is missing.
    """

    def __init__(self, k: int | Literal["auto"] = "auto", *, prior: PriorName | None = None) -> None:
        super().__init__(k=k, prior=prior)

    def fit(self, summary: pd.DataFrame, weights: ArrayLike | None = None) -> Self:
        """As in ``PurchaseModel``; the summary must have ``sum_log_gaps`` too."""
        require_log_gaps(self, summary, self.k)
        return super().fit(summary, weights)


class BGNBD(ErlangDropoutModel):
    """BG/NBD (Fader, Hardie, Lee 2005): random purchases, dropout after a repeat purchase.

    Its P(alive) is 1 for every customer who bought once, however long ago: never rank by it who has left;
    ``MBGNBD`` and ``ParetoNBD`` are for that. ``expected_purchases`` and ``purchase_distribution`` are exact.

    Parameters
    ----------
    prior
        None (maximum likelihood) or ``"weak"``, see ``PurchaseModel``.

    References
    ----------
    Fader, Hardie, Lee (2005), "Counting your customers" the easy way, Marketing Science 24(2), 275-284.
    """

    may_leave_at_once: ClassVar[bool] = False

    def __init__(self, *, prior: PriorName | None = None) -> None:
        super().__init__(k=1, prior=prior)


class BGCNBDk(RegularErlangDropoutModel):
    """BG/CNBD-k: as BG/NBD with Erlang-k gaps (k = 1 is BG/NBD). See ``RegularErlangDropoutModel``.

    References
    ----------
    Reutterer, Platzer, Schroeder (2021), Leveraging purchase regularity for predicting customer behavior the
    easy way, International Journal of Research in Marketing 38(4).
    """

    may_leave_at_once: ClassVar[bool] = False


class MBGNBD(ErlangDropoutModel):
    """MBG/NBD (Batislam et al. 2007): random purchases, dropout after any purchase.

    ``expected_purchases`` and ``purchase_distribution`` are exact.

    Parameters
    ----------
    prior
        None (maximum likelihood) or ``"weak"``, see ``PurchaseModel``.

    References
    ----------
    Batislam, Denizel, Filiztekin (2007), Empirical validation and comparison of models for customer base
    analysis, International Journal of Research in Marketing 24(3), 201-209.
    """

    may_leave_at_once: ClassVar[bool] = True

    def __init__(self, *, prior: PriorName | None = None) -> None:
        super().__init__(k=1, prior=prior)


class MBGCNBDk(RegularErlangDropoutModel):
    """MBG/CNBD-k: as MBG/NBD with Erlang-k gaps (k = 1 is MBG/NBD). See ``RegularErlangDropoutModel``.

    References
    ----------
    Platzer, Reutterer (2016), Ticking away the moments, Marketing Science 35(5). Reutterer, Platzer,
    Schroeder (2021), International Journal of Research in Marketing 38(4).
    """

    may_leave_at_once: ClassVar[bool] = True
