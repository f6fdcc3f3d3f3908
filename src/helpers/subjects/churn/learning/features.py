"""Features and outcomes of each customer at each month end, computed from the panel."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.calendar.period_names import months_a_year
from helpers.core.content_cache import ContentCache, uncached
from helpers.core.frames.lookup import look_up
from helpers.core.periods import CALENDAR_YEAR, CompanyYear
from helpers.models.base import PurchaseModel
from helpers.settings.churn import Churn
from helpers.settings.report import OWN
from helpers.subjects.sales.purchase_summary import fit_purchases, in_units, trading_silence
from helpers.subjects.signals import catalogue
from helpers.subjects.signals.measures import gaps_of, with_typical

#: Decimals of what is learnt from, and of how much it counts for: equal features are equal on every processor.
DECIMALS = 6
#: Reason that no signal gives -> the columns of `purchase_features` that speak for it.
PURCHASE_REASONS: dict[str, tuple[str, ...]] = {
    "season": ("purchases_ahead",),
    "few_purchases": ("log_frequency", "log_purchases_12", "one_time"),
    "short_relationship": ("log_tenure",),
    "small": ("log_amount_12",),
}
#: A panel of so many month ends is young; one of so many holds all that it may (`helpers.subjects.churn.panel`).
_YOUNG_PANEL, _FULL_PANEL = 17, 48


def reason_columns(feature_names: Sequence[str] = ()) -> dict[str, tuple[str, ...]]:
    """Return the feature columns of each reason: those of the signals, and `PURCHASE_REASONS`; a column has one reason.

    A company's own signals among ``feature_names`` are reasons as well (`helpers.subjects.own.past`).
    """
    own = {
        name: (name, f"{name}:change")
        for name in feature_names
        if name.startswith(OWN) and name.count(":") == 1
    }
    signals = {
        signal.reason_name: signal.feature_columns for signal in catalogue.SIGNALS if signal.feature_columns
    }
    return signals | own | PURCHASE_REASONS


def origin_number(panel: pd.DataFrame) -> pd.Series:
    """Count months so that differences of origins are whole months."""
    return panel["origin"].dt.year * 12 + panel["origin"].dt.month


def month_of(number: int) -> pd.Period:
    """Return the month of an `origin_number`."""
    return pd.Period(year=(number - 1) // 12, month=(number - 1) % 12 + 1, freq="M")


def month_ends(number: pd.Series, year: CompanyYear = CALENDAR_YEAR) -> pd.Series:
    """Return the last days of the months of `origin_number`."""
    last_days = {
        origin: pd.Timestamp(year.closes(month_of(origin))).as_unit("us")
        for origin in number.unique().tolist()
    }
    return number.map(last_days).astype("datetime64[us]")


def days_per_month(panel: pd.DataFrame) -> float:
    """Return the mean length of the months of a panel in days."""
    return 365.25 / _months_per_year(panel)


def _months_per_year(panel: pd.DataFrame) -> int:
    return months_a_year(panel["origin"].max().to_period("M")) if len(panel) else 12


def still_scored(panel: pd.DataFrame, lost_months: int) -> pd.Series:
    """Return which rows are of customers silent for at most ``lost_months``: the others have left already."""
    return panel["silence_days"] <= lost_months * days_per_month(panel) + 1


def outcome_paths(panel: pd.DataFrame, horizon_months: int) -> pd.DataFrame:
    """Return for each row whether the customer bought nothing in the 1, 2, ... months that followed.

    Parameters
    ----------
    panel
        The fact purchase_panel, by customer_id and origin.

    Returns
    -------
    pandas.DataFrame
        In the panel's index, a column for each month up to ``horizon_months`` (its number): 1 no purchase, 0 one or
        more, NaN not known yet.
    """
    customers = panel.assign(number=origin_number(panel)).groupby("customer_id", sort=False)
    bought, number = customers["purchases_lifetime"], customers["number"]
    return pd.DataFrame(
        {
            months: (bought.shift(-months) == panel["purchases_lifetime"])
            .astype("float64")
            .where(number.shift(-months) == origin_number(panel) + months)
            for months in range(1, horizon_months + 1)
        },
        index=panel.index,
    )


def shrank(panel: pd.DataFrame, horizon_months: int) -> pd.Series:
    """Return which customers spent under half of the last twelve months' pace in the months that followed.

    1, 0, or NaN where that is not known yet and for customers of under a year; in the panel's index, which is by
    customer_id and origin.
    """
    customers = panel.assign(number=origin_number(panel)).groupby("customer_id", sort=False)
    is_known = customers["number"].shift(-horizon_months) == origin_number(panel) + horizon_months
    spent = customers["net_amount_lifetime"].shift(-horizon_months) - panel["net_amount_lifetime"]
    pace = panel["net_amount_12"] * horizon_months / 12
    return (spent < 0.5 * pace).astype("float64").where(is_known & (panel["T_days"] >= 365))


def estimate_horizon(panel: pd.DataFrame, gap_quantile: float) -> int:
    """Return the quantile of customers' mean gaps, weighted by gaps, in whole months from 1 to 12."""
    last = panel[panel["origin"] == panel["origin"].max()]
    repeat = last[last["frequency"] > 0]
    if repeat.empty:
        return 3
    mean_gap = (repeat["recency_days"] / repeat["frequency"]).sort_values(kind="stable")
    weight = repeat["frequency"].loc[mean_gap.index].cumsum()
    days = float(mean_gap[weight >= gap_quantile * weight.iloc[-1]].iloc[0])
    return int(np.clip(np.ceil(days / days_per_month(panel)), 1, 12))


