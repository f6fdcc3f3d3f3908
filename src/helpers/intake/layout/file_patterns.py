"""Patterns that name the files of one table, of months to come too, and no others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from glob import escape
from pathlib import PurePosixPath

#: So many files are listed one by one; more stand as a pattern, whatever else it fits.
_MOST_LISTED = 60


def file_patterns(files: Sequence[str], others: Sequence[str]) -> list[str]:
    """Return the widest pattern that fits the files and none of the others, or one a folder; else the names."""
    if len(files) == 1:
        return [written(files[0])]
    for candidate in _candidates(files):
        if not any(_fits(other, candidate) for other in others):
            return [candidate]
    by_folder: dict[str, list[str]] = {}
    for file in files:
        by_folder.setdefault(str(PurePosixPath(file).parent), []).append(file)
    if len(by_folder) > 1:
        return [pattern for names in by_folder.values() for pattern in file_patterns(names, others)]
    return (
        [written(file) for file in files]
        if len(files) <= _MOST_LISTED
        else [next(_candidates(files), files[0])]
    )


def written(file: str) -> str:
    """Write a file's name so that it names no other."""
    return escape(file) if set("*?") & set(file) else file


def _candidates(files: Sequence[str]) -> Iterator[str]:
    """Write patterns that fit all files, the widest first; files in folders of several depths have none."""
    split = [file.split("/") for file in files]
    if len({len(parts) for parts in split}) > 1:
        return
    places = [sorted(set(parts)) for parts in zip(*split, strict=True)]
    for ways in ("wide", "narrow"):
        yield "/".join(_pattern(names, ways) for names in places)


def _pattern(names: Sequence[str], ways: str) -> str:
    if len(names) == 1:
        return escape(names[0])
    start, end = common_start(names), common_start([name[::-1] for name in names])[::-1]
    shortest = min(map(len, names))
    end = end[max(0, len(start) + len(end) - shortest) :]
    if ways == "wide":
        # A next month or year fits too: no digit and no part of a word stays before the star.
        partition = "=" in start and start[: start.index("=") + 1]
        start = partition or re.sub(r"(?<=[^A-Za-z])[A-Za-z]+$", "", re.sub(r"[\d][\d ._-]*$", "", start))
        end = end[end.rindex(".") :] if "." in end else ""
    return f"{escape(start)}*{escape(end)}"


def common_start(names: Sequence[str]) -> str:
    """Return what all names begin with."""
    first, last = min(names), max(names)
    length = next(
        (n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last))
    )
    return first[:length]


def _fits(name: str, pattern: str) -> bool:
    parts, wanted = name.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))
