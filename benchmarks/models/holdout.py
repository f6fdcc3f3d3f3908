"""How well the models foretell the holdout, as Markdown: python benchmarks/models/holdout.py."""

from __future__ import annotations

import pandas as pd
from datasets import Dataset, cdnow, grocery
from sklearn.metrics import roc_auc_score

from helpers.models import BGNBD, MBGNBD, BGCNBDk, MBGCNBDk, ParetoNBD
from helpers.models.base import PurchaseModel
from helpers.subjects.value.forecast.forecast import Forecaster, forecast_errors
from helpers.subjects.value.forecast.learned import LearnedForecast
from helpers.subjects.value.forecast.naive import RateSoFar, SilentIsGone

LEARNED = "learned"


def models() -> dict[str, PurchaseModel]:
    return {
        "BG/NBD": BGNBD(),
        "MBG/NBD": MBGNBD(),
        "Pareto/NBD": ParetoNBD(),
        "MBG/CNBD-k": MBGCNBDk(),
        "BG/CNBD-k": BGCNBDk(),
    }


def forecasters(data: Dataset, fitted: dict[str, PurchaseModel]) -> dict[str, Forecaster]:
    """All that forecast, made from the calibration alone."""
    return {
        "naive rate": RateSoFar(),
        "naive, 0 after 2 mean gaps": SilentIsGone(),
        **fitted,
        LEARNED: LearnedForecast.learn(data.known, data.weeks),
    }


def typical_purchases(forecaster: Forecaster, data: Dataset) -> pd.Series:
    """The number that the forecaster names for each customer: its expectation, unless it knows better."""
    forecast = getattr(forecaster, "typical_purchases", forecaster.expected_purchases)
    return forecast(data.summary, data.weeks)


def holdout_errors(forecast: pd.Series, actual: pd.Series, typical: pd.Series | None = None) -> str:
    """Aggregate error in percent / MAE (of ``typical``) / RMSE / correlation over customers."""
    errors = forecast_errors(forecast, actual, typical)
    return (
        f"{100 * errors['aggregate_error']:+.1f} / {errors['mae']:.3f} / {errors['rmse']:.3f} / "
        f"{errors['correlation']:.3f}"
    )


def churn_signals(data: Dataset, fitted: dict[str, PurchaseModel]) -> dict[str, pd.Series]:
    """Scores that are higher for customers likelier to stay away."""
    s = data.summary
    silence = s["T"] - s["recency"]
    # A one-time buyer has no gap of its own: taken for likelier gone than anybody who came back.
    in_gaps = silence * s["frequency"] / s["recency"]
    in_gaps = in_gaps.fillna(in_gaps.max() + 1)
    signals = {"days since last purchase": silence, "gap over own mean gap": in_gaps}
    for name, model in fitted.items():
        signals[f"1 - P(alive), {name}"] = 1 - model.p_alive(s)
        signals[f"expected purchases, {name}"] = -model.expected_purchases(s, data.weeks)
    return signals


def churn_auc(signal: pd.Series, data: Dataset) -> str:
    gone, often = data.actual == 0, data.summary["frequency"] >= 4
    return f"{roc_auc_score(gone, signal):.3f} / {roc_auc_score(gone[often], signal[often]):.3f}"


def main() -> None:
    errors: dict[str, dict[str, str]] = {}
    auc: dict[str, dict[str, str]] = {}
    fits: dict[str, dict[str, str]] = {}
    learned: dict[str, str] = {}
    for data in (cdnow(), grocery()):
        fitted = {name: model.fit(data.summary) for name, model in models().items()}
        for name, forecaster in forecasters(data, fitted).items():
            expected = forecaster.expected_purchases(data.summary, data.weeks)
            errors.setdefault(name, {})[data.name] = holdout_errors(expected, data.actual)
            if isinstance(forecaster, LearnedForecast):
                learned[data.name] = (
                    f"scale {forecaster.scale:.3f}, threshold {forecaster.threshold}, power {forecaster.power}; from "
                    + ", ".join(str(cutoff.date()) for cutoff in forecaster.cutoffs)
                )
                typical = holdout_errors(typical_purchases(forecaster, data), data.actual)
                errors.setdefault("learned, number to name", {})[data.name] = typical
        for name, signal in churn_signals(data, fitted).items():
            auc.setdefault(name, {})[data.name] = churn_auc(signal, data)
        for name, model in fitted.items():
            k = f"k={model.k_}, " if name.endswith("-k") else ""
            values = ", ".join(f"{key} {value:.4g}" for key, value in model.params_.items())
            fits.setdefault(name, {})[data.name] = f"{model.log_likelihood_:.2f} ({k}{values})"
    for title, table in (
        ("Log-likelihood and parameters (weeks)", fits),
        ("Holdout: aggregate error % / MAE / RMSE / correlation per customer", errors),
        ("No purchase in the holdout, AUC: all customers / those with 4 or more repeats", auc),
    ):
        print(f"\n### {title}\n\n| | CDNOW | grocery |\n|---|---|---|")
        for name, cells in table.items():
            print(f"| {name} | {cells['CDNOW']} | {cells['grocery']} |")
    print(f"\nLearned of CDNOW: {learned['CDNOW']}.\nLearned of grocery: {learned['grocery']}.")


if __name__ == "__main__":
    main()
