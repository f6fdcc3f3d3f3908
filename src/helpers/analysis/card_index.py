"""The card index (R5): every customer with what it can be picked by, found by any part of its name."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.analysis.behaviour import Behaviour
from helpers.analysis.grades import Grades
from helpers.analysis.tiers import TIERS, Tiers
from helpers.grading_settings import GRADE_NAMES

#: What customers can be picked by, in the order shown; those the data do not supply are left out.
FACETS = (
    "region", "size_class", "industry", "trade_class", "sales_band", "credit_band", "interest_level", "tier",
    "grade", "segment",
)  # fmt: skip
#: What the index can be sorted by: column -> whether the largest comes first.
SORTS = {"net_amount": True, "name": False, "last_purchase": True, "credit_limit": True, "gap_ratio": True}
#: Parts of the customers at which bands of money begin, before rounding.
_BAND_PARTS = (0.25, 0.5, 0.75, 0.9)
NOT_RECORDED = ""


@dataclass(frozen=True)
class CardIndex:
    """Every customer as one line of the index.

    Attributes
    ----------
    month
        The report's month.
    customers
        One row a customer by net_amount (largest first), then customer_id: customer_id, name, the facets that
        the data supply (NaN: not recorded), net_amount (of the window), credit_limit, last_purchase, gap_ratio
        (silence over the usual gap), salesperson_name, found_by (what a search looks in).
    facets
        Facet -> its values, in the order shown; "" stands for "not recorded", where there are such.
    """

    month: pd.Period
    customers: pd.DataFrame
    facets: Mapping[str, tuple[str, ...]]

    def select(
        self,
        picked: Mapping[str, Sequence[str]] | None = None,
        search: str = "",
        sort: str = "net_amount",
    ) -> pd.DataFrame:
        """Return the customers that have one of the values picked of every facet and match the search.

        Parameters
        ----------
        picked
            Facet -> values, any of which will do; no values choose nothing.
        search
            Words, all of which must stand in the name, its pinyin, its pinyin initials or the id.
        sort
            One of `SORTS`; equal ones stay in the order of the index.
        """
        kept = self._found(search)
        for mask in self._masks(picked or {}).values():
            kept &= mask
        chosen = self.customers[kept]
        return chosen.sort_values(sort, ascending=not SORTS[sort], kind="stable").reset_index(drop=True)

    def counts(
        self, picked: Mapping[str, Sequence[str]] | None = None, search: str = ""
    ) -> dict[str, dict[str, int]]:
        """Count, for each value of each facet, the customers that picking it would leave.

        What is picked of the facet itself does not count: values of one facet add to each other.
        """
        masks, found = self._masks(picked or {}), self._found(search)
        result = {}
        for facet, values in self.facets.items():
            kept = found.copy()
            for other, mask in masks.items():
                if other != facet:
                    kept &= mask
            there = self.customers.loc[kept, facet].fillna(NOT_RECORDED).value_counts()
            result[facet] = {value: int(there.get(value, 0)) for value in values}
        return result

    def _masks(self, picked: Mapping[str, Sequence[str]]) -> dict[str, np.ndarray]:
        return {
            facet: self.customers[facet].fillna(NOT_RECORDED).isin(list(values)).to_numpy()
            for facet, values in picked.items()
            if values
        }

    def _found(self, search: str) -> np.ndarray:
        kept = np.ones(len(self.customers), dtype=bool)
        for word in folded(search).split():
            kept &= self.customers["found_by"].str.contains(word, regex=False).to_numpy(dtype=bool)
        return kept


def card_index(
    customers: pd.DataFrame,
    customer_summary: pd.DataFrame,
    tiers: Tiers,
    grades: Grades,
    behaviour: Behaviour,
) -> CardIndex:
    """Put together what customers can be picked by.

    Parameters
    ----------
    customers, customer_summary
        Facts of these names, of the scope.
    tiers, grades, behaviour
        Results of these subjects for the same customers.
    """
    table = customers.set_index("customer_id").sort_index()
    summary = customer_summary.set_index("customer_id").reindex(table.index)
    table["net_amount"] = summary["net_amount"].fillna(0.0)
    table["last_purchase"] = summary["last_purchase"]
    table["tier"] = tiers.customers.set_index("customer_id")["tier"].reindex(table.index).fillna("none")
    table["grade"] = grades.customers.set_index("customer_id")["grade"].reindex(table.index)
    seen = behaviour.customers.set_index("customer_id").reindex(table.index)
    table["segment"], table["gap_ratio"] = seen["segment"], seen["gap_ratio"]
    bands = {}
    for band, column in (("sales_band", "net_amount"), ("credit_band", "credit_limit")):
        table[band], bands[band] = banded(table[column].astype("float64"))
    table["found_by"] = search_keys(table["name"], table.index.to_series())
    orders = bands | {
        "tier": list(TIERS),
        "grade": list(GRADE_NAMES),
        "segment": list(behaviour.segments["segment"]),
    }
    facets = {}
    for facet in FACETS:
        present = set(table[facet].dropna())
        if present:
            wished = [value for value in orders.get(facet, sorted(present)) if value in present]
            missing = (NOT_RECORDED,) if table[facet].isna().any() else ()
            facets[facet] = (*wished, *missing)
    table = table.reset_index().sort_values(
        ["net_amount", "customer_id"], ascending=[False, True], kind="stable"
    )
    columns = [
        "customer_id", "name", *facets, "net_amount", "credit_limit", "last_purchase", "gap_ratio",
        "salesperson_name", "found_by",
    ]  # fmt: skip
    return CardIndex(behaviour.month, table[columns].reset_index(drop=True), facets)


def banded(amounts: pd.Series) -> tuple[pd.Series, list[str]]:
    """Put amounts in bands that begin at round figures near the quarters and the top tenth of the positive ones.

    Returns
    -------
    bands, order
        ``0`` (nothing or less), ``0-20000``, ``20000-50000`` ..., ``500000-``; NaN where there is no amount; and
        the bands from the lowest to the highest.
    """
    positive = amounts[amounts > 0]
    edges = (
        sorted({_rounded(float(positive.quantile(part))) for part in _BAND_PARTS}) if len(positive) else []
    )
    starts = [0.0, *edges]
    names = ["0", *(f"{low:.0f}-{high:.0f}" for low, high in zip(starts, edges, strict=False))]
    names.append(f"{starts[-1]:.0f}-")
    places = np.where(
        amounts.fillna(0) <= 0, 0, 1 + np.searchsorted(edges, amounts.fillna(0).to_numpy(), "right")
    )
    bands = pd.Series(np.array(names, dtype="object")[places], index=amounts.index)
    return bands.where(amounts.notna()), names


def _rounded(amount: float) -> float:
    """Round to 1, 2 or 5 times a power of ten, at least 1."""
    power = float(10 ** np.floor(np.log10(max(amount, 1))))
    return float(power * min((1, 2, 5, 10), key=lambda step: abs(step * power - amount)))


def folded(text: str) -> str:
    """Return text as it is compared in a search: no capitals, no accents, full-width letters as others."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in parts if not unicodedata.combining(character))


def search_keys(names: pd.Series, ids: pd.Series) -> pd.Series:
    """Return what a search looks in: name, id and, of Chinese names, pinyin and its initials; a line each."""
    from pypinyin import Style, lazy_pinyin  # late: only the index needs its dictionary

    keys = []
    for name, identity in zip(names.fillna(""), ids, strict=True):
        lines = [folded(name), folded(identity)]
        if not name.isascii():
            lines.append(folded("".join(lazy_pinyin(name))))
            lines.append(folded("".join(lazy_pinyin(name, style=Style.FIRST_LETTER))))
        keys.append("\n".join(lines))
    return pd.Series(keys, index=names.index, dtype="str")
