"""Pareto/NBD: customers buy at random until they leave at a random time, seen by nobody.

While alive a customer buys as a Poisson process with rate l ~ Gamma(r, alpha); its lifetime is exponential
with rate m ~ Gamma(s, beta). The likelihood of one history is

    G(r+x) / G(r) * alpha^r * beta^s * (S + D),
    S = (alpha+T)^-(r+x) * (beta+T)^-s                                        alive at T,
    D = s * integral from t_x to T of (alpha+y)^-(r+x) * (beta+y)^-(s+1) dy   left at y,

and P(alive) = S / (S + D). D is usually written as a difference of two hypergeometric functions, which loses
its digits for heavy buyers and for alpha far from beta. Here the integral itself is taken, all terms
positive: with z = log((min(alpha, beta) + y) / (min(alpha, beta) + t_x)) the integrand is log-concave and
analytic in a strip of half-width pi, so that Gauss-Legendre's rule on the part that matters is exact to about
12 digits; the derivatives are means under the same nodes.

References
----------
Schmittlein, Morrison, Colombo (1987), Counting your customers, Management Science 33(1), 1-24. Fader, Hardie
(2005), A note on deriving the Pareto/NBD model and related expressions.
"""

from typing import ClassVar

import numpy as np
from scipy.special import digamma, exprel, gammaln

from helpers.models.base import PurchaseModel
from helpers.models.optimum import Prior
from helpers.models.patterns import Floats, Patterns

#: Histories at a time: with all nodes small enough for the processor's cache.
_CHUNK = 512
#: Where the integrand has fallen by exp(-37) from its height, the rest is below rounding.
_FALL = 37.0
#: Nodes that give 12 digits where the logarithm of the integrand spans at most so much, over at most so long.
_RULES = [
    (span, length, np.polynomial.legendre.leggauss(nodes))
    for span, length, nodes in ((8.0, 3.0, 12), (16.0, 4.0, 16), (np.inf, np.inf, 24))
]
_FINE_NODES, _FINE_WEIGHTS = np.polynomial.legendre.leggauss(64)


