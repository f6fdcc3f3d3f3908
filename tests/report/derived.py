"""What can be computed from the files of a pack: every number in them, alone, in rows and in columns of tables."""

from __future__ import annotations

import html.parser
import itertools
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
from python_calamine import CalamineWorkbook

from helpers.core.disclosure import _STEPS, disclosed_count

NUMBER = re.compile(r"(?<![\w.])[-−+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\w.])[-−+]?\d+(?:\.\d+)?")
#: A scope may know a company figure to a percent to either side: what is told more closely than that is told.
ALLOWED = 0.02
_CELLS = ("td", "th")


@dataclass(frozen=True)
class Found:
    """A figure of others that can be had from a pack: which, from which file, and how."""

    figure: str
    file: str
    how: str


class _Page(html.parser.HTMLParser):
    """Texts, attributes and tables of a page; a table is a list of rows of texts."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tables: list[list[list[str]]] = []
        self._cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        read = ("title", "alt", "data", "aria")
        self.texts += [value for name, value in attrs if value and name.split("-")[0] in read]
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in _CELLS and self.tables and self.tables[-1]:
            self.tables[-1][-1].append("")
            self._cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in _CELLS:
            self._cell = False

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self._cell:
            self.tables[-1][-1][-1] += data


def numbers_in(text: str) -> Iterator[tuple[float, float]]:
    """Return each number of a text with the half of its last digit's unit."""
    for found in NUMBER.findall(text):
        plain = found.replace(",", "").replace("−", "-")
        decimals = len(plain.partition(".")[2])
        yield float(plain), 0.5 * 10.0**-decimals


def contents(folder: Path) -> Iterator[tuple[str, list[str], list[list[list[object]]]]]:
    """Return of each file its name, its texts and its tables."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".xlsx":
            book = CalamineWorkbook.from_path(path)
            yield name, [], [book.get_sheet_by_name(each).to_python() for each in book.sheet_names]
        elif path.suffix == ".ipynb":
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            outputs = [output.get("data", output) for cell in cells for output in cell.get("outputs", [])]
            said = [text for output in outputs for text in output.values() if isinstance(text, (str, list))]
            yield name, *_of_pages(["".join(text) for text in said])
        elif path.suffix in (".html", ".svg"):
            yield name, *_of_pages([path.read_text(encoding="utf-8")])
        elif path.suffix == ".csv":
            yield name, [], [[list(row) for row in pd.read_csv(path, header=None, dtype="object").to_numpy()]]
        elif path.is_file():
            yield name, [path.read_text(encoding="utf-8", errors="replace")], []


def _of_pages(pages: Sequence[str]) -> tuple[list[str], list[list[list[object]]]]:
    page = _Page()
    for text in pages:
        page.feed(text)
    return page.texts, [[list(row) for row in table] for table in page.tables]


def _cell(value: object) -> tuple[float, float]:
    """Return a cell's number with its half unit; of a percent as a share; NaN where it is none."""
    if isinstance(value, bool) or value is None:
        return math.nan, 0.0
    if isinstance(value, (int, float)):
        return float(value), abs(float(value)) * 1e-12
    found = list(numbers_in(str(value)))
    if len(found) != 1 or re.search(r"[\d.](?:[KMB]|万|亿)", str(value)):
        return math.nan, 0.0
    scale = 0.01 if "%" in str(value) else 1.0
    return found[0][0] * scale, found[0][1] * scale


@dataclass(frozen=True)
class Visits:
    """What the settings say of a visit: its cost, and the part of leavers that stay."""

    cost: float
    success: float


