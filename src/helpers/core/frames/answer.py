"""`Answer`: what a book answers shows itself in a notebook, and gives its tables as frames of its reader's own."""

import html
import inspect
import re
from dataclasses import fields
from decimal import Decimal
from typing import Any

import pandas as pd

#: So many rows of each table are shown; `Answer.to_frame` has all.
_ROWS_SHOWN = 5
_ATTRIBUTE = re.compile(r"^(?P<names>\w+(?:, \w+)*)\n(?P<means>(?:    .*\n?|\n)+)", re.MULTILINE)
_SHORT = (str, int, float, bool, Decimal, pd.Period, pd.Timestamp)


class Answer:
    """The base of every frozen result that a book answers with.

    In a notebook an answer is shown as what it is called, its single values, and the first rows of its tables with what
    their columns mean, instead of a wall of text. It is data for whoever asks on, written in English; what readers of a
    page see of it are the views.
    """

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables of the answer by name, in their order; each a copy, with floats for exact decimals.

        Examples
        --------
        >>> list(book.bridge().tables())
        ['groups', 'customers']
        """
        found = {name: getattr(self, name) for name in _names(self)}
        frames = {
            name: each.to_frame() if isinstance(each, pd.Series) else each for name, each in found.items()
        }
        return {name: _plain(each) for name, each in frames.items() if isinstance(each, pd.DataFrame)}

    def to_frame(self, name: str | None = None) -> pd.DataFrame:
        """Return one table of the answer, ready to plot or to change: a copy, with floats for exact decimals.

        Parameters
        ----------
        name
            The table; None: the first.

        Raises
        ------
        ValueError
            There is no such table; those that there are are named.

        Examples
        --------
        >>> book.composition().to_frame("groups")[["group", "customers", "net_amount"]].head(2)
                                 group  customers   net_amount
        0  International parts dealers         20   4821385.04
        1  International goods dealers         32  13773641.70
        """
        frames = self.tables()
        if name is None and frames:
            return next(iter(frames.values()))
        if name not in frames:
            available = ", ".join(frames) or "none"
            raise ValueError(f"{type(self).__name__} has no table '{name}'; its tables: {available}")
        return frames[name]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show the answer: HTML for notebooks, lines of text for everyone else."""
        frames, means = self.tables(), _meanings(type(self))
        head = f"{type(self).__name__}: {_first_line(type(self))}"
        single = {name: _said(getattr(self, name)) for name in _names(self) if name not in frames}
        lines = [head, *(f"  {name}: {value}" for name, value in single.items())]
        parts = [f"<p><strong>{html.escape(head)}</strong></p>"]
        if single:
            rows = "".join(
                f'<tr title="{html.escape(means.get(name, ""))}"><th>{html.escape(name)}</th>'
                f"<td>{html.escape(value)}</td></tr>"
                for name, value in single.items()
            )
            parts.append(f"<table>{rows}</table>")
        for name, frame in frames.items():
            size = f"{len(frame):,} rows × {len(frame.columns)} columns"
            lines.append(f"  {name}: {size}: {', '.join(map(str, frame.columns))}")
            parts.append(
                f'<p><code>.to_frame("{name}")</code> {size}<br><small>{html.escape(means.get(name, ""))}</small></p>'
            )
            parts.append(frame.head(_ROWS_SHOWN).to_html(border=0, float_format="{:,.2f}".format, na_rep="–"))
        # Tables are wide: they scroll, and do not push the notebook aside.
        return {
            "text/html": f'<div style="overflow-x: auto">{"".join(parts)}</div>',
            "text/plain": "\n".join(lines),
        }


def _names(answer: Answer) -> list[str]:
    """Name the public fields, in their order."""
    return [each.name for each in fields(answer) if not each.name.startswith("_")]  # type: ignore[arg-type]


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a copy whose exact decimals are floats, so that it plots; pandas copies what is written to."""
    own = frame.copy(deep=False)
    for name, values in frame.items():
        if values.dtype == "object" and isinstance(next(iter(values.dropna()), None), Decimal):
            own[name] = values.astype("float64")
    return own


def _said(value: Any) -> str:
    """Say a single value in a few words."""
    if value is None or isinstance(value, _SHORT):
        return str(value)
    if isinstance(value, (list, tuple, dict, set, frozenset)):
        text = str(value)
        return text if len(text) <= 100 else f"{type(value).__name__} of {len(value)}"
    text = str(value)
    return text if len(text) <= 60 and "\n" not in text else type(value).__name__


def _first_line(kind: type) -> str:
    return (inspect.getdoc(kind) or "").partition("\n")[0]


def _meanings(kind: type) -> dict[str, str]:
    """Return what the docstring says of each attribute, as one line of text."""
    section = (inspect.getdoc(kind) or "").partition("Attributes\n----------\n")[2]
    return {
        name: " ".join(found["means"].split()).replace("`", "")
        for found in _ATTRIBUTE.finditer(section)
        for name in found["names"].split(", ")
    }
