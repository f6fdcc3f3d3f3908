"""Parameters as they arrive: papermill and YAML make numbers, days and lists of what was meant as text."""

from __future__ import annotations

import datetime as dt
import numbers

from helpers.errors import WorkbookError


def check_text(name: str, value: object) -> None:
    """Raise a WorkbookError that says how to give it as text where a parameter is a number, a truth value or a day."""
    if isinstance(value, (numbers.Number, dt.date, dict)):
        kind = (
            "date" if isinstance(value, dt.date) else "value" if isinstance(value, (bool, dict)) else "number"
        )
        raise WorkbookError(
            f"{name} arrived as the {kind} {value}: give it as text (papermill -r {name} {_example(name, value)}, or "
            "quotes in YAML)."
        )


def _example(name: str, value: object) -> str:
    """Return what was perhaps meant: a month is written with a dash."""
    text = str(value)
    is_month = name == "month" and len(text) == 6 and text.isdigit()
    return f"{text[:4]}-{text[4:]}" if is_month else text[:7] if isinstance(value, dt.date) else text
