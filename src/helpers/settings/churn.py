"""``[churn]`` of ``workbook.toml``: over which time leaving is judged, and from which probability we warn."""

from typing import Annotated

from pydantic import Field

from helpers.settings.source import Section

#: What a customer can be as of a month end (`helpers.subjects.churn.states`), in the order in which it is told.
STATE_NAMES = ("active", "won_back", "slowing", "overdue", "at_risk", "lapsed", "lost", "never_bought")


class Churn(Section):
    """``[churn]``: when a customer counts as leaving or lost, whom we warn of, and what a visit costs and brings."""

    horizon_months: Annotated[int, Field(ge=1, le=24)] | None = None
    """A customer leaves when it buys nothing in so many months; default: from the gaps between purchases."""
    gap_quantile: Annotated[float, Field(gt=0.5, lt=1)] = 0.9
    """The default horizon is this quantile of the gaps, in whole months."""
    warn_probability: Annotated[float, Field(gt=0, lt=1)] | None = None
    """From this probability of leaving on a customer is warned of; default: as early as the visits below allow and pay
    (`helpers.subjects.churn.learning.threshold`), from one half on at the latest."""
    overdue_gaps: Annotated[float, Field(ge=1, le=10)] = 2.0
    """An order is overdue after so many of the customer's own usual gaps; of who buys irregularly, after its usual gap
    and so many times its spread, where that is longer. Measured in ``benchmarks/states.md``."""
    lapsed_times: Annotated[float, Field(ge=1, le=10)] = 2.0
    """Lapsed and lost are customers who have been silent for so many times as long as makes an order overdue."""
    lost_months: Annotated[int, Field(ge=1, le=60)] = 12
    """Who has been silent longer is not scored, and lost where its own rhythm says so too: of those fewer than 15 %
    come back within a year."""
    visit_capacity: Annotated[int, Field(ge=1, le=10_000)] = 20
    """So many of these customers can be visited in a month."""
    visit_cost_amount: Annotated[float, Field(ge=0)] = 300.0
    """What a visit costs, in the report's currency."""
    visit_success_share: Annotated[float, Field(ge=0, le=1)] = 0.2
    """Of the visited who would have left, the share that stays: an assumption until it is measured."""
