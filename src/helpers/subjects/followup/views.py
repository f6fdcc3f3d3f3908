"""What is to be done and what became of it, for readers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from helpers.present.findings import Findings
from helpers.present.numbers import Numbers
from helpers.present.table import Table
from helpers.subjects.followup.sheet import actions_file
from helpers.subjects.summary.action_list import ActionList


def with_sheet(
    shown: Sequence[Table | Findings], result: ActionList, month: pd.Period, n: Numbers
) -> list[Table | Findings]:
    """Return what the front page shows of a list, whose first table has all actions with it as a file."""
    first, *rest = shown
    if not isinstance(first, Table):
        return list(shown)
    return [replace(first, whole=actions_file(result, month, n)), *rest]
