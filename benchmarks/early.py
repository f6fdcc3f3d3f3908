"""What comes before a customer's last order: single signs one by one, on every set that has them.

``python benchmarks/early.py`` prints the table of ``churn.md``; ``early.py learned`` what learning who places its last
order within half a year would find, beside the probability of leaving. Looked at are month ends at which a customer
still buys. A *leaver* has lapsed or is lost at the end of the data. Rows count as coming before the last order where
that follows within 30 to 183 days; others where it does not follow within 183. Which direction of a sign is the worse
is set beforehand. ``WORKBOOK_SHARED`` names the folder of the public data, as in ``churn.py``.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator

import churn as logs
import numpy as np
import pandas as pd

from helpers.book import Book, open_book
from helpers.core.periods import month_number
from helpers.engine.months.coverage import read_default_month
from helpers.settings.churn import Churn
from helpers.settings.config import PROJECT_FOLDER, Settings
from helpers.subjects.churn.churn import ChurnScores, churn
from helpers.subjects.churn.learning import features as known
from helpers.subjects.churn.learning.evaluation import mean_auc
from helpers.subjects.churn.learning.features import rhythms
from helpers.subjects.churn.learning.threshold import AHEAD_MONTHS, LEFT_STATES
from helpers.subjects.churn.learning.walk_forward import walk_forward
from helpers.subjects.registry import open_facts
from helpers.subjects.signals.facts import wallet_changes

NEAREST, FARTHEST = 30, 183
#: So many rows of those who stay may be flagged, where signs are compared by what they find.
FALSE_SHARE = 0.05
#: Sign -> column, and 1 where more of it is the worse, -1 where less is.
SIGNS = {
    "orders less often, 3 months": ("purchases_trend_3", -1),
    "orders less often, 6 months": ("purchases_trend_6", -1),
    "orders less often than a year ago": ("purchases_year_ago", -1),
    "spends less, 3 months": ("amount_trend_3", -1),
    "spends less, 6 months": ("amount_trend_6", -1),
    "spends less than a year ago": ("amount_year_ago", -1),
    "orders smaller, 6 months": ("order_size", -1),
    "categories lost": ("categories_lost", 1),
    "buys few categories": ("categories_recent", -1),
    "share of wallet falls": ("wallet_change", -1),
    "fewer contacts": ("contacts_change", -1),
    "long without a visit": ("days_since_visit", 1),
    "service leaves the basket": ("service_share_change", -1),
    "components fill the basket": ("component_share_change", 1),
    "discount deepens": ("discount_change", 1),
    "talks of prices": ("price_topic_share_change", 1),
    "purchasing takes over": ("purchasing_share_change", 1),
    "decides faster": ("decision_days_change", -1),
    "pays later": ("late_days_change", 1),
    "overdue": ("overdue_share", 1),
    "complaints": ("complaints", 1),
    "complaints open": ("complaints_open", 1),
    "returns rise": ("returns_share_change", 1),
    "satisfaction falls": ("survey_score_change", -1),
    "silence over own gap": ("silence_ratio", 1),
    "days since the last order": ("log_silence", 1),
    "probability of leaving": ("probability", 1),
}


def sets() -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame, ChurnScores, pd.DataFrame | None]]:
    """Yield name, the facts purchase_panel and signal_panel, the scores, and changes of the wallet by month end."""
    book = open_book()
    yield "the sample", *of_book(book), wallets(book)
    for name, (folder, settings) in logs.MAPPED.items():
        mapped = open_book(logs.SHARED / folder, map=PROJECT_FOLDER / "data" / "maps" / settings)
        yield name, *of_book(mapped), None
    for name in logs.LOGS:
        with logs.logged(name) as (tables, work):
            month = read_default_month(tables, dt.date.today()).month
            facts = open_facts(tables, month, Settings(), work)
            panel, sent = facts.frame("purchase_panel"), facts.frame("signal_panel")
            yield name, panel, sent, churn(panel, month, None, sent), None


def of_book(book: Book) -> tuple[pd.DataFrame, pd.DataFrame, ChurnScores]:
    return book.frame("purchase_panel"), book.frame("signal_panel"), book.churn()


def wallets(book: Book) -> pd.DataFrame:
    """Return customer_id, number and wallet_change at each month end of the last two years."""
    parts = []
    for month in pd.period_range(book.month - 23, book.month, freq="M"):
        evidence, lines = book.facts.optional("wallet_evidence"), book.facts.table("order_days")
        found = wallet_changes(evidence, lines, month.to_timestamp(how="end").date()).to_pandas()
        change = found["share"] - found["previous_share"]
        parts.append(found[["customer_id"]].assign(number=month_number(month), wallet_change=change))
    return pd.concat(parts)


def rows_of(
    panel: pd.DataFrame, sent: pd.DataFrame, scores: ChurnScores, wallet: pd.DataFrame | None
) -> pd.DataFrame:
    """Return a row a customer and month end at which it still buys.

    ``ahead``: days to the last order of a leaver; infinite for others.
    """
    panel = panel.sort_values(["customer_id", "origin"], kind="stable").reset_index(drop=True)
    number, settings = known.origin_number(panel), Churn()
    x = known.purchase_features(panel, None, scores.horizon_months, known.usual_gaps(panel))
    x = pd.concat([x, known.signal_features(panel, sent, known.informative_signals(panel, sent))], axis=1)
    x["order_size"] = x["amount_trend_6"] - x["purchases_trend_6"]
    rows = x.assign(customer_id=panel["customer_id"], number=number, end=known.month_ends(number))
    rows = rows.merge(scores.history[["customer_id", "number", "probability"]], how="left")
    if wallet is not None:
        rows = rows.merge(wallet, how="left")
    now = scores.states[scores.states["number"] == number.max()]
    gone = now[now["state"].isin(LEFT_STATES)]
    silence = pd.to_timedelta(gone["silence_days"].to_numpy(), "D")
    last = pd.Series(known.month_of(int(number.max())).end_time.normalize() - silence, gone["customer_id"])
    rows["ahead"] = (rows["customer_id"].map(last) - rows["end"]).dt.days.astype("float64").fillna(np.inf)
    usual = rhythms(panel, None, settings, scores.horizon_months).for_panel(panel)
    buying = panel["silence_days"] <= usual["limit_days"]
    # Whether others have left since is known of no later ones; the first scored month end begins it.
    told = number.between(scores.history["number"].min(), number.max() - AHEAD_MONTHS - scores.horizon_months)
    return rows[(buying & told & (rows["ahead"] >= 0)).to_numpy()]


def last_order_ahead(panel: pd.DataFrame, horizon: int) -> tuple[pd.Series, int]:
    """Tell who placed its last order within `FARTHEST` days, or before, and was gone so many months later.

    Known only then, and of nobody who had lapsed already: 1, 0, or NaN.
    """
    settings, number, lag = Churn(), known.origin_number(panel), AHEAD_MONTHS + horizon
    usual = rhythms(panel, None, settings, horizon).for_panel(panel)
    beyond = panel["silence_days"] > settings.lapsed_times * usual["limit_days"]
    gone = beyond & (panel["silence_days"] > horizon * known.days_per_month(panel))
    table = panel[["customer_id", "silence_days"]].assign(number=number, gone=gone.astype(float))
    later = table.groupby("customer_id", sort=False)[["silence_days", "number", "gone"]].shift(-lag)
    ahead = (known.month_ends(number + lag) - known.month_ends(number)).dt.days - later["silence_days"]
    left = ((later["gone"] == 1) & (ahead <= FARTHEST)).astype(float)
    return left.where((later["number"] == number + lag) & ~gone), lag


def learned() -> None:
    """Print how well it can be learnt who places its last order, and what warning by it would mean on the sample."""
    for name, panel, sent, scores, _wallet in sets():
        if name not in ("the sample", "AdventureWorks"):
            continue
        panel = panel.sort_values(["customer_id", "origin"], kind="stable").reset_index(drop=True)
        horizon = scores.horizon_months
        x = known.purchase_features(panel, known.fit_early(panel), horizon, known.usual_gaps(panel))
        names = known.informative_signals(panel, sent)
        x = pd.concat([x, known.signal_features(panel, sent, names)], axis=1)
        going, lag = last_order_ahead(panel, horizon)
        table = panel[["customer_id"]].assign(number=known.origin_number(panel))
        here = known.still_scored(panel, Churn().lost_months)
        walk = walk_forward(table[here], x[here], going[here].to_frame(lag), names, 24 + lag)
        rows = table.assign(going=walk.scored["probability"], left=going)
        rows = rows.merge(scores.history[["customer_id", "number", "probability", "may_warn"]])
        tried = rows.dropna(subset=["left", "going"])
        people = pd.factorize(tried["customer_id"])[0]
        for score in ("going", "probability"):
            found = mean_auc(
                tried["number"].to_numpy(), people, tried["left"].to_numpy(), tried[score].to_numpy()
            )
            print(f"{name}: AUC of {score} for the last order within half a year, {found}, {len(tried)} rows")
        if name == "the sample":
            usual = rhythms(panel, None, Churn(), horizon).for_panel(panel)["limit_days"]
            lapsed = panel["silence_days"] > Churn().lapsed_times * usual
            rows = rows.merge(
                table.assign(lapsed=lapsed & (panel["silence_days"] > horizon * known.days_per_month(panel)))
            )
            against_truth(rows)


def against_truth(rows: pd.DataFrame) -> None:
    """Print what each rule finds of the sample's leavers, in the words of ``churn.py``."""
    likely = rows["probability"].where(rows["may_warn"].astype(bool), 0.0)
    going = rows["going"].where(~rows["lapsed"], 0.0).fillna(0.0)
    rules = {f"leaves from {limit:.0%}": likely >= limit for limit in (0.5, 0.4, 0.3, 0.2)}
    rules |= {f"last order from {limit:.0%}": going >= limit for limit in (0.3, 0.2, 0.15, 0.1)}
    rules |= {
        f"leaves from 40%, or last order from {limit:.0%}": (likely >= 0.4) | (going >= limit)
        for limit in (0.2, 0.15, 0.1)
    }
    parts = [
        logs.of_truth((0.5,), history=rows.assign(probability=rule.astype(float), may_warn=True)).assign(
            rule=name
        )
        for name, rule in rules.items()
    ]
    found = pd.concat(parts)
    print(logs.plain(found[["rule", *(name for name in found if name not in ("rule", "warned from"))]]))


