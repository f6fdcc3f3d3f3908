"""Facts on Spark: the same expressions, computed by Spark and kept as Parquet that the embedded engine reads."""

from __future__ import annotations

import secrets
import shutil
from typing import Any

import ibis.expr.types as ir
from ibis.backends.pyspark import Backend
from ibis.backends.sql.compilers.pyspark import PySparkCompiler

from helpers import config
from helpers.facts.engine import as_declared
from helpers.facts.registry import FACTS
from helpers.facts.store import Facts
from helpers.intake.spark_session import open_session


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


class SparkEngine(Backend):
    """Ibis' backend with the compiler above."""

    compiler = _Compiler()


class SparkFacts(Facts):
    """The facts as Spark sees them: what `helpers.facts.fact.Fact.build` is given there.

    Tables are read from the same folders as by the embedded engine, and facts that build on others share theirs.
    """

    def __init__(self, facts: Facts) -> None:
        for name in ("tables", "month", "settings", "month_end", "folder", "coverage", "_mask_key"):
            self.__dict__[name] = getattr(facts, name)
        self.engine = connect(facts)

    def table(self, name: str) -> ir.Table:
        """Return a fact as a table of Spark's; computed where it is not there yet."""
        path = self.folder / f"{name}.parquet"
        if not path.exists():
            self._write(FACTS[name].build(self), name)
        return self.engine.read_parquet(path)

    def _write(self, table: ir.Table, name: str) -> None:
        """Write beside the target and move into place, so that no other process ever reads half a fact."""
        self.folder.mkdir(parents=True, exist_ok=True)
        target = self.folder / f"{name}.parquet"
        draft = self.folder / f".{name}-{secrets.token_hex(4)}"
        try:
            self.engine.to_parquet(as_declared(table), draft)
            draft.rename(target)
        except OSError:
            if not target.exists():
                raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def on_spark(facts: Facts) -> SparkFacts:
    """Return the facts as Spark sees them, one for all that is asked of these facts."""
    if "_on_spark" not in facts.__dict__:
        facts.__dict__["_on_spark"] = SparkFacts(facts)
    found: SparkFacts = facts.__dict__["_on_spark"]
    return found


def connect(facts: Facts) -> SparkEngine:
    """Open Spark for Ibis."""
    engine = SparkEngine()
    engine.register_options()  # which `ibis.pyspark` would do
    engine.do_connect(open_session(facts.settings.spark, config.cache_folder()))
    return engine
