"""What could warn earlier, on samples of seeds that nothing was chosen by: rules side by side at the same false alarms.

``python benchmarks/early_held.py FOLDER`` makes samples of `SEEDS` in FOLDER (a minute each, kept there) and prints the
table of ``churn.md``. Each rule warns from the limit at which 1.5 new warnings are false for each true one, counted as
in ``churn.of_truth`` over all samples together; told is how many of those who left by the truth were warned of 30 days
or more before their last order, begun how many by a warning that was new then: one that stands from a year before tells
nobody when to call. *Taught by the truth* knows of all other samples who left: what signals can tell.
"""

from __future__ import annotations

import pickle
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import churn as logs
import numpy as np
import pandas as pd
from scipy import stats
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from helpers.book import open_book
from helpers.subjects.churn.learning import features as known
from helpers.subjects.churn.learning.threshold import AHEAD_MONTHS, is_at_risk, new_warnings
from workbook_sample.make import make_sample

SEEDS = range(2, 10)
FALSE_NEW, SILENT_DAYS, QUARTER = 1.5, 400, 3
#: Months from now at which the horizon begins in which nothing is to be bought.
BEGINS = (0, 3, 4)


@dataclass(frozen=True)
class World:
    """A sample: features by customer and month end (with ``left_soon`` and ``quiet_K``), what the score said, truth.

    Attributes
    ----------
    rows
        Features, customer_id, number, silence, left_soon (by the truth left within half a year or before), quiet_K
        (bought nothing in the horizon that begins K months on; NaN: not known yet), probability and may_warn.
    columns
        The features.
    leavers
        Customer -> last order, of those who left by the truth after the first scored month ends.
    """

    rows: pd.DataFrame
    columns: list[str]
    horizon: int
    leavers: pd.Series


def world(folder: Path, seed: int) -> World:
    """Make a sample, score it, and lay its truth beside."""
    at = folder / f"seed{seed}"
    kept = folder / f"seed{seed}.world"
    if kept.exists():
        return pickle.loads(kept.read_bytes())
    if not at.exists():
        at.mkdir(parents=True)
        make_sample(500, 36, seed, at)
    book = open_book(at)
    panel, sent, scores = book.frame("purchase_panel"), book.frame("signal_panel"), book.churn()
    panel = panel.sort_values(["customer_id", "origin"], kind="stable").reset_index(drop=True)
    horizon, end = scores.horizon_months, book.month.end_time
    x = known.purchase_features(panel, known.fit_early(panel), horizon, known.usual_gaps(panel))
    x = pd.concat([x, known.signal_features(panel, sent, known.informative_signals(panel, sent))], axis=1)
    columns, number = list(x.columns), known.origin_number(panel)
    truth = pd.read_parquet(at / "truth" / "customers.parquet").set_index("customer_id")
    left = pd.to_datetime(truth["dropout_date"])[lambda day: truth["left_within_data"] & (day <= end)]
    soon = panel["customer_id"].map(left) <= known.month_ends(number) + pd.DateOffset(months=AHEAD_MONTHS)
    bought = panel.groupby("customer_id", sort=False)["purchases_lifetime"]
    quiet = {
        f"quiet_{k}": (bought.shift(-k - horizon) == bought.shift(-k))
        .astype("float64")
        .where(bought.shift(-k - horizon).notna())
        for k in BEGINS
    }
    rows = x.assign(
        customer_id=panel["customer_id"], number=number, silence=panel["silence_days"],
        left_soon=soon.astype(float), **quiet,
    )  # fmt: skip
    said = scores.history[["customer_id", "number", "probability", "may_warn"]]
    rows = rows.merge(said, how="left", on=["customer_id", "number"])
    lines = pd.read_parquet(at / "order_lines.parquet", columns=["customer_id", "order_date", "net_amount"])
    lines = lines[(lines["net_amount"] > 0) & (pd.to_datetime(lines["order_date"]) <= end)]
    last = pd.to_datetime(lines.groupby("customer_id")["order_date"].max())
    first = known.month_ends(pd.Series([said["number"].min()]))[0]
    leavers = last[last.index.isin(left.index) & (last > first + pd.Timedelta(days=61))]
    made = World(rows, columns, horizon, leavers)
    kept.write_bytes(pickle.dumps(made))
    return made


def learned(each: World, begins: int) -> np.ndarray:
    """Learn by a logistic regression held back hard, at each quarter from what was known by then."""
    rows, label = each.rows, f"quiet_{begins}"
    chance = np.full(len(rows), np.nan)
    for quarter in range(int(rows["number"].min()), int(rows["number"].max()) + 1, QUARTER):
        past = rows[(rows["number"] <= quarter - each.horizon - begins) & rows[label].notna()]
        past = past[past["silence"] < SILENT_DAYS]
        now = rows["number"].between(quarter, quarter + QUARTER - 1)
        if len(past) < 200 or past[label].nunique() < 2:
            continue
        model = make_pipeline(
            SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression(C=0.02, max_iter=300)
        )
        model.fit(past[each.columns], past[label])
        chance[now] = model.predict_proba(rows.loc[now, each.columns])[:, 1]
    return chance