def measured(rows: pd.DataFrame, column: str, worse: int) -> str:
    """Say how one sign ranks, and whom it finds."""
    if column not in rows or rows[column].notna().sum() < 100:
        return "–"
    rows = rows[rows[column].notna() & (rows["ahead"] >= NEAREST)]
    before = (rows["ahead"] <= FARTHEST).to_numpy()
    value = worse * rows[column].to_numpy(dtype="float64")
    people = pd.factorize(rows["customer_id"], sort=True)[0]
    area = mean_auc(rows["number"].to_numpy(), people, before.astype("float64"), value)
    line = np.quantile(value[~before], 1 - FALSE_SHARE)
    found = rows[before & (value > line)]
    share = found["customer_id"].nunique() / max(rows.loc[before, "customer_id"].nunique(), 1)
    days = found.groupby("customer_id")["ahead"].max().median()
    told = f"{share:.0%}" + (f", {days:.0f} days" if len(found) else "")
    return f"{area.mean:.2f} ({area.low:.2f}–{area.high:.2f}); {told}"


def main() -> None:
    """Print the table."""
    cells: dict[str, list[str]] = {sign: [] for sign in SIGNS}
    heads = []
    for name, panel, sent, scores, wallet in sets():
        rows = rows_of(panel, sent, scores, wallet)
        found = rows["ahead"].between(NEAREST, FARTHEST)
        leavers = rows.loc[found, "customer_id"].nunique()
        heads.append(f"{name} ({leavers} leavers, {len(rows)} rows)")
        for sign, (column, worse) in SIGNS.items():
            cells[sign].append(measured(rows, column, worse))
    write = sys.stdout.write
    write("| sign | " + " | ".join(heads) + " |\n|---|" + "---|" * len(heads) + "\n")
    for sign, told in cells.items():
        write(f"| {sign} | " + " | ".join(told) + " |\n")


if __name__ == "__main__":
    learned() if sys.argv[1:2] == ["learned"] else main()
