"""Writing the sample: columns as Arrow arrays, one Parquet file a table, the same bytes every time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from workbook_sample.process import Flags, Ints

MONEY = pa.decimal128(18, 4)


def money(fen: Ints) -> pa.Array:
    """Hundredths of a CNY (or of a piece) as DECIMAL(18, 4)."""
    low = fen.astype(np.int64) * 100
    words = np.empty((low.size, 2), dtype=np.int64)
    words[:, 0], words[:, 1] = low, low >> 63
    return pa.Array.from_buffers(MONEY, low.size, [None, pa.py_buffer(words)])


def dates(days: Ints, missing: Flags | None = None) -> pa.Array:
    """Days since 1970-01-01 as DATE; NULL where ``missing``."""
    return pa.array(days.astype(np.int32), mask=missing).cast(pa.date32())


def instants(seconds: Ints, missing: Flags | None = None) -> pa.Array:
    """Seconds since 1970-01-01 as TIMESTAMP; NULL where ``missing``."""
    return pa.array(seconds.astype(np.int64) * 1_000_000, mask=missing).cast(pa.timestamp("us"))


def labels(codes: Ints, words: Sequence[str] | pa.Array, missing: Flags | None = None) -> pa.Array:
    """Words by their position, dictionary-encoded; NULL where ``missing``."""
    values = words if isinstance(words, pa.Array) else pa.array(list(words), pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=missing), values)


def ids(prefix: str, numbers: Ints, width: int) -> pa.Array:
    """Make identifiers such as C00017: the prefix and the number, padded with zeros."""
    digits = pc.utf8_lpad(pc.cast(pa.array(numbers.astype(np.int64)), pa.string()), width, "0")
    return pc.binary_join_element_wise(pa.scalar(prefix), digits, "")


def salesperson_ids(owner: Ints) -> pa.Array:
    """Name the ids of the salespeople 0 .. the highest in ``owner``, for ``labels``."""
    return ids("S", np.arange(int(owner.max(initial=0)) + 1) + 1, 2)


class TableFiles:
    """The Parquet files of one sample, each opened with its first rows; use as a context manager."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[str, pq.ParquetWriter] = {}
        self.rows: dict[str, int] = {}

    def write(self, name: str, columns: Mapping[str, pa.Array]) -> None:
        """Append rows to ``name``.parquet; every call must bring the same columns, an empty one included."""
        table = pa.table(dict(columns))
        if name not in self._writers:
            path = self._folder / f"{name}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            # Without the Arrow schema, dictionary columns are plain strings to every reader.
            self._writers[name] = pq.ParquetWriter(
                path,
                table.schema,
                compression="zstd",
                compression_level=9,
                store_decimal_as_integer=True,
                store_schema=False,
            )
            self.rows[name] = 0
        if table.num_rows:
            self._writers[name].write_table(table, row_group_size=1 << 20)
        self.rows[name] += table.num_rows

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in self._writers.values():
            writer.close()


def as_words(values: NDArray[np.object_] | Sequence[str | None]) -> pa.Array:
    """Strings as they are; None is NULL."""
    return pa.array(list(values), pa.string())
