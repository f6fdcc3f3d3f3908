"""Quotes: win rates with intervals, reasons, time to decision, open value, price askers."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.disclosure import disclosed_mean
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import largest_first, look_up
from helpers.core.periods import CALENDAR_YEAR, CompanyYear, Span, trailing
from helpers.models import rates
from helpers.subjects.service.complaints import time_until

#: Days since the quote at which an age class of open quotes begins.
AGES = (0, 15, 31, 61, 91)
#: Least number of decided quotes to estimate the win chance of open ones.
LEAST_DECIDED = 20


@dataclass(frozen=True)
class Quotes(Answer):
    """Quotes as of the month end. Money is in the report's currency.

    Attributes
    ----------
    month, window_months
        Decided in the window: of its month of decision; undated ones of their month of quoting.
    groups
        One row a kind (``total``, ``class``, ``seller``, ``category``) and group (missing: not recorded): decided, won,
        rate, low, high (95 %, Wilson), amount, won_amount, amount_rate, previous_decided, previous_rate (the window a
        year earlier), change_chance (Fisher's exact test of the two; NaN without one), fell, rose (whether that is too
        unlikely for chance, all groups of a kind taken together).
    customers
        The same counts and rates by customer, with name, salesperson_name, group_rate (of its class), chance (to win so
        few or fewer at that rate; NaN in a scope) and rarely_wins (too little for chance, all customers together).
    open
        One row an open quote, the largest expected value first: quote_id, customer_id, name, salesperson_name, amount,
        age_days, win_chance (NaN with fewer than `LEAST_DECIDED` decided), expected_amount.
    ages
        age_from (days), quotes, amount, expected_amount.
    reasons
        reason (missing: not recorded) of the lost ones, quotes, amount; the most frequent first.
    median_days
        Days within which half of the quotes of the window are decided; open ones counted as open so far (Kaplan-Meier).
    undated, backwards
        Decided without a day; decided before they were made, which no time counts.
    """

    month: pd.Period
    window_months: int
    groups: pd.DataFrame
    customers: pd.DataFrame
    open: pd.DataFrame
    ages: pd.DataFrame
    reasons: pd.DataFrame
    median_days: float
    undated: int
    backwards: int


def each_quote(rows: pd.DataFrame, month: pd.Period, year: CompanyYear = CALENDAR_YEAR) -> pd.DataFrame:
    """Return one row a quote of the fact ``quote_rows``: open if a row is open, else won if a row was won.

    ``year``: whose months they count in.

    Returns
    -------
    pandas.DataFrame
        quote_id, quote_date, customer_id, prospect_id, salesperson_id, amount, won_amount, open_amount, status,
        decided, undated, reason, backwards, quoted_in and counts_in (first day of the month of the quote, and of the
        decision by which it is in a window), days (to the decision, or to the month end).
    """
    is_open, is_won = rows["status"] == "open", rows["status"] == "won"
    rows = rows.assign(
        won_amount=rows["amount"].where(is_won, 0.0), open_amount=rows["amount"].where(is_open, 0.0),
        is_open=is_open, is_won=is_won, expired=rows["status"] == "expired",
    )  # fmt: skip
    first = dict.fromkeys(("customer_id", "prospect_id", "salesperson_id", "reason"), "first")
    sums = dict.fromkeys(("amount", "won_amount", "open_amount"), "sum")
    flags = dict.fromkeys(("is_open", "is_won", "undated"), "any")
    found = rows.groupby("quote_id", sort=True).agg(
        {"quote_date": "min", "decided": "max", "expired": "all", **first, **sums, **flags}
    )
    found = found.reset_index()
    found["status"] = np.select(
        [found["is_open"], found["is_won"], found["expired"]], ["open", "won", "expired"], "lost"
    )
    found["decided"] = found["decided"].where(~found["is_open"])
    found["undated"] &= found["decided"].isna() & ~found["is_open"]
    found["backwards"] = found["decided"] < found["quote_date"]
    for name, day in (
        ("quoted_in", found["quote_date"]),
        ("counts_in", found["decided"].fillna(found["quote_date"])),
    ):
        found[name] = year.counts_in(day)
    found["days"] = (found["decided"].fillna(year.ends(month)) - found["quote_date"]).dt.days
    return found.drop(columns=["is_open", "is_won", "expired"])


def quotes(
    rows: pd.DataFrame,
    customers: pd.DataFrame,
    products: pd.DataFrame | None,
    sellers: pd.DataFrame,
    month: pd.Period,
    window_months: int,
    by: str,
    against: pd.DataFrame,
    *,
    others: pd.Series | None = None,
    year: CompanyYear = CALENDAR_YEAR,
) -> Quotes:
    """Compute `Quotes`.

    Parameters
    ----------
    rows, customers
        The facts ``quote_rows`` and ``customers`` of the scope.
    products
        product_id and category; None if not supplied.
    sellers
        salesperson_id, salesperson_name.
    by
        The column of customers that is the class.
    against
        `customers_against_class`, of everybody with whom they are compared.
    others
        By class, of how many customers of others its rate is: it is then told rounded; None: the company.
    year
        Whose months quotes and decisions count in.
    """
    every = each_quote(rows, month, year)
    known = customers.set_index("customer_id")
    every["class"] = look_up(every["customer_id"], known[by])
    every["owner"] = every["salesperson_id"].fillna(look_up(every["customer_id"], known["salesperson_id"]))
    names = sellers.drop_duplicates("salesperson_id").set_index("salesperson_id")["salesperson_name"]
    every["seller"] = look_up(every["owner"], names).fillna(every["owner"])
    window = trailing(month, window_months)
    of_goods = _by_category(rows, every, products)
    kinds = (("total", every.assign(all="")), ("class", every), ("seller", every), ("category", of_goods))
    groups = pd.concat(
        [_rates(frame, "all" if kind == "total" else kind, window).assign(kind=kind) for kind, frame in kinds]
    )
    own = against[against["customer_id"].isin(known.index)].reset_index(drop=True)
    for column in ("name", "salesperson_name"):
        own[column] = look_up(own["customer_id"], known[column])
        every[column] = look_up(every["customer_id"], known[column])
    if others is not None:
        own["group_rate"] = disclosed_mean(own["group_rate"], look_up(own["group"], others, 0))
        own["chance"] = np.nan  # it would tell the rate of the class
    open_quotes = _open(every)
    recent = every[window.holds(every["quoted_in"]) & ~every["backwards"] & ~every["undated"]]
    decided = recent["status"] != "open"
    done, waits = (recent.loc[which, "days"].to_numpy("float64") for which in (decided, ~decided))
    lost = every[(every["status"] == "lost") & window.holds(every["counts_in"])]
    reasons = lost.groupby("reason", dropna=False).agg(quotes=("quote_id", "size"), amount=("amount", "sum"))
    ages = open_quotes.assign(
        age_from=np.array(AGES)[np.searchsorted(AGES, open_quotes["age_days"], side="right") - 1]
    )
    ages = ages.groupby("age_from").agg(
        quotes=("quote_id", "size"), amount=("amount", "sum"), expected_amount=("expected_amount", "sum")
    )
    return Quotes(
        month=month,
        window_months=window_months,
        groups=groups.reset_index(drop=True),
        customers=largest_first(own, "amount", ignore_index=True),
        open=open_quotes,
        ages=ages.reindex(AGES, fill_value=0).reset_index(names="age_from"),
        reasons=largest_first(reasons.reset_index(), "quotes", then="reason", ignore_index=True),
        median_days=time_until(done, waits, 0.5),
        undated=int(every["undated"].sum()),
        backwards=int(every["backwards"].sum()),
    )


def customers_against_class(
    rows: pd.DataFrame,
    customers: pd.DataFrame,
    month: pd.Period,
    window_months: int,
    by: str,
    year: CompanyYear = CALENDAR_YEAR,
) -> pd.DataFrame:
    """Return customers with decided quotes in the window: the columns of `Quotes.customers` without names."""
    every = each_quote(rows[rows["customer_id"].notna()], month, year)
    window = trailing(month, window_months)
    found = _counts(every, "customer_id", window).rename(columns={"group": "customer_id"})
    found = found[found["decided"] > 0].reset_index(drop=True)
    found["group"] = look_up(found["customer_id"], customers.set_index("customer_id")[by])
    sums = found.groupby("group")[["won", "decided"]].sum()
    rate = look_up(found["group"], sums["won"] / sums["decided"])
    chance = rates.fewer_than_share(found["won"], found["decided"], rate)
    return found.assign(group_rate=rate, chance=chance, rarely_wins=rates.significant(chance))


def _by_category(rows: pd.DataFrame, every: pd.DataFrame, products: pd.DataFrame | None) -> pd.DataFrame:
    """Return the quotes once for each category they name, with its amount and outcome."""
    if products is None:
        return every.assign(category=None).iloc[:0]
    category = look_up(rows["product_id"], products.set_index("product_id")["category"])
    part = rows.assign(category=category, won_amount=rows["amount"].where(rows["status"] == "won", 0.0))
    part["is_open"], part["is_won"] = part["status"] == "open", part["status"] == "won"
    sums = part.groupby(["quote_id", "category"], dropna=False).agg(
        amount=("amount", "sum"), won_amount=("won_amount", "sum"), is_open=("is_open", "any"),
        is_won=("is_won", "any"),
    )  # fmt: skip
    sums = sums.reset_index()
    sums["status"] = np.select([sums["is_open"], sums["is_won"]], ["open", "won"], "lost")
    sums["counts_in"] = look_up(sums["quote_id"], every.set_index("quote_id")["counts_in"])
    return sums


def _rates(every: pd.DataFrame, by: str, window: Span) -> pd.DataFrame:
    """Count by a column, and test whether the win rate changed significantly."""
    found = _counts(every, by, window)
    won_before = (found["previous_rate"] * found["previous_decided"]).round()
    chance = rates.same_share(found["decided"], found["won"], found["previous_decided"], won_before)
    clear, falls = rates.significant(chance), found["rate"] < found["previous_rate"]
    return found.assign(change_chance=chance, fell=clear & falls, rose=clear & ~falls)


def _counts(every: pd.DataFrame, by: str, window: Span) -> pd.DataFrame:
    """Count decided and won by a column, in the window and in the one a year earlier."""
    parts = []
    for span, before in ((window, ""), (window.year_back(), "previous_")):
        rows = every[span.holds(every["counts_in"]) & (every["status"] != "open")]
        rows = rows.assign(won=(rows["status"] == "won").astype("int64"))
        sums = rows.groupby(by, dropna=False).agg(
            decided=("won", "size"),
            won=("won", "sum"),
            amount=("amount", "sum"),
            won_amount=("won_amount", "sum"),
        )
        parts.append(sums.add_prefix(before))
    found = parts[0].join(parts[1], how="outer").fillna(0).reset_index(names="group")
    counts = ["decided", "won", "previous_decided", "previous_won"]
    found[counts] = found[counts].astype("int64")
    found["low"], found["high"] = rates.wilson(found["won"], found["decided"])
    found["rate"] = found["won"] / found["decided"].where(found["decided"] > 0)
    found["amount_rate"] = found["won_amount"] / found["amount"].where(found["amount"] > 0)
    found["previous_rate"] = found["previous_won"] / found["previous_decided"].where(
        found["previous_decided"] > 0
    )
    order = largest_first(found, "amount", then="group")
    return order.drop(columns=["previous_amount", "previous_won_amount", "previous_won"])


def _open(every: pd.DataFrame) -> pd.DataFrame:
    """Return the open quotes with their win chance at their age."""
    timed = every[~every["backwards"] & ~every["undated"]]
    open_quotes = every[every["status"] == "open"].assign(age_days=lambda rows: rows["days"])
    open_quotes["win_chance"] = win_chances(timed["days"], timed["status"], open_quotes["age_days"])
    open_quotes["expected_amount"] = open_quotes["open_amount"] * open_quotes["win_chance"]
    columns = ["quote_id", "customer_id", "name", "salesperson_name", "amount", "age_days", "win_chance",
               "expected_amount"]  # fmt: skip
    open_quotes = open_quotes.assign(amount=open_quotes["open_amount"])
    ranked = largest_first(open_quotes, "expected_amount", "amount", then="quote_id", ignore_index=True)
    return ranked[columns]


def win_chances(days: pd.Series, status: pd.Series, ages: pd.Series) -> pd.Series:
    """Return the chance that a quote open for so many days is won in the end.

    Of quotes that were open as long, the share won later, decided and open ones taken together (Aalen and Johansen
    1978); what is open longer than any decided quote has no chance on record.

    Parameters
    ----------
    days, status
        Of all quotes: days to the decision, or so far; open, won, lost or expired.
    ages
        Days so far of those asked about.

    Returns
    -------
    pandas.Series
        By the index of ``ages``; NaN with fewer than `LEAST_DECIDED` decided quotes.
    """
    decided = (status != "open").to_numpy()
    if int(decided.sum()) < LEAST_DECIDED:
        return pd.Series(np.nan, ages.index, dtype="float64")
    length = days.to_numpy("int64")
    last = int(length.max())
    at_risk = np.bincount(length, minlength=last + 1)[::-1].cumsum()[::-1]
    ends = np.bincount(length[decided], minlength=last + 1) / np.maximum(at_risk, 1)
    wins = np.bincount(length[(status == "won").to_numpy()], minlength=last + 1) / np.maximum(at_risk, 1)
    open_at = np.concatenate([[1.0], np.cumprod(1 - ends)])  # still open before day d, and after the last
    won_on = open_at[:-1] * wins
    later = np.concatenate([won_on[::-1].cumsum()[::-1], [0.0]])  # won on day d or after
    place = np.clip(ages.to_numpy("int64") + 1, 0, last + 1)
    rest = open_at[place]
    chance = np.divide(later[place], rest, out=np.zeros(len(place)), where=rest > 0)
    return pd.Series(chance, ages.index)
