"""Facts whose rows belong to a month: what a report has computed stays, and the next one adds the months since.

A row of such a fact rests on nothing dated after its own month. So the rows up to a month are named by what the tables
held up to that month (`helpers.engine.months.history`), not by the report that asked for them: as long as nothing was
changed there, every later report, of these data or of the next delivery, takes them over, and a report of an earlier
month takes the rows up to its own. What was changed in the past has another name from that month on, and is computed
again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.core.files.integrity import is_intact
from helpers.core.files.publish import published_folder
from helpers.engine.connection import write_parquet
from helpers.engine.facts import Facts
from helpers.engine.months.history import HistorySource, history_of

#: The facts, and a month: the fact's rows of the months after it (None: of all) up to the report's.
RowsAfter = Callable[[Facts, "pd.Period | None"], ir.Table]


@dataclass(frozen=True)
class Monthly:
    """How a fact grows month by month.

    Attributes
    ----------
    rows
        Computes the rows after a month. Their column ``month`` (DATE, a day of it) says which month a row belongs to;
        it may depend on nothing dated after that.
    made_of
        What of the standard tables the rows are made of; tables that are not supplied have no part in it.
    months
        So many months are wanted, the report's included; None: all. It has to be given where the first month of the
        rows depends on the report's.
    """

    rows: RowsAfter
    made_of: tuple[HistorySource, ...]
    months: int | None = None


def folder_of_months(facts: Facts, name: str, monthly: Monthly) -> Path:
    """Return the folder that holds the rows, or is to hold them.

    Where all months are wanted, the rows of a later report hold those of this one, if nothing up to this month differs.
    """
    folders = _folders(facts, name, monthly)
    own = folders[facts.month]
    if own.exists() or monthly.months is not None:
        return own
    later = (folder for month, folder in folders.items() if month > facts.month and folder.exists())
    return next(later, own)


def add_months(facts: Facts, name: str, monthly: Monthly, folder: Path) -> None:
    """Compute the rows since the latest month up to which they are there, and put them beside those."""
    folders = _folders(facts, name, monthly)
    before = [month for month, other in folders.items() if month < facts.month and is_intact(other)]
    last = before[-1] if before else None

    with published_folder(folder) as draft:
        for file in sorted(folders[last].glob("*.parquet")) if last is not None else []:
            _link(file, draft / file.name)
        write_parquet(facts.engine, monthly.rows(facts, last), draft / f"{facts.month}.parquet")


def within_report(rows: ir.Table, facts: Facts, monthly: Monthly) -> ir.Table:
    """Leave out the months that the report does not ask for."""
    rows = rows.filter(rows.month <= ibis.date(facts.month.to_timestamp(how="end").date()))
    if monthly.months is None:
        return rows
    first = facts.month - monthly.months + 1
    return rows.filter(rows.month >= ibis.date(first.to_timestamp().date()))


def _folders(facts: Facts, name: str, monthly: Monthly) -> dict[pd.Period, Path]:
    """Return, ascending by month, the folder of the rows up to each month of the data."""
    if name not in facts.folders_of_months:
        facts.folders_of_months[name] = {
            month: facts.months_folder / key / f"{name}.parquet"
            for month, key in _keys(facts, name, monthly).items()
        }
    return facts.folders_of_months[name]


def _keys(facts: Facts, name: str, monthly: Monthly) -> dict[pd.Period, str]:
    """Name, for each month, all that the rows up to it rest on.

    Which tables and columns are supplied at all counts for every fact, whether or not it says that it is made of them:
    what a fact leaves out for want of a table must not be found again once the table is there, nor the other way round.
    """
    supplied = [dated for dated in monthly.made_of if facts.tables.has(dated.table)]
    histories = [history_of(facts, dated) for dated in supplied]
    there = {table: sorted(columns) for table, columns in sorted(facts.tables.supplied.items())}
    start = [[name, facts.code_key], [str(dated) for dated in supplied], there]
    digest = hashlib.sha256(repr(start).encode())
    digest.update(repr([held.get("") for held in histories]).encode())
    keys = {}
    for text in sorted({month for held in histories for month in held if month} | {str(facts.month)}):
        digest.update(repr([text, [held.get(text) for held in histories]]).encode())
        keys[pd.Period(text, freq="M")] = digest.hexdigest()[:32]
    return keys


def _link(file: Path, link: Path) -> None:
    try:
        os.link(file, link)
    except OSError:  # a file system without links
        shutil.copyfile(file, link)