def fit_early(panel: pd.DataFrame, by_content: ContentCache = uncached) -> PurchaseModel | None:
    """Fit the purchase model whose features of all month ends are learnt from, on what was known early: `early_end`."""
    numbers = origin_number(panel)
    if not len(numbers):
        return None
    known = in_units(panel[numbers == early_end(sorted(numbers.unique()))])
    return by_content(
        "purchase-model",
        [known[name].to_numpy() for name in known],
        lambda: fit_purchases(known, priors=["weak"]).learned,
    )


def early_end(numbers: Sequence[int]) -> int:
    """Return at which of the month ends (counted in months, ascending) the purchase model is fitted.

    It depends on the calendar and not on the report's month, so that past fits can be reused next month: the first end
    of a half-year with three month ends before it; in a young panel the first such end of a quarter; in a full panel,
    whose first month end moves on each month, of a year. Where there is none, the first month end.
    """
    months = 3 if len(numbers) <= _YOUNG_PANEL else 6 if len(numbers) < _FULL_PANEL else 12
    return next((int(end) for end in numbers[3:] if end % months == 0), int(numbers[0]))


def usual_gaps(panel: pd.DataFrame) -> pd.Series:
    """Return the mean gap between purchases of all customers of the panel by origin, in days; 30 where not known."""
    sums = panel.groupby("origin")[["frequency", "recency_days"]].sum()
    gaps: pd.Series = sums["recency_days"] / sums["frequency"].clip(lower=1)
    return gaps.where(gaps > 0, 30.0)


def purchase_features(
    panel: pd.DataFrame, model: PurchaseModel | None, horizon_months: int, gaps: pd.Series
) -> pd.DataFrame:
    """Return the features of purchases, a column each, without units and without missing values; see `reason_columns`.

    Parameters
    ----------
    panel
        The fact purchase_panel, by customer_id and origin.
    model
        `fit_early`; it also scores the month ends before its own, which count little in the fit.
    gaps
        `usual_gaps` of the customers that are learnt from.
    """
    usual_gap = panel["origin"].map(gaps).astype("float64")
    gap_sum, gap_count = with_typical(panel["recency_days"], panel["frequency"], usual_gap)
    table = pd.DataFrame(
        {
            "log_silence": np.log1p(trading_silence(panel)),
            "silence_ratio": np.log1p(trading_silence(panel) / (gap_sum / gap_count)),
            "log_frequency": np.log1p(panel["frequency"]),
            "one_time": (panel["frequency"] == 0).astype("float64"),
            "log_purchases_12": np.log1p(panel["purchases_12"]),
            "log_tenure": np.log1p(panel["T_days"]),
            "log_amount_12": np.log1p(panel["net_amount_12"].clip(lower=0)),
        }
    )
    size = (panel["net_amount_lifetime"] / panel["purchases_lifetime"]).clip(lower=1e-9)
    for column, unit in (("purchases", 1.0), ("amount", size)):
        name = "purchases" if column == "purchases" else "net_amount"
        for width in (3, 6):
            recent, annual = panel[f"{name}_{width}"].clip(lower=0), panel[f"{name}_12"].clip(lower=0)
            months = (panel["T_days"] / days_per_month(panel)).clip(1, 12)
            table[f"{column}_trend_{width}"] = np.log(
                (recent + 0.5 * unit) / (annual * (width / months).clip(upper=1) + 0.5 * unit)
            )
        earlier = panel[f"{name}_6_year_ago"].clip(lower=0)
        change = np.log((panel[f"{name}_6"].clip(lower=0) + 0.5 * unit) / (earlier + 0.5 * unit))
        table[f"{column}_year_ago"] = pd.Series(change, panel.index).where(panel["T_days"] > 540).fillna(0.0)
    table["purchases_ahead"] = _seasonality(panel, horizon_months)
    table["logit_none"] = table["logit_alive"] = 0.0
    if model is not None and len(panel):
        alive, none = _predict_by_origin(model, panel, horizon_months)
        table["logit_alive"], table["logit_none"] = _logit(alive), _logit(none)
    return table.round(DECIMALS)


