"""How well the models foretell the holdout, as Markdown: python benchmarks/models/holdout.py."""

from __future__ import annotations

import pandas as pd
from datasets import Dataset, cdnow, grocery
from sklearn.metrics import roc_auc_score

from helpers.core.backtest import error_measures
from helpers.models import BGNBD, MBGNBD, BGCNBDk, MBGCNBDk, ParetoNBD
from helpers.models.base import PurchaseModel


def models() -> dict[str, PurchaseModel]:
    return {
        "BG/NBD": BGNBD(),
        "MBG/NBD": MBGNBD(),
        "Pareto/NBD": ParetoNBD(),
        "MBG/CNBD-k": MBGCNBDk(),
        "BG/CNBD-k": BGCNBDk(),
    }


def forecasts(data: Dataset, fitted: dict[str, PurchaseModel]) -> dict[str, pd.Series]:
    """All that forecasts, made from the calibration alone: two rules of thumb, and the models."""
    s = data.summary
    so_far = (s["frequency"] / s["T"]).fillna(0.0) * data.weeks
    silent = s["T"] - s["recency"] > 2 * s["recency"] / s["frequency"]
    return {
        "naive rate": so_far,
        "naive, 0 after 2 mean gaps": so_far.where((s["frequency"] > 0) & ~silent, 0.0),
        **{name: model.expected_purchases(s, data.weeks) for name, model in fitted.items()},
    }


def holdout_errors(forecast: pd.Series, actual: pd.Series) -> str:
    """Aggregate error in percent / MAE / RMSE / correlation over customers."""
    off = error_measures(forecast.to_numpy(), actual.to_numpy())
    return f"{100 * off['error']:+.1f} / {off['mae']:.3f} / {off['rmse']:.3f} / {forecast.corr(actual):.3f}"


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
    missed: dict[str, dict[str, str]] = {}
    auc: dict[str, dict[str, str]] = {}
    fits: dict[str, dict[str, str]] = {}
    for data in (cdnow(), grocery()):
        fitted = {name: model.fit(data.summary) for name, model in models().items()}
        for name, forecast in forecasts(data, fitted).items():
            missed.setdefault(name, {})[data.name] = holdout_errors(forecast, data.actual)
        for name, signal in churn_signals(data, fitted).items():
            auc.setdefault(name, {})[data.name] = churn_auc(signal, data)
        for name, model in fitted.items():
            k = f"k={model.k_}, " if isinstance(model, (BGCNBDk, MBGCNBDk)) else ""
            values = ", ".join(f"{key} {value:.4g}" for key, value in model.params_.items())
            fits.setdefault(name, {})[data.name] = f"{model.log_likelihood_:.2f} ({k}{values})"
    for title, table in (
        ("Log-likelihood and parameters (weeks)", fits),
        ("Holdout: aggregate error % / MAE / RMSE / correlation per customer", missed),
        ("No purchase in the holdout, AUC: all customers / those with 4 or more repeats", auc),
    ):
        print(f"\n### {title}\n\n| | CDNOW | grocery |\n|---|---|---|")
        for name, cells in table.items():
            print(f"| {name} | {cells['CDNOW']} | {cells['grocery']} |")


if __name__ == "__main__":
    main()