def derive_counts(folder: Path, counts: Mapping[str, int], own: int) -> list[Found]:
    """Return every number of the company's customers, or of cases of theirs, that can be had from a pack.

    It can where it is said of customers or in a column of them, where a share with all its digits is so many of it, and
    where a number over the share beside it leaves one whole number.

    Parameters
    ----------
    counts
        The company's, of each class and at past month ends, by name.
    own
        How many customers the reader has: what is said outright, or is a fraction of more, is not of its own alone.
    """
    found: list[Found] = []

    def told(values: set[int], file: str, how: str, *, peers: bool = False) -> None:
        found.extend(
            Found(name, file, f"{how}: {count}")
            for name, count in counts.items()
            if count in values and (count > own or peers)
        )

    for file, texts, tables in contents(folder):
        said = {int(each.replace(",", "")) for text in texts for each in _SAID_OF.findall(text)}
        told(said, file, "said of customers")
        told(
            {int(each) for text in texts for each in _SAID_OF_CLASS.findall(text)},
            file,
            "said of a class",
            peers=True,
        )
        for table in tables:
            values, halves = _figures(table)
            head = table[3] if file.endswith(".xlsx") and len(table) > 3 else table[0] if table else []
            heads = [str(head[at]) if at < len(head) else "" for at in range(values.shape[1])]
            for at in range(values.shape[1]):
                if _COUNTS.search(heads[at]):
                    parts = values[:, at + 1] if at + 1 < values.shape[1] else np.full(len(values), math.nan)
                    column = values[np.isfinite(values[:, at]) & ~_parts_of_told(values[:, at], parts), at]
                    whole = {int(value) for value in column if value == int(value)}
                    # What a scope is told in a number's place tells none, where it happens to be the number too.
                    whole -= {each for each in whole if disclosed_count(pd.Series([each]))[0] == each}
                    told(whole, file, f"a cell of column {at + 1}")
                fine = (halves[:, at] < 1e-9) & (values[:, at] > 0) & (values[:, at] < 1)
                fine &= values[:, at] != np.round(values[:, at], 4)  # else it is rounded
                for value in values[fine, at]:
                    part = Fraction(value).limit_denominator(5000)
                    if own < part.denominator and abs(float(part) - value) < 1e-12:
                        told({part.denominator}, file, f"all digits of {value}")
            for count in range(values.shape[1] - 1):  # a part stands beside what it is a part of
                if not _COUNTS.search(heads[count]):
                    continue
                peers = "peer" in heads[count].lower()
                parts = values[:, count + 1]
                half = 0.025 if (about := _in_steps(parts)) else 0.0
                for place in range(len(values)):
                    only = _one_whole(values[place, count], parts[place], max(halves[place, count + 1], half))
                    if about:  # what a scope may reckon with in a number's place is none
                        only = {each for each in only if disclosed_count(pd.Series([each]))[0] != each}
                    told(only, file, f"column {count + 1} over the next", peers=peers)
    return list(dict.fromkeys(found))


#: Heads of columns of counts; "Of customers" is a part of them, "A customer" money of each.
_COUNTS = re.compile(r"^(?!Of |A ).*(customer|peers|complaint|warning)", re.IGNORECASE)
#: Numbers said of customers, as "55 of 294 customers" and "127 complaints of all customers".
_SAID_OF = re.compile(r"(\d[\d,]*) (?:other )?(?:customers|complaints)")
_SAID_OF_CLASS = re.compile(r"\d of (\d+) (?:other customers|customers of its class)")


def _in_steps(parts: np.ndarray) -> bool:
    """Whether all parts of a column are in steps of 5 %, as scopes are told them."""
    known = parts[np.isfinite(parts)]
    return bool(len(known)) and bool((np.abs(known * 20 - np.round(known * 20)) < 1e-6).all())


def _parts_of_told(counts: np.ndarray, parts: np.ndarray) -> np.ndarray:
    """Whether each count is such a part, in steps of 5 %, of what a scope is told in a number's place."""
    if not _in_steps(parts):
        return np.zeros(len(counts), dtype=bool)
    with np.errstate(all="ignore"):
        of = pd.Series(np.round(counts / parts)).where(parts > 0)
    return np.asarray((disclosed_count(of) == of) & (np.round(of * parts) == counts))


