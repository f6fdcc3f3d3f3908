"""Facts on Spark: the same expressions, computed by Spark and kept as Parquet that the embedded engine reads."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.backends.pyspark import Backend
from ibis.backends.pyspark.datatypes import PySparkSchema
from ibis.backends.sql.compilers.pyspark import PySparkCompiler

from helpers.core.files.integrity import discard, is_intact
from helpers.core.files.publish import published_folder
from helpers.engine.facts import Score
from helpers.engine.scoring import score_batches
from helpers.engine.store import FactStore
from helpers.errors import WorkbookError
from helpers.intake.reading.readers import engine_errors, first_line
from helpers.settings import config
from workbook_spark.session import answering, open_session
from workbook_spark.written import SHARE_THE_CACHE, write_counted

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


#: Of a model that workers are to apply: they have no such package, another Python, or none.
_NO_PYTHON = re.compile(r"ModuleNotFoundError: .*|\[PYTHON_VERSION_MISMATCH\].*|Cannot run program .*")


class _Compiler(PySparkCompiler):
    """What Ibis 12 writes for Spark, but for two things that it takes over from other engines."""

    __slots__ = ()

    def visit_DateTruncate(self, op: Any, *, arg: Any, unit: Any) -> Any:
        """DATE_TRUNC gives a timestamp even for a date, and Ibis, which counts on a date, casts nothing back."""
        return self.f.anon.trunc(arg, unit.singular)

    def visit_CountStar(self, op: Any, *, arg: Any, where: Any) -> Any:
        """Ibis adds up the condition, which is NULL, not 0, where it is NULL throughout."""
        return (
            self.f.anon.count_if(where)
            if where is not None
            else super().visit_CountStar(op, arg=arg, where=where)
        )


def as_declared(table: ir.Table) -> ir.Table:
    """Cast every column to the type that the expression says it has.

    Spark differs where Ibis does not know of it (its DATEDIFF is an INT), and ``cast`` does nothing where Ibis sees no
    difference.
    """
    casts = {name: ops.Cast(table[name], kind).to_expr() for name, kind in table.schema().items()}
    return table.select(**casts)


class SparkEngine(Backend):
    """Ibis' backend with the compiler above."""

    compiler = _Compiler()

    def frame_of(self, table: ir.Table) -> DataFrame:
        """Give a table as Spark's own, with what it needs of this process handed over."""
        self._run_pre_execute_hooks(table)
        return self._session.sql(self.compile(table))


class SparkFacts(FactStore):
    """The facts as Spark sees them: what `helpers.engine.fact.Fact.build` is given there.

    Tables are read from the same folders as by the embedded engine, and facts that build on others share theirs.
    """

    def __init__(self, facts: FactStore) -> None:
        shared = (
            "tables",
            "month",
            "settings",
            "month_end",
            "folder",
            "history_folder",
            "days_with_data",
            "coverage",
            "_mask_key",
            "counted",
            "units",
            "accounts",
            "within",
            "registry",
        )
        for name in shared:
            self.__dict__[name] = getattr(facts, name)
        self._read_already = {}
        self.engine = connect(facts)

    def table(self, name: str) -> ir.Table:
        """Return a fact as a table of Spark's; computed where it is not there yet."""
        path = self.folder / f"{name}.parquet"
        with answering(self.settings.spark):
            if not is_intact(path):
                discard(path)
                self._write(self.registry[name].build(self), path)
            return self._parquet(path)

    def _write(self, table: ir.Table, path: Path) -> None:
        rows = self.engine.frame_of(as_declared(table))
        _write_folder(path, lambda draft: write_counted(rows, draft))

    def _parquet(self, path: Path) -> ir.Table:
        """Return a folder as a table; Spark looks at it once."""
        if path not in self._read_already:
            self._read_already[path] = self.engine.read_parquet(path)
        return self._read_already[path]

    def map_in_arrow(self, rows: ir.Table, score: Score, schema: ibis.Schema, path: Path) -> None:
        """Let Spark's workers apply ``score`` to every row and write what comes of it; see `helpers.engine.scoring`."""
        kinds = schema.to_pyarrow()
        with answering(self.settings.spark):
            result = self.engine.frame_of(rows).mapInArrow(
                lambda batches: score_batches(batches, score, kinds), PySparkSchema.from_ibis(schema)
            )
            _write_folder(path, lambda draft: write_counted(result, draft))


def _write_folder(path: Path, write: Callable[[str], None]) -> None:
    """Write beside the target and move into place, so that no other process ever reads half a table."""
    try:
        with published_folder(path, made=False) as draft:
            write(str(draft))
    except engine_errors() as error:
        if "FAILED_READ_FILE.FILE_NOT_EXIST" in str(error):
            raise WorkbookError(
                f"A worker of Spark does not find what {path.stem} is computed from. {SHARE_THE_CACHE}"
            ) from None
        if missing := _NO_PYTHON.search(str(error)):
            raise WorkbookError(
                f"Spark's workers cannot score: {missing[0]} Install this package there, for a Python of this version "
                "(spark.pyspark.python in spark.options names it), or raise spark.score_on_engine_from."
            ) from None
        raise WorkbookError(f"Spark cannot compute or write {path.stem}: {first_line(error)}") from error


def connect(facts: FactStore) -> SparkEngine:
    """Open Spark for Ibis."""
    engine = SparkEngine()
    engine.register_options()  # which `ibis.pyspark` would do
    with answering(facts.settings.spark):
        engine.do_connect(open_session(facts.settings.spark, config.cache_folder()))
    return engine
