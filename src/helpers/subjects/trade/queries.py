"""Queries on trade, share of wallet, products and recommendations."""

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from helpers.core.amounts import sum_by
from helpers.core.disclosure import disclosed_mean
from helpers.core.frames.lookup import largest_first, look_up
from helpers.core.periods import trailing, year_ago
from helpers.core.scope import COMPANY
from helpers.engine.connection import to_pandas
from helpers.engine.fact import by_customer
from helpers.subjects.queries import SubjectQueries
from helpers.subjects.trade.facts import products_of
from helpers.subjects.trade.offer_facts import HIDDEN_MONTHS
from helpers.subjects.trade.products import Products, products
from helpers.subjects.trade.recommendations import Recommendations, proposal_record, recommendations
from helpers.subjects.trade.trade import MONTHS_LOOKED_AT, Trade, required_measures, trade
from helpers.subjects.trade.wallet import Wallet, evidence_scale, wallet
from helpers.subjects.trade.wallet import required_measures as wallet_looks_at

#: Columns used of the fact product_gaps, which is not cached.
_OF_THE_GAPS = (
    "product_id", "margin_place", "popularity_place", "peers", "buyers", "buyer_share", "typical_share",
    "expected_amount", "margin_rate", "expected_margin", "last_bought",
)  # fmt: skip
#: What became of proposals in all; the record of each way to propose uses more.
_OF_THE_TESTS = ("customer_id", "rule", "proposals", "bought", "net_amount", "margin_amount")
#: Number of customers whose products are shown.
MOST_CUSTOMERS = 10


