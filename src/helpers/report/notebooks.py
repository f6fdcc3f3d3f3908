"""The notebooks of a report: which there are, and which of them others wait for."""

from __future__ import annotations

from pathlib import Path

from helpers.errors import WorkbookError

LEARNING_CHURN = "04_churn_signals.ipynb"
"""The notebook that learns how likely customers are to leave, by which every page weighs its findings."""
SUMMARY = "00_summary.ipynb"
"""The notebook that is the front page of every pack."""
READ_BY_THE_CARD = (
    LEARNING_CHURN,
    "03_lifetime_value.ipynb",
    "02_abc_tiering.ipynb",
    "07_targets_and_people.ipynb",
)
"""The notebooks whose subjects the card shows (`Subject.rows`), those first that learn what others look up."""
CARD = "05_customer_card.ipynb"
"""The notebook that reads what others have left of each customer (`helpers.subjects.customer_rows`)."""


def numbered_notebooks(folder: Path) -> list[Path]:
    """Return the notebooks whose names start with a number, in that order.

    Raises
    ------
    WorkbookError
        There is none.
    """
    found = sorted(path for path in folder.glob("*.ipynb") if path.name[0].isdigit())
    if not found:
        raise WorkbookError(f"There is no numbered notebook (such as 01_composition.ipynb) in {folder}.")
    return found