def _one_whole(count: float, share: float, half: float) -> set[int]:
    """Return the number that a count is such a share of, where only one is."""
    if not (count >= 1 and count == int(count) and half < share < 1):
        return set()
    low, high = math.ceil(count / (share + half) - 1e-6), math.floor(count / (share - half) + 1e-6)
    return {low} if low == high else set()


def derive(
    folder: Path,
    secrets: Mapping[str, float],
    own: Mapping[str, float],
    visits: Visits | None = None,
    reckoned: Sequence[float] = (),
) -> list[Found]:
    """Return every secret that can be computed.

    Parameters
    ----------
    folder
        A pack.
    secrets
        Money of the company and of others, to the cent.
    own
        The reader's own sums: what a difference is taken from, and what shares of its own tell.
    visits
        What warnings are weighed by: what they brought, and how many of them came true, tells what a customer is worth.
    reckoned
        What a scope may reckon with in a secret's place (`helpers.core.disclosure.disclosed_total`).
    """
    names = np.array(list(secrets))
    amounts = np.array([secrets[name] for name in names], dtype="float64")
    known, whole = np.array([0.0, *own.values()]), np.array([*own.values()])
    found: list[Found] = []

    def told(values: np.ndarray, file: str, how: str, besides: np.ndarray = known) -> None:
        """To the cent: a number, what is left of a secret beside something known, or both together."""
        values = values[np.isfinite(values) & (np.abs(values) >= 1000)]
        for beside in besides:
            for sign in (1, -1):
                near = np.abs(sign * values[:, None] + beside - amounts) < 0.006
                said = f"{how} and {beside:.2f}" if beside else how
                found.extend(
                    Found(str(names[place]), file, said) for place in np.flatnonzero(near.any(axis=0))
                )

    for file, texts, tables in contents(folder):
        exact = {value for text in texts for value, half in numbers_in(text) if half < 0.5}
        told(np.array(sorted(exact)), file, "a number")
        for table in tables:
            values, halves = _figures(table)
            told(values.ravel(), file, "a cell")
            told(np.setdiff1d(_sums(table, values), values), file, "a sum")  # of one row it is a cell
            # By itself: so many quotients meet a secret by chance once something is added to them.
            told(_own_over(values, halves, whole), file, "an own sum over a number", known[:1])
            if visits is not None:
                told(_worth(values, visits), file, "what visits brought")
            for place, how in _ratios(values, halves, amounts, whole, np.array(reckoned)):
                found.append(Found(str(names[place]), file, how))
    return list(dict.fromkeys(found))


def derive_growths(folder: Path, growths: Mapping[str, float]) -> list[Found]:
    """Return every growth that one column of money over another tells with all its digits.

    Parameters
    ----------
    growths
        What targets ask of others over what those sold a year earlier: with the one, the other is known.
    """
    names, wanted = list(growths), np.array([*growths.values()])
    found: list[Found] = []
    for file, _, tables in contents(folder):
        for table in tables:
            values, _ = _figures(table)
            money = [at for at in range(values.shape[1]) if (np.abs(values[:, at]) >= 1000).sum() >= 2]
            for part, whole in itertools.permutations(money, 2):
                with np.errstate(all="ignore"):
                    near = np.abs(values[:, [part]] / values[:, [whole]] / wanted - 1) < 1e-6
                # One row meets it by chance; every customer of a class has the same.
                found += [
                    Found(names[place], file, f"column {part + 1} over column {whole + 1}")
                    for place in np.flatnonzero(near.sum(axis=0) >= 2)
                ]
    return list(dict.fromkeys(found))