class ParetoNBD(PurchaseModel):
    """Pareto/NBD (Schmittlein, Morrison, Colombo 1987): random purchases, dropout at any time.

    ``expected_purchases`` is the closed form (its limit where s = 1); ``purchase_distribution`` integrates
    over the time of leaving by quadrature, to about ten digits.

    Parameters
    ----------
    prior
        None (maximum likelihood) or ``"weak"``, see ``PurchaseModel``.

    References
    ----------
    Schmittlein, Morrison, Colombo (1987), Counting your customers, Management Science 33(1), 1-24.
    """

    parameter_names: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")
    time_parameters: ClassVar[tuple[str, ...]] = ("alpha", "beta")
    # Differences in rate and mean rate while alive, differences in dropout and mean dropout rate (a mean
    # observed time each).
    weak_prior: ClassVar[Prior] = Prior(
        directions=np.array([[1.0, 0, 0, 0], [1, -1, 0, 0], [0, 0, 1, 0], [0, 0, 1, -1]]),
        means=np.array([0.0, 0.0, 0.0, 0.0]),
        sds=np.array([1.5, 3.0, 1.5, 2.0]),
    )

    def _starts(self, patterns: Patterns) -> list[Floats]:
        per_time = patterns.repeats / float(patterns.weight @ patterns.T)
        points = [(0.5, 0.6, 0.6), (2.0, 1.0, 2.0)]
        return [np.log([r, r / (1.5 * per_time), s, beta]) for r, s, beta in points]

    def _log_likelihood(self, point: Floats, patterns: Patterns) -> tuple[float, Floats]:
        r, alpha, s, beta = np.exp(point)
        log_ratio, mean_logs, mean_inverses = _left_over_alive(r, alpha, s, beta, patterns)
        n, weight, x = r + patterns.x, patterns.weight, patterns.x
        end_a, end_b = alpha + patterns.T, beta + patterns.T
        either = np.logaddexp(0.0, log_ratio)
        alive, left = np.exp(-either), np.exp(log_ratio - either)
        tops, where = np.unique(x, return_inverse=True)
        rise = (gammaln(r + tops) - gammaln(r))[where]
        slope = (digamma(r + tops) - digamma(r))[where]

        log_a, log_b = np.log(end_a / alpha), np.log(end_b / beta)
        value = (rise - x * np.log(alpha) - n * log_a - s * log_b + either) @ weight
        mean_log_a, mean_log_b = mean_logs
        inverse_a, inverse_b = mean_inverses
        gradient = np.array(
            [
                r * ((slope - alive * log_a - left * (mean_log_a - np.log(alpha))) @ weight),
                alpha * ((r / alpha - n * (alive / end_a + left * inverse_a)) @ weight),
                s * ((left / s - alive * log_b - left * (mean_log_b - np.log(beta))) @ weight),
                beta * ((s / beta - s * alive / end_b - (s + 1) * left * inverse_b) @ weight),
            ]
        )
        return float(value), gradient

    def _p_alive(self, values: Floats, patterns: Patterns) -> Floats:
        r, alpha, s, beta = values
        log_ratio, _, _ = _left_over_alive(r, alpha, s, beta, patterns)
        return np.exp(-np.logaddexp(0.0, log_ratio))

    def _expected_if_alive(self, values: Floats, patterns: Patterns, periods: Floats) -> Floats:
        r, alpha, s, beta = values
        end_b = (beta + patterns.T)[:, None]
        rate = ((r + patterns.x) / (alpha + patterns.T))[:, None]
        # (beta+T) * (1 - shrink^(s-1)) / (s-1), through its limit at s = 1.
        shrink = np.log1p(periods / end_b)
        return rate * end_b * shrink * exprel((1 - s) * shrink)

    def _at_least_if_alive(self, values: Floats, patterns: Patterns, periods: float, most: int) -> Floats:
        r, alpha, s, beta = values
        result = np.zeros((len(patterns.x), most))
        if periods == 0:
            return result
        for begin in range(0, len(patterns.x), _CHUNK):
            part = slice(begin, begin + _CHUNK)
            for y in range(1, most + 1):
                result[part, y - 1] = _at_least(
                    y, r + patterns.x[part], alpha + patterns.T[part], s, beta + patterns.T[part], periods
                )
        return result


