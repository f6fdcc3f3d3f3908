"""Behaviour segments: recency, frequency, monetary value, returns and complaints."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.amounts import from_units, rounded_percent, shares, to_units, total
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import aggregate, look_up, reindex_rows
from helpers.core.periods import CALENDAR_YEAR, CompanyYear, trailing
from helpers.engine.months.windows import Window
from helpers.settings.grading import SegmentRule
from helpers.settings.grading import Segments as SegmentSettings
from helpers.subjects.grading import rules as ordered

SCORES = (1, 2, 3, 4, 5)
#: Least number of customers per score; with fewer the scores are unreliable.
SMALL_BASE_PER_SCORE = 5
#: Least number of gaps between purchases for a rhythm.
_GAPS_OF_A_RHYTHM = 2


@dataclass(frozen=True)
class Behaviour(Answer):
    """Behaviour segments as of a month.

    Attributes
    ----------
    month, window_months
        The report's month, the length of the trailing window that ends with it.
    rules, otherwise
        The rules of the segments in order, and the segment of whom none fits.
    customers
        One row per known customer, in the order of the segments, then net sales (largest first), then
        customer_id. NaN means unknown or undefined, never zero.

        - customer_id, name, group (trade class);
        - r, f, m: scores 1 to 5 (5: bought most recently, most often, for most), by fifths of all customers who
          ever bought; NaN without a purchase;
        - recency_days (month end - last purchase), frequency (days with a purchase in the window),
          net_amount (of the window, returns taken off), occasions (days with a purchase since the data begin),
          order_lines (of all the time, returns too), tenure_days (month end - first purchase),
          frequency_previous and frequency_change (the same window a year earlier, and the change as a fraction; NaN if
          the data do not reach back), mean_gap_days, gap_ratio (recency / mean gap; NaN with fewer than three
          purchases);
        - returns_amount, gross_amount, returns_share (of gross purchases) in the window;
        - complaints (opened in the window), open_complaints (at the month end), complaints_per_occasion,
          severe_complaints, mean_severity (of the window's complaints on the settings' scale): NaN throughout
          where the source does not supply them, 0 for a customer without any where it does;
        - segment, rule (name; NaN if no rule fitted), rule_number (place in ``rules``; -1 where none).
    segments
        segment, customers, customers_percent, net_amount, share, share_percent (shown to 0.1, adding to 100.0),
        returns_share, recency_days (median), frequency (mean), complaints; one row per segment of the rules,
        in their order.
    grid
        r, f, customers, net_amount for all 25 pairs of scores, r and f falling.
    scored_customers, small_base
        How many customers have scores, and whether they are too few for the scores to mean much.
    complaints_known
        Whether complaints are supplied.
    complaints_unmatched
        Complaints in the window of customers who are not known (company only; a scope has none).
    closed
        Ids of who has closed its business: in a segment as it bought, and nobody to call.
    """

    month: pd.Period
    window_months: int
    rules: tuple[SegmentRule, ...]
    otherwise: str
    customers: pd.DataFrame
    segments: pd.DataFrame
    grid: pd.DataFrame
    scored_customers: int
    small_base: bool
    complaints_known: bool
    complaints_unmatched: int
    closed: frozenset[str] = frozenset()

    def of(self, *segments: str) -> pd.DataFrame:
        """Return the open customers of some segments, largest net sales first."""
        inside = self.customers["segment"].isin(segments) & ~self.customers["customer_id"].isin(self.closed)
        return self.customers[inside].reset_index(drop=True)


def required_measures(
    month: pd.Period, window_months: int, until: dt.date | None = None
) -> dict[str, Window]:
    """Return the measures that `behaviour` needs beside its summary; ``until``: the day reached in course."""
    window = trailing(month, window_months)
    return {
        "frequency": Window("purchase_days", window),
        "frequency_previous": Window("purchase_days", window.year_back(), until=until),
    }


def behaviour(
    customers: pd.DataFrame,
    customer_summary: pd.DataFrame,
    by_customer: pd.DataFrame,
    month: pd.Period,
    first_month: pd.Period,
    window_months: int = 12,
    settings: SegmentSettings | None = None,
    complaints: pd.DataFrame | None = None,
    keep: Collection[str] | None = None,
    until: dt.date | None = None,
    year: CompanyYear = CALENDAR_YEAR,
) -> Behaviour:
    """Score every customer's recency, frequency and monetary value, and assign it to a segment.

    A score is the fifth in which the customer's midrank lies: (customers below + half of those equal, itself
    included) / all. Equal values have equal scores whatever the order of the rows; where all are equal, all
    score 3. The first rule that fits decides; a condition on something unknown is never met.

    Parameters
    ----------
    customers, customer_summary
        Facts of these names, of the whole company: a score means the same in every scope.
    by_customer
        customer_id and the columns of `required_measures`, of the whole company too.
    month, first_month, window_months
        The report's month, the first of the data, and the window, that of ``customer_summary``.
    settings
        ``[segments]``; None takes the defaults.
    complaints
        The fact complaint_counts; None if complaints are not supplied.
    keep
        Customers of the result; the others count for the scores and are then left out. None keeps all.
    until
        The day up to which days are counted, of days as order lines have them; None: the month's last.
    """
    settings = settings or SegmentSettings()
    end = pd.Timestamp(until or year.closes(month))
    table = _values(customers, customer_summary, end)
    _add_frequency(table, by_customer, first_month <= trailing(month, window_months).year_back().first)
    _add_complaints(table, complaints, settings)
    bought = table["occasions"] > 0
    for score, measure, sign in (("r", "recency_days", -1), ("f", "frequency", 1), ("m", "net_amount", 1)):
        table[score] = fifths(sign * table[measure].where(bought))
    decided = ordered.first_match(table, settings.rules, settings.otherwise)
    table = table.join(decided.rename(columns={"outcome": "segment"}))
    scored = int(table["r"].notna().sum())
    unmatched = 0
    if complaints is not None and keep is None:
        known = look_up(complaints["customer_id"], pd.Series(True, table.index), False).to_numpy(dtype=bool)
        unmatched = int(complaints.loc[~known, "complaints"].sum())
    if keep is not None:
        table = table[table.index.isin(list(keep))]
    names = ordered.outcomes_in_order(settings.rules, settings.otherwise)
    # They are in the order of ids, by which equal ones are distinguished.
    place = pd.Categorical(table["segment"], names).codes
    table = table.take(np.lexsort((-table["net_amount"].to_numpy(), place)))
    return Behaviour(
        month=month,
        window_months=window_months,
        rules=settings.rules,
        otherwise=settings.otherwise,
        customers=table.reset_index()[CUSTOMER_COLUMNS],
        segments=_by_segment(table, names),
        grid=_grid(table),
        scored_customers=scored,
        small_base=scored < SMALL_BASE_PER_SCORE * len(SCORES),
        complaints_known=complaints is not None,
        complaints_unmatched=unmatched,
    )


CUSTOMER_COLUMNS = [
    "customer_id", "name", "group", "r", "f", "m", "recency_days", "frequency", "net_amount", "occasions",
    "tenure_days", "frequency_previous", "frequency_change", "mean_gap_days", "gap_ratio", "returns_amount",
    "gross_amount", "returns_share", "order_lines", "complaints", "open_complaints", "complaints_per_occasion",
    "severe_complaints", "mean_severity", "segment", "rule", "rule_number",
]  # fmt: skip


def fifths(values: pd.Series) -> pd.Series:
    """Score values from 1 (lowest fifth) to 5 by midrank; NaN stays NaN. See `behaviour`."""
    count = values.notna().sum()
    if not count:
        return pd.Series(np.nan, index=values.index)
    # Twice the midrank is a whole number, so no fifth depends on how a fraction is rounded.
    twice_before = 2 * values.rank(method="average") - 1
    return (len(SCORES) * twice_before // (2 * count) + 1).clip(upper=len(SCORES))


#: Columns used of the fact customer_summary.
OF_THE_SUMMARY = (
    "net_amount", "returns_amount", "gross_amount", "returns_share", "frequency", "last_purchase", "first_purchase",
    "mean_gap_days", "lines_lifetime",
)  # fmt: skip


def _values(customers: pd.DataFrame, summary: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    """Return dates, frequency and amounts of purchases by customer_id, in ascending order."""
    people = customers.set_index("customer_id").sort_index()
    known = summary.set_index("customer_id")
    facts = reindex_rows(people.index, known[[name for name in OF_THE_SUMMARY if name in known]])
    missing = pd.Series(np.nan, index=people.index, dtype="object")
    table = pd.DataFrame(
        {"name": people.get("name", missing), "group": people.get("trade_class", missing)}, index=people.index
    )
    for column in ("net_amount", "returns_amount", "gross_amount"):
        table[column] = facts[column].fillna(0.0)
    table["returns_share"] = facts["returns_share"].astype("float64")
    table["occasions"] = (facts["frequency"] + 1).fillna(0.0)
    table["order_lines"] = facts["lines_lifetime"].fillna(0.0).astype("float64")
    table["recency_days"] = (end - facts["last_purchase"]).dt.days.astype("float64")
    table["tenure_days"] = (end - facts["first_purchase"]).dt.days.astype("float64")
    table["mean_gap_days"] = facts["mean_gap_days"].astype("float64")
    has_rhythm = table["occasions"] > _GAPS_OF_A_RHYTHM
    table["gap_ratio"] = (table["recency_days"] / table["mean_gap_days"]).where(has_rhythm)
    return table


def _add_frequency(table: pd.DataFrame, by_customer: pd.DataFrame, previous_known: bool) -> None:
    days = reindex_rows(table.index, by_customer.set_index("customer_id")).fillna(0.0)
    table["frequency"] = days["frequency"]
    table["frequency_previous"] = days["frequency_previous"] if previous_known else np.nan
    before = table["frequency_previous"]
    table["frequency_change"] = (table["frequency"] - before) / before.where(before > 0)


def _add_complaints(table: pd.DataFrame, counts: pd.DataFrame | None, settings: SegmentSettings) -> None:
    columns = ["complaints", "open_complaints", "severe_complaints", "mean_severity"]
    if counts is None:
        for column in [*columns, "complaints_per_occasion"]:
            table[column] = np.nan
        return
    scale = {name.casefold().strip(): score for name, score in settings.severity_scores.items()}
    codes, names = pd.factorize(counts["severity"])
    scores = [scale.get(str(name).casefold().strip(), np.nan) for name in names]
    severity = np.array([*scores, np.nan], dtype="float64")[codes]  # -1, the last: missing
    rows = counts[["customer_id", "complaints", "open_complaints"]].assign(severity=severity)
    rows["graded"] = rows["complaints"].where(rows["severity"].notna(), 0)
    rows["severe_complaints"] = rows["complaints"].where(rows["severity"] >= settings.severe_from, 0)
    rows["weighted"] = (rows["severity"] * rows["complaints"]).fillna(0.0)
    numbers = rows.drop(columns="customer_id")
    added = aggregate(rows["customer_id"], numbers, "sum")
    sums = reindex_rows(table.index, added).fillna(0.0)
    table["complaints"] = sums["complaints"].astype("float64")
    open_known = counts["open_complaints"].notna().any() or counts.empty
    table["open_complaints"] = sums["open_complaints"].astype("float64") if open_known else np.nan
    severity_known = rows["severity"].notna().any() or counts.empty
    table["severe_complaints"] = sums["severe_complaints"].astype("float64") if severity_known else np.nan
    graded = sums["graded"].astype("float64")
    table["mean_severity"] = sums["weighted"].astype("float64") / graded.where(graded > 0)
    table["complaints_per_occasion"] = table["complaints"] / table["frequency"].where(table["frequency"] > 0)


def _by_segment(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    by_segment = table.groupby("segment")
    counts = by_segment.size().reindex(names, fill_value=0).to_numpy()
    members = [table[table["segment"] == name] for name in names]
    sums = [total(rows["net_amount"]) for rows in members]
    returned = np.array([total(rows["returns_amount"]) for rows in members])
    gross = np.array([total(rows["gross_amount"]) for rows in members])
    return pd.DataFrame(
        {
            "segment": pd.array(names, dtype="str"),
            "customers": counts,
            "customers_percent": rounded_percent(counts),
            "net_amount": sums,
            "share": shares(sums),
            "share_percent": rounded_percent(sums),
            "returns_share": np.divide(returned, gross, out=np.full(len(names), np.nan), where=gross > 0),
            "recency_days": by_segment["recency_days"].median().reindex(names).to_numpy(),
            "frequency": by_segment["frequency"].mean().reindex(names).to_numpy(),
            "complaints": by_segment["complaints"].sum(min_count=1).reindex(names).to_numpy(),
        }
    )


def _grid(table: pd.DataFrame) -> pd.DataFrame:
    falling = SCORES[::-1]
    pairs = pd.MultiIndex.from_product([falling, falling], names=["r", "f"])
    scored = table[table["r"].notna()]
    units = pd.DataFrame(
        {"r": scored["r"].astype(int), "f": scored["f"].astype(int), "units": to_units(scored["net_amount"])}
    )
    cells = units.groupby(["r", "f"])["units"].agg(["size", "sum"]).reindex(pairs, fill_value=0)
    return pd.DataFrame(
        {"customers": cells["size"], "net_amount": from_units(cells["sum"])}, index=pairs
    ).reset_index()
