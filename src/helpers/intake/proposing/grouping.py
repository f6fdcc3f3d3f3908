"""Group files and sheets that are one table: with the same heads but for columns renamed, missing or added in some."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import PurePosixPath
from typing import Any

from helpers.intake import contracts
from helpers.intake.cleaning.losses import COMMA, POINT, POINT_ALONE
from helpers.intake.layout.arrange import year_of
from helpers.intake.layout.file_patterns import file_patterns
from helpers.intake.layout.named_currency import currency_titled, size_named
from helpers.intake.proposing.columns import match_columns
from helpers.intake.proposing.samples import Sample
from helpers.intake.proposing.synonyms import (
    ABOVE,
    COLUMN_WORDS,
    NOT_FURTHER_ROWS,
    RETURNS,
    ROLES,
    plain,
    size_of_titles,
    titles_of,
)
from helpers.intake.proposing.toml import toml
from helpers.intake.reading.shown import question_keys
from helpers.intake.values.units import unit
from helpers.settings.source import TableName

#: This share of the larger one's heads must be shared, and so many at most differ on either side.
_SHARED, _MAX_DIFFERENT = 0.7, 2
#: Heads that say that tax is in an amount.
_WITH_TAX = re.compile(r"(?i)incl|inkl|brutto|ttc|con iva|含税|税込|价税")
#: Of what a head is the number or the day: orders and their invoices are two tables.
_DOCUMENTS = re.compile(
    r"(?i)order|auftrag|bestell|commande|pedido|订单|受注|invoice|rechnung|fact?ur|发票|請求|deliver|ship|lief"
)
#: How a sample's comments begin that say where its head stands.
_SKIP = "skip = "
#: And which blanks are filled.
_FILL, _WITHIN = "fill_down = ", "fill_within = "


def group_samples(table: TableName, samples: Sequence[Sample], others: Iterable[str] = ()) -> list[Sample]:
    """Group the samples of one standard table that are parts of one table.

    Parameters
    ----------
    table
        The standard table. Records, as of customers, are gathered only from files whose names differ in digits alone:
        suppliers have the same heads.
    samples
        Files and sheets that fit it.
    others
        Names of all files there are, below the data folder: a proposed pattern fits none of them beside its own.
    """
    groups: list[list[Sample]] = []
    if table == "order_lines":
        samples = sorted(samples, key=lambda sample: bool(returned_files([sample])))
    for sample in samples:
        fitting = (group for group in groups if _is_one_table(table, group[0], sample))
        group = next(fitting, None)
        if group is None:
            groups.append([sample])
        else:
            group.append(sample)
    listed = list(others)
    return [_concat_samples(group, listed) if len(group) > 1 else group[0] for group in groups]


def _is_one_table(table: TableName, first: Sample, second: Sample) -> bool:
    if not have_same_columns(first, second) and not (
        table == "order_lines" and is_returns_file(first, second)
    ):
        return False
    if (
        table in contracts.KEYS
        and table not in contracts.AMOUNT
        and _letters_only(first) != _letters_only(second)
    ):
        return False
    within = _within(first), _within(second)
    if all(within) and within[0] != within[1] and not _meanings(str(within[0])) & _meanings(str(within[1])):
        return False
    if table == "order_lines":
        marks = _marks(first), _marks(second)  # a table has one decimal mark: the files are asked about
        if (all(marks) and not marks[0] & marks[1]) or _units_differ(first, second):
            return False
    return _settings_key(first) == _settings_key(second)


def _marks(sample: Sample) -> set[str]:
    """Return the decimal marks that the columns of numbers show: ``.``, ``,``, both, or none."""
    values = [value for texts in sample.filled.values() if _shape(texts) == "number" for value in texts]
    forms = {".": (POINT, POINT_ALONE), ",": (COMMA,)}
    return {
        mark for mark, fits in forms.items() if any(fit.fullmatch(value) for value in values for fit in fits)
    }


def _units_differ(first: Sample, second: Sample) -> bool:
    """Whether heads, titles or names say another currency, another size, or tax: thousands in one month alone."""
    both = (first, second)
    units = [{plain(h): (*unit(h)[:2], bool(_WITH_TAX.search(h))) for h in s.columns} for s in both]
    titles = [(size_of_titles(s.comments)[0], size_named(s.file, s.sheet)[0]) for s in both]
    currencies = [
        {*(unit(h)[1] for h in s.columns), *map(currency_titled, titles_of(s.comments))} - {None}
        for s in both
    ]
    if all(currencies) and currencies[0] != currencies[1]:
        return True
    return titles[0] != titles[1] or any(
        units[1].get(name, first_unit) != first_unit for name, first_unit in units[0].items()
    )


def returned_files(samples: Iterable[Sample]) -> list[str]:
    """Name the files, or sheets, that hold returns by their names."""
    return [
        sample.sheet if sample.sheet and RETURNS.search(sample.sheet.lower()) else sample.file
        for sample in samples
        if any(map(RETURNS.match, _distinguishing_words(sample)))
    ]


def is_returns_file(first: Sample, second: Sample) -> bool:
    """Whether one of two files with the columns of one table holds returns by its name, and the other does not."""
    returns = [
        {word for word in _distinguishing_words(sample) if RETURNS.match(word)} for sample in (first, second)
    ]
    return bool(returns[1]) and not returns[0] and _have_like_columns(first, second)


def have_same_columns(first: Sample, second: Sample) -> bool:
    """Whether two files have the columns of one table, and no word in their names says that they are two."""
    return _distinguishing_words(first) == _distinguishing_words(second) and _have_like_columns(first, second)


def is_further_sales(first: Sample, second: Sample) -> bool:
    """Whether a file holds lines of orders that another has not, under heads of its own; invoices are of orders."""
    document_words = [_documents(sample.columns) for sample in (first, second)]
    if all(document_words) and document_words[0].isdisjoint(document_words[1]):
        return False
    orders, rows = [], []
    for sample in (first, second):
        found, _, _ = match_columns("order_lines", sample.filled)
        orders.append({*sample.filled.get(found.get("order_id", ""), ())})
        rows.append({"order_id", "order_date", "net_amount", "product_id"} <= {*found})
    return bool(first.file and second.file) and all(rows) and orders[0].isdisjoint(orders[1])


def are_same_tables(first: Sample, second: Sample) -> bool:
    """Whether two tables of a database have the same columns."""
    return not (first.file or second.file) and {*first.columns} == {*second.columns}


def _have_like_columns(first: Sample, second: Sample) -> bool:
    if not (first.file and second.file) and (
        first.file or second.file or _letters_only(first) != _letters_only(second)
    ):
        return False  # a table of a database beside another may be a view of it, or an archive
    left, right = set(first.columns), set(second.columns)
    if _letters_only(first) == _letters_only(second) and _documents(left) == _documents(right):
        # Months of one report, of which the later ones call some columns otherwise; not orders and their invoices.
        renamed = _renamed(first.columns, {head: [head] for head in first.columns}, second)
        right = {renamed.get(head, head) for head in right}
    shared, larger = len(left & right), max(len(left), len(right))
    return left == right or (
        shared >= _SHARED * larger
        and len(left - right) <= _MAX_DIFFERENT
        and len(right - left) <= _MAX_DIFFERENT
    )


def _documents(heads: Iterable[str]) -> set[str]:
    return {word[0].lower() for head in heads for word in _DOCUMENTS.finditer(head)}


def _letters_only(sample: Sample) -> str:
    """Return a file's name and sheet without digits and marks."""
    name = f"{PurePosixPath(sample.file).name} {sample.sheet or ''}" if sample.file else sample.name
    return re.sub(r"[\d\W_]+", "", name).lower()


