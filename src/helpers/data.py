"""The data of a workbook, read and held against its settings: what a check needs of it, and no subject.

The subjects bring statistics and charts, whose import takes longer than reading a small company's data. So what the
settings say of signals is held against them only where they say something.
"""

from collections.abc import Sequence
from pathlib import Path

from helpers import intake
from helpers.core.periods import CompanyYear
from helpers.engine.connection import connect, from_parquet, to_pandas
from helpers.engine.tables.labels import check_labels
from helpers.errors import WorkbookError
from helpers.intake.tables import StandardTables
from helpers.settings import config
from helpers.settings.config import Settings

Data = str | Path | Sequence[str | Path] | None
#: What has to be supplied for a way of counting customers.
COUNTED_BY = {"group": ("customers", "parent_id"), "buying_group": ("buying_groups", "group_id")}


def read_data(data: Data, map: str | Path | None = None) -> tuple[StandardTables, Settings]:
    """Read the standard tables of a data set (or take them from the cache), with the settings that go with it.

    Parameters and errors are those of `helpers.book.open_book`.
    """
    source: Data = data or config.SAMPLE_FOLDER
    map_path = Path(map) if map else None
    if map_path is None and isinstance(source, (str, Path)):
        map_path = config.settings_beside(source)
    settings = config.load_settings(map_path)
    if settings.playbook.steps:
        from helpers.subjects.signals.catalogue import check_steps

        check_steps(settings.playbook)
    if not data and settings.source.engine == "spark" and settings.tables:
        source = (
            None  # the map says where the tables are; the sample is not to fill in for those it leaves out
        )
    tables = intake.read_tables(source, settings, config.cache_folder())
    check_periods(tables, settings)
    check_labels(tables, settings, config.cache_folder())
    if settings.signals:
        from helpers.subjects.own.signals import check_own
        from helpers.subjects.signals.catalogue import SIGNALS

        check_own(settings.signals, tables, {each.name for each in SIGNALS})
    needed = COUNTED_BY.get(settings.customers.count, ())
    if needed and not tables.has(*needed):
        required = ".".join(needed)
        raise WorkbookError(
            f'[customers] count = "{settings.customers.count}" needs {required}, which the data do not have. Supply '
            "it, or leave the line out: customers are then counted by account."
        )
    return tables, settings


def check_periods(tables: StandardTables, settings: Settings) -> None:
    """Raise a WorkbookError where the company's year or months do not fit the data.

    A target's period may be of two years (`CompanyYear.target_months`), or order lines are in no period.
    """
    year = CompanyYear.of(settings.periods)
    if year.is_calendar and year.months is None:
        return
    engine = connect(config.cache_folder())
    try:
        if tables.has("targets"):
            periods = (
                from_parquet(engine, tables.path("targets")).select("period").distinct().order_by("period")
            )
            for text in to_pandas(periods)["period"]:
                year.target_months(text)
        days = from_parquet(engine, tables.path("order_lines")).order_date
        first, last = to_pandas(days.as_table().agg(first=days.min(), last=days.max())).iloc[0]
    finally:
        engine.disconnect()
    known = year.months.periods if year.months else ()
    if known and (first.date() < known[0].first or last.date() > known[-1].last):
        raise WorkbookError(
            f"The order lines are of {first:%Y-%m-%d} to {last:%Y-%m-%d}, and the company's periods of "
            f"{known[0].first} to {known[-1].last}. Add those that are missing to the table of [periods] in "
            "workbook.toml, or set the order lines aside."
        )