def _own_over(values: np.ndarray, halves: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Return the reader's sums over each ratio that is told with all its digits."""
    ratios = np.unique(
        values[(halves < 1e-9) & (values > 0.01) & (values < 100) & (values != np.round(values, 4))]
    )
    return (own[:, None] / ratios).ravel()


def _worth(values: np.ndarray, visits: Visits) -> np.ndarray:
    """Return what a customer is worth by any three columns of visits, the part that left and what was brought."""
    found = []
    for begun, left, brought in itertools.permutations(range(min(values.shape[1], 8)), 3):
        with np.errstate(all="ignore"):
            each = values[:, brought] / values[:, begun] + visits.cost
            found.append(each / (values[:, left] * visits.success))
    return np.concatenate(found) if found else np.array([])


def _figures(table: Sequence[Sequence[object]]) -> tuple[np.ndarray, np.ndarray]:
    width = max((len(row) for row in table), default=0)
    cells = [[_cell(value) for value in row] + [(math.nan, 0.0)] * (width - len(row)) for row in table]
    both = np.array(cells, dtype="float64").reshape(len(table), width, 2)
    return both[:, :, 0], both[:, :, 1]


def _sums(table: Sequence[Sequence[object]], values: np.ndarray) -> list[float]:
    """Return sums of each column: of all rows, and of those alike in another column's text."""
    sums = [*np.nansum(values, axis=0)]
    for place in range(values.shape[1]):
        texts = [str(row[place]) if place < len(row) and isinstance(row[place], str) else "" for row in table]
        groups = {text for text in texts if texts.count(text) > 1} if len(set(texts)) < 30 else set()
        sums += [
            total for text in groups for total in np.nansum(values[[each == text for each in texts]], axis=0)
        ]
    return sums


def _ratios(
    values: np.ndarray, halves: np.ndarray, amounts: np.ndarray, own: np.ndarray, reckoned: np.ndarray
) -> Iterator[tuple[int, str]]:
    """Tell which amounts follow from a column of money and one of shares, taken together over all rows.

    Each row says between which two values the whole lies. Two columns that have nothing to do with each other
    contradict themselves; those that do not have one whole, and all rows together say where it is. That is no secret
    where it is the reader's own sum, or what a scope may reckon with in the secret's place.
    """
    columns = range(values.shape[1])
    for share in columns:
        wholes = [
            each for money in columns if money != share for each in _wholes(values, halves, money, share)
        ]
        if any(_between(low, reckoned, high).any() for low, high, _ in wholes):
            continue  # another column over this one is what that makes of it
        for low, high, how in wholes:
            if not _between(
                low * 0.99, own, high * 1.01
            ).any():  # shares that add up to 100 are not each rounded
                yield from ((int(place), how) for place in np.flatnonzero(_between(low, amounts, high)))


def _wholes(
    values: np.ndarray, halves: np.ndarray, money: int, share: int
) -> Iterator[tuple[float, float, str]]:
    """Return between which two values the whole lies that a column of money, or what is left of it, is a share of."""
    part, of = values[:, money], values[:, share]
    for kind, shares in (("share", of), ("rest of a share", 1 - of)):
        rows = (np.abs(part) >= 100) & (shares > 0) & (shares < 1) & np.isfinite(part) & np.isfinite(shares)
        if rows.sum() < 3:
            continue
        for half in _resolutions(of[rows], halves[rows, share]):
            low = float(np.max(part[rows] / (shares[rows] + half)))
            high = float(np.min(part[rows] / np.maximum(shares[rows] - half, 1e-12)))
            if low <= high * (1 + 1e-9) and high / low - 1 <= ALLOWED * 0.99:
                said = f"column {money + 1} over the {kind} in column {share + 1}: {low:,.2f} to {high:,.2f}"
                yield low, high, said


def _between(low: float, amounts: np.ndarray, high: float) -> np.ndarray:
    return (amounts >= low * (1 - 1e-9)) & (amounts <= high * (1 + 1e-9))


def _resolutions(shares: np.ndarray, halves: np.ndarray) -> Iterator[np.ndarray]:
    """Return half of the steps that shares may be told in: of their digits, of a column, or of the rule for scopes."""
    yield halves
    if (np.abs(shares * 1000 - np.round(shares * 1000)) < 1e-6).all():
        yield np.maximum(halves, 0.0005)
        yield np.maximum(
            halves, _STEPS[np.minimum(np.searchsorted(_STEPS, shares * 0.02), len(_STEPS) - 1)] / 2
        )
