"""The scope of a report: the whole company, one team, or one salesperson."""

import difflib
import hashlib
import re
from dataclasses import dataclass
from typing import Literal, get_args

import pandas as pd

from helpers.errors import WorkbookError

ScopeKind = Literal["company", "team", "salesperson"]


@dataclass(frozen=True)
class Scope:
    """Whose customers a report shows.

    Attributes
    ----------
    kind
        ``company``, ``team`` or ``salesperson``.
    id
        The team's name or the salesperson's id; empty for the company.
    name
        What a reader calls it; the id where no name is known.
    """

    kind: ScopeKind = "company"
    id: str = ""
    name: str = ""

    @property
    def text(self) -> str:
        """The scope as text: ``company``, ``team:NAME`` or ``salesperson:ID``, as `parse_scope` reads it."""
        return ":".join(part for part in (self.kind, self.id) if part)

    @property
    def slug(self) -> str:
        """A folder name: lower-case ASCII letters, digits and hyphens, and a hash of the exact id.

        Ids are data: they may hold slashes, dots or any script. The hash keeps two ids apart that read alike.
        """
        if self.kind == "company":
            return "company"
        readable = re.sub(r"[^a-z0-9]+", "-", self.id.lower()).strip("-")[:40].strip("-")
        digest = hashlib.sha256(self.id.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        return "-".join(part for part in (self.kind, readable, digest) if part)

    def owns(self, customers: pd.DataFrame) -> pd.Series:
        """Tell for each row of a frame with ``salesperson_id`` and ``team`` whether it is in the scope."""
        if self.kind == "company":
            return pd.Series(True, index=customers.index)
        column = "team" if self.kind == "team" else "salesperson_id"
        return (customers[column] == self.id).fillna(False).astype(bool)


COMPANY = Scope()


def scope_kind(text: str) -> ScopeKind:
    """Return the kind of a scope as typed; ``company`` of one that `parse_scope` will refuse."""
    kind = _parted(text)[0]
    return "team" if kind == "team" else "salesperson" if kind == "salesperson" else "company"


def parse_scope(text: str, owners: pd.DataFrame) -> Scope:
    """Read ``company``, ``team:X`` or ``salesperson:Y``.

    Parameters
    ----------
    text
        The scope as typed. Y is the salesperson's id, or the exact name where only one salesperson has it.
    owners
        salesperson_id, salesperson_name, team of those whom a report can be made for; rows may repeat.

    Raises
    ------
    WorkbookError
        The text has another form, or names a team or salesperson that is not there (near matches are listed),
        or a name that several salespeople share (their ids are listed).
    """
    kind, wanted = _parted(text)
    if kind == "company" and not wanted:
        return COMPANY
    if kind not in get_args(ScopeKind) or kind == "company" or not wanted:
        raise WorkbookError(
            f"The scope '{text}' is not understood. "
            "Use company, team:NAME or salesperson:ID (or the salesperson's exact name)."
        )
    if kind == "team":
        teams = sorted(owners["team"].dropna().unique())
        if wanted in teams:
            return Scope("team", wanted, wanted)
        raise _unknown("team", wanted, teams)
    people = owners[["salesperson_id", "salesperson_name"]].dropna(subset="salesperson_id")
    people = people.drop_duplicates().sort_values("salesperson_id", kind="stable")
    found = people[people["salesperson_id"] == wanted]
    if found.empty:
        found = people[people["salesperson_name"] == wanted]
    if len(found) > 1:
        raise WorkbookError(
            f"Several salespeople are called '{wanted}': "
            f"use one of the ids {', '.join(found['salesperson_id'])}."
        )
    if found.empty:
        known = [*people["salesperson_id"], *people["salesperson_name"].dropna().drop_duplicates()]
        raise _unknown("salesperson", wanted, known)
    person, name = found.iloc[0]
    return Scope("salesperson", person, person if pd.isna(name) else name)


def _parted(text: str) -> tuple[str, str]:
    """Part kind and name at the first colon, which a Chinese keyboard writes full-width."""
    kind, *wanted = re.split("[:：]", text, maxsplit=1)
    return kind.strip(), "".join(wanted).strip()


def _unknown(kind: str, wanted: str, known: list[str]) -> WorkbookError:
    by_folded = {value.casefold(): value for value in reversed(known)}
    near = difflib.get_close_matches(wanted.casefold(), list(by_folded), n=5, cutoff=0.5)
    if near:
        hint = "Near matches: " + ", ".join(by_folded[value] for value in near)
    elif known:
        shown = ", ".join(known[:10])
        hint = f"There are: {shown}" + (f" and {len(known) - 10} more" if len(known) > 10 else "")
    else:
        hint = f"The data name no {kind} as of this month"
    return WorkbookError(f"There is no {kind} '{wanted}'. {hint}.")
