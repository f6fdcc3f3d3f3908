"""A model applied to every customer where the customers are: batch by batch, on Spark's workers or in this process."""

import hashlib
import pickle
from collections.abc import Iterator, Sequence
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from helpers.core.code_key import PACKAGES, code_key_of
from helpers.core.files.integrity import make_once
from helpers.core.files.publish import published_file
from helpers.engine.connection import decimals_as_floats, explain_shortage, from_parquet, in_batches
from helpers.engine.facts import Score
from helpers.engine.store import FactStore


def score_fact(
    facts: FactStore,
    fact: str,
    columns: Sequence[str],
    score: Score,
    schema: ibis.Schema,
    *,
    on_workers: bool,
) -> ir.Table:
    """Return the scores of all rows of a fact as a table of the embedded engine; computed once, kept as Parquet.

    What comes here is a table to be asked, not a frame. It is kept for this model and the code that applies it.

    Parameters
    ----------
    fact, columns
        What of the fact ``score`` is given; DECIMAL as float64.
    score
        See `Score`; its columns are those of ``schema``.
    on_workers
        Whether Spark's workers do it (``mapInArrow``), where Spark is the engine; this package and its libraries are
        installed there then. Else this process does, a batch at a time.
    """
    ours = score.__module__.partition(".")[0] in PACKAGES
    code = code_key_of(score) if ours else ""
    named = hashlib.sha256(pickle.dumps((fact, tuple(columns), score, str(schema), code))).hexdigest()[:16]
    path = facts.folder / "scores" / f"{named}.parquet"

    def write() -> None:
        if on_workers and facts.settings.source.engine == "spark":
            other = facts.other_engine
            other.map_in_arrow(decimals_as_floats(other.table(fact).select(*columns)), score, schema, path)
        else:
            _write_here(fact, decimals_as_floats(facts.table(fact).select(*columns)), score, schema, path)

    make_once(path, write)
    return from_parquet(facts.engine, path)


def score_batches(
    batches: Iterator[pa.RecordBatch], score: Score, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    """Score record batches one after the other."""
    for batch in batches:
        scores = score(batch.to_pandas())
        yield from (
            pa.Table.from_pandas(scores, schema=schema, preserve_index=False).combine_chunks().to_batches()
        )


def _write_here(fact: str, rows: ir.Table, score: Score, schema: ibis.Schema, path: Path) -> None:
    import pyarrow.parquet as pq

    kinds = schema.to_pyarrow()

    room = explain_shortage(fact, path.parents[3])
    with room, published_file(path) as draft, pq.ParquetWriter(draft, kinds) as writer:
        for batch in score_batches(iter(in_batches(rows, 100_000)), score, kinds):
            writer.write_batch(batch)
