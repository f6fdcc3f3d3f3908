"""Maximum likelihood with a verdict: a found maximum is checked before anyone sees it."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from helpers.models.errors import FitDivergedError, FitError, FitNotConvergedError, WeaklyIdentifiedWarning
from helpers.models.patterns import Floats

#: Log-parameters (in scale-free units) beyond this mean that the likelihood rises towards a limit.
LOG_BOUND = 14.0
#: A standard error of a log-parameter above this is a ridge without a summit ...
DIVERGED_LOG_ERROR = 5.0
#: ... and above this worth a word: the 95 % interval spans a factor of e^3 each way.
WEAK_LOG_ERROR = 1.5
#: Log-likelihood units promised by a further step: below the first no step is taken, above the second the
#: point is no maximum (between them lies what rounding leaves undecided).
PROMISE = 1e-10
GOOD_PROMISE = 1e-6
#: Decimals of the log-parameters found, so that every processor finds the same: no data tell a ten-millionth of a
#: parameter, and a search ends a thousand times nearer to the summit.
DECIMALS = 7
#: Newton steps at most; distance, in log-parameters, over which the gradient is differenced.
_MOST_STEPS, _WIDTH = 15, 1e-3

LogLikelihood = Callable[[Floats], tuple[float, Floats]]


@dataclass(frozen=True)
class Prior:
    """Independent normal beliefs on linear combinations of the scale-free log-parameters.

    Attributes
    ----------
    directions
        One combination a row. Times are in units of the mean observed time, money in units of the mean value,
        so what is believed does not change with the unit of the data.
    means, sds
        Mean and standard deviation of each combination.
    """

    directions: Floats
    means: Floats
    sds: Floats

    def log_density(self, point: Floats) -> tuple[float, Floats]:
        """Log density up to a constant, and its gradient."""
        standard = (self.directions @ point - self.means) / self.sds
        return -0.5 * float(standard @ standard), -self.directions.T @ (standard / self.sds)


@dataclass(frozen=True)
class Optimum:
    """A checked maximum: log-parameters, their covariance (inverse negative Hessian), log-likelihood."""

    point: Floats
    covariance: Floats
    log_likelihood: float


def maximise(
    model: str,
    names: Sequence[str],
    log_likelihood: LogLikelihood,
    starts: Sequence[Floats],
    customers: float,
    prior: Prior | None = None,
) -> Optimum:
    """Find the maximum over the log-parameters and make sure that it is one.

    L-BFGS-B finds the hill, Newton steps with a Hessian from the analytic gradient climb the last bit, and
    the checks are on what they promise: the gain of a further step, the curvature in every direction, the
    bounds.

    Raises
    ------
    FitDivergedError
        The likelihood has no summit: a parameter runs to its bound, or nothing holds some combination of
        them.
    FitNotConvergedError
        From no start was a point reached where the gradient vanishes.
    """

    def target(point: Floats) -> tuple[float, Floats]:
        value, gradient = log_likelihood(point)
        if prior is not None:
            belief, slope = prior.log_density(point)
            value, gradient = value + belief, gradient + slope
        return -value / customers, -gradient / customers

    failure: FitError | None = None
    for start in starts:
        found = minimize(
            target,
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=[(-LOG_BOUND, LOG_BOUND)] * len(names),
            options={"maxiter": 1000, "maxcor": 20, "ftol": 1e-14, "gtol": 1e-7},
        )
        try:
            point, hessian, promise = _climb(target, np.asarray(found.x), customers)
            covariance = _verdict(model, names, point, hessian, customers)
            if promise > GOOD_PROMISE:
                raise FitNotConvergedError(
                    f"{model}: the fit stopped where the likelihood still rises (by {promise:.3g} in one "
                    "step). Check the summary for outliers, or fit with prior='weak'."
                )
        except FitError as error:
            failure = failure or error
            continue
        return Optimum(point, covariance, log_likelihood(point)[0])
    assert failure is not None
    raise failure


def _climb(target: LogLikelihood, point: Floats, customers: float) -> tuple[Floats, Floats, float]:
    """Newton steps until the next one promises nothing; that one is taken too, as it squares the distance left.

    Returns the point, rounded to `DECIMALS`, the Hessian of the negative sum there, and what the last step promised.
    """
    value, gradient = target(point)
    for _ in range(_MOST_STEPS):
        hessian = _hessian(target, point) * customers
        curvatures, axes = np.linalg.eigh(hessian)
        # A floor under the curvature keeps steps finite where the surface is flat or bends the wrong way.
        held = np.maximum(np.abs(curvatures), 1e-10 * customers)
        step = -(axes / held) @ (axes.T @ gradient) * customers
        promise = -0.5 * float(step @ gradient) * customers
        if promise < PROMISE:
            point = np.clip(point + step, -LOG_BOUND, LOG_BOUND)
            break
        step *= min(1.0, 2.0 / np.abs(step).max())
        for shorter in (1.0, 0.25, 0.05, 0.01):
            trial = np.clip(point + shorter * step, -LOG_BOUND, LOG_BOUND)
            new_value, new_gradient = target(trial)
            if new_value <= value + 1e-13 * abs(value):
                break
        else:
            break
        point, value, gradient = trial, new_value, new_gradient
    point = point.round(DECIMALS)
    return point, _hessian(target, point) * customers, promise


def _hessian(target: LogLikelihood, point: Floats) -> Floats:
    """Hessian by central differences of the analytic gradient."""
    steps = np.eye(len(point)) * _WIDTH
    hessian = np.array([target(point + step)[1] - target(point - step)[1] for step in steps]) / (2 * _WIDTH)
    return (hessian + hessian.T) / 2


def _verdict(model: str, names: Sequence[str], point: Floats, hessian: Floats, customers: float) -> Floats:
    """Return the covariance of the log-parameters, or say by name why there is none."""
    curvatures, axes = np.linalg.eigh(hessian)
    at_bound = np.abs(point) > LOG_BOUND - 1e-6
    flat = curvatures[0] < 1 / DIVERGED_LOG_ERROR**2
    if flat or at_bound.any():
        strength = np.abs(axes[:, 0]) if flat else at_bound.astype(float)
        loose = [name for name, share in zip(names, strength, strict=True) if share > 0.3]
        raise FitDivergedError(
            f"{model}: these {customers:g} customers do not determine {' and '.join(loose)}: the likelihood "
            "keeps rising while they grow or shrink, which means that customers do not differ in the way the "
            "model supposes (all buy at one rate, or nobody leaves, or all are equally loyal). Fit with "
            "prior='weak', use more customers or a longer history, or a simpler model."
        )
    covariance = (axes / curvatures) @ axes.T
    errors = np.sqrt(np.diag(covariance))
    if errors.max() > WEAK_LOG_ERROR:
        worst = int(np.argmax(errors))
        warnings.warn(
            f"{model}: {names[worst]} is known only to within a factor of {np.exp(2 * errors[worst]):.0f} "
            f"from these {customers:g} customers; predictions may still be sound, "
            "parameters are not findings.",
            WeaklyIdentifiedWarning,
            stacklevel=4,
        )
    return covariance
