"""Signals that warn before the orders stop: each against the customer's own usual and against its class."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from helpers.core.amounts import key_codes
from helpers.core.digits import digits
from helpers.core.frames.lookup import look_up, rows_of
from helpers.core.periods import Span, first_month_of, trailing
from helpers.settings.playbook import SIGNAL_NAMES
from helpers.subjects.signals import season, strength
from helpers.subjects.signals.measured import NOTICED, Columns, Measured, Part, known_columns

Floats = strength.Floats
RECENT_MONTHS, USUAL_MONTHS = 6, 12

#: Signal -> what it needs, where that is not the order lines alone.
NEEDS = {
    "categories": "products.category",
    "service_share": "products.offering_role",
    "discount": "order_lines.list_amount",
    "complaints": "complaints",
    "satisfaction": "surveys",
    "payment": "invoices, payments",
    "contact_roles": "interactions.contact_role",
    "decision_days": "order_lines.enquiry_date",
    "visits": "interactions",
    "wallet": "wallet_evidence",
}


@dataclass(frozen=True)
class Signals:
    """Signals as of a month.

    Attributes
    ----------
    month, window_months
        The report's month, and the window within which a customer has bought to be ``active``.
    measured
        Every signal of every customer as arrays: see `helpers.subjects.signals.measured.Measured`.
    signals
        One row per customer and signal that can be said of it, put together when it is first asked for (a million
        customers have ten million rows): customer_id, name, group (trade class), signal
        (one of `SIGNAL_NAMES`), value, usual (its own), peers (median of its class's active customers), detail
        (spread of gaps for silence, lost categories, open complaints; else NaN), strength (standard deviations
        of chance, positive is worrying, at most 6), noticed (strong enough, and large enough to matter), active,
        net_amount. By customer_id, then the order of `SIGNAL_NAMES`. Units: days (silence, payment,
        decision_days, visits), a share or probability (p_alive, service_share, discount, returns, contact_roles,
        satisfaction on the survey's scale from 0 to 1, wallet), money (spend, order_size), counts.
    noticed
        The rows of ``signals`` that are noticed.
    customers
        One row per active customer: customer_id, name, group, net_amount (of the window), noticed (count),
        strongest (signal; NaN without a noticed one), strength (of it), total_strength (of all noticed; of those
        of the rhythm of orders the strongest); those whose total is
        `signals_measured.GRAVE` or more first, then by net_amount
        (largest first) and customer_id.
    overview
        group, signal, customers (of whom it can be said), noticed, net_amount (of those noticed): active
        customers by class, and all together as group NaN (kind ``total``).
    absent
        Signal -> table (and column) it would need.
    reaches_last_year, has_model
        Whether the data reach back so far that spend, frequency and order size can be held against last year, and
        whether a purchase model could be fitted.
    """

    month: pd.Period
    window_months: int
    measured: Measured
    noticed: pd.DataFrame
    customers: pd.DataFrame
    overview: pd.DataFrame
    absent: dict[str, str]
    reaches_last_year: bool = True
    has_model: bool = True

    @cached_property
    def signals(self) -> pd.DataFrame:
        """All rows: see the attributes of the class."""
        return self.measured.rows()

    def of(self, customer_id: str) -> pd.DataFrame:
        """Return the noticed signals of one customer, the strongest first."""
        rows = self.noticed[self.noticed["customer_id"] == customer_id]
        return rows.sort_values("strength", ascending=False, kind="stable").reset_index(drop=True)


def signals(
    customers: pd.DataFrame,
    evidence: pd.DataFrame,
    rhythm: pd.DataFrame,
    customer_months: pd.DataFrame,
    month: pd.Period,
    window_months: int = 12,
    p_alive: pd.Series | None = None,
    wallet: pd.DataFrame | None = None,
    first_month: pd.Period | None = None,
    keep: Collection[str] | None = None,
) -> Signals:
    """Measure every signal that the data allow.

    Parameters
    ----------
    customers, evidence, rhythm, customer_months
        Facts of these names, of the whole company: a strength means the same in every scope.
    month, window_months
        The report's month and window.
    p_alive
        Probability by customer_id that it has not left; None where no model could be fitted.
    wallet
        The fact wallet_changes; None where it is not supplied.
    first_month
        First month of the data: signals that compare with last year need it to lie 18 months back.
    keep
        Customers of the result; None keeps all.
    """
    who = customers.set_index("customer_id").sort_index()
    ids = who.index
    facts = known_columns(evidence, ids)
    beats = rows_of(ids, rhythm.set_index("customer_id"))
    sold = _by_window(customer_months, month, ids)
    group = who["trade_class"] if "trade_class" in who else pd.Series(np.nan, index=ids, dtype="object")
    k = strength.regularity(*(_floats(beats, name) for name in ("gaps", "gap_sum", "log_gap_sum")))
    begin = first_month or first_month_of(customer_months) or month
    silent = season.silence(beats, k, customer_months, group, month, begin)
    parts = {
        "silence": Part.of(silent.days, silent.mean_gap_days, _surprise(silent.chance), silent.spread_days)
    }
    if p_alive is not None:
        alive = look_up(ids, p_alive).to_numpy(dtype="float64")
        parts["p_alive"] = Part.of(alive, None, _surprise(alive))
    if begin <= month - (RECENT_MONTHS + 11):
        parts |= _trends(sold, beats, group, k)
    parts |= _evidence_signals(facts, month)
    if wallet is not None:
        parts["wallet"] = _wallet(rows_of(ids, wallet.set_index("customer_id")))
    window = customer_months.loc[
        trailing(month, window_months).holds(customer_months["month"]), _SUMMED_BY_CUSTOMER
    ]
    measured = Measured.of(_who(who, group, _sums(window, ids)), parts)
    absent = {str(name): NEEDS[name] for name in SIGNAL_NAMES if name in NEEDS and name not in parts}
    if keep is not None:
        measured = measured.only(keep)
    return Signals(
        month, window_months, measured, measured.noticed_rows(), measured.customers(), measured.overview(), absent,
        reaches_last_year="frequency" in parts, has_model=p_alive is not None,
    )  # fmt: skip


def _who(who: pd.DataFrame, group: pd.Series, sums: pd.DataFrame) -> pd.DataFrame:
    names = who["name"] if "name" in who else pd.Series(np.nan, index=who.index, dtype="object")
    return pd.DataFrame(
        {
            "customer_id": who.index.array, "name": names.array, "group": group.array,
            "active": (sums["purchase_days"] > 0).to_numpy(), "net_amount": sums["net_amount"].to_numpy(),
        }
    )  # fmt: skip


def _floats(frame: pd.DataFrame, name: str) -> Floats:
    return frame[name].fillna(0.0).to_numpy(dtype="float64")


def _surprise(chance: Floats) -> Floats:
    return np.where(np.isnan(chance), np.nan, strength.from_chance(np.nan_to_num(chance, nan=1.0)))


def _by_window(months: pd.DataFrame, month: pd.Period, ids: pd.Index) -> pd.DataFrame:
    """Net sales and purchase days of the recent months and of the same months a year ago."""
    recent = trailing(month, RECENT_MONTHS)
    columns: dict[str, pd.Series] = {}
    for name, span in (("recent", recent), ("year_ago", Span(recent.first - 12, recent.last - 12))):
        rows = months.loc[span.holds(months["month"]), _SUMMED_BY_CUSTOMER]
        sums = _sums(rows, ids)
        columns |= {f"amount_{name}": sums["net_amount"], f"days_{name}": sums["purchase_days"]}
    return pd.DataFrame(columns, index=ids)


_SUMMED_BY_CUSTOMER = ["customer_id", "net_amount", "purchase_days"]


def _sums(rows: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    codes, known = key_codes(rows["customer_id"])
    sums = rows[["net_amount", "purchase_days"]].groupby(codes, sort=True).sum()
    return rows_of(ids, sums.set_axis(known)).fillna(0.0)


def _trends(sold: pd.DataFrame, beats: pd.DataFrame, group: pd.Series, k: Floats) -> dict[str, Part]:
    """Spend, frequency and order size against the same months of last year, times what the class did since."""
    label = group.astype("object").where(group.notna(), "")
    parts = {}
    then, now = _floats(sold, "days_year_ago"), _floats(sold, "days_recent")
    expected = then * _class_change(sold["days_recent"], sold["days_year_ago"], label)
    z = strength.against_chance(strength.count_fall(now, expected, k))
    parts["frequency"] = Part.of(now, expected, z)

    sizes = {
        window: tuple(_floats(beats, f"size_{part}_{window}") for part in ("n", "sum", "square"))
        for window in ("recent", "year_ago")
    }
    z = strength.mean_change(sizes["recent"], sizes["year_ago"])  # type: ignore[arg-type]
    mean_now, mean_then = (
        digits(np.exp(strength.quotient(sizes[part][1], sizes[part][0]))) for part in ("recent", "year_ago")
    )
    parts["order_size"] = Part.of(mean_now, mean_then, -strength.against_chance(z))

    amount, before = _floats(sold, "amount_recent"), _floats(sold, "amount_year_ago")
    expected = before * _class_change(sold["amount_recent"], sold["amount_year_ago"], label)
    n, total, square = sizes["year_ago"]
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.where(n > 1, np.maximum(square - total**2 / n, 0), 0.0)
    free = np.maximum(n - 1, 0).sum()
    spread = float(inside.sum() / free) if free else 0.5
    error = np.sqrt(
        (1 / np.clip(k, 1, 4) + np.expm1(min(spread, 2.0))) * (1 / (now + 0.5) + 1 / (then + 0.5))
    )
    floor = np.where(then > 0, expected / np.maximum(then, 1) / 2, 1.0)
    usable = (then >= 3) & (expected > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log((np.maximum(amount, 0) + floor) / (expected + floor))
    z = np.where(usable, -ratio / error, np.nan)
    parts["spend"] = Part.of(amount, np.where(usable, expected, np.nan), strength.against_chance(z))
    return parts


def _class_change(now: pd.Series, then: pd.Series, label: pd.Series) -> Floats:
    """What the customer's class does now for each unit of last year; customers without a year ago do not count."""
    both = then > 0
    sums = pd.DataFrame({"now": now[both], "then": then[both]}).groupby(label[both]).agg(["sum", "size"])
    whole = now[both].sum() / then[both].sum() if both.any() else 1.0
    size = sums[("then", "size")]
    # A class of few would take its own fall for the season's: it takes the company's change.
    ratio = (sums[("now", "sum")] / sums[("then", "sum")]).where(size >= 10, whole)
    return label.map(ratio).fillna(whole).clip(0.5, 2.0).to_numpy(dtype="float64")


#: Starts of the names of columns of the fact evidence that are looked at; it has as many again.
_LOOKED_AT = (
    "service_lines_", "role_lines_", "purchasing_contacts_", "role_contacts_", "discount_", "decision_", "late_",
    "survey_", "returns_amount_", "gross_amount_", "complaints_", "categories_", "lines_", "visits_", "last_visit",
)  # fmt: skip


def seen_of(columns: Sequence[str]) -> list[str]:
    """Return which columns of the fact evidence `signals` looks at, of those that the data supply."""
    return [name for name in columns if name == "customer_id" or name.startswith(_LOOKED_AT)]


def _evidence_signals(facts: Columns, month: pd.Period) -> dict[str, Part]:
    """Return the signals of the fact evidence, as far as its columns are supplied."""
    column, parts = facts.floats, {}
    for signal, over, under, sign in (
        ("service_share", "service_lines", "role_lines", -1),
        ("contact_roles", "purchasing_contacts", "role_contacts", 1),
    ):
        if f"{over}_recent" in facts:
            hits, n = column(f"{over}_recent"), column(f"{under}_recent")
            hits_usual, n_usual = column(f"{over}_usual"), column(f"{under}_usual")
            z = sign * strength.against_chance(strength.share_change(hits, n, hits_usual, n_usual))
            parts[signal] = Part.of(strength.quotient(hits, n), strength.quotient(hits_usual, n_usual), z)
    for signal, stem, sign, least, usual in (
        ("discount", "discount", 1, 3, "usual"),
        ("decision_days", "decision", -1, 2, "usual"),
        ("payment", "late", 1, 2, "usual"),
        ("satisfaction", "survey", -1, 1, "before"),
    ):
        if f"{stem}_n_recent" in facts:
            now = tuple(column(f"{stem}_{part}_recent") for part in ("n", "sum", "square"))
            then = tuple(
                column(f"{stem}_{part}_ever") - now[i]
                if usual == "before"
                else column(f"{stem}_{part}_usual")
                for i, part in enumerate(("n", "sum", "square"))
            )
            z = sign * strength.against_chance(strength.mean_change(now, then, least))  # type: ignore[arg-type]
            parts[signal] = Part.of(strength.quotient(now[1], now[0]), strength.quotient(then[1], then[0]), z)
    returned = strength.quotient(column("returns_amount_recent"), column("gross_amount_recent"))
    usually = strength.quotient(column("returns_amount_usual"), column("gross_amount_usual"))
    # Returns are rare and lumpy: eight points of sales more than usual count as two standard deviations.
    parts["returns"] = Part.of(returned, usually, np.clip(2 * (returned - usually) / 0.08, -6, 6))
    if "complaints_recent" in facts:
        parts["complaints"] = _complaints(facts)
    if "categories_recent" in facts:
        kinds, before = column("categories_recent"), column("categories_usual")
        pace = strength.quotient(column("lines_recent"), column("lines_usual"))
        expected = column("categories_lost_lines") * np.nan_to_num(pace)
        usable = (column("lines_recent") >= 3) & (column("lines_usual") >= 3)
        z = np.where(usable, strength.from_chance(np.exp(-expected)), np.nan)
        parts["categories"] = Part.of(kinds, before, z, column("categories_lost"))
    if "visits_recent" in facts:
        end = month.to_timestamp(how="end").normalize()
        days = (end - facts.raw("last_visit")).dt.days.to_numpy(dtype="float64")
        visits = column("visits_recent") + column("visits_usual")
        usual_gap = strength.quotient(np.full(len(facts), (RECENT_MONTHS + USUAL_MONTHS) * 30.4), visits)
        known = np.isfinite(days) & (visits >= 2)
        chance = np.exp(-np.divide(days, usual_gap, out=np.zeros(len(facts)), where=known))
        parts["visits"] = Part.of(days, usual_gap, np.where(known, strength.from_chance(chance), np.nan))
    return parts


def _complaints(facts: Columns) -> Part:
    """Complaints against the customer's own pace or the company's, whichever is faster; open ones count too."""
    now, usual = facts.floats("complaints_recent"), facts.floats("complaints_usual") / 2
    lines = facts.floats("lines_recent")
    pace = now.sum() / lines.sum() if lines.sum() else 0.0
    expected = np.maximum(np.maximum(usual, pace * lines), 0.05)
    z = strength.from_chance(strength.stats.poisson.sf(now - 1, expected))
    open_cases = None
    if "complaints_resolved_ever" in facts:
        open_cases = facts.floats("complaints_ever") - facts.floats("complaints_resolved_ever")
        z = np.where(open_cases > 0, np.maximum(z, NOTICED), z)
    return Part.of(now, usual, z, open_cases)


def _wallet(changes: pd.DataFrame) -> Part:
    """Share of wallet at the latest estimate against that before; five points less count as one deviation."""
    now, before = (changes[name].to_numpy(dtype="float64") for name in ("share", "previous_share"))
    return Part.of(now, before, np.clip((before - now) / 0.05, -6, 6))
