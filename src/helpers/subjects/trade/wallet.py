"""Share of wallet 客户内占有率: a customer's total purchases, from evidence of unequal quality."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import chi2, norm

from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import index_positions, largest_first, look_up
from helpers.core.periods import CALENDAR_YEAR, CompanyYear, trailing_year
from helpers.engine.months.windows import Window
from helpers.settings.analysis import Trade as TradeSettings

#: Weight of the assumed errors, in degrees of freedom.
_WEIGHT_OF_ASSUMED = 20
#: Significance level for contradicting evidence.
CONTRADICTION_CHANCE = 0.05


@dataclass(frozen=True)
class Wallet(Answer):
    """Customers' total purchases, and our share of them.

    Attributes
    ----------
    month, scale
        The report's month, and by what the assumed errors are multiplied (`evidence_scale`).
    customers
        One row a customer with usable evidence, the largest room first: customer_id, name, trade_class,
        salesperson_name, own_amount (net sales of the last 12 months), pieces (of evidence), best_method,
        evidence_amount, evidence_low_amount, evidence_high_amount (a year, from the evidence alone),
        wallet_amount, wallet_low_amount, wallet_high_amount (the same, but no less than the own sales), share,
        share_low, share_high (0 to 1), room_amount, room_low_amount, room_high_amount (wallet - own sales, 0 or
        more), contradiction (``evidence``: its pieces lie further apart than their errors explain; ``own_sales``:
        we sell more than the interval allows; None).
    evidence
        One row a piece: customer_id, method, as_of, annual_purchases, quality (1 best), age_years, error (standard
        deviation of the logarithm, with age and scale), weight (in its customer's estimate), used (False: too old, or a
        kind that the settings leave out), off (its amount over the estimate - 1).
    without
        Customers with sales in the last 12 months and no usable evidence.
    """

    month: pd.Period
    scale: float
    customers: pd.DataFrame
    evidence: pd.DataFrame
    without: int


def required_measures(month: pd.Period) -> dict[str, Window]:
    """Return the measures of each customer that `wallet` needs: the last 12 months."""
    return {"net_amount": Window("net_amount", trailing_year(month))}


def wallet(
    evidence: pd.DataFrame,
    customers: pd.DataFrame,
    by_customer: pd.DataFrame,
    month: pd.Period,
    methods: Sequence[str],
    oldest_months: int,
    settings: TradeSettings,
    scale: float = 1.0,
    year: CompanyYear = CALENDAR_YEAR,
) -> Wallet:
    """Estimate each customer's yearly total purchases, with an interval.

    The logarithm of each amount counts by its precision, 1 / error^2: the error of its kind, and with each year of
    age the settings' ``error_per_year`` squared added to the variance. Where pieces lie further apart than their
    errors explain (chi^2 over its degrees of freedom above 1), the interval widens by the root of that ratio.

    Parameters
    ----------
    evidence
        Fact wallet_estimates: the latest of each kind.
    by_customer
        customer_id and the column of `required_measures`.
    methods
        The kinds of evidence that count, the best first.
    oldest_months
        Evidence older than so many months does not count.
    scale
        What the company's contradictions make of the assumed errors, see `evidence_scale`.

    References
    ----------
    Birge, R. T. (1932). The calculation of errors by the method of least squares. Physical Review 40, 207: the
    widened interval, as the Particle Data Group uses it.
    """
    pieces = _weighed(evidence, month, methods, oldest_months, settings, year, scale)
    table = _combined(pieces, settings.interval_share)
    own = by_customer.set_index("customer_id")["net_amount"]
    people = customers.set_index("customer_id")
    for column in ("name", "trade_class", "salesperson_name"):
        table[column] = look_up(table.index, people[column])
    table["own_amount"] = look_up(table.index, own, 0.0)
    _add_shares(table)
    table = largest_first(table.reset_index(), "room_amount")
    estimate = table.set_index("customer_id")["evidence_amount"]
    pieces["off"] = pieces["annual_purchases"] / look_up(pieces["customer_id"], estimate) - 1
    return Wallet(
        month=month,
        scale=scale,
        customers=table.reset_index(drop=True),
        evidence=pieces,
        without=int((index_positions(pd.Index(table["customer_id"]), own.index[own > 0]) < 0).sum()),
    )


def estimates(
    evidence: pd.DataFrame,
    month: pd.Period,
    methods: Sequence[str],
    oldest_months: int,
    settings: TradeSettings,
    year: CompanyYear = CALENDAR_YEAR,
) -> pd.DataFrame:
    """Return evidence_amount and best_method as `wallet` does, by customer_id: from the customer's evidence alone."""
    pieces = _weighed(evidence, month, methods, oldest_months, settings, year)
    return _combined(pieces, settings.interval_share)[["evidence_amount", "best_method"]]