def taught(worlds: list[World], place: int) -> np.ndarray:
    """Learn from the truth of all other samples: no company can."""
    columns = [name for name in worlds[0].columns if all(name in each.columns for each in worlds)]
    others = pd.concat([each.rows for at, each in enumerate(worlds) if at != place])
    # Who leaves after the end of the data is not told.
    others = others[
        (others["number"] <= others["number"].max() - AHEAD_MONTHS) & (others["silence"] < SILENT_DAYS)
    ]
    model = HistGradientBoostingClassifier(
        max_iter=150,
        learning_rate=0.05,
        max_leaf_nodes=15,
        min_samples_leaf=60,
        l2_regularization=5,
        random_state=0,
    )
    model.fit(others[columns], others["left_soon"])
    return np.asarray(model.predict_proba(worlds[place].rows[columns])[:, 1])


def standing(rows: pd.DataFrame, limit: float) -> pd.Series:
    """Let a warning stand until the probability has halved."""
    on, flags, before = False, [], (None, 0)
    for who, number, chance, may in zip(
        rows["customer_id"], rows["number"], rows["chance"], rows["may_warn"], strict=True
    ):
        on = ((who, number) == (before[0], before[1] + 1) and on and chance >= limit / 2) or (
            chance >= limit and may
        )
        flags.append(float(on))
        before = who, number
    return pd.Series(flags, rows.index)


def found(each: World, chance: np.ndarray, limit: float, stands: bool) -> dict[str, float]:
    """Count leavers found early, and true and false warnings, all and new ones."""
    rows = each.rows.assign(chance=chance)[each.rows["probability"].notna().to_numpy()]
    rows = rows.assign(may_warn=rows["may_warn"].astype(bool), chance=rows["chance"].fillna(0.0))
    if stands:
        flags = standing(rows.sort_values(["customer_id", "number"]), limit)
        rows = rows.assign(probability=flags, may_warn=True)
    else:
        rows = rows.assign(probability=(rows["chance"] >= limit).astype(float))
    warned, new = rows[is_at_risk(rows, 0.5)], new_warnings(rows, 0.5)
    ahead = (warned["customer_id"].map(each.leavers) - known.month_ends(warned["number"])).dt.days
    early = warned[ahead.between(30, 30 + 31 * AHEAD_MONTHS)]
    begun = early[early.index.isin(new.index)]
    told = {"early": each.leavers.index.isin(early["customer_id"]).sum(), "leavers": len(each.leavers)}
    told["begun"] = each.leavers.index.isin(begun["customer_id"]).sum()
    for name, part in (("", warned), ("new_", new)):
        told |= {f"{name}true": part["left_soon"].sum(), f"{name}false": (1 - part["left_soon"]).sum()}
    return told


def at_limit(worlds: list[World], chances: list[np.ndarray], stands: bool) -> tuple[float, pd.DataFrame]:
    """Return the lowest limit at which new warnings are false often enough at most, and what it finds."""
    best: tuple[float, Any] = (1.0, None)
    for limit in np.arange(0.95, 0.02, -0.03):
        rows = [found(each, chance, limit, stands) for each, chance in zip(worlds, chances, strict=True)]
        table = pd.DataFrame(rows)
        if table["new_true"].sum() and table["new_false"].sum() <= FALSE_NEW * table["new_true"].sum():
            best = limit, table
    return best


def main() -> None:
    warnings.simplefilter("ignore")
    folder = Path(sys.argv[1])
    worlds = [world(folder, seed) for seed in SEEDS]
    score = [each.rows["probability"].to_numpy() for each in worlds]
    rules = {"the score": (score, False), "the score, until it has halved": (score, True)}
    for begins in BEGINS:
        chances = [learned(each, begins) for each in worlds]
        rules[f"held back, quiet from month {begins} on"] = chances, False
        rules[f"held back, quiet from month {begins} on, until halved"] = chances, True
    rules["taught by the truth"] = [taught(worlds, place) for place in range(len(worlds))], False
    rows, base = [], None
    for name, (chances, stands) in rules.items():
        limit, table = at_limit(worlds, chances, stands)
        share = table["early"] / table["leavers"]
        base = share if base is None else base
        more, sure = (share - base).mean(), stats.t.ppf(0.975, len(share) - 1) * (share - base).sem()
        rows.append({
            "rule": name, "warned from": f"{limit:.2f}",
            "30 days or more before": float(table["early"].sum() / table["leavers"].sum()),
            "begun 30 days or more before": float(table["begun"].sum() / table["leavers"].sum()),
            "more than the score (95 %)": f"{more:+.3f} ({more - sure:+.3f} to {more + sure:+.3f})",
            "false per true": float(table["false"].sum() / table["true"].sum()),
            "false per true new one": float(table["new_false"].sum() / table["new_true"].sum()),
            "new ones a month": float((table["new_true"] + table["new_false"]).sum() / len(worlds) / 21),
        })  # fmt: skip
    print(logs.plain(pd.DataFrame(rows)))


if __name__ == "__main__":
    main()