def _seasonality(panel: pd.DataFrame, horizon_months: int) -> pd.Series:
    """Compare purchases of a year ago in the coming months with an even spread over the year, to see seasonal buyers.

    Logarithm of the purchases in those months over their share of the last twelve months' purchases, half a purchase
    added to both; 0 for customers of under a year.
    """
    months_per_year = _months_per_year(panel)
    shift = months_per_year - horizon_months % months_per_year
    by_customer = panel.groupby("customer_id", sort=False)["purchases_lifetime"]
    same_season = by_customer.shift(shift) - by_customer.shift(months_per_year)
    change = np.log(
        (same_season + 0.5)
        / (panel["purchases_12"] * (horizon_months % months_per_year) / months_per_year + 0.5)
    )
    return pd.Series(change, panel.index).fillna(0.0)


def informative_signals(panel: pd.DataFrame, signal_panel: pd.DataFrame) -> list[str]:
    """Return the columns of the signal panel to use as features: those that are neither constant nor empty."""
    names = [name for name in map(str, signal_panel) if name in catalogue.features() or name.startswith(OWN)]
    table = signal_features(panel, signal_panel, names)
    return [str(name) for name in table.columns[table.min() < table.max()]]


def signal_features(
    panel: pd.DataFrame, signal_panel: pd.DataFrame, signal_names: Sequence[str]
) -> pd.DataFrame:
    """Return the signals ``signal_names`` of each row of the panel: a column each, NaN where nothing is known.

    Parameters
    ----------
    signal_panel
        The fact signal_panel: customer_id, origin (last day of the month) and the features of
        `helpers.subjects.signals.catalogue.features` that the data supply; beside them those of signals of one's own.
    """
    number = signal_panel["origin"].dt.year * 12 + signal_panel["origin"].dt.month
    known = signal_panel[["customer_id", *signal_names]].assign(number=number)
    keys = pd.DataFrame({"customer_id": panel["customer_id"], "number": origin_number(panel)})
    table = keys.merge(known, on=["customer_id", "number"], how="left")
    table = table[list(signal_names)].astype("float64").set_index(panel.index)
    declared = catalogue.features()
    for name in set(table.columns) & set(declared):
        table[name] = declared[name].transform(table[name])
    return table.round(DECIMALS)


def _predict_by_origin(
    model: PurchaseModel, panel: pd.DataFrame, horizon_months: int
) -> tuple[pd.Series, pd.Series]:
    """Return P(alive) and the probability of no purchase by the purchase model.

    Computed month end by month end, so that a row gets the same bits whatever other month ends are in the panel.
    """
    parts = [_predict(model, rows, horizon_months) for __, rows in panel.groupby("origin", observed=True)]
    alive, none = zip(*parts, strict=True)
    return pd.concat(alive).reindex(panel.index), pd.concat(none).reindex(panel.index)


def _predict(model: PurchaseModel, panel: pd.DataFrame, horizon_months: int) -> tuple[pd.Series, pd.Series]:
    summary = in_units(panel)
    none = model.purchase_distribution(summary, horizon_months * days_per_month(panel) / 7, 1)[0]
    return model.p_alive(summary), none


