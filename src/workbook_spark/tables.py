"""Standard tables by Spark: known by the state of their sources, built when that state is new."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.intake.cache import file_hash, is_whole, load, publish, tables_key, tables_of_run
from helpers.intake.tables import StandardTables
from helpers.settings.config import Settings
from helpers.settings.source import FileFormat
from workbook_spark.sources import SparkPlan, SparkSource, plan_sources, state_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


class _Spark:
    """Spark, started only when something has to be asked of it."""

    def __init__(self, settings: Settings, cache: Path) -> None:
        self._settings, self._cache = settings, cache

    @cached_property
    def session(self) -> SparkSession:
        from workbook_spark.session import open_session

        return open_session(self._settings.spark, self._cache)


def read_spark_tables(
    data: Path | str | Sequence[Path | str] | None, settings: Settings, cache: Path
) -> StandardTables:
    """Read a data set with Spark; parameters and errors are those of `helpers.intake.cache.read_tables`.

    Notes
    -----
    The state of a source is the content hash of its files where they lie on this machine; else
    ``spark.snapshot`` where it is given; else a hash over all its rows, by one scan.
    """
    from workbook_spark.session import answering

    with answering(settings.spark):
        return _read(plan_sources(data, settings), settings, cache)


def _read(plan: SparkPlan, settings: Settings, cache: Path) -> StandardTables:
    """Take the tables of a plan from the cache, or build them there."""
    spark = _Spark(settings, cache)
    sources = plan.sources()
    if not all(source.files for source in sources) and (known := tables_of_run(cache)) is not None:
        return known
    states = {source: _state(source, settings, cache, spark) for source in sources}
    used = [
        [[table, [[one.name, states[one][0]] for one in found]] for table, found in plan.tables.items()],
        [[table, name, one.name, states[one][0]] for (table, name), one in plan.lookups.items()],
    ]
    key = tables_key(["spark", used], settings, __name__)
    folder = cache / "tables" / key
    if not is_whole(folder):
        from workbook_spark.build import build_tables

        def build(temporary: Path) -> dict[str, Any]:
            result = build_tables(plan, settings, temporary, spark.session)
            inputs = [
                {"name": one.name, "sha256": sha256, "bytes": size, "rows": result["rows"].get(one, 0)}
                for one, (sha256, size) in states.items()
            ]
            return {"supplied": result["supplied"], "unknown": result["unknown"], "inputs": inputs}

        publish(key, folder, build)
    return load(folder)


def _state(source: SparkSource, settings: Settings, cache: Path, spark: _Spark) -> tuple[str, int]:
    """Return a hash that tells one state of a source from another, and its bytes where they are known (else 0)."""
    if source.files:
        if source.files == (top := Path(source.address),):
            return file_hash(top, cache), top.stat().st_size
        parts = [f"{path.relative_to(top.parent)} {file_hash(path, cache)}" for path in source.files]
        return _hashed("\n".join(parts)), sum(path.stat().st_size for path in source.files)
    if settings.spark.snapshot:
        return _hashed(f"{source.name}\0{source.address}\0{settings.spark.snapshot}"), 0
    form = FileFormat(**{key: getattr(settings.source, key) for key in FileFormat.model_fields})
    return state_of(source, spark.session, form)[0], 0


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
