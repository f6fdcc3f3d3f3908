"""`ScopedTables`: the standard tables for ad-hoc queries, as of the month end and cut to the scope."""

from __future__ import annotations

from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir

from helpers.core.mask import mask_key
from helpers.core.scope import COMPANY, Scope
from helpers.engine import as_of
from helpers.engine.fact import by_owner, by_target_scope
from helpers.engine.masked import mask_documents
from helpers.engine.store import FactStore
from helpers.engine.tables.as_of_tables import replace_merged_ids
from helpers.errors import WorkbookError
from helpers.intake.contracts import columns
from helpers.intake.tables import StandardTables
from helpers.settings.source import TABLE_NAMES, TableName


class TableNotSuppliedError(WorkbookError, AttributeError):
    """A standard table that the data do not have; also an AttributeError, as Python expects of a missing attribute."""


@dataclass(frozen=True, repr=False)
class ScopedTables(StandardTables):
    """The standard tables of a book, each an Ibis table to filter, join, group and add up.

    Nothing dated after the month end is in them, and in a team's or a salesperson's book nothing of other customers.
    What was not known at the month end, such as the settlement of a complaint that was then open, is missing; of masked
    customers documents have pseudonyms too. Nothing
    is read before ``to_pandas()`` (or ``execute()``) asks for it: millions of lines stay in the engine.

    Examples
    --------
    >>> lines = book.tables.order_lines
    >>> lines.group_by("channel").agg(sales=lines.net_amount.sum()).order_by("channel").to_pandas()
           channel        sales
    0       e-mail  62840702.92
    1        phone  55616831.97
    2  sales visit  51472955.84
    3   trade fair   7288788.02
    4     web shop  51825125.56
    """

    facts: FactStore = field(repr=False, compare=False)
    scope: Scope = field(compare=False)

    @classmethod
    def of(cls, tables: StandardTables, facts: FactStore, scope: Scope) -> ScopedTables:
        """Return the tables for ad-hoc queries about one scope."""
        return cls(tables.folder, tables.key, tables.supplied, tables.inputs, facts, scope)

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {', '.join(sorted(self.supplied))}"

    def __getattr__(self, name: str) -> ir.Table:
        if name.startswith("_") or name in TABLE_NAMES:
            return object.__getattribute__(self, name)  # says why it failed
        supplied = ", ".join(sorted(self.supplied))
        raise AttributeError(f"There is no table {name}; there are {supplied}.")

    @property
    def order_lines(self) -> ir.Table:
        """Order lines, and ``month``, the first day of the line's month.

        Examples
        --------
        >>> lines = book.tables.order_lines
        >>> sold = lines.group_by("product_id").agg(pieces=lines.quantity.sum())
        >>> sold.order_by(_.pieces.desc()).limit(2).to_pandas()
          product_id    pieces
        0       S026  279518.0
        1       B049  157051.0
        """
        self._check("order_lines")
        return self._pseudonymised(self._own(self.facts.lines))

    @property
    def customers(self) -> ir.Table:
        """Customer records: the row that holds at the month end, one a customer, so that a join repeats no line.

        Examples
        --------
        >>> lines, who = book.tables.order_lines, book.tables.customers
        >>> sold = lines.join(who.select("customer_id", "region"), "customer_id")
        >>> sold.group_by("region").agg(sales=sold.net_amount.sum()).order_by("region").limit(2).to_pandas()
               region        sales
        0  East China  50556828.58
        1      Europe  27908625.80
        """
        rows = self._own(as_of.current_rows(self._read("customers"), "customer_id", self.facts.month_end))
        return self._without_foreign(rows, "parent_id")

    @property
    def products(self) -> ir.Table:
        """Products launched by the month end: the row that holds then, one a product; stock is that of ``stock_date``.

        Examples
        --------
        >>> drills = book.tables.products.filter(_.category == "Drills").order_by("product_id")
        >>> drills.select("product_id", "name").limit(2).to_pandas()
          product_id                name
        0       D001    Hammer drill D30
        1       D005  Cordless drill D70
        """
        return as_of.current_rows(self._read("products"), "product_id", self.facts.month_end)

    @property
    def salespeople(self) -> ir.Table:
        """Salespeople as of the month end; of the scope alone.

        Examples
        --------
        >>> book.tables.salespeople.select("salesperson_id", "team").order_by("salesperson_id").head(2).to_pandas()
          salesperson_id                  team
        0            S01  East and North China
        1            S02  East and North China
        """
        rows = as_of.current_rows(self._read("salespeople"), "salesperson_id", self.facts.month_end)
        return rows if self.scope == COMPANY else by_owner(rows, self.scope, self.facts)

    @property
    def targets(self) -> ir.Table:
        """Targets that were set by the month end, those of the rest of its year among them; a scope's own.

        Examples
        --------
        >>> book.tables.targets.filter(_.period == "2026").count().to_pandas()
        17
        """
        rows = self._read("targets")
        return rows if self.scope == COMPANY else by_target_scope(rows, self.scope, self.facts)

    @property
    def invoices(self) -> ir.Table:
        """Invoices.

        Examples
        --------
        >>> owed = book.tables.invoices
        >>> invoiced = owed.group_by("customer_id").agg(invoiced=owed.amount.sum())
        >>> invoiced.order_by("customer_id").limit(2).to_pandas()
          customer_id   invoiced
        0      C00001  107522.78
        1      C00002  299252.71
        """
        return self._own(self._read("invoices"))

    @property
    def payments(self) -> ir.Table:
        """Payments; whose they are says the invoice they name, else the customer they name.

        Examples
        --------
        >>> book.tables.payments.filter(_.invoice_id.isnull()).count().to_pandas()
        89
        """
        rows = self._read("payments")
        if self.scope == COMPANY:
            return rows
        paid_by = rows.customer_id
        if self.has("invoices"):
            owed = self._read("invoices")
            owed = owed.select(
                known_id=owed.invoice_id, owed_by=owed.customer_id
            ).distinct()  # it may be in parts
            rows = rows.left_join(owed, rows.invoice_id == owed.known_id)
            paid_by = ibis.coalesce(rows.owed_by, rows.customer_id)
        marked = rows.mutate(paid_by=paid_by)
        ids = self._own_ids("paid_by")
        return _semi_joined(marked, ids, "paid_by").select(*(each.name for each in columns("payments")))

    @property
    def interactions(self) -> ir.Table:
        """Contacts with customers.

        Examples
        --------
        >>> book.tables.interactions.filter(_.kind == "visit").count().to_pandas()
        1562
        """
        return self._own(self._read("interactions"))

    @property
    def complaints(self) -> ir.Table:
        """Complaints opened by the month end; what was answered or settled later was still open.

        Examples
        --------
        >>> book.tables.complaints.filter(_.resolved_at.isnull()).count().to_pandas()
        28
        """
        rows = self._own(self._read("complaints"))
        later = {name: self._known(rows[name]) for name in ("first_response_at", "resolved_at")}
        return rows.mutate(**later)

    @property
    def surveys(self) -> ir.Table:
        """Answers to surveys.

        Examples
        --------
        >>> round(book.tables.surveys.score.mean().to_pandas(), 1)
        7.9
        """
        return self._own(self._read("surveys"))

    @property
    def wallet_evidence(self) -> ir.Table:
        """What is known of customers' purchases from everybody.

        Examples
        --------
        >>> book.tables.wallet_evidence.method.value_counts().order_by("method").to_pandas()
                   method  method_count
        0        accounts            32
        1      commitment            23
        2            plan            33
        3          resale            41
        4          stated            99
        5  stock_turnover            34
        6     third_party            36
        """
        return self._own(self._read("wallet_evidence"))

    @property
    def prospects(self) -> ir.Table:
        """Prospects first met by the month end; who was won later was still one.

        Examples
        --------
        >>> book.tables.prospects.grade.value_counts().order_by("grade").to_pandas()
          grade  grade_count
        0     A          109
        1     B          115
        2     C          131
        """
        rows = self._read("prospects")
        if self.scope != COMPANY:
            own = by_owner(self.facts.table("prospects"), self.scope, self.facts)
            rows = rows.semi_join(own, ["prospect_id", "salesperson_id"])
        rows = rows.mutate(converted_date=self._known(rows.converted_date))
        bought = self.facts.table("customer_summary")
        bought = bought.filter(~bought.first_purchase.isnull()).select(bought_id=bought.customer_id)
        rows = rows.left_join(bought, rows.converted_customer_id == bought.bought_id)
        rows = rows.mutate(converted_customer_id=rows.bought_id).drop("bought_id")
        return self._without_foreign(rows, "converted_customer_id")

    @property
    def customer_aliases(self) -> ir.Table:
        """What was decided by the month end of numbers that are one customer, as it was written; see ``counted``.

        All other tables here hold the number that counts in place of the ones merged into it.
        """
        rows = self._read("customer_aliases")
        if self.scope == COMPANY:
            return rows
        names = rows.columns
        written = {name: f"written_{name}" for name in ("customer_id", "same_as")}
        rows = rows.mutate(**{copy: rows[name] for name, copy in written.items()})
        rows = replace_merged_ids("", rows, self.facts.counted)
        for name in written:
            rows = rows.semi_join(self._own_ids(name), name)
        return rows.mutate(**{name: rows[copy] for name, copy in written.items()}).select(*names)

    @property
    def buying_groups(self) -> ir.Table:
        """Members of buying groups: the row that holds at the month end, one a customer."""
        rows = as_of.current_rows(self._read("buying_groups"), "customer_id", self.facts.month_end)
        return self._own(rows)

    @property
    def days_off(self) -> ir.Table:
        """The company's own days off and days worked, as they were known at the month end; see `core.calendar`."""
        return self._read("days_off")

    @property
    def exchange_rates(self) -> ir.Table:
        """Rates of other currencies as they were known at the month end; see `helpers.intake.values.rates`."""
        return self._read("exchange_rates")

    @property
    def action_results(self) -> ir.Table:
        """What was said by the month end of actions that reports of earlier months proposed."""
        return self._own(self._read("action_results"))

    @property
    def quotes(self) -> ir.Table:
        """Quotes made by the month end; what was decided later was open. Of prospects only the company's has them.

        Examples
        --------
        >>> book.tables.quotes.status.value_counts().order_by("status").to_pandas()
            status  status_count
        0  expired           314
        1     lost          1415
        2     open            48
        3      won          1835
        """
        rows = self._own(self._read("quotes"))
        later = (rows.decided_at > self._end).fill_null(False)
        open_then = {name: later.ifelse(ibis.null("string"), rows[name]) for name in ("reason", "order_id")}
        return rows.mutate(
            status=later.ifelse("open", rows.status), decided_at=self._known(rows.decided_at), **open_then
        )

    @property
    def deliveries(self) -> ir.Table:
        """Deliveries of orders up to the month end; what was shipped later was not shipped yet."""
        rows = _semi_joined(self._read("deliveries"), self.order_lines, "order_id")
        return rows.mutate(shipped_date=self._known(rows.shipped_date))

    @property
    def return_reasons(self) -> ir.Table:
        """Reasons of returns up to the month end, as they were known then."""
        return _semi_joined(self._read("return_reasons"), self.order_lines, "order_id")

    @property
    def rebate_agreements(self) -> ir.Table:
        """Brackets of the agreements known at the month end; in a part's book those with its own customers alone."""
        return self._own(self._read("rebate_agreements"))

    @property
    def rebate_payments(self) -> ir.Table:
        """Rebates given by the month end; in a part's book those of its `rebate_agreements`."""
        rows = self._read("rebate_payments")
        if self.scope == COMPANY:
            return rows
        if self.has("rebate_agreements"):
            return _semi_joined(rows, self.rebate_agreements, "agreement_id")
        return rows.limit(0)

    @property
    def costs(self) -> ir.Table:
        """Costs of serving customers; those of an order are whose order it is."""
        rows = self._read("costs")
        if self.scope == COMPANY:
            return rows
        lines = self.order_lines.select(own_order="order_id").distinct()
        joined = rows.left_join(lines, rows.order_id == lines.own_order)
        kept = joined.filter(
            joined.customer_id.isin(self._own_ids("own_id").own_id) | joined.own_order.notnull()
        )
        return kept.drop("own_order")

    @property
    def _end(self) -> ir.DateValue:
        return ibis.date(self.facts.year.last_day(self.facts.month))

    def _check(self, table: str) -> None:
        if not self.has(table):
            supplied = ", ".join(sorted(self.supplied))
            raise TableNotSuppliedError(
                f"The table {table} is not supplied; there are {supplied}. "
                "data/README.md lists what each table holds."
            )

    def _read(self, table: TableName) -> ir.Table:
        self._check(table)
        return self._pseudonymised(self.facts.standard(table))

    def _pseudonymised(self, rows: ir.Table) -> ir.Table:
        """Give masked documents pseudonyms, as their customers have them already."""
        return mask_documents(rows, key) if (key := mask_key()) else rows

    def _known(self, value: ir.Value) -> ir.Value:
        """A day or moment where it had come by the month end, else missing."""
        return (value.cast("date") <= self._end).ifelse(value, ibis.null(value.type()))

    def _own_ids(self, name: str) -> ir.Table:
        owned = by_owner(self.facts.table("customers"), self.scope, self.facts)
        return owned.select(**{name: owned.customer_id})

    def _own(self, rows: ir.Table) -> ir.Table:
        return (
            rows if self.scope == COMPANY else _semi_joined(rows, self._own_ids("customer_id"), "customer_id")
        )

    def _without_foreign(self, rows: ir.Table, column: str) -> ir.Table:
        """Leave out which customer of others a row refers to."""
        if self.scope == COMPANY:
            return rows
        ids = self._own_ids("own_id")
        joined = rows.left_join(ids, rows[column] == ids.own_id)
        return joined.mutate(**{column: joined.own_id}).drop("own_id")


def _semi_joined(rows: ir.Table, keys: ir.Table, name: str) -> ir.Table:
    """Return the rows whose key is among others, as a table that can be joined further.

    Of a join that nothing follows, Ibis takes a further join for a part, and its columns for none of that.
    """
    return rows.semi_join(keys, name).mutate()
