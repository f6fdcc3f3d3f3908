"""The customer card: one customer's results from every subject."""

from dataclasses import dataclass

import pandas as pd

from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import largest_first
from helpers.engine.store import FactStore
from helpers.settings.grading import GradeRule, SegmentRule
from helpers.subjects.churn.churn import Method
from helpers.subjects.quotes.quotes import each_quote

#: Fields that count for the completeness of a customer record.
RECORD = (
    "name", "trade_class", "region", "industry", "size_class", "salesperson_id", "acquisition_source",
    "first_contact_date", "credit_limit", "interest_level",
)  # fmt: skip
#: A category is a gap where at least this share of the class buys it, and the class has so many buyers.
GAP_SHARE, LEAST_PEERS = 0.5, 5


@dataclass(frozen=True)
class SalesDocuments:
    """A customer's quotes (`each_quote`; None: not supplied), and its rows of two facts (None: no row)."""

    quotes: pd.DataFrame | None
    delivery: pd.Series | None
    returns: pd.Series | None


def sales_documents(facts: FactStore, customer_id: str) -> SalesDocuments:
    """Return one customer's quotes, deliveries and returns."""

    def row(fact: str) -> pd.Series | None:
        found = facts.frame_of_customers(fact, [customer_id])
        return found.iloc[0] if len(found) else None

    quotes = facts.tables.has("quotes")
    return SalesDocuments(
        each_quote(facts.frame_of_customers("quote_rows", [customer_id]), facts.month, facts.year)
        if quotes
        else None,
        row("delivery_customers") if facts.tables.has("deliveries") else None,
        row("customer_returns"),
    )


@dataclass(frozen=True)
class Card(Answer):
    """Results for one customer as of a month; None marks a part that is not supplied.

    Attributes
    ----------
    customer_id, month, window_months
        Whose card, as of when, and the length of the trailing window.
    record
        The customer's row of the fact customers.
    summary
        Its row of the fact customer_summary; None: it never had an order line.
    grade, grade_rules, segment, segment_rules
        Its rows of `Grades.customers` and `Behaviour.customers`, and the rules that decided.
    months
        month, net_amount: the last months up to this one, those without sales as 0.
    tiers
        month, tier: at each of the last month ends, inside its class.
    categories
        category, net_amount, peers_share (of the class's buyers who buy it; NaN with fewer than `LEAST_PEERS`),
        gap (the customer does not, at least `GAP_SHARE` of them do).
    contacts, complaints
        As in `helpers.subjects.card.facts`.
    missing
        The parts of the record that are empty.
    value, horizon_years, value_by_margin, value_is_rough
        Of its row of `LifetimeValue.customers` what is in `helpers.subjects.value.lifetime.CARD_COLUMNS` (None: never
        bought), the horizon of value_amount and its bounds, whether
        they are margin (else net sales), and whether the history is too short to determine the purchase model.
    state
        Its row of `helpers.subjects.churn.states.CustomerStates.customers`.
    risk, risk_months, risk_method, warn_probability, risk_by_margin
        Its row of `RiskList.everyone` (None: never bought, or silent for too long to be scored), within how many
        months no purchase means leaving, `ChurnScores.method`, from which probability
        on we warn, and whether risk_amount is margin (else net sales).
    signals
        `Signals.of` this customer.
    rebate, net_margin
        Its rows of `Rebates.customers` and `NetMargin.customers`; None: it has none, or the tables are not supplied.
    merged, branches
        Numbers that are counted under this one (see ``customer_aliases``); and where customers are counted by group,
        its accounts: customer_id, name, net_amount of the window, the largest first (None: counted by account).
    around
        Its quotes, deliveries and returns: `SalesDocuments`.
    receivables, has_invoices
        Its row of `Receivables.customers` (None: no invoice and no payment), and whether invoices are supplied.
    """

    customer_id: str
    month: pd.Period
    window_months: int
    record: pd.Series
    summary: pd.Series | None
    grade: pd.Series
    grade_rules: tuple[GradeRule, ...]
    segment: pd.Series
    segment_rules: tuple[SegmentRule, ...]
    months: pd.DataFrame
    tiers: pd.DataFrame
    categories: pd.DataFrame | None
    contacts: pd.DataFrame | None
    complaints: pd.DataFrame | None
    missing: tuple[str, ...]
    value: pd.Series | None
    horizon_years: int
    value_by_margin: bool
    value_is_rough: bool
    state: pd.Series
    risk: pd.Series | None
    risk_months: int
    risk_method: Method
    warn_probability: float
    risk_by_margin: bool
    signals: pd.DataFrame
    receivables: pd.Series | None
    has_invoices: bool
    rebate: pd.Series | None = None
    net_margin: pd.Series | None = None
    merged: tuple[str, ...] = ()
    branches: pd.DataFrame | None = None
    around: SalesDocuments | None = None


def monthly(customer_months: pd.DataFrame, month: pd.Period, history_months: int) -> pd.DataFrame:
    """Return month (period) and net_amount of one customer's last months, 0 for months without lines."""
    span = pd.period_range(month - (history_months - 1), month, freq="M")
    sales = customer_months.set_index(customer_months["month"].dt.to_period("M"))["net_amount"]
    return pd.DataFrame({"month": span, "net_amount": sales.reindex(span, fill_value=0.0).to_numpy()})


def compare_with_class(sales: pd.DataFrame, peers: pd.DataFrame) -> pd.DataFrame:
    """Compare the categories that a customer buys with those of its class.

    Parameters
    ----------
    sales
        category, net_amount of the customer.
    peers
        category, buyers, customers of its class.

    Returns
    -------
    pandas.DataFrame
        ``Card.categories``, what it buys first (largest), then the rest by the peers' share.
    """
    table = peers[["category", "buyers", "customers"]].merge(sales, how="outer", on="category")
    table["net_amount"] = table["net_amount"].fillna(0.0)
    table["peers_share"] = (table["buyers"] / table["customers"]).where(table["customers"] >= LEAST_PEERS)
    table["gap"] = (table["net_amount"] <= 0) & (table["peers_share"] >= GAP_SHARE)
    table = largest_first(table, "net_amount", "peers_share", then="category")
    return table[["category", "net_amount", "peers_share", "gap"]].reset_index(drop=True)


def missing_fields(record: pd.Series) -> tuple[str, ...]:
    """Return the empty fields of a customer record."""
    return tuple(name for name in RECORD if pd.isna(record[name]))
