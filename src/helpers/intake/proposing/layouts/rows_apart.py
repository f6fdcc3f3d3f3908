"""Which rows of a report are no data: headings, totals, repeated heads, notes and signatures."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from decimal import Decimal
from statistics import mean, median

from helpers.intake.layout.periods import period_of
from helpers.intake.layout.words import FOOTER, is_starred, is_statistic, total_word
from helpers.intake.proposing.layouts.heads import amount, decimal_mark, is_date, is_number, is_time
from helpers.intake.proposing.layouts.parted import Parted, role_of
from helpers.intake.proposing.synonyms import CUSTOMER_NAME_WORDS, UNIT_PRICE_WORDS, YEAR_WORDS, plain
from helpers.intake.values.rules import WORDS_FOR_NOTHING

#: Columns of numbers that are no amounts: what tells rows apart.
_IDS = ("order_id", "order_date", "customer_id", "line_no", "product_id", "invoice_id", "period", "name")
_AMOUNTS = (
    "quantity",
    "net_amount",
    "list_amount",
    "cost_amount",
    "amount",
    "target",
    "stock",
    "annual_purchases",
)
#: A column says what a row is about where at least so many of the rows with amounts have it.
_USUAL = 0.8
#: Of a line with more than so many texts a row with one text alone has nearly nothing.
_LONE = 2
_CENT = Decimal("0.011")
A_YEAR = re.compile("20[0-9]{2}")
#: How many lines a group has, behind its name.
GROUP = re.compile(r"(?<=\S) \(([0-9]+)\)$")


def part_rows(rows: list[list[str]], names: tuple[str, ...], above: Sequence[Sequence[str]]) -> Parted:
    """Tell the rows of a table from those around and between them.

    Parameters
    ----------
    rows
        Rows below the head, each as wide as ``names``; cells without blanks around them.
    above
        Rows up to the end of the head.
    """
    parted = Parted(rows, names, above=above)
    again = {tuple(cell for cell in row if cell) for row in above if any(row)}
    parted.kinds = ["" if any(row) else "blank" for row in rows]
    for place, row in enumerate(rows):
        written = tuple(cell for cell in row if cell)
        if written in again and (len(written) > 1 or not is_number(written[0])):
            parted.kinds[place] = "head"
    parted.amounts = _amounts(parted)
    texts = [column for column in range(len(names)) if column not in parted.amounts]
    told = {column: {rows[place][column] for place in parted.of("")} for column in texts}
    parted.others = [column for column in texts if len(told[column]) > 1] or texts
    if not parted.amounts:
        parted.kinds = [kind or "line" for kind in parted.kinds]
        return parted
    counts = {
        column: sum(is_number(rows[place][column]) for place in parted.of("")) for column in parted.amounts
    }
    parted.usual = [column for column, count in counts.items() if 2 * count >= max(counts.values())]
    with_amounts = [
        place for place in parted.of("") if any(is_number(rows[place][column]) for column in parted.usual)
    ]
    worded = {place for place in with_amounts if _is_worded(parted, place)}
    silent = [place for place in with_amounts if not any(rows[place][c] for c in parted.others)]
    if len(silent) <= max(1, len(with_amounts) / 10) or _all_sums(parted, with_amounts, silent):
        worded |= set(silent)  # totals without a word, not how lines are
    usual = [place for place in with_amounts if place not in worded] or with_amounts
    parted.lines = [
        column
        for column in parted.others
        if sum(bool(rows[place][column]) for place in usual) >= _USUAL * len(usual)
    ]
    have = set(with_amounts)
    labels = _labels(parted, have)
    dated = [
        column
        for column in parted.lines
        if sum(is_date(rows[place][column]) for place in usual) >= 0.9 * len(usual)
    ]
    behind = max(have, default=0)
    end = next((place for place in parted.of("blank") if place > behind), len(rows))
    for place in parted.of(""):
        filled = [column for column in parted.lines if rows[place][column]]
        if place in have:
            parted.kinds[place] = "line"
        elif (
            place > end
            or place in labels
            or _is_time_alone(parted, place)
            or (
                len(parted.cells(place)) < 3
                and any(rows[place][column] and not is_date(rows[place][column]) for column in dated)
            )
        ):  # below the table, after a blank row: how many rows there are, and whose they are
            parted.kinds[place] = "text"
        elif parted.lines and len(filled) > len(parted.lines) / 3:
            parted.kinds[place] = "line"
        else:
            parted.kinds[place] = "text" if len(parted.cells(place)) < 3 else "note"
    _mark_totals(parted)
    return parted


def _is_time_alone(parted: Parted, place: int) -> bool:
    """Whether a row says a month and nothing else: the heading of those below it."""
    cells = [parted.rows[place][column] for column in parted.cells(place)]
    return len(cells) == 1 and not is_number(cells[0]) and is_time(cells[0])


def _all_sums(parted: Parted, with_amounts: Sequence[int], silent: Sequence[int]) -> bool:
    """Whether each row without any text is the sum of the rows above it, since another such row or the first."""
    kinds, parted.kinds = parted.kinds, list(parted.kinds)
    for place in with_amounts:
        parted.kinds[place] = "line"
    sums = _Sums(parted, set(silent))
    every = True
    for place in silent:
        every = every and sums.holds(place, every_column=True)
        sums.close(place)
    parted.kinds = kinds
    return every


def _labels(parted: Parted, have: set[int]) -> set[int]:
    """List the rows of two cells whose first is a word that says what the second is, as ``Name`` before a name."""
    pairs: dict[tuple[int, str], list[int]] = {}
    for place in parted.of(""):
        cells = parted.cells(place)
        if place not in have and len(cells) == 2:
            pairs.setdefault((cells[0], parted.rows[place][cells[0]]), []).append(place)
    return {
        place
        for (column, text), places in pairs.items()
        if len(places) > 1 and not any(parted.rows[place][column] == text for place in have)
        for place in places
    }


def _amounts(parted: Parted) -> list[int]:
    """List the columns of amounts: numbers in most cells, and not by their name what tells rows apart."""
    found = []
    rows = [parted.rows[place] for place in parted.of("")]
    for column, name in enumerate(parted.names):
        cells = [row[column] for row in rows if row[column] and row[column] not in WORDS_FOR_NOTHING]
        numbers = sum(map(is_number, cells))
        named = role_of(name, _AMOUNTS) or plain(name) in UNIT_PRICE_WORDS
        tells = role_of(name, _IDS) or plain(name) in CUSTOMER_NAME_WORDS or name.endswith(("Nº", "N°"))
        zeros = any(cell[0] == "0" and cell.isdigit() and len(cell) > 1 for cell in cells)
        years = plain(name) in YEAR_WORDS and all(map(A_YEAR.fullmatch, cells))
        if numbers and not (tells and not named) and not (zeros or years) and numbers >= 0.7 * len(cells):
            found.append(column)
    return found


def _mark_totals(parted: Parted) -> None:
    """Tell totals: by a word where nothing else says what the row is about, or because they are the sum of others."""
    candidates = [place for place in parted.of("line") if _may_be_total(parted, place)]
    if not candidates:
        return
    sums = _Sums(parted, set(candidates))
    for place in candidates:
        words = [total_word(parted.rows[place][column]) for column in parted.cells(place)]
        others = [column for column in parted.lines if total_word(parted.rows[place][column]) is None]
        filled = sum(bool(parted.rows[place][column]) for column in others)
        few = filled <= len(others) / 3
        # What says as much as a line does may be a customer of that name, whose numbers are like a sum by chance.
        summed = sums.holds(place, every_column=not few or not others)
        silent = not any(parted.rows[place][column] for column in parted.others)
        bare = (bool(others) and filled == 0) or silent
        sure = {"exact", "part"} if few or not others else {"exact"}
        if _is_starred(parted, place) or sums.tells(place):
            parted.kinds[place] = "total"
        elif size := _group_size(parted, place):
            parted.kinds[place] = "sum" if summed or sums.is_of_next(place, size) else "line"
        elif ("exact" in words and few) or ("part" in words and bare) or (summed and sure & {*words}):
            parted.kinds[place] = "total"
        elif summed and bare:
            parted.kinds[place] = "sum" if silent or not _heads(parted, place) else "headed_sum"
        elif _is_lone(parted, place) and sums.holds(place, every_column=True, least=_least(parted, place)):
            parted.kinds[place] = "sum"
        if parted.kinds[place] in ("total", "sum", "headed_sum"):
            sums.close(place)
        else:
            sums.add(place)
    _head_groups(parted)


def _head_groups(parted: Parted) -> None:
    """Let the groups that stand above lines, or above months of lines, be headings: what they name no line may say."""
    names = {
        place: GROUP.sub("", next(filter(None, parted.rows[place])))
        for place in parted.of("sum")
        if _group_size(parted, place)
    }
    months = {place for place, name in names.items() if period_of(name) is not None}
    for place in names.keys() - months:
        below = next((n for n in range(place + 1, len(parted.rows)) if n not in months), place)
        if parted.kinds[below] == "line":
            parted.kinds[place] = "headed_sum"


def _may_be_total(parted: Parted, place: int) -> bool:
    row = parted.rows[place]
    if _is_starred(parted, place) or _group_size(parted, place):
        return True
    named = [row[column] for column in parted.cells(place) if column not in parted.amounts]
    if any(total_word(text) or is_statistic(text) for text in named):
        return True
    return not any(row[column] for column in parted.lines or parted.others) or _is_lone(parted, place)


def _is_lone(parted: Parted, place: int) -> bool:
    """Whether a row has one text alone, where lines have three and more: the name of what it adds up."""
    texts = [column for column in parted.cells(place) if column not in parted.amounts]
    return len(texts) == 1 and len(parted.lines) > _LONE


def _least(parted: Parted, place: int) -> int:
    """Return of how many lines a row may be the sum that has one text alone: of one, where that line says it too."""
    (column,) = (column for column in parted.cells(place) if column not in parted.amounts)
    return 2 - (parted.rows[place - 1][column] == parted.rows[place][column]) if place else 2


def _heads(parted: Parted, place: int) -> bool:
    """Whether a sum names something that no line says, and stands above lines: a heading with its total beside it."""
    named = [column for column in parted.cells(place) if column not in parted.amounts]
    said = any(parted.rows[line][column] for line in parted.of("line") for column in named
               if any(parted.rows[line][each] for each in parted.lines))  # fmt: skip
    return len(named) == 1 and not said and place + 1 < len(parted.rows) and parted.kinds[place + 1] == "line"


def _is_worded(parted: Parted, place: int) -> bool:
    """Whether something in a row says that it is a total, or the head of a group."""
    return (
        any(map(total_word, parted.rows[place]))
        or _is_starred(parted, place)
        or _group_size(parted, place) > 0
    )


def _is_starred(parted: Parted, place: int) -> bool:
    """Whether an amount of a row has a star before it, as totals have in the lists of SAP."""
    return any(is_starred(parted.rows[place][column]) for column in parted.amounts)


def _group_size(parted: Parted, place: int) -> int:
    """Return how many lines a row says are in its group, as ``Azure Interior (12)`` of Odoo; 0 of any other row."""
    cells = [column for column in parted.cells(place) if column not in parted.amounts]
    found = GROUP.search(parted.rows[place][cells[0]]) if len(cells) == 1 else None
    return int(found[1]) if found else 0


class _Sums:
    """Running sums of the columns of amounts over the lines, and where they stood at each total."""

    def __init__(self, parted: Parted, candidates: set[int]) -> None:
        self._parted = parted
        marks = {column: decimal_mark([row[column] for row in parted.rows]) for column in parted.amounts}
        self._values = [
            {
                column: value
                for column in parted.amounts
                if (value := amount(row[column], marks[column])) is not None
            }
            for row in parted.rows
        ]
        zero = dict.fromkeys(parted.amounts, Decimal(0))
        self._before: list[dict[int, Decimal]] = []
        running = dict(zero)
        counts, count = [], 0
        for place, kind in enumerate(parted.kinds):
            self._before.append(dict(running))
            counts.append(count)
            if kind == "line" and place not in candidates:
                self._into(running, place)
                count += 1
        self._whole, self._counts, self._count = running, counts, count
        self._candidates, self._among = sorted(candidates), candidates
        self._late, self._late_count = dict(zero), 0
        self._boundaries: list[tuple[dict[int, Decimal], int]] = [(dict(zero), 0)]

    def _into(self, running: dict[int, Decimal], place: int) -> None:
        for column, value in self._values[place].items():
            running[column] += value

    def add(self, place: int) -> None:
        """Take a candidate in as a line after all."""
        self._into(self._late, place)
        self._late_count += 1

    def close(self, place: int) -> None:
        """Begin again below a total."""
        now = {column: self._before[place][column] + self._late[column] for column in self._late}
        self._boundaries.append((now, self._counts[place] + self._late_count))
        del self._boundaries[1:-60]

    def holds(self, place: int, every_column: bool, least: int = 1) -> bool:
        """Whether the row is the sum of what stands above it since some total, or of all that stands below it."""
        own = {column: value for column, value in self._values[place].items() if value}
        now = {column: self._before[place][column] + self._late[column] for column in self._late}
        for then, count in self._boundaries:
            lines = self._counts[place] + self._late_count - count
            found = {column: now[column] - then[column] for column in own}
            if lines >= least and self._same(own, found, lines, every_column):
                return True
        later = bisect_right(self._candidates, place)
        if later < len(self._candidates):
            end = self._candidates[later]
            found = {column: self._before[end][column] - self._before[place][column] for column in own}
            lines = self._counts[end] - self._counts[place]
            if lines > 1 and self._same(own, found, lines, every_column):
                return True
        below = {column: self._whole[column] - self._before[place][column] for column in own}
        lines = self._count - self._counts[place]
        return lines > 1 and self._same(own, below, lines, every_column)

    def is_of_next(self, place: int, count: int) -> bool:
        """Whether the row is the sum of so many lines below it."""
        own = {column: value for column, value in self._values[place].items() if value}
        sums = dict.fromkeys(own, Decimal(0))
        below = [n for n in range(place + 1, len(self._values)) if n not in self._among][:count]
        for each in below:
            for column in own:
                sums[column] += self._values[each].get(column, Decimal(0))
        return len(below) == count and self._same(own, sums, count, every_column=True)

    def tells(self, place: int) -> bool:
        """Whether the row is called a figure about the rows above, and is one of them in each column of amounts."""
        own = {column: value for column, value in self._values[place].items() if value}
        if not own or not any(map(is_statistic, self._parted.rows[place])):
            return False
        lines = [n for n in range(place) if self._parted.kinds[n] == "line" and n not in self._among]
        parts = [[self._values[n].get(column, Decimal(0)) for n in lines] for column in own]
        return bool(lines) and all(
            any(
                abs(value - each) <= _CENT
                for each in (max(part), min(part), len(part), median(part), mean(part))
            )
            for value, part in zip(own.values(), parts, strict=True)
        )

    @staticmethod
    def _same(own: dict[int, Decimal], sums: dict[int, Decimal], lines: int, every_column: bool) -> bool:
        equal = [column for column, value in own.items() if abs(value - sums[column]) < _CENT]
        return bool(own) and (len(equal) == len(own) or (lines > 1 and not every_column and bool(equal)))


def is_footer(text: str) -> bool:
    """Whether a text is of a page and not of its table: who signed it, when it was printed, its number."""
    return FOOTER.fullmatch(text) is not None