def none_probability(model: PurchaseModel, rows: pd.DataFrame, horizon_months: int) -> pd.Series:
    """Return the purchase model's probability of no purchase within the horizon."""
    return _predict(model, rows, horizon_months)[1]


def _logit(probability: pd.Series) -> pd.Series:
    bounded = probability.clip(1e-4, 1 - 1e-4)
    return pd.Series(np.log(bounded / (1 - bounded)), probability.index)


#: Gaps from which on a customer has a rhythm of its own: three purchases.
OWN_GAPS = 2
#: Of a class with fewer such customers the gaps of all customers are taken.
_LEAST = 10


@dataclass(frozen=True)
class Rhythms:
    """The usual gap between purchases at each month end, over all customers and by trade class.

    Attributes
    ----------
    classes
        Trade class by customer_id, as recorded at the report's month end; missing ones are of no class.
    overall, by_class
        The median of the customers' own mean gaps in days, by month end (year * 12 + month), and by month end and
        class; of customers with `OWN_GAPS` or more, and of classes with enough of them.
    overdue_gaps, horizon_months
        `Churn.overdue_gaps`; the horizon, which stands in where nobody has bought three times.
    """

    classes: pd.Series
    overall: pd.Series
    by_class: pd.Series
    overdue_gaps: float
    horizon_months: int

    def for_panel(self, panel: pd.DataFrame) -> pd.DataFrame:
        """Return the usual gap and the overdue limit for each row of the fact purchase_panel.

        Returns
        -------
        pandas.DataFrame
            In the panel's index: usual_gap_days (its own mean gap; with fewer than `OWN_GAPS` its class's),
            own_rhythm (whether it is its own), limit_days (silent for longer, its order is overdue).
        """
        own, spread = _own_gaps(panel)
        number, trade_class = origin_number(panel), look_up(panel["customer_id"], self.classes, None)
        keys = pd.MultiIndex.from_arrays([number, trade_class])
        gaps = pd.Series(self.by_class.reindex(keys).to_numpy(dtype="float64"), panel.index)
        gaps = gaps.fillna(number.map(self.overall).astype("float64"))
        usual_gap = own.fillna(gaps).fillna(self.horizon_months * days_per_month(panel)).clip(lower=1.0)
        regular_limit = self.overdue_gaps * usual_gap
        irregular_limit = usual_gap + self.overdue_gaps * spread.fillna(0.0)
        # Days on which nobody buys pass before an order is overdue; 0 without a calendar.
        idle_days = panel["silence_days"] - trading_silence(panel)
        limit = np.maximum(regular_limit, irregular_limit) + idle_days
        return pd.DataFrame(
            {"usual_gap_days": usual_gap.round(6), "own_rhythm": own.notna(), "limit_days": limit.round(6)}
        )


def rhythms(panel: pd.DataFrame, classes: pd.Series | None, settings: Churn, horizon_months: int) -> Rhythms:
    """Learn what is usual from the customers of a panel, at each of its month ends from what was known then."""
    own, _spread = _own_gaps(panel)
    trade_classes = pd.Series(dtype="object") if classes is None else classes.dropna()
    own_gaps = pd.DataFrame(
        {
            "number": origin_number(panel),
            "label": look_up(panel["customer_id"], trade_classes, None),
            "gap": own,
        }
    )
    own_gaps = own_gaps[own.notna()]
    medians = own_gaps.dropna(subset="label").groupby(["number", "label"])["gap"].agg(["median", "size"])
    return Rhythms(
        trade_classes,
        own_gaps.groupby("number")["gap"].median(),
        medians.loc[medians["size"] >= _LEAST, "median"],
        settings.overdue_gaps,
        horizon_months,
    )


def _own_gaps(panel: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return mean and spread of each customer's own gaps in days; NaN of fewer than `OWN_GAPS`."""
    gaps, total, square = (
        panel[name].to_numpy(dtype="float64") for name in ("frequency", "recency_days", "gap_squares")
    )
    mean, spread = gaps_of(gaps, total, square)
    has_rhythm = gaps >= OWN_GAPS
    return pd.Series(np.where(has_rhythm, mean, np.nan), panel.index), pd.Series(spread, panel.index)
