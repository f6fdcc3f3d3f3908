"""Queries on customer numbers that are likely one business."""

from functools import cached_property

import pandas as pd

from helpers.core.mask import SENSITIVE, mask_key
from helpers.core.scope import COMPANY
from helpers.engine.as_of import current_rows
from helpers.engine.connection import to_pandas
from helpers.subjects.composition.queries import CompositionQueries
from helpers.subjects.identity.same_customers import Renumbered, SameCustomers, renumbered, same_customers

#: Fields of the records compared on the page.
_OF_RECORD = ("customer_id", "trade_class", "region", "salesperson_name")
_TABLE = "customer_aliases"


class IdentityQueries(CompositionQueries):
    """Pairs of customer numbers that are likely one business, and their effect on lost and new customers."""

    def same_customers(self) -> SameCustomers:
        """Return the pairs without a decision; see `helpers.subjects.identity.same_customers`.

        They are pairs of accounts, even if customers are counted by group.

        Examples
        --------
        >>> len(book.same_customers().strong)
        0
        """
        accounts = self._by_account
        return same_customers(
            accounts.frame("same_customers"),
            accounts.frame("customers"),
            accounts._summary("net_amount", "net_amount_previous"),
            self._decided,
            masked=bool(mask_key()),
        )

    def renumbered(self) -> Renumbered:
        """Return how many customers of `bridge` (against last year) may only have a new number.

        Examples
        --------
        >>> book.renumbered().lost_customers
        0
        """
        return self._once_a_run("renumbered", lambda: renumbered(self.same_customers(), self.bridge()))

    def identity_records(self, ids: list[str]) -> pd.DataFrame:
        """Return records of customers: customer_id, trade_class, region, salesperson_name, and more.

        tax_number, phone, address and town are only in the company's book, without masking.

        Examples
        --------
        >>> book.identity_records(["C00003"])["customer_id"].tolist()
        ['C00003']
        """
        facts = self._by_account.facts
        people = facts.frame_of_customers("customers", ids, self.scope)[list(_OF_RECORD)]
        rows = facts.optional("customers")
        if self.scope != COMPANY or mask_key() or rows is None or people.empty:
            return people
        sensitive = [name for name in SENSITIVE if self.tables.has("customers", name)]
        current = current_rows(rows, "customer_id", facts.month_end)
        kept = current.filter(current.customer_id.isin(people["customer_id"].tolist()))
        return people.merge(to_pandas(kept.select("customer_id", *sensitive)), on="customer_id", how="left")

    @cached_property
    def _decided(self) -> pd.DataFrame:
        """Pairs with a decision in customer_aliases by the month end: customer_id, other_id."""
        if not self.tables.has(_TABLE):
            return pd.DataFrame(columns=["customer_id", "other_id"], dtype="object")
        rows = to_pandas(self.facts.all_rows(_TABLE))
        known = rows["from_date"].isna() | (rows["from_date"] <= pd.Timestamp(self.facts.month_end))
        return rows[known].rename(columns={"same_as": "other_id"})
