"""A frame as a CSV file that spreadsheets read as it is meant."""

from __future__ import annotations

import pandas as pd

#: What a spreadsheet would take for a formula at the beginning of a cell.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_of(frame: pd.DataFrame) -> bytes:
    """Write UTF-8 with a byte order mark, so that Excel shows Chinese; a text that looks like a formula gets a '."""
    texts = frame.select_dtypes(include=["object", "string", "category"]).columns
    safe = frame.assign(**{str(name): frame[name].astype("object").map(_text) for name in texts})
    return safe.to_csv(index=False, lineterminator="\r\n", date_format="%Y-%m-%d").encode("utf-8-sig")


def _text(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
