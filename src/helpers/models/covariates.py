"""What is known of customers from the start (trade class, size, source) and how it moves rate and dropout.

A customer with the covariates z buys at a rate exp(rate'z) times that of a customer with z = 0 and leaves at odds (of
leaving after a purchase, or at a rate, where the model has dropout at any time) exp(dropout'z) times as high:

    alpha_i = alpha exp(-rate'z),   beta_i = beta exp(-dropout'z)   or   a_i = a exp(dropout'z), b_i = b.

Customers with equal covariates are a profile; its likelihood is the model's own at shifted log-parameters, so that the
gradient in the effects is the model's gradient times z.

References
----------
Fader, Hardie (2007), Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from helpers.models.errors import InvalidSummaryError, ModelError
from helpers.models.optimum import Prior
from helpers.models.patterns import Floats, Indices, Patterns, check_weights, find_patterns

#: Distinct covariate rows that a fit takes: classes and bands have few, a continuous covariate as many as customers.
MOST_PROFILES = 500
LogLikelihood = Callable[[Floats, Patterns], tuple[float, Floats]]


@dataclass(frozen=True)
class Shift:
    """Where a model keeps its rate and dropout: position and sign of z's effect among the log-parameters."""

    rate: int
    dropout: int
    dropout_sign: int

    def points(self, point: Floats, rate: Floats, dropout: Floats) -> Floats:
        """Log-parameters of each profile, from those at z = 0 and z'rate, z'dropout of each profile."""
        shifted = np.tile(point, (len(rate), 1))
        shifted[:, self.rate] -= rate
        shifted[:, self.dropout] += self.dropout_sign * dropout
        return shifted


@dataclass(frozen=True)
class Profiles:
    """The distinct rows of covariates.

    Attributes
    ----------
    names
        The covariates.
    table
        One row a profile.
    inverse
        For each row of the summary its profile.
    """

    names: tuple[str, ...]
    table: Floats
    inverse: Indices

    def rows(self) -> list[Indices]:
        """Positions in the summary of each profile's customers."""
        order = np.argsort(self.inverse, kind="stable")
        return np.split(order, np.cumsum(np.bincount(self.inverse, minlength=len(self.table)))[:-1])


def find_profiles(covariates: pd.DataFrame, summary: pd.DataFrame) -> Profiles:
    """Check covariates and reduce them to their distinct rows.

    Parameters
    ----------
    covariates
        One row for each row of the summary, by its index; numbers or booleans. Classes become such columns with
        ``pandas.get_dummies(classes, drop_first=True)``.

    Raises
    ------
    InvalidSummaryError
        A customer has no row, a value is missing or no number, or there are more than ``MOST_PROFILES`` profiles.
    """
    if covariates.index.has_duplicates:
        twice = covariates.index[covariates.index.duplicated()].tolist()[0]
        raise InvalidSummaryError(f"Covariates: customer {twice!r} has two rows.")
    absent = summary.index.difference(covariates.index).tolist()
    if absent:
        raise InvalidSummaryError(f"Covariates: customer {absent[0]!r} has no row ({len(absent)} such).")
    known = covariates.reindex(summary.index)
    for name in known:
        if not pd.api.types.is_numeric_dtype(known[name]) or not np.isfinite(known[name].astype(float)).all():
            raise InvalidSummaryError(
                f"Covariate '{name}' must be a finite number of each customer; classes become numbers with "
                "pandas.get_dummies(classes, drop_first=True)."
            )
    values, inverse = np.unique(known.to_numpy(dtype=np.float64), axis=0, return_inverse=True)
    if len(values) > MOST_PROFILES:
        raise InvalidSummaryError(
            f"The covariates tell {len(values):,} kinds of customers apart, more than {MOST_PROFILES}: give a "
            "continuous covariate in bands."
        )
    return Profiles(tuple(map(str, known.columns)), values, inverse.reshape(-1))