class TradeQueries(SubjectQueries):
    """Purchases, share of wallet, and recommendations."""

    def trade(self) -> Trade:
        """Return trade of the month and year to date against expectation; see `helpers.subjects.trade.trade`.

        Examples
        --------
        >>> book.trade().customers[["customer_id", "month_amount", "month_expected_amount"]].head(2).round(2)
          customer_id  month_amount  month_expected_amount
        0      C00378     224359.29              410873.63
        1      C00393      78482.62              509019.49
        """
        facts = self.facts
        return trade(
            self._frame("customers", COMPANY),
            self._by_customer(required_measures(self.month), COMPANY),
            self._by_month("net_amount", trailing(self.month, MONTHS_LOOKED_AT), COMPANY),
            self._frame("unassigned_months", COMPANY),
            self._targets(COMPANY),
            self.month,
            facts.coverage.first_whole,
            keep=self._own_ids(),
            show_company_shares=self._shows_company_shares,
            after_day=self._year_ago_after_day(),
            year=self.year,
        )

    def _year_ago_after_day(self) -> tuple[pd.Series, pd.DataFrame] | None:
        """Return last year's sales of the month after the day it has reached; None if the month is over."""
        if self.until is None:
            return None
        rows = self._after_day(COMPANY)
        rows = rows.filter(rows.month == ibis.date(year_ago(self.month).to_timestamp().date()))
        sums = to_pandas(rows.group_by(["customer_id", "month"]).agg(net_amount=rows.net_amount.sum()))
        named = sums.dropna(subset="customer_id")
        return named.set_index("customer_id")["net_amount"], sums[sums["customer_id"].isna()]

    def wallet(self) -> Wallet | None:
        """Return shares of wallet; None without wallet_evidence. See `helpers.subjects.trade.wallet`.

        Examples
        --------
        >>> book.wallet().customers[["customer_id", "own_amount", "best_method", "share"]].head(2).round(2)
          customer_id  own_amount best_method  share
        0      C00256        0.00        plan   0.00
        1      C00400  3683121.59        plan   0.36
        """
        if not self.tables.has("wallet_evidence"):
            return None
        rules = self.settings.grades
        return wallet(
            self.frame("wallet_estimates"), self.frame("customers"),
            self._by_customer(wallet_looks_at(self.month)), self.month, rules.wallet_methods,
            rules.wallet_months, self.settings.trade,
            self._cache.get_or_compute("evidence_scale", self._evidence_scale), self.year,
        )  # fmt: skip

    def _evidence_scale(self) -> float:
        rules = self.settings.grades
        evidence = self.facts.frame("wallet_estimates")
        return evidence_scale(
            evidence, self.month, rules.wallet_methods, rules.wallet_months, self.settings.trade, self.year
        )

    def products(self, by: str | None = None) -> Products | None:
        """Return product figures overall or by trade class; None if lines do not name products.

        Parameters
        ----------
        by
            None or ``trade_class``.

        Examples
        --------
        >>> book.products("trade_class").products[["group", "product_id", "rank", "net_amount"]].head(2)
                            group product_id  rank  net_amount
        0  Volume and chain shops       D001     1  1239324.58
        1  Volume and chain shops       B042     2  1061716.51
        """
        if not self._names_products:
            return None
        sold = "company_product_window" if self.scope == COMPANY else "product_window"
        return products(self.frame(sold), self._product_list(), by)

    def _product_list(self) -> pd.DataFrame:
        """Return the fact product_list; for a scope the company's turnover is rounded or left out."""
        known = self.frame("product_list")
        if self.scope == COMPANY:
            return known
        turnover = disclosed_mean(known["turnover"])
        return known.assign(turnover=turnover if self._shows_company_shares else np.nan)

    def customer_products(self, customer_ids: list[str] | None = None) -> Products | None:
        """Return product figures of single customers of the scope; None if lines do not name products.

        Parameters
        ----------
        customer_ids
            Ids of others than the scope's own are left out; None takes the largest of the year to date.

        Examples
        --------
        >>> book.customer_products(["C00003"]).products[["product_id", "rank", "net_amount"]].head(2)
          product_id  rank  net_amount
        0       G014     1    20310.91
        1       C044     2    12915.67
        """
        if not self._names_products:
            return None
        if customer_ids is None:
            customer_ids = self.trade().customers["customer_id"].head(MOST_CUSTOMERS).tolist()
        everybody = self.frame("customers")["customer_id"]
        own = everybody[everybody.isin(customer_ids)]
        rows = products_of(self.facts, sorted(own))
        return products(rows, self._product_list(), "customer_id")

    def buyers(self, product_id: str) -> pd.DataFrame:
        """Return the scope's buyers of a product in the window.

        Returns
        -------
        pandas.DataFrame
            customer_id, name, trade_class, net_amount (less what was returned), quantity: the largest sales first.

        Examples
        --------
        >>> book.buyers("D001")[["customer_id", "net_amount"]].head(2)
          customer_id  net_amount
        0      C00393   396052.02
        1      C00148   221322.62
        """
        sold = self._own_customer_products()
        rows = to_pandas(
            sold.filter(sold.product_id == product_id).select("customer_id", "net_amount", "quantity")
        )
        known = self.frame("customers")[["customer_id", "name", "trade_class"]]
        found = known.merge(rows, on="customer_id")
        return largest_first(found, "net_amount", ignore_index=True)

    def buyers_of_each(self, most_products: int = 200, most: int = 25) -> pd.DataFrame | None:
        """Return the scope's buyers of each best-selling product; None if lines do not name products.

        Returns
        -------
        pandas.DataFrame
            product_id, product_name, customer_id, name, net_amount: product by product as `products` has them, of each
            the ``most`` largest customers and then, without a customer_id, what all others and lines that name no
            customer bring, so that a product's rows add up to its net sales.

        Examples
        --------
        >>> book.buyers_of_each()[["product_id", "customer_id", "net_amount"]].head(2)
          product_id customer_id  net_amount
        0       D001      C00393   396052.02
        1       D001      C00148   221322.62
        """
        sold = self.products()
        if sold is None:
            return None
        listed = sold.products.dropna(subset="product_id").head(most_products).set_index("product_id")
        table, customers = self._own_customer_products(), self.frame("customers")[["customer_id", "name"]]
        table = table.filter(table.product_id.isin(listed.index.tolist()), table.net_amount != 0)
        first = [table.net_amount.desc(), table.customer_id]
        placed = table.mutate(place=ibis.row_number().over(group_by="product_id", order_by=first))
        kept = placed.filter(placed.place < most).order_by(["product_id", "place"])
        rows = to_pandas(kept.select("product_id", "customer_id", "net_amount"))
        rows = rows.merge(customers, on="customer_id")  # as they are
        named = sum_by(rows, "product_id", ["net_amount"])["net_amount"].reindex(listed.index, fill_value=0.0)
        rest = (listed["net_amount"] - named).round(4)
        with_others = pd.concat([rows, rest[rest != 0].rename("net_amount").reset_index()], ignore_index=True)
        with_others["product_name"] = look_up(with_others["product_id"], listed["name"])
        places = pd.Series(range(len(listed)), listed.index)
        return with_others.sort_values(
            "product_id", key=lambda ids: ids.map(places), kind="stable", ignore_index=True
        )

    def _own_customer_products(self) -> ir.Table:
        """Return the fact customer_products of the scope's customers."""
        sold = self.facts.table("customer_products")
        return sold if self.scope == COMPANY else by_customer(sold, self.scope, self.facts)

    def recommendations(self) -> Recommendations | None:
        """Return product recommendations; None if lines do not name products.

        Examples
        --------
        >>> book.recommendations().rows[["customer_id", "product_id", "peers", "buyers"]].head(2)
          customer_id product_id  peers  buyers
        0      C00400       D005     31      22
        1      C00400       B046     31      16
        """
        if not self._names_products:
            return None
        known = self.wallet()
        return recommendations(
            self._unkept("product_gaps", self.scope).columns(*_OF_THE_GAPS),
            self.frame("product_list"),
            self.frame("customers"),
            self.facts.frame("proposal_tests", self.scope, _OF_THE_TESTS),
            HIDDEN_MONTHS,
            self.month,
            self.settings.periods.window_months,
            self.settings.trade.recommended_products,
            None if known is None else known.customers,
            self._cache.get_or_compute(
                "proposal_record",
                lambda: proposal_record(self.facts.frame("proposal_tests"), HIDDEN_MONTHS, self.year.length),
            ),
            tells_record=self._shows_company_shares,
            tells_peers=self.scope == COMPANY,
            tests_sampled=self.facts.sampled_share < 1,
        )

    @property
    def _names_products(self) -> bool:
        return self.tables.has("order_lines", "product_id")
