"""Groups of customers as of a month end: by ultimate parent or by buying group, for the company or within an owner."""

import datetime as dt
from collections.abc import Mapping
from itertools import pairwise

import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.core.frames.lookup import largest_first
from helpers.core.scope import ScopeKind
from helpers.engine.as_of import MONEY
from helpers.errors import WorkbookError

#: Stands for "no owner": an owner's part of a group is one customer, and so is the part that nobody owns.
_NOBODY = "\0"
UNITS = ["customer_id", "counts_as", "group_id", "group_name", "is_head"]


def ultimate_parents(parent_of: Mapping[str, str], month_end: dt.date) -> dict[str, str]:
    """Return the last parent above each customer that has another parent than itself.

    A parent may be a company that is no customer.

    Raises
    ------
    WorkbookError
        Parents go round in a circle; the message names the customers.
    """
    last: dict[str, str] = {}
    for customer in sorted(parent_of):
        path = [customer]
        while path[-1] in parent_of and path[-1] not in last and parent_of[path[-1]] != path[-1]:
            path.append(parent_of[path[-1]])
            if path[-1] in path[:-1]:
                circle = path[path.index(path[-1]) :]
                chain = ", ".join(f"{one} belongs to {other}" for one, other in pairwise(circle))
                raise WorkbookError(
                    f"customers, column parent_id: parents go round in a circle as of {month_end}: {chain}. Correct "
                    'one of them in the customer file, or count by account ([customers] count = "account").'
                )
        top = last.get(path[-1], path[-1])
        last |= dict.fromkeys(path[:-1], top)
    return last


def by_parent(accounts: pd.DataFrame, month_end: dt.date) -> pd.DataFrame:
    """Return customer_id, group_id and group_name (missing) of parents and their children; see `ultimate_parents`.

    Parameters
    ----------
    accounts
        customer_id, parent_id.
    """
    known = accounts.dropna(subset="parent_id")
    parents = ultimate_parents(dict(zip(known["customer_id"], known["parent_id"], strict=True)), month_end)
    heads = set(parents.values())
    own = accounts["customer_id"]
    members = pd.DataFrame({"customer_id": own, "group_id": own.map(parents)})
    members["group_id"] = members["group_id"].where(members["group_id"].notna(), own.where(own.isin(heads)))
    return members.dropna(subset="group_id").assign(group_name=None).reset_index(drop=True)


def by_buying_group(rows: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Return customer_id, group_id and group_name of the members of buying groups.

    Parameters
    ----------
    rows
        The rows of ``buying_groups`` that hold at the month end.
    accounts
        customer_id of all customers.

    Raises
    ------
    WorkbookError
        A group has the number of a customer that is no member of it: they would be counted as one.
    """
    members = rows.dropna(subset="group_id")[["customer_id", "group_id", "group_name"]]
    members = members[members["customer_id"].isin(accounts["customer_id"])]
    own_group = dict(zip(members["customer_id"], members["group_id"], strict=True))
    for group in sorted(set(members["group_id"]) & set(accounts["customer_id"])):
        if own_group.get(group) != group:
            raise WorkbookError(
                f"buying_groups, column group_id: {group} is also the number of a customer who is not in that group. "
                "Give the group another number, or add a row that says that the customer is in it."
            )
    return members.reset_index(drop=True)


def assign_units(members: pd.DataFrame, accounts: pd.DataFrame, within: ScopeKind) -> pd.DataFrame:
    """Return under which number each member counts.

    For the company that is the group's. Within an owner (salesperson or team) a group that has several owners falls
    into one customer an owner: the head where it is among them, else the first of its members in the order of
    numbers. So the part of one owner rests on nothing of the others, and is not called after them.

    Parameters
    ----------
    members
        See `by_parent` and `by_buying_group`.
    accounts
        customer_id, salesperson_id, team.

    Returns
    -------
    pandas.DataFrame
        `UNITS`, one row a member, in the order of numbers.
    """
    units = members.sort_values("customer_id", kind="stable").reset_index(drop=True)
    units["is_head"] = units["customer_id"] == units["group_id"]
    units["counts_as"] = units["group_id"]
    if within != "company" and len(units):
        column = "team" if within == "team" else "salesperson_id"
        owner = units["customer_id"].map(accounts.set_index("customer_id")[column]).fillna(_NOBODY)
        several = owner.groupby(units["group_id"]).transform("nunique") > 1
        head_first = largest_first(units, "is_head")
        parts = head_first.groupby([head_first["group_id"], owner.loc[head_first.index]])
        first = parts["customer_id"].transform("first")
        units["counts_as"] = units["group_id"].where(~several, first.reindex(units.index))
    return units[UNITS]


def unit_table(units: pd.DataFrame) -> ir.Table:
    """Return `assign_units` as a table of the engine; its key is called ``member_id``."""
    texts = units[["customer_id", "counts_as", "group_name"]].rename(columns={"customer_id": "member_id"})
    schema = {"member_id": "string", "counts_as": "string", "group_name": "string", "is_head": "boolean"}
    frame = texts.astype("str").where(texts.notna(), None).assign(is_head=units["is_head"].astype("bool"))
    return ibis.memtable(frame, schema=ibis.schema(schema))


def unit_records(accounts: ir.Table, units: ir.Table, columns: tuple[str, ...]) -> ir.Table:
    """Return one record a customer that counts, of those of its members; with the columns of the table ``customers``.

    What the head's record says holds; where it says nothing, or no member is the head, what all members say that say
    anything. Credit limits add up; the first contact is the earliest; a group is closed when all members are,
    without a day where one of them has none.

    Parameters
    ----------
    accounts
        The fact ``customers`` by account.
    units
        See `unit_table`.
    columns
        Those of the standard table, in order.
    """
    rows = accounts.filter(accounts.known)
    rows = rows.left_join(units, rows.customer_id == units.member_id)
    rows = rows.mutate(
        unit=ibis.coalesce(rows.counts_as, rows.customer_id),
        is_first=ibis.coalesce(rows.is_head, ibis.literal(True)),
    )
    own, name = rows.customer_id == rows.unit, rows["name"]
    all_closed, no_day = (~rows.closed).sum() == 0, rows.closed_date.isnull()  # noqa: PD003

    def of_unit(name: str) -> ir.Value:
        value = rows[name]
        shared = (value.min() == value.max()).ifelse(value.min(), ibis.null(value.type()))
        return ibis.coalesce(value.max(where=rows.is_first), shared)

    of_its_own: dict[str, ir.Value] = {
        "name": ibis.coalesce(
            name.max(where=rows.is_first), rows.group_name.max(), name.max(where=own), of_unit("name")
        ),
        "salesperson_id": ibis.coalesce(of_unit("salesperson_id"), rows.salesperson_id.max(where=own)),
        "credit_limit": rows.credit_limit.sum().cast(MONEY),
        "first_contact_date": rows.first_contact_date.min(),
        "valid_from": rows.valid_from.max(),
        "parent_id": ibis.null("string"),
        "status": all_closed.ifelse(
            ibis.coalesce(rows.status.max(where=no_day), rows.status.max()), ibis.null("string")
        ),
        "closed_date": (all_closed & (no_day.sum() == 0)).ifelse(rows.closed_date.max(), ibis.null("date")),
        # What tells of one address or one registration is an account's: the fact has none of it.
        **{name: ibis.null("string") for name in columns if name not in rows.columns},
    }
    names = [name for name in columns if name != "customer_id"]
    sums = {name: of_its_own[name] if name in of_its_own else of_unit(name) for name in names}
    return rows.group_by(customer_id=rows.unit).agg(**sums).select(*columns)
