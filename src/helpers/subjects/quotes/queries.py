"""Queries on quotes."""

from helpers.core.scope import COMPANY
from helpers.subjects.quotes.quotes import Quotes, customers_against_class, quotes
from helpers.subjects.returns.queries import ReturnQueries


class QuoteQueries(ReturnQueries):
    """Quotes and their outcomes; None if the table is not supplied."""

    def quotes(self) -> Quotes | None:
        """Return the quotes; None without the table. See `helpers.subjects.quotes.quotes`.

        Examples
        --------
        >>> whole = book.quotes().groups.iloc[0]
        >>> int(whole["decided"]), int(whole["won"])
        (1239, 652)
        """
        if not self.tables.has("quotes"):
            return None
        by, window = self.main_dimension, self.settings.periods.window_months
        scope = COMPANY if self.scope == COMPANY or self._shows_company_shares else self.scope
        everybody, own = self._frame("customers", scope), self.frame("customers")
        rows = self._frame("quote_rows", scope)
        against = customers_against_class(rows, everybody, self.month, window, by, self.year)
        others = None
        if scope != self.scope:
            # Those whom the rate is of, not all of the class: of one with a quote it would be that one's.
            others = against.loc[~against["customer_id"].isin(own["customer_id"]), "group"].value_counts()
        return quotes(
            self.frame("quote_rows"), own, self._named_products(), self.facts.owners, self.month, window, by,
            against, others=others, year=self.year,
        )  # fmt: skip
