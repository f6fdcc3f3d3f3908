"""Measures that stand in several tables: what they are called and how they are written, said once."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from helpers.present.numbers import Numbers, share_or_times
from helpers.present.table import Column


def measures(n: Numbers, *names: str, bar: str | None = None) -> dict[str, Column]:
    """Return the columns of measures, by the name that they have in frames, in the order asked for.

    Parameters
    ----------
    names
        Names of columns of a frame. Money is in the report's currency, which the caption names; ``_percent`` are
        shares times 100, ``_share`` and ``_rate`` are shares.
    bar
        The one beside whose figures bars are drawn.

    Raises
    ------
    KeyError
        There is no such measure.
    """
    known = _known(n)
    return {name: replace(known[name], bar=True) if name == bar else known[name] for name in names}


@lru_cache
def _known(n: Numbers) -> dict[str, Column]:
    _ = n.words
    return {
        "customer": Column(_("Customer"), id_column="customer_id"),
        "salesperson_name": Column(_("Salesperson"), if_known=True),
        "tier": Column(_("Tier")),
        "why": Column(_("Why")),
        "step": Column(_("Next step")),
        "customers": Column(_("Customers"), n.count),
        "complaints": Column(_("Complaints"), n.count),
        "net_amount": Column(_("Net sales"), n.count),
        "change_amount": Column(_("Change"), n.signed_count),
        "share": Column(_("Share"), n.percent),
        "share_percent": Column(_("Share"), n.in_percent),
        "customers_percent": Column(_("Of customers"), n.in_percent),
        "cumulative_share": Column(_("Cumulative"), n.percent),
        "margin_amount": Column(_("Margin"), n.count),
        "margin_rate": Column(_("Margin"), n.percent),
        "margin_percent": Column(_("Margin rate"), n.in_percent),
        "sales_amount": Column(_("Sales to date"), n.count),
        "attainment_to_date": Column(_("Of target to date"), n.percent.written(share_or_times(n))),
        "balance_amount": Column(_("Balance"), n.count),
        "credit_limit": Column(_("Credit limit"), n.count),
        "collection_rate": Column(_("Collection rate"), n.percent),
        "history_amount": Column(_("So far"), n.count),
        "window_amount": Column(_("Last 12 months"), n.count),
        "low_95": Column(_("95% from"), n.count),
        "low_80": Column(_("80% from"), n.count),
        "high_80": Column(_("80% to"), n.count),
        "high_95": Column(_("95% to"), n.count),
        "satisfaction": Column(_("Satisfaction, 0 to 10"), n.decimal),
        "interval": Column(_("95% interval")),
        "response_rate": Column(_("Of the buying"), n.percent),
        "origins": Column(_("Past month ends"), n.count),
    }
