"""Queries on returns."""

import pandas as pd

from helpers.core.scope import COMPANY
from helpers.engine.as_of import current_rows
from helpers.engine.connection import to_pandas
from helpers.subjects.queries import SubjectQueries
from helpers.subjects.returns.returns import Returns, customers_against_class, returns


class ReturnQueries(SubjectQueries):
    """Returns by customer and product."""

    def returns(self) -> Returns:
        """Return the window's returns; see `helpers.subjects.returns.returns`.

        Examples
        --------
        >>> book.returns().totals[["sold_orders", "returned_orders"]].astype(int).tolist()
        [3522, 252]
        """
        by = self.main_dimension
        company = self.scope == COMPANY
        scope = COMPANY if company or self._shows_company_shares else self.scope
        everybody = self._frame("customers", scope)
        against = customers_against_class(self._frame("customer_returns", scope), everybody, by)
        own = self.frame("customers")
        others = None
        if scope != self.scope:
            is_own = against["customer_id"].isin(own["customer_id"])
            # Those whom the rate is of, not all of the class: of one who bought it would be that one's.
            others = against.loc[~is_own, "group"].value_counts()
            against = against[is_own].reset_index(drop=True)
        goods = self.frame("company_product_returns" if company else "product_returns")
        return returns(
            against, goods, self.frame("return_rows"), own, self._named_products(),
            self.month, self.settings.periods.window_months, has_reasons=self.tables.has("return_reasons"),
            others=others,
        )  # fmt: skip

    def _named_products(self) -> pd.DataFrame | None:
        """Return product_id, name and category as of the month end; None if products are not supplied."""
        if not self.tables.has("products"):
            return None
        rows = current_rows(self.facts.standard("products"), "product_id", self.facts.month_end)
        return to_pandas(rows.select("product_id", "name", "category"))
