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

from collections.abc import Iterator
from typing import ClassVar, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import gammaln

from helpers.models.base import PriorName, PurchaseModel
from helpers.models.errors import FitError, InvalidSummaryError, ModelError
from helpers.models.optimum import Prior
from helpers.models.patterns import Floats, Indices, Patterns

#: The largest k that "auto" tries.
MAX_K = 12
_CHUNK = 4096


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
        r, alpha, _, _ = values
        result = np.zeros((len(periods), len(patterns.x)))
        # Of like horizons, histories with a similar number of purchases ahead run through the sum together.
        by_pace = np.argsort((r + self.k_ * patterns.x) / (alpha + patterns.T))
        order = np.add.outer(np.argsort(periods) * len(by_pace), by_pace).ravel()
        for begin in range(0, len(order), _CHUNK):
            horizon, part = np.unravel_index(order[begin : begin + _CHUNK], result.shape)
            total = np.zeros(len(part))
            for at_least, shrinks_by in self._at_least(values, patterns, part, periods[horizon]):
                total += at_least
                if (at_least * shrinks_by <= 1e-13 * total * (1 - shrinks_by)).all():
                    break
            result[horizon, part] = total
        return result.T

    def _at_least_if_alive(self, values: Floats, patterns: Patterns, periods: float, most: int) -> Floats:
        everyone = np.arange(len(patterns.x))
        terms = self._at_least(values, patterns, everyone, np.full(len(everyone), periods))
        return np.column_stack([next(terms)[0] for _ in range(most)])

    def _at_least(
        self, values: Floats, patterns: Patterns, part: Indices, periods: Floats
    ) -> Iterator[tuple[Floats, Floats]]:
        """For y = 1, 2, ...: P(at least y purchases in ``periods`` | alive), and how fast that falls at most.

        Row j of the arrays is stage j. Its stages passed, N, are negative binomial with the probability of
        i built up in the logarithm; P(N >= i) = 1 - sum of those, held between bounds that are valid in the
        tail, where the difference is rounding.
        """
        r, alpha, a, b = values
        k, x, end = self.k_, patterns.x[part], alpha + patterns.T[part]
        stage = np.arange(k)[:, None]
        shape = r + k * x + stage
        log_weight = np.zeros_like(shape)
        silence = (patterns.T[part] - patterns.t_x[part]) / end
        log_weight[1:] = np.cumsum(np.log(np.maximum(silence * shape[:-1] / stage[1:], 1e-300)), axis=0)
        weight = np.exp(log_weight - log_weight.max(axis=0))
        weight /= weight.sum(axis=0)
        ahead = periods / (end + periods)
        with np.errstate(divide="ignore"):  # nothing comes in no time
            log_ahead = np.log(ahead)
        log_mass = shape * np.log1p(-ahead)  # of i = 0
        mass, more_than_none = np.exp(log_mass), -np.expm1(log_mass)
        reach = np.ones_like(shape)  # P(N >= i)
        stayed = np.ones(len(x))
        purchases, passed, before = 0, np.zeros((k, 1)), np.ones(len(x))
        while True:
            # Stage j has j of the k stages behind it.
            for step in range(k):
                moves = slice(step + 1 if purchases == 0 else k)
                i = passed[moves]
                less = np.where(i == 0, more_than_none[moves], reach[moves] - mass[moves])
                growth = (shape[moves] + i) / (i + 1)
                log_mass[moves] += np.log(growth) + log_ahead
                ratio = np.maximum((shape[moves] + i + 1) / (i + 2) * ahead, ahead)
                np.exp(log_mass[moves], out=mass[moves])
                ceiling = np.where(ratio < 1, mass[moves] / np.maximum(1 - ratio, 1e-300), 1.0)
                reach[moves] = np.clip(less, np.minimum(mass[moves], ceiling), np.minimum(ceiling, 1.0))
                passed[moves] += 1
            purchases += 1
            at_least = (weight * reach).sum(axis=0) * stayed
            fall = np.divide(at_least, before, out=np.zeros_like(before), where=before > 0)
            yield at_least, np.minimum(np.maximum(fall, ahead**k), 1 - 1e-12)
            before = at_least
            # Each further purchase needs the customer to stay after this one.
            observed = b + x + self._m + purchases - 1
            stayed = stayed * observed / (a + observed)


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
    k_
        The k in use.
    log_likelihood_by_k_
        With ``"auto"``: the log-likelihood of each k tried; a k whose fit failed is missing.
    """

    def __init__(self, k: int | Literal["auto"] = "auto", *, prior: PriorName | None = None) -> None:
        super().__init__(k=k, prior=prior)

    def fit(self, summary: pd.DataFrame, weights: ArrayLike | None = None) -> Self:
        """As in ``PurchaseModel``; the summary must have ``sum_log_gaps`` too."""
        require_log_gaps(self, summary, self.k)
        return super().fit(summary, weights)
