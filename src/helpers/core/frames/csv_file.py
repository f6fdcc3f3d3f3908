"""A frame as a CSV file for spreadsheets, in which no text becomes a formula."""

import re

import pandas as pd

#: What a spreadsheet would take for a formula at the beginning of a cell.
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*$")


def to_csv_bytes(frame: pd.DataFrame, *, keep_numbers: bool = False) -> bytes:
    """Write UTF-8 with a byte order mark, so that Excel shows Chinese; a text that looks like a formula gets a '.

    Parameters
    ----------
    keep_numbers
        Whether a text that is a number (``-12``) stays as it is: for rows as they were read. Of names and codes
        (``+86138``) the sign belongs to the text.
    """

    def disarmed(value: object) -> object:
        if not isinstance(value, str) or not _FORMULA.match(value):
            return value
        return value if keep_numbers and _NUMBER.match(value) else f"'{value}"

    texts = frame.select_dtypes(include=["object", "string", "category"]).columns
    safe = frame.assign(**{str(name): frame[name].astype("object").map(disarmed) for name in texts})
    csv = safe.to_csv(index=False, lineterminator="\r\n", date_format="%Y-%m-%d")
    return csv.encode("utf-8-sig", "replace")
