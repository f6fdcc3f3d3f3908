"""Product recommendations: products that peers of a customer buy and it does not."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.core.amounts import factorize_sorted
from helpers.core.calendar.period_names import months_a_year
from helpers.core.disclosure import disclosed_count, disclosed_mean, disclosed_part
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import left_join, look_up


@dataclass(frozen=True)
class Recommendations(Answer):
    """Products to propose.

    Attributes
    ----------
    rows
        One row a customer and product, the customer with the most to expect first: customer_id, name, trade_class,
        salesperson_name, product_id, product, place (of the customer, 1 first), peers, buyers, buyer_share,
        typical_share (of the purchases of peers who buy it), margin_rate, expected_amount and expected_margin (a
        year, if it buys as those peers do), likely_amount (expected_margin, or expected_amount where costs are
        not known, times buyer_share and `ProposalRecord.realised`: the order of the list), last_bought (before the
        window; NaT: never), room_amount (left in the customer's purchases; NaN: not known).
    record, tells_record
        What the company's earlier proposals teach: in which order to propose, and what part of what they promised came;
        and whether the reader may see that.
    tests, hidden_months
        What became of the proposals of so many months ago, see `proposal_tests`.
    no_room
        Proposals left out because the evidence of the customer's purchases leaves no room for them.
    has_margins
        Whether costs are known.
    tested_by
        How many customers proposals were tested by, where they were sampled; None: all.
    tells_peers
        Whether the numbers of peers are told as they are; else they are rounded, or NaN.
    """

    month: pd.Period
    rows: pd.DataFrame
    record: ProposalRecord
    tells_record: bool
    tests: pd.DataFrame
    hidden_months: int
    no_room: int
    has_margins: bool
    tested_by: int | None = None
    tells_peers: bool = True


@dataclass(frozen=True)
class ProposalRecord:
    """Results of a company's earlier recommendations.

    Attributes
    ----------
    order
        In which order a customer's products are proposed: ``margin`` (times the share of peers who buy) or
        ``popularity`` (that share alone).
    realised
        What the products proposed then brought since, over what was to be expected for those months; 1 where nothing
        was proposed.
    """

    order: str = "popularity"
    realised: float = 1.0


def proposal_record(tests: pd.DataFrame, hidden_months: int, a_year: int = 12) -> ProposalRecord:
    """Learn from earlier proposals; order by margin only if that brought significantly more.

    Clearly: what the customers then bought of the products proposed by margin, less the same by popularity, is over
    twice its standard error, customers taken as they come; in margin, where costs are not known in sales.

    Parameters
    ----------
    tests, hidden_months
        Fact ``proposal_tests``, of all customers, and how many months it looks back.
    a_year
        How many months a year has.
    """
    amount, likely = "net_amount", "likely_amount"
    if tests["likely_margin"].any():
        amount, likely = "margin_amount", "likely_margin"
    wide = tests.pivot_table(index="customer_id", columns="rule", values=[amount, likely], fill_value=0.0)
    if len(wide) < 2:
        return ProposalRecord()
    more = wide[amount, "margin"] - wide[amount, "popularity"]
    order = "margin" if more.sum() > 2 * np.sqrt(len(more)) * more.std() > 0 else "popularity"
    promised = float(wide[likely, order].sum()) * hidden_months / a_year
    return ProposalRecord(order, float(wide[amount, order].sum()) / promised if promised > 0 else 1.0)


def proposal_tests(tests: pd.DataFrame) -> pd.DataFrame:
    """Summarize the results of earlier proposals.

    Returns
    -------
    pandas.DataFrame
        rule (``margin``, ``popularity``, ``any``: everything that could be proposed), proposals, bought, bought_share,
        net_amount, margin_amount (of what was bought).
    """
    names = ["proposals", "bought", "net_amount", "margin_amount"]
    sums = tests.groupby("rule")[names].sum().reindex(["margin", "popularity", "any"], fill_value=0)
    sums["bought_share"] = sums["bought"] / sums["proposals"].where(sums["proposals"] > 0)
    return sums.rename_axis("rule").reset_index()


def recommendations(
    product_gaps: pd.DataFrame,
    product_list: pd.DataFrame,
    customers: pd.DataFrame,
    tests: pd.DataFrame,
    hidden_months: int,
    month: pd.Period,
    window_months: int,
    most: int,
    room: pd.DataFrame | None = None,
    record: ProposalRecord = ProposalRecord(),
    *,
    tells_record: bool = True,
    tells_peers: bool = True,
    tests_sampled: bool = False,
) -> Recommendations:
    """Add names and room to the product gaps, in yearly figures.

    Parameters
    ----------
    tests, hidden_months
        The fact ``proposal_tests``, and how many months it looks back.
    most
        So many products a customer at most.
    room
        `helpers.subjects.trade.wallet.Wallet.customers`; a proposal larger than even the upper end of the room is
        left out.
    record, tells_record
        Of the company, see `proposal_record`; and whether a scope may see it.
    tells_peers
        Whether the numbers of peers are told as they are: else rounded, and not at all without ``tells_record``.
    tests_drawn
        Whether the customers of ``tests`` were sampled, because there are too many.
    """
    a_year = months_a_year(month)
    if not tells_peers:
        product_gaps = _disclosed(product_gaps)
        record = replace(record, realised=round(record.realised, 2))
    bounds = pd.DataFrame(columns=["room_amount", "room_high_amount"], dtype="float64")
    if room is not None:
        bounds = room.set_index("customer_id")[["room_amount", "room_high_amount"]]
    chosen, likely, no_room = _chosen(
        product_gaps, bounds["room_high_amount"], a_year / window_months, most, record
    )
    rows = product_gaps.take(chosen).reset_index(drop=True)
    rows = rows.drop(columns=["margin_place", "popularity_place"])
    rows = rows.astype({"customer_id": "str", "product_id": "category"})
    for column in ("expected_amount", "expected_margin"):
        rows[column] = _yearly(rows[column], a_year / window_months)
    rows["place"] = likely.index
    known = customers[["customer_id", "name", "trade_class", "salesperson_name"]]
    rows = left_join(rows, known.astype({"trade_class": "category", "salesperson_name": "category"}))
    sold = rows["product_id"].cat
    named = look_up(sold.categories, product_list.set_index("product_id")["name"])
    rows["product"] = pd.Categorical(named.fillna(sold.categories.to_series())).take(sold.codes.to_numpy())
    rows["room_amount"] = look_up(rows["customer_id"], bounds["room_amount"])
    rows["likely_amount"] = likely.array
    if not tells_peers and not tells_record:
        rows[["peers", "buyers", "buyer_share", "typical_share", "margin_rate"]] = np.nan
    return Recommendations(
        month=month,
        rows=rows,
        record=record,
        tells_record=tells_record,
        tests=proposal_tests(tests),
        hidden_months=hidden_months,
        no_room=no_room,
        has_margins=bool(product_gaps["margin_rate"].notna().any()),
        tested_by=tests["customer_id"].nunique() if tests_sampled else None,
        tells_peers=tells_peers,
    )


def _disclosed(gaps: pd.DataFrame) -> pd.DataFrame:
    """Return gaps with peer figures rounded for a scope.

    Peers are about so many, and so are the buyers among them: a rounded part of that number, for many buyers each
    rounded by itself would tell it. What is expected is expected of rounded rates of at least `LEAST_OTHERS` buyers.
    """
    peers, share = disclosed_count(gaps["peers"]), disclosed_part(gaps["buyer_share"])
    typical, margin = disclosed_mean(gaps["typical_share"]), disclosed_mean(gaps["margin_rate"])
    expected = gaps["expected_amount"].astype("float64") / gaps["typical_share"].astype("float64") * typical
    return gaps.assign(
        peers=peers, buyers=(peers * share).round(), buyer_share=share, typical_share=typical, margin_rate=margin,
        expected_amount=expected, expected_margin=expected * margin,
    )  # fmt: skip


def _yearly(amounts: pd.Series, windows_a_year: float) -> pd.Series:
    return (amounts.astype("float64") * windows_a_year).round(2)


def _chosen(
    gaps: pd.DataFrame, room_high: pd.Series, windows_a_year: float, most: int, record: ProposalRecord
) -> tuple[np.ndarray, pd.Series, int]:
    """Choose the proposals by row number, which is faster than by texts for a million customers.

    Returns
    -------
    tuple
        The rows' numbers in the order in which they are listed; likely_amount of each, its index the place among the
        customer's; and how many had no room.
    """
    in_place = np.flatnonzero(gaps[f"{record.order}_place"].notna())
    expected = _yearly(gaps["expected_amount"], windows_a_year)
    too_much = (expected > look_up(gaps["customer_id"], room_high)).to_numpy()[in_place]
    kept = in_place[~too_much]
    codes = factorize_sorted(gaps["customer_id"])[0]
    kept = kept[np.lexsort((gaps[f"{record.order}_place"].to_numpy()[kept], codes[kept]))]
    place = pd.Series(codes[kept]).groupby(codes[kept]).cumcount().to_numpy() + 1
    kept, place = kept[place <= most], place[place <= most]
    margin = _yearly(gaps["expected_margin"].take(kept), windows_a_year)
    value = margin.fillna(expected.take(kept))
    likely = (value * gaps["buyer_share"].take(kept) * record.realised).round(2)
    summed = likely.groupby(codes[kept]).transform("sum").to_numpy()
    order = np.lexsort((place, codes[kept], -summed))
    return kept[order], likely.take(order).set_axis(place[order]), int(too_much.sum())
