"""What can go wrong when a purchase model is fitted, each case by its own name."""

from helpers.errors import WorkbookError


class ModelError(WorkbookError):
    """Base of all errors of ``helpers.models``."""


class InvalidSummaryError(ModelError):
    """The purchase log or summary handed to a model is incomplete or contradicts itself."""


class NotFittedError(ModelError):
    """A result was asked of a model that has no parameters yet."""


class FitError(ModelError):
    """Base of the errors that mean: these data do not determine this model."""


class NoRepeatPurchasesError(FitError):
    """No customer bought twice, so the data say nothing of how often customers come back."""


class FitDivergedError(FitError):
    """The likelihood rises without end towards a limit (customers do not differ, nobody leaves ...)."""


class FitNotConvergedError(FitError):
    """The search stopped where the likelihood still rises."""


class ModelWarning(UserWarning):
    """Base of all warnings of ``helpers.models``."""


class WeaklyIdentifiedWarning(ModelWarning):
    """The fit converged, but a parameter is known only to within an order of magnitude."""
