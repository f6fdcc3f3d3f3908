"""The notebooks of a report: which there are, and which of them others wait for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.errors import WorkbookError

if TYPE_CHECKING:
    from helpers.settings.config import Settings

LEARNING_CHURN = "04_churn_signals.ipynb"
"""The notebook that learns how likely customers are to leave, by which every page weighs its findings."""
SUMMARY = "00_summary.ipynb"
"""The notebook that is the front page of every pack."""
READ_BY_THE_CARD = (
    LEARNING_CHURN,
    "03_lifetime_value.ipynb",
    "02_abc_tiering.ipynb",
    "07_targets_and_people.ipynb",
    "10_rebates_and_margin.ipynb",
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


def report_notebooks(settings: Settings, settings_file: Path | None) -> list[Path]:
    """Return the notebooks of a report: the workbook's, then those of the folder that ``[pages]`` names, by name.

    Parameters
    ----------
    settings, settings_file
        The settings, and the file they are from: the folder is seen from there.

    Raises
    ------
    WorkbookError
        The folder is not there or holds no notebook, or a notebook's name is taken or none that a page can have.
    """
    from helpers.settings.config import NOTEBOOKS_FOLDER  # pydantic and all: who coordinates does without

    ours = numbered_notebooks(NOTEBOOKS_FOLDER)
    if not settings.pages.folder or settings_file is None:
        return ours
    folder = settings_file.absolute().parent / settings.pages.folder
    if not folder.is_dir():
        raise WorkbookError(
            f"[pages] folder: there is no folder {settings.pages.folder} beside {settings_file.name}."
        )
    own = sorted(folder.glob("*.ipynb"))
    if not own:
        raise WorkbookError(f"[pages] folder: there is no notebook (*.ipynb) in {settings.pages.folder}.")
    taken = {"index", *(path.stem.lower() for path in ours)}
    for path in own:
        if path.stem.lower() in taken:
            raise WorkbookError(
                f"[pages] folder: {path.name} is called as a page of the workbook; rename it."
            )
        if not re.fullmatch(r"[\w-]+", path.stem):
            raise WorkbookError(
                f"[pages] folder: {path.name} cannot be the name of a page: use letters, digits, - and _ before .ipynb."
            )
    return [*ours, *own]
