"""Open questions of ``workbook.toml``: values that are ``"?"``, which a person must answer before a run.

A question stands so in the file::

    # The values under Rabatt fit two readings:
    #   "amount"  # 2 x 10.00 - 1.00 = 19.00
    #   "percent"  # 2 x 10.00 less 1 % = 19.80
    discount = "?"  # is Rabatt an amount or a percentage?

The comment behind the value asks; the comment lines right above it that begin with a value of TOML and have a comment
of their own are the answers to choose from.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

#: The value that says that a person must decide.
OPEN = "?"
_HEADER = re.compile(r"\s*\[\[?\s*(?P<name>[^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_ASSIGNED = re.compile(r"""\s*(?P<key>[^=#]+?)\s*=(?P<before>.*?)(["'])\?\3(?P<behind>.*)$""")
_ANSWER = re.compile(
    r"""#\s{2,}(?P<value>"(?:[^"\\]|\\.)*"|'[^']*'|true|false|[-+0-9._]+|\[.*?\])\s+#\s*(?P<means>.*)$"""
)


@dataclass(frozen=True)
class Question:
    """One value of ``workbook.toml`` that is still ``"?"``."""

    key: str
    """Dotted path of the key, as ``report.currency``."""
    line: int
    """Line of the file, from 1 on; 0 where the value stands over several lines."""
    asks: str
    """What the comment behind it, else the first comment line above it, says."""
    answers: tuple[tuple[str, str], ...] = ()
    """Values to choose from, as TOML, each with what it means."""

    @property
    def sentence(self) -> str:
        """Return place, question and possible answers as text."""
        place = f"{self.key} (line {self.line})" if self.line else self.key
        answers = "; ".join(f"{value}: {means}" for value, means in self.answers)
        return f"{place}: {': '.join(filter(None, [self.asks, answers])) or 'not answered yet'}"


def open_questions(text: str) -> list[Question]:
    """Find the values of a ``workbook.toml`` that are ``"?"``, in their order in the file.

    Parameters
    ----------
    text
        The file's text, valid TOML.
    """
    open_keys = list(_open_keys(tomllib.loads(text), ()))
    lines = text.splitlines()
    header = ""
    found: list[Question] = []
    for place, line in enumerate(lines):
        if line.lstrip().startswith("#"):
            continue
        if named := _HEADER.match(line):
            header = _plain(named["name"])
        elif assigned := _ASSIGNED.match(line):
            key = ".".join(filter(None, [header, _plain(assigned["key"])]))
            if not any(each == key or each.startswith(f"{key}.") for each in open_keys):
                continue  # the question mark stands in a comment or in SQL
            above = _above(lines, place)
            answers = tuple(
                (each["value"], each["means"].strip()) for text in above if (each := _ANSWER.match(text))
            )
            explanation = [text.lstrip("# ") for text in above if not _ANSWER.match(text)] if answers else []
            behind = assigned["behind"].partition("#")[2].strip()
            found.append(Question(key, place + 1, (behind or " ".join(explanation)).rstrip(":"), answers))
    known = {question.key for question in found}
    return found + [
        Question(key, 0, "")
        for key in open_keys
        if not any(f"{key}.".startswith(f"{each}.") for each in known)
    ]


def with_answer(text: str, question: Question, value: str) -> str:
    """Give the file's text with a question answered: ``value``, as TOML writes it, stands in the place of ``"?"``."""
    lines = text.splitlines(keepends=True)
    place = question.line - 1
    lines[place] = re.sub(r"""(["'])\?\1""", lambda _: value, lines[place], count=1)
    return "".join(lines)


def _above(lines: list[str], place: int) -> list[str]:
    """Give the comment lines right above a line."""
    first = place
    while first and lines[first - 1].lstrip().startswith("#"):
        first -= 1
    return [line.strip() for line in lines[first:place]]


def _open_keys(value: Any, path: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _open_keys(inner, (*path, key))
    elif isinstance(value, list):
        for inner in value:
            yield from _open_keys(inner, path)
    elif value == OPEN:
        yield ".".join(path)


def _plain(key: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in key.split("."))