def _settings_key(sample: Sample) -> tuple[str, ...]:
    """List the settings of a sample beside its place: one table has one encoding and one layout.

    Titles above the head may be of different length, where the head is one row; and in the files of single days no
    document may have several lines, of which all but the first are blank.
    """
    row_lines = [line for _, block in sample.blocks for line in block if "__row" in line]  # of one file alone
    two_rows = any(line.startswith("header_rows") for line in sample.comments)
    ignored = (_FILL, _WITHIN, *question_keys()) + (() if two_rows else (_SKIP,))
    return (*(line for line in sample.comments if not line.startswith(("#", *ignored))), *row_lines)


def _within(sample: Sample) -> str | None:
    return next((_value(line) for line in sample.comments if line.startswith(_WITHIN)), None)


def _value(line: str) -> Any:
    (value,) = tomllib.loads(line).values()
    return value


def _comments(group: Sequence[Sample], canonical: Mapping[str, str]) -> list[str]:
    """Merge the settings and comments of a group; the head is found by its cells if need be.

    ``canonical`` gives the name by which all know a column that some call otherwise.
    """
    lines = list(dict.fromkeys(line for sample in group for line in sample.comments))
    filled = {
        canonical.get(name, name): None for line in lines if line.startswith(_FILL) for name in _value(line)
    }
    if filled:
        withins = {_within(each) for each in group if any(line.startswith(_FILL) for line in each.comments)}
        lines = [line for line in lines if not line.startswith((_FILL, _WITHIN))]
        lines.append(f"{_FILL}{toml(list(filled))}")
        if None not in withins:  # nothing bounds it in pivot tables
            within = str(next(iter(withins)))
            lines.append(f"{_WITHIN}{toml(canonical.get(within, within))}")
    if len({tuple(line for line in sample.comments if line.startswith(_SKIP)) for sample in group}) < 2:
        return lines
    lines = [each for each in lines if not each.startswith((_SKIP, ABOVE)) or size_of_titles([each])[1]]
    shared = [head for head in group[0].columns if all(head in sample.columns for sample in group)]
    cells = [head for head in shared if not re.fullmatch(r"column_[0-9]+|.* \([0-9]+\)", head)][:3]
    # Where every head is in the first row, a file without a setting is read as the others are.
    is_first_row = {line for sample in group for line in sample.comments if line.startswith(_SKIP)} == {
        f"{_SKIP}0"
    }
    skip_line = (
        f"{_SKIP}0"
        if is_first_row
        else f"{_SKIP}{toml(cells)}  # the head, which stands in another line in some files"
    )
    return [skip_line, *lines]


