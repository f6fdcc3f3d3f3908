"""The card index: all customers with facets to filter by and a search by name."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product

import numpy as np
import pandas as pd

from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import reindex_rows
from helpers.settings.grading import GRADE_NAMES
from helpers.subjects.churn.states import STATES
from helpers.subjects.tiers.ranking import TIERS

#: Facets to filter customers by, in display order; those that the data do not supply are left out.
FACETS = (
    "region", "size_class", "industry", "trade_class", "sales_band", "credit_band", "interest_level", "tier",
    "state", "grade", "segment",
)  # fmt: skip
#: Sort columns -> whether the largest comes first.
SORTS = {
    "net_amount": True, "name": False, "last_purchase": True, "credit_limit": True, "gap_ratio": True,
    "probability": True,
}  # fmt: skip
#: Expected value and what rebates and service leave of it, each with bounds: for files.
EXPECTED = ("value_amount", "low_80", "high_80", "left_amount", "left_low_80", "left_high_80")
#: Quantiles at which amount bands begin, before rounding.
_BAND_PARTS = (0.25, 0.5, 0.75, 0.9)
NOT_RECORDED = ""
#: The tier of anyone who has none.
NO_TIER = TIERS[-1]


@dataclass(frozen=True)
class CardIndex(Answer):
    """All customers with the facets that they can be filtered by.

    Attributes
    ----------
    customers
        One row a customer by net_amount (largest first), then customer_id: customer_id, name, the facets that
        the data supply (categorical; NaN: not recorded), net_amount (of the window), credit_limit, last_purchase,
        gap_ratio (silence over the usual gap), probability (of leaving; NaN: not scored), salesperson_name, and
        `EXPECTED` (NaN: never bought, or not known).
    facets
        Facet -> its values, in the order shown; "" stands for "not recorded", where there are such.
    worth
        Horizon in years of the expected value, and whether it is margin; None if there is none.
    """

    month: pd.Period
    customers: pd.DataFrame
    facets: Mapping[str, tuple[str, ...]]
    worth: tuple[int, bool] | None = None

    def select(
        self, filters: Mapping[str, Sequence[str]] | None = None, search: str = "", sort: str = "net_amount"
    ) -> pd.DataFrame:
        """Return the customers with one of the given values of every facet that match the search.

        Parameters
        ----------
        filters
            Facet -> values, combined with "or"; an empty sequence does not filter.
        search
            Words that must all occur in the name, its pinyin, its pinyin initials or the id.
        sort
            One of `SORTS`; the sort is stable, and missing values come last.

        Examples
        --------
        >>> len(book.card_index().select({"tier": ["A"], "region": ["Europe"]}, search="co"))
        1
        """
        return self.customers.iloc[self.places(filters, search, sort)].reset_index(drop=True)

    def places(
        self, filters: Mapping[str, Sequence[str]] | None = None, search: str = "", sort: str = "net_amount"
    ) -> np.ndarray:
        """Return the positions of the rows of `select` in ``customers``."""
        kept = self._matches(search)
        for mask in self._masks(filters or {}).values():
            kept = kept & mask
        order = self._orders[sort]
        return order[kept[order]]

    def counts(
        self, filters: Mapping[str, Sequence[str]] | None = None, search: str = ""
    ) -> dict[str, dict[str, int]]:
        """Count, for each value of each facet, the customers that selecting it would leave.

        Filters on the facet itself are ignored, since values of one facet are combined with "or".
        """
        masks, found = self._masks(filters or {}), self._matches(search)
        result = {}
        for facet, values in self.facets.items():
            kept = found
            for other, mask in masks.items():
                if other != facet:
                    kept = kept & mask
            counted = np.bincount(self._codes[facet][kept], minlength=len(values))
            result[facet] = dict(zip(values, counted.tolist(), strict=True))
        return result

    @cached_property
    def _codes(self) -> dict[str, np.ndarray]:
        """For each facet, the position of every customer's value among the facet's values."""
        return {facet: self._codes_of(facet, values) for facet, values in self.facets.items()}

    def _codes_of(self, facet: str, values: tuple[str, ...]) -> np.ndarray:
        categories = pd.Categorical(self.customers[facet])
        places = pd.Index(values).get_indexer(pd.Index([*categories.categories, NOT_RECORDED]))
        return places[categories.codes]  # -1, the last: not recorded

    @cached_property
    def _orders(self) -> dict[str, np.ndarray]:
        table = self.customers.reset_index(drop=True)
        return {
            sort: table[sort].sort_values(ascending=not largest_first, kind="stable").index.to_numpy()
            for sort, largest_first in SORTS.items()
        }

    @cached_property
    def _search_keys(self) -> pd.Series:
        """The texts that a search looks in, computed at the first search."""
        return search_keys(self.customers["name"], self.customers["customer_id"])

    def _masks(self, filters: Mapping[str, Sequence[str]]) -> dict[str, np.ndarray]:
        return {
            facet: np.isin(
                self._codes[facet], pd.Index(self.facets[facet]).get_indexer(pd.Index(list(values)))
            )
            for facet, values in filters.items()
            if values
        }

    def _matches(self, search: str) -> np.ndarray:
        kept = np.ones(len(self.customers), dtype=bool)
        for word in fold_text(search).split():
            kept &= self._search_keys.str.contains(word, regex=False).to_numpy(dtype=bool)
        return kept


def card_index(
    month: pd.Period,
    customers: pd.DataFrame,
    customer_summary: pd.DataFrame,
    results: Sequence[pd.DataFrame],
    segments: Sequence[str],
    worth: tuple[int, bool] | None = None,
) -> CardIndex:
    """Build the card index.

    Parameters
    ----------
    customers, customer_summary
        Facts of these names, of the scope.
    results
        Results by customer_id, in any frames: tier, state, grade, segment,
        gap_ratio and probability; customers may be missing.
    worth
        As `CardIndex` has it.
    """
    table = customers.set_index("customer_id").sort_index()
    summary = customer_summary.set_index("customer_id").reindex(table.index)
    table["net_amount"] = summary["net_amount"].fillna(0.0)
    table["last_purchase"] = summary["last_purchase"]
    for frame in results:
        known = reindex_rows(table.index, frame)
        for column in frame:
            table[column] = known[column]
    bands = {}
    for band, column in (("sales_band", "net_amount"), ("credit_band", "credit_limit")):
        table[band], bands[band] = amount_bands(table[column].astype("float64"))
    orders = bands | {
        "tier": list(TIERS),
        "state": list(STATES),
        "grade": list(GRADE_NAMES),
        "segment": list(segments),
    }
    table["tier"] = _in_order(table["tier"], orders["tier"]).fillna(NO_TIER)
    facets = {}
    for facet in FACETS:
        table[facet] = _in_order(table[facet], orders.get(facet))
        present = table[facet].cat.remove_unused_categories().cat.categories
        if len(present):
            missing = (NOT_RECORDED,) if table[facet].isna().any() else ()
            facets[facet] = (*present, *missing)
    # Rows are sorted by id, which breaks ties.
    table = table.take(np.argsort(-table["net_amount"].to_numpy(), kind="stable")).reset_index()
    columns = [
        "customer_id", "name", *facets, "net_amount", "credit_limit", "last_purchase", "gap_ratio",
        "probability", "salesperson_name", *(name for name in EXPECTED if name in table),
    ]  # fmt: skip
    return CardIndex(month, table[columns], facets, worth)


def _in_order(values: pd.Series, order: Sequence[str] | None) -> pd.Series:
    """Return texts as ordered categories; None keeps the order of the texts."""
    categories = values.astype("category").cat
    # Not by astype: to it the same categories in another order are the same type.
    return categories.set_categories(sorted(categories.categories) if order is None else list(order))


def amount_bands(amounts: pd.Series) -> tuple[pd.Series, list[str]]:
    """Assign amounts to bands with round limits near the quartiles and the top decile of positive amounts.

    Returns
    -------
    bands, order
        ``0`` (nothing or less), ``0-20000``, ``20000-50000`` ..., ``500000-``; NaN if there is no amount; and the bands
        from the lowest to the highest.
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
    places = np.where(amounts.notna(), places, -1)
    return pd.Series(pd.Categorical.from_codes(places, pd.Index(names, dtype="str")), amounts.index), names


