"""What Spark writes into the cache: counted there and again here, so that no row is lost in silence.

A worker that does not see the cache folder writes to a disk of its own, and Spark takes that for done.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import WorkbookError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SHARE_THE_CACHE = (
    "This machine and all of Spark's workers must see the cache under the same path: set WORKBOOK_CACHE to such a "
    "folder, on a network file system for instance, and see that it is mounted on every worker."
)


def write_counted(frame: DataFrame, folder: Path | str) -> None:
    """Write a table as a folder of Parquet, and see that all rows that Spark wrote have arrived here.

    Raises
    ------
    WorkbookError
        Some have not: Spark, or one of its workers, does not see this folder.
    """
    if is_remote(frame):
        from pyspark.sql.connect.functions import expr
        from pyspark.sql.connect.observation import Observation
    else:
        from pyspark.sql import Observation  # type: ignore[assignment]
        from pyspark.sql.functions import expr

    counted: Any = Observation()
    frame.observe(counted, expr("count(*)").alias("rows")).write.parquet(str(folder))
    # Of a table that Spark knows to be empty without looking, it counts nothing.
    written, arrived = counted.get.get("rows", 0), _rows_in(Path(folder))
    if arrived != written:
        raise WorkbookError(
            f"Of {written:,} rows that Spark wrote to {Path(folder).parent}, {arrived:,} have arrived here. "
            f"{SHARE_THE_CACHE}"
        )


def is_remote(one: DataFrame | SparkSession) -> bool:
    """Whether this is Spark Connect's, not of a Spark in this process."""
    return type(one).__module__.startswith("pyspark.sql.connect.")


def _rows_in(folder: Path) -> int:
    import pyarrow.parquet as pq

    return sum(pq.read_metadata(part).num_rows for part in folder.glob("*.parquet"))