def _left_over_alive(
    r: float, alpha: float, s: float, beta: float, patterns: Patterns
) -> tuple[Floats, tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Log(D / S), and means over the time y of leaving.

    The means are those of log(alpha+y) and log(beta+y), and of 1/(alpha+y) and 1/(beta+y).
    """
    size = len(patterns.x)
    log_ratio, log_a, log_b, inverse_a, inverse_b = np.empty((5, size))
    for begin in range(0, size, _CHUNK):
        part = slice(begin, begin + _CHUNK)
        n, t_x, T = (r + patterns.x[part]).astype(np.float64), patterns.t_x[part], patterns.T[part]
        small, gap = min(alpha, beta), abs(alpha - beta)
        of_dropout = np.full(len(n), s + 1)
        power_small, power_large = (of_dropout, n) if beta < alpha else (n, of_dropout)
        start = small + t_x
        cut = _effective_range(np.log((small + T) / start), power_small - 1, power_large, gap / start)
        span = (power_small - 1) * cut + power_large * np.log((np.exp(cut) * start + gap) / (start + gap))
        nodes, weights = next(
            rule for most, longest, rule in _RULES if np.abs(span).max() <= most and cut.max() <= longest
        )
        z = cut[:, None] * (0.5 * (nodes + 1))
        log_small = np.log(start)[:, None] + z
        near = np.exp(log_small)
        log_large = np.log(near + gap)
        height = (1 - power_small)[:, None] * log_small - power_large[:, None] * log_large
        top = height.max(axis=1)
        mass = np.exp(height - top[:, None]) * weights
        total = mass.sum(axis=1)
        with np.errstate(divide="ignore"):  # nobody can have left between t_x and T where these are equal
            log_integral = np.log(total * 0.5 * cut) + top
        log_ratio[part] = np.log(s) + log_integral + n * np.log(alpha + T) + s * np.log(beta + T)
        means = [
            np.einsum("ij,ij->i", mass, of_y) / total
            for of_y in (log_small, log_large, 1 / near, 1 / (near + gap))
        ]
        if beta < alpha:
            log_b[part], log_a[part], inverse_b[part], inverse_a[part] = means
        else:
            log_a[part], log_b[part], inverse_a[part], inverse_b[part] = means
    return log_ratio, (log_a, log_b), (inverse_a, inverse_b)


def _effective_range(whole: Floats, fall: Floats, power: Floats, gap: Floats) -> Floats:
    """Where exp(-fall z) (e^z + gap)^-power has dropped by e^-37 from its height on [0, whole], or the whole.

    Newton's steps on a concave function from the right of the root stay to its right, so nothing is cut too
    early.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        # The height is at 0, or where the slope vanishes (possible only where fall < 0).
        mode = np.log(np.where((fall < 0) & (gap > 0), -fall * gap / (power + fall), 1.0))
    mode = np.clip(np.nan_to_num(mode, nan=np.inf, posinf=np.inf), 0.0, whole)
    floor = -fall * mode - power * np.log(np.exp(mode) + gap) - _FALL
    slope = fall + power / (1 + gap)
    z = np.where(slope > 0, np.minimum(whole, mode + _FALL / np.where(slope > 0, slope, 1.0)), whole)
    for _ in range(6):
        grown = np.exp(z)
        excess = -fall * z - power * np.log(grown + gap) - floor
        if not (excess < 0).any():
            break
        slope = -fall - power * grown / (grown + gap)
        z = np.where((excess < 0) & (slope < 0), z - excess / np.where(slope < 0, slope, 1.0), z)
    return z


def _at_least(y: int, n: Floats, A: Floats, s: float, B: Floats, periods: float) -> Floats:
    """P(at least y purchases | alive): the y-th would come at w, and the customer is still there then.

    Integral over w from 0 to ``periods`` of the density of the y-th arrival, G(n+y) / (G(n) G(y)) A^n w^(y-1)
    / (A+w)^(n+y), times (B / (B+w))^s; over the logarithm of min(A, B) + w, in the window that matters.
    """
    small = np.minimum(A, B)
    low, high = np.zeros_like(A), np.log1p(periods / small)

    def log_density(z: Floats) -> Floats:
        w = np.maximum(small[:, None] * np.expm1(z), 1e-300)
        return (
            (y - 1) * np.log(w / A[:, None])
            - (n[:, None] + y) * np.log1p(w / A[:, None])
            - s * np.log1p(w / B[:, None])
            + np.log((small[:, None] + w) / A[:, None])
        )

    grid = np.linspace(0, 1, 65)
    for _ in range(2):
        z = low[:, None] + (high - low)[:, None] * grid
        height = log_density(z)
        matters = height > height.max(axis=1, keepdims=True) - _FALL
        first, last = matters.argmax(axis=1), 64 - matters[:, ::-1].argmax(axis=1)
        rows = np.arange(len(z))
        low, high = z[rows, np.maximum(first - 1, 0)], z[rows, np.minimum(last + 1, 64)]
    z = low[:, None] + (high - low)[:, None] * (0.5 * (_FINE_NODES + 1))
    log_constant = gammaln(n + y) - gammaln(n) - gammaln(y)
    mass = np.exp(log_density(z) + log_constant[:, None]) @ _FINE_WEIGHTS
    return np.minimum(mass * 0.5 * (high - low), 1.0)