@dataclass(frozen=True)
class CovariateFit:
    """A fit with covariates: histories by profile, and covariates in units in which the search is easy.

    Attributes
    ----------
    parts
        Histories of each profile.
    standard
        Covariates of each profile, less ``centre``, over ``spread`` (weighted mean and standard deviation).
    """

    names: tuple[str, ...]
    parts: Sequence[Patterns]
    standard: Floats
    centre: Floats
    spread: Floats
    shift: Shift

    @classmethod
    def of(
        cls, summary: pd.DataFrame, weights: ArrayLike | None, covariates: pd.DataFrame, shift: Shift
    ) -> Self:
        """Cut a summary into profiles."""
        profiles, weight = find_profiles(covariates, summary), check_weights(weights, len(summary))
        parts = [find_patterns(summary.iloc[rows], weight[rows]) for rows in profiles.rows()]
        size = np.array([part.customers for part in parts])
        centre = size @ profiles.table / size.sum()
        spread = np.sqrt(size @ (profiles.table - centre) ** 2 / size.sum())
        if (spread <= 1e-12 * np.maximum(np.abs(centre), 1e-300)).any():
            name = profiles.names[int(np.argmin(spread))]
            raise InvalidSummaryError(f"Covariate '{name}' is the same for all customers: leave it out.")
        return cls(profiles.names, parts, (profiles.table - centre) / spread, centre, spread, shift)

    def rescaled(self, scale: float) -> CovariateFit:
        """Return the same with times in units of ``scale``."""
        return replace(self, parts=[part.rescaled(scale) for part in self.parts])

    def parameter_names(self) -> tuple[str, ...]:
        """Names of the effects, as they follow the model's own parameters."""
        return tuple(f"{what} effect of {name}" for what in ("rate", "dropout") for name in self.names)

    def log_likelihood(self, of: LogLikelihood, point: Floats) -> tuple[float, Floats]:
        """Sum of the profiles' log-likelihoods, and its gradient in log-parameters, rate and dropout effects."""
        covariates = len(self.names)
        own, rate, dropout = np.split(point, [len(point) - 2 * covariates, len(point) - covariates])
        points = self.shift.points(own, self.standard @ rate, self.standard @ dropout)
        found = [of(at, part) for at, part in zip(points, self.parts, strict=True)]
        slopes = np.array([slope for _, slope in found])
        by_rate = -slopes[:, self.shift.rate] @ self.standard
        by_dropout = self.shift.dropout_sign * slopes[:, self.shift.dropout] @ self.standard
        return sum(value for value, _ in found), np.concatenate([slopes.sum(axis=0), by_rate, by_dropout])

    def prior(self, own: Prior) -> Prior:
        """Extend a model's prior by standard normal effects of covariates in their own standard deviations."""
        extra = 2 * len(self.names)
        parameters = own.directions.shape[1]
        directions = np.zeros((len(own.means) + extra, parameters + extra))
        directions[: len(own.means), :parameters] = own.directions
        directions[len(own.means) :, parameters:] = np.eye(extra)
        return Prior(
            directions,
            np.append(own.means, np.zeros(extra)),
            np.append(own.sds, np.ones(extra)),
        )

    def in_own_units(self, point: Floats, covariance: Floats) -> tuple[Floats, Floats]:
        """Turn a point and its covariance into those of covariates as they were given."""
        covariates = len(self.names)
        own = len(point) - 2 * covariates
        turn = np.eye(len(point))
        turn[own:, own:] = np.diag(np.tile(1 / self.spread, 2))
        away = self.centre / self.spread
        turn[self.shift.rate, own : own + covariates] = away
        turn[self.shift.dropout, own + covariates :] = -self.shift.dropout_sign * away
        return turn @ point, turn @ covariance @ turn.T

    def effects(self, point: Floats, covariance: Floats) -> pd.DataFrame:
        """Effects and standard errors from a point in own units: one row a covariate."""
        covariates = len(self.names)
        rate, dropout = np.split(point[-2 * covariates :], 2)
        rate_error, dropout_error = np.split(np.sqrt(np.diag(covariance))[-2 * covariates :], 2)
        columns = {
            "rate": rate,
            "rate_error": rate_error,
            "dropout": dropout,
            "dropout_error": dropout_error,
        }
        return pd.DataFrame(columns, index=pd.Index(self.names, name="covariate"))


def check_covariates(
    model: str, effects: pd.DataFrame | None, covariates: pd.DataFrame | None
) -> pd.DataFrame | None:
    """Covariates in the order of the effects; refuse them where the fit had none, and the reverse."""
    if effects is None and covariates is None:
        return None
    if effects is None:
        raise ModelError(f"{model} was fitted without covariates: fit it with them to use them.")
    if covariates is None or not set(effects.index) <= set(covariates.columns):
        raise ModelError(f"{model} was fitted with covariates: give {', '.join(effects.index)} here too.")
    return covariates[list(effects.index)]