def _blocks(group: Sequence[Sample], first: Mapping[str, str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Merge the settings of layouts: each once, with what it does in each file; columns by their canonical name."""
    merged: dict[tuple[str, ...], tuple[str, Sequence[str], list[str]]] = {}
    unpivot = _unpivot(group)
    for sample in group:
        for key, lines in sample.blocks:
            if key == "unpivot":
                merged[("unpivot",)] = (key, unpivot, [])
                continue
            settings = [line for line in lines if not line.startswith("#")]
            for name, canonical in first.items():
                settings = [line.replace(f'\\"{name}\\"', f'\\"{canonical}\\"') for line in settings]
            # A question, whose examples are of each file, is one question.
            same = (key, *(line.partition('"?"  # ')[0] for line in settings))
            _, _, comments = merged.setdefault(same, (key, settings, []))
            comments += [f"{line} ({_describe(sample)})" for line in lines if line.startswith("#")]
    return tuple((key, (*comments, *lines)) for key, lines, comments in merged.values())


def _unpivot(group: Sequence[Sample]) -> tuple[str, ...]:
    """Merge the unpivot settings of a group: the columns of all, and the year by file name if need be."""
    unpivots = [(sample, block) for sample in group for key, block in sample.blocks if key == "unpivot"]
    if not unpivots:
        return ()
    settings = [tomllib.loads("\n".join(block)) for _, block in unpivots]
    columns = [
        [each["columns"]] if isinstance(each["columns"], str) else each["columns"] for each in settings
    ]
    patterns = list(dict.fromkeys(chain.from_iterable(columns)))
    years = {each.get("year") for each in settings} - {None}
    if len(patterns) == 1 and len(years) < 2:
        return unpivots[0][1]
    lines = [line for line in unpivots[0][1] if not line.startswith(("#", "columns", "year"))]
    lines.insert(0, f"columns = {toml(patterns[0] if len(patterns) == 1 else patterns)}")
    if len(years) > 1:
        named = all(year_of(sample.file, sample.sheet or "") for sample, _ in unpivots)
        asks = 'the files are of several years: let the name of each hold its own, and write "name" here'
        lines.append(
            'year = "name"  # as the names of the files or sheets say' if named else f'year = "?"  # {asks}'
        )
    elif years:
        lines += [line for line in unpivots[0][1] if line.startswith("year")]
    return tuple(lines)


def _distinguishing_words(sample: Sample) -> set[str]:
    return {word.lower() for word in NOT_FURTHER_ROWS.found(f"{sample.file} {sample.sheet or ''}")}


def _concat_samples(group: list[Sample], others: list[str]) -> Sample:
    """Make one sample of several: a column that some call otherwise is one column."""
    first = group[0]
    columns = {head: list(values) for head, values in first.columns.items()}
    aliases: dict[str, list[str]] = {head: [head] for head in columns}
    comments: list[str] = []
    missing_in: dict[str, list[str]] = {}
    rows = first.rows
    for sample in group[1:]:
        renamed = _renamed(columns, aliases, sample)
        for head, values in sample.columns.items():
            canonical = renamed.get(head, head)
            if canonical not in columns:
                columns[canonical], aliases[canonical] = [""] * rows, [canonical]
            if head not in aliases[canonical]:
                aliases[canonical].append(head)
                comments.append(
                    f"# {_describe(sample)} calls {toml(canonical)} {toml(head)}: see that it is so."
                )
            columns[canonical] += values
        rows += sample.rows
        for values in columns.values():
            values += [""] * (rows - len(values))
    for sample in group:
        for canonical, names in aliases.items():
            if not any(name in sample.columns for name in names):
                missing_in.setdefault(canonical, []).append(_describe(sample))
    for canonical, places in missing_in.items():
        aliases[canonical].append("")
        more = f" and {len(places) - 3} more" if len(places) > 3 else ""
        comments.append(f"# Without {toml(canonical)}: {', '.join(places[:3])}{more}.")
    first_names = {name: names[0] for names in aliases.values() for name in names[1:] if name}
    comments = [*_comments(group, first_names), *comments]
    files = list(dict.fromkeys(sample.file for sample in group))
    patterns = file_patterns(files, [name for name in others if name not in files])
    kind = "file" if first.file else "table"
    names = files if first.file else sorted(sample.name for sample in group)
    settings = [f"files = {toml(patterns)}" if first.file else f"table = {toml(names)}"]
    if len(names) > 1:
        comments.append(f"# {len(names)} {kind}s are one table: {names[0]} to {names[-1]}.")
    sheets = list(dict.fromkeys(sample.sheet for sample in group if sample.sheet is not None))
    if sheets:
        settings.append(f"sheet = {toml(sheets if len(sheets) > 1 else sheets[0])}")
    return replace(
        first,
        settings=tuple(settings),
        columns=columns,
        parts=tuple((sample.file, sample.sheet, sample.rows) for sample in group if sample.file),
        return_files=tuple(returned_files(group)),
        comments=tuple(comments),
        typed_dates=all(sample.typed_dates for sample in group),
        as_text=any(sample.as_text for sample in group),
        repeated=tuple(chain.from_iterable(sample.repeated for sample in group)),
        blocks=_blocks(group, first_names),
        aliases={head: tuple(names) for head, names in aliases.items() if len(names) > 1},
    )


def _renamed(
    columns: Mapping[str, Sequence[str]], aliases: Mapping[str, Sequence[str]], sample: Sample
) -> dict[str, str]:
    """Match the columns of a sample to those of the others that have another name.

    The two words are of the same standard column, or it is the one column too many and one is missing in its place.
    """
    known = {name: canonical for canonical, names in aliases.items() for name in names if name}
    renamed = {head: known[head] for head in sample.columns if head in known}
    missing = [head for head in columns if head not in renamed.values()]
    for head in sample.columns:
        if head in renamed:
            continue
        match = next((other for other in missing if _meanings(head) & _meanings(other)), None)
        if match is None and len(missing) == 1 and len(sample.columns) - len(renamed) == 1:
            (only_missing,) = missing
            same_place = list(sample.columns).index(head) == list(columns).index(only_missing)
            same_shape = _shape(sample.filled[head]) == _shape([*filter(None, columns[only_missing])])
            are_amounts = _roles(head) and _roles(
                only_missing
            )  # an amount with tax is no other name of one without
            match = only_missing if same_place and same_shape and not are_amounts else None
        if match is not None:
            renamed[head] = match
            missing.remove(match)
    return renamed


def _meanings(head: str) -> set[str]:
    return {name for name, words in COLUMN_WORDS.items() if plain(head) in (plain(name), *words)}


def _roles(head: str) -> set[str]:
    return {name for name, words in ROLES.items() if plain(head) in words} | _meanings(head)


def _shape(values: Sequence[str]) -> str:
    """Classify values as numbers, dates or words."""
    if not values:
        return ""
    digits = sum(bool(re.fullmatch(r"[-+(]?[\d., ]+\)?", value)) for value in values)
    dates = sum(bool(re.match(r"\d{1,4}[-/.年]\d{1,2}[-/.月]", value)) for value in values)
    return "date" if 2 * dates > len(values) else "number" if 2 * digits > len(values) else "word"


def _describe(sample: Sample) -> str:
    return sample.file or sample.name if sample.sheet is None else f"sheet {sample.sheet} of {sample.file}"
