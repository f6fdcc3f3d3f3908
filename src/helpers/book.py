"""The one door: ``open_book`` gives a notebook or a script everything about one month and scope."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pandas as pd

from helpers import config, intake
from helpers.analysis.bridge import Bridge, bridge
from helpers.analysis.composition import Composition, composition
from helpers.config import Settings
from helpers.errors import WorkbookError
from helpers.facts import Facts, last_complete_month
from helpers.intake.tables import StandardTables
from helpers.scope import Scope
from helpers.views.words import Words, words

if TYPE_CHECKING:
    from helpers.intake import Source


def read_data(
    data: str | Path | Sequence[str | Path] | None, map: str | Path | None = None
) -> tuple[StandardTables, Settings]:
    """Read (or take from the cache) the standard tables of a data set, with the settings that go with it.

    Parameters
    ----------
    data
        Folder, list of files, DuckDB file or database URL; None or "" is the sample.
    map
        Settings file; None or "" takes ``workbook.toml`` from the data folder where there is one.
    """
    source = data or config.SAMPLE_FOLDER
    map_path = Path(map) if map else None
    if map_path is None and isinstance(source, (str, Path)) and (beside := Path(source) / "workbook.toml").is_file():
        map_path = beside
    settings = config.load_settings(map_path)
    return intake.read_tables(source, settings, config.cache_folder()), settings