def _rounded(amount: float) -> float:
    """Round to 1, 2 or 5 times a power of ten, at least 1."""
    power = float(10 ** np.floor(np.log10(max(amount, 1))))
    return float(power * min((1, 2, 5, 10), key=lambda step: abs(step * power - amount)))


def fold_text(text: str) -> str:
    """Return text normalized for search: lower case, without accents, full-width letters as half-width."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in parts if not unicodedata.combining(character))


#: Ways to read a whole name that a search knows. Of a name with more, each character is found by each of its readings
#: among so many characters on either side, which are read as usual.
_MOST_READINGS, _AROUND = 24, 6


def search_keys(names: pd.Series, ids: pd.Series) -> pd.Series:
    """Return the search text of each customer: name, id and, for Chinese names, pinyin and its initials.

    A character of several readings (曾 is zeng as a surname, else ceng) is found by each of them, also where a word
    that the dictionary knows has one alone (六安 is luan, typed liuan as often).
    """
    from pypinyin import Style, pinyin  # late: only a search needs its dictionary

    keys = []
    for name, identity in zip(names.fillna(""), ids, strict=True):
        lines = dict.fromkeys([fold_text(name), fold_text(identity)])
        if not name.isascii():
            name_folded = fold_text(name)
            readings, rest = [], name
            for each in pinyin(name, style=Style.NORMAL, heteronym=True):
                # What is not Chinese comes as it is written, in whole pieces.
                piece = each[0] if rest.startswith(each[0]) else rest[0]
                rest = rest[len(piece) :]
                readings.append(
                    _readings((*each, *_character_readings(piece)) if piece != each[0] else (piece,))
                )
            initials = [
                tuple(dict.fromkeys(each if each in name_folded else each[0] for each in syllables))
                for syllables in readings
            ]
            for syllables in (readings, initials):
                lines |= dict.fromkeys(map("".join, product(*(known := _bounded(syllables)))))
                if known != syllables:
                    lines |= dict.fromkeys(_one_otherwise(syllables))
        keys.append("\n".join(lines))
    return pd.Series(keys, index=names.index, dtype="str")


@lru_cache(maxsize=20_000)
def _character_readings(character: str) -> tuple[str, ...]:
    from pypinyin import Style, pinyin

    return tuple(pinyin(character, style=Style.NORMAL, heteronym=True)[0])


@lru_cache(maxsize=20_000)
def _readings(syllables: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(fold_text, syllables)))


def _one_otherwise(readings: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Return each reading of a character that is not its usual one, among the characters around it."""
    usual = [each[0] for each in readings]
    for place, (_, *others) in enumerate(readings):
        before, after = usual[max(place - _AROUND, 0) : place], usual[place + 1 : place + 1 + _AROUND]
        yield from ("".join([*before, other, *after]) for other in others)


def _bounded(readings: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Leave characters their readings, from the first on, as long as they make few enough ways to read the whole."""
    ways, kept = 1, []
    for each in readings:
        kept.append(each if ways * len(each) <= _MOST_READINGS else each[:1])
        ways *= len(kept[-1])
    return kept