def _weighed(
    evidence: pd.DataFrame,
    month: pd.Period,
    methods: Sequence[str],
    oldest_months: int,
    settings: TradeSettings,
    year: CompanyYear,
    scale: float = 1.0,
) -> pd.DataFrame:
    pieces = evidence[["customer_id", "method", "as_of", "annual_purchases"]].copy()
    pieces["annual_purchases"] = pieces["annual_purchases"].astype("float64")
    quality = {method: place for place, method in enumerate(methods, start=1)}
    pieces["quality"] = look_up(pieces["method"], pd.Series(quality, dtype="float64"))
    end = year.ends(month)
    pieces["age_years"] = ((end - pieces["as_of"]).dt.days / 365.25).astype("float64")
    errors = pd.Series(dict(settings.evidence_errors), dtype="float64")
    own_error = look_up(pieces["method"], errors, settings.unlisted_error)
    aged = settings.error_per_year**2 * pieces["age_years"].clip(lower=0)
    pieces["error"] = scale * np.sqrt(own_error**2 + aged)
    oldest = pd.Timestamp(year.first_day(month - (oldest_months - 1)))
    pieces["used"] = (
        pieces["quality"].notna()
        & (pieces["as_of"] >= oldest)
        & (pieces["as_of"] <= end)
        & (pieces["annual_purchases"] > 0)
    )
    precision = pieces["error"].pow(-2).where(pieces["used"], 0.0)
    total = precision.groupby(pieces["customer_id"]).transform("sum")
    pieces["weight"] = precision / total.where(total > 0)
    return pieces.sort_values(["customer_id", "quality", "method"], kind="stable").reset_index(drop=True)


def evidence_scale(
    evidence: pd.DataFrame,
    month: pd.Period,
    methods: Sequence[str],
    oldest_months: int,
    settings: TradeSettings,
    year: CompanyYear = CALENDAR_YEAR,
) -> float:
    """Return the factor on the assumed errors that explains how far evidence of one customer disagrees.

    The root of chi^2 over its degrees of freedom, summed over all customers with several pieces (Birge's ratio of the
    whole company), drawn towards 1 as if `_WEIGHT_OF_ASSUMED` more contradictions were as the settings expect. It knows
    nothing of what customers truly buy; errors that all pieces of a customer share do not show in it.

    Parameters
    ----------
    evidence, month, methods, oldest_months, settings, year
        As for `wallet`; the whole company's evidence.
    """
    pieces = _weighed(evidence, month, methods, oldest_months, settings, year)
    used = pieces[pieces["used"]]
    logs, by = np.log(used["annual_purchases"]), used["customer_id"]
    mean = (used["weight"] * logs).groupby(by).transform("sum")
    # Cents by which one machine adds up differently must not show.
    spread = round(float((((logs - mean) / used["error"]) ** 2).sum()), 6)
    freedom = len(used) - by.nunique()
    # To a hundredth: of all customers a scope may know no more, and it is the same for everybody.
    return round(float(np.sqrt((spread + _WEIGHT_OF_ASSUMED) / (freedom + _WEIGHT_OF_ASSUMED))), 2)


def _combined(pieces: pd.DataFrame, interval_share: float) -> pd.DataFrame:
    used = pieces[pieces["used"]]
    logs = np.log(used["annual_purchases"])
    by = used["customer_id"]
    mean = (used["weight"] * logs).groupby(by, sort=True).sum()
    table = pd.DataFrame(index=mean.index)
    table["pieces"] = used.groupby("customer_id", sort=True).size()
    table["best_method"] = used.groupby("customer_id", sort=True)["method"].first()
    error = used["error"].pow(-2).groupby(by, sort=True).sum().pow(-0.5)
    spread = (((logs - look_up(by, mean)) / used["error"]) ** 2).groupby(by, sort=True).sum()
    freedom = table["pieces"] - 1
    widened = error * np.sqrt((spread / freedom.where(freedom > 0)).clip(lower=1).fillna(1.0))
    reach = norm.ppf(0.5 + interval_share / 2) * widened
    table["evidence_amount"] = np.exp(mean).round(2)
    table["evidence_low_amount"] = np.exp(mean - reach).round(2)
    table["evidence_high_amount"] = np.exp(mean + reach).round(2)
    chance = chi2.sf(spread, freedom.where(freedom > 0))
    table["contradiction"] = pd.Series(None, index=table.index, dtype="object").mask(
        chance < CONTRADICTION_CHANCE, "evidence"
    )
    return table


def _add_shares(table: pd.DataFrame) -> None:
    own = table["own_amount"].clip(lower=0)
    for bound in ("", "low_", "high_"):
        table[f"wallet_{bound}amount"] = table[f"evidence_{bound}amount"].clip(lower=own)
        table[f"room_{bound}amount"] = (table[f"wallet_{bound}amount"] - own).round(2)
    table["share"] = own / table["wallet_amount"]
    table["share_low"] = own / table["wallet_high_amount"]
    table["share_high"] = own / table["wallet_low_amount"]
    above = own > table["evidence_high_amount"]
    table["contradiction"] = table["contradiction"].mask(above, "own_sales")
