"""Queries on visits, attention, prospects and customer records."""

import pandas as pd

from helpers.core.disclosure import disclosed_mean
from helpers.core.scope import COMPANY, Scope
from helpers.subjects.contacts.attention import (
    Activity,
    Attention,
    activity,
    attention,
    contacts_per_engagement,
)
from helpers.subjects.contacts.prospects import Prospects, prospects
from helpers.subjects.contacts.records import FIELDS, Records, records
from helpers.subjects.contacts.visits import Visits, visits
from helpers.subjects.tiers.queries import TierQueries

#: Columns of the fact customer_summary that these queries use.
_OF_THE_SUMMARY = ("net_amount", "net_amount_previous", "first_purchase")


class ContactQueries(TierQueries):
    """Contacts with customers and prospects; None if the table is not supplied."""

    def visits(self) -> Visits | None:
        """Return visits against the plan; None without interactions. See `helpers.subjects.contacts.visits`.

        Examples
        --------
        >>> book.visits().plan[["tier", "every_days", "customers", "overdue"]]
          tier  every_days  customers  overdue
        0    A          90         72       39
        1    B         180        109       48
        2    C         365        131       38
        """
        if not self.tables.has("interactions"):
            return None
        tiered = self.tiers(self.main_dimension).customers
        return visits(
            self.frame("customers"),
            tiered[~tiered["customer_id"].isin(self._closed)] if self._closed else tiered,
            self._summary(*_OF_THE_SUMMARY), self._contacts(), self.month,
            self.settings.periods.window_months, self.settings.service.visit_every_days.model_dump(), self.year,
        )  # fmt: skip

    def attention(self) -> Attention | None:
        """Return the attention gap; None without interactions. See `helpers.subjects.contacts.attention`.

        Examples
        --------
        >>> book.attention().curves[["since_month", "customers"]].head(2)
           since_month  customers
        0            0        136
        1            3        109
        """
        if not self.tables.has("interactions"):
            return None
        active = activity(self._contacts(), self._months("purchase_days"))

        def rate(activity: Activity) -> float:
            return contacts_per_engagement(activity, self.month, self.settings.service.attention_months)

        def company_rate() -> float:
            return rate(active if self.scope == COMPANY else self._company_activity())

        def told() -> float:
            if not self._shows_company_shares:
                return rate(active)
            known = self._cache.get_or_compute("contacts_per_engagement", company_rate)
            return known if self.scope == COMPANY else float(disclosed_mean(pd.Series([known]))[0])

        return attention(
            active, self.frame("customers"), self._summary(*_OF_THE_SUMMARY), self.month,
            self.facts.coverage.first_whole, told(), self.settings.service.attention_months, self.year,
        )  # fmt: skip

    def _company_activity(self) -> Activity:
        return activity(self._contacts(COMPANY), self._months("purchase_days", scope=COMPANY))

    def _contacts(self, scope: Scope | None = None) -> pd.DataFrame:
        """Return the fact contact_months, encoded and cached as in `_months`."""
        names = ("contacts", "visits", "enquiries", "last_visit")
        return self._rows("contact_months", *names, scope=scope)

    def prospects(self) -> Prospects | None:
        """Return prospects; None without the table. See `helpers.subjects.contacts.prospects`.

        Examples
        --------
        >>> book.prospects().groups[["group", "prospects", "converted", "open"]].head(2)
               group  prospects  converted  open
        0        NaN        355        116   239
        1  cold call         61         23    38
        """
        if not self.tables.has("prospects"):
            return None
        return prospects(self.frame("prospects"), self.facts.owners, self.month, self.year)

    def records(self) -> Records | None:
        """Return completeness and freshness of records. See `helpers.subjects.contacts.records`.

        Examples
        --------
        >>> book.records().completeness
        0.989
        """
        if not self.tables.has("customers"):
            return None
        people = self.frame("customers")
        return records(
            people[~people["closed"]].reset_index(drop=True),  # nobody asks a business that is closed
            self._summary(*_OF_THE_SUMMARY),
            self.facts.frame("last_contacts", self.scope),
            self.month,
            [name for name in FIELDS if self.tables.has("customers", name)],
            self.settings.service.fresh_months,
            year=self.year,
            dated=self.tables.has("customers", "valid_from") or self.tables.has("interactions"),
        )
