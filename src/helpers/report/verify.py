"""``workbook verify``: make a pack again from what its manifest says, and tell what differs."""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.core.mask import ON
from helpers.errors import WorkbookError
from helpers.report.monthly import make_report
from helpers.report.packs.deliveries import input_hashes
from helpers.report.pages.excel import FILE as TABLES
from helpers.report.pages.excel import HEAD_ROW
from helpers.report.requests import ReportRequest
from helpers.settings.config import PROJECT_FOLDER

_MOST_NAMED = 20
_SECTION = re.compile(r"^## (\S+).*$", re.MULTILINE)
_CHANGES = re.compile(r"^### Numbers that change\n(.*?)(?=^#|\Z)", re.MULTILINE | re.DOTALL)


def changed_numbers(before: Path, after: Path) -> tuple[str, ...]:
    """Compare the tables of two packs, a sentence for each cell that is another: ``SHEET: ROW, COLUMN: 200, now 250``.

    The first are named and the others counted. Rows are told apart by their first cell, those that read alike by their
    order.
    """
    then, now = _tables(before / TABLES), _tables(after / TABLES)
    sentences = [
        sentence for sheet in dict.fromkeys([*then, *now]) for sentence in _of_sheet(sheet, then, now)
    ]
    rest = len(sentences) - _MOST_NAMED
    return tuple(sentences[:_MOST_NAMED]) + ((f"and {rest:,} more",) if rest > 0 else ())


def changes_since(version: str, changelog: Path = PROJECT_FOLDER / "CHANGELOG.md") -> tuple[str, ...]:
    """Return what the changelog tells of numbers that changed after a version, the latest first."""
    try:
        text = changelog.read_text(encoding="utf-8")
    except OSError:  # installed without it
        return ()
    found: list[str] = []
    heads = list(_SECTION.finditer(text))
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        if head[1] == version:
            break
        changes = _CHANGES.search(text[head.start() : following.start() if following else None])
        if changes:
            items = re.split(r"^- ", changes[1], flags=re.MULTILINE)
            found += [f"{head[1]}: {' '.join(item.split())}" for item in items if item.strip()]
    return tuple(found)


_Table = dict[tuple[str, int], dict[str, Any]]


def _tables(path: Path) -> dict[str, _Table]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    return {name: _table(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names}


def _table(rows: list[list[Any]]) -> _Table:
    """Return a sheet's rows by their first cell and how often it stood there before; cells by their column's head."""
    heads = [str(head) for head in rows[HEAD_ROW]] if len(rows) > HEAD_ROW else []
    found: _Table = {}
    seen: dict[str, int] = {}
    for row in rows[HEAD_ROW + 1 :]:
        if row:
            label = str(row[0])
            seen[label] = seen.get(label, 0) + 1
            found[label, seen[label]] = dict(zip(heads[1:], row[1:], strict=False))
    return found


def _of_sheet(sheet: str, then: dict[str, _Table], now: dict[str, _Table]) -> Iterator[str]:
    if sheet not in then or sheet not in now:
        yield f"{sheet}: {'is new' if sheet in now else 'is no longer there'}"
        return
    old, new = then[sheet], now[sheet]
    for row in dict.fromkeys([*old, *new]):
        label = f"{sheet}: {row[0]}"
        if row not in old or row not in new:
            yield f"{label}: {'is new' if row in new else 'is no longer there'}"
            continue
        for column in dict.fromkeys([*old[row], *new[row]]):
            before, after = old[row].get(column, ""), new[row].get(column, "")
            if before != after:
                yield f"{label}, {column}: {_said(before)}, now {_said(after)}"


def _said(value: Any) -> str:
    return f"{value:,.10g}" if isinstance(value, float) else str(value) or "nothing"


History = Mapping[str, Mapping[str, list[Any]]]


@dataclass(frozen=True)
class Verification:
    """What differs between a pack and the same made again; all empty: identical.

    Attributes
    ----------
    touched
        Files of the pack that are not, or no longer, as they were made.
    outputs
        Files that come out otherwise now.
    inputs, versions
        Files read (and the settings), and versions of code and libraries, that are others now. They explain; alone
        they do no harm.
    history
        Sentences naming the tables, the months and, as long as the tables of then lie in the cache, the rows that are
        others now; only a company pack can tell.
    numbers
        Cells of tables that are others now: see `helpers.report.verify`.
    changelog
        Where the code is another: what the changelog says of numbers that changed since.
    """

    touched: tuple[str, ...]
    outputs: tuple[str, ...]
    inputs: tuple[str, ...]
    versions: tuple[str, ...]
    history: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    changelog: tuple[str, ...] = ()

    @property
    def identical(self) -> bool:
        """Whether the pack is as it was made, and comes out the same to the byte."""
        return not self.touched and not self.outputs


def verify(pack: Path, data: str | None, settings: Path | None) -> Verification:
    """Make the pack again, elsewhere, and compare.

    Parameters
    ----------
    data, settings
        Where the data and their settings file are; a manifest names no folders. Without data: the sample, for a
        pack of the sample.

    Raises
    ------
    WorkbookError
        There is no readable manifest, the data have to be named, or the pack is encrypted: it differs every time.
    """
    before = _manifest(pack)
    parameters = before["parameters"]
    if parameters.get("encrypted"):
        raise WorkbookError(
            "An encrypted pack differs on every run. Make it without --encrypt to compare it."
        )
    for wanted, given, option in (
        (parameters["data"], data, "--data"),
        (parameters["map"], settings, "--map"),
    ):
        if wanted and not given:
            raise WorkbookError(f"The report was made from '{wanted}': say where that is with {option}.")
    if parameters.get("masked"):
        os.environ[ON] = "1"
    with tempfile.TemporaryDirectory(prefix="workbook-verify-") as out:
        request = ReportRequest(
            data, settings, parameters["month"], parameters["scope"], parameters["language"], Path(out)
        )
        made = make_report(request, lambda step: None).folder
        after, touched = _manifest(made), _touched(pack, before)
        was, tables = (_hashes(each["outputs"]).get(TABLES) for each in (before, after))
        comparable = was is not None and tables is not None and TABLES not in touched
        numbers = changed_numbers(pack, made) if comparable and was != tables else ()
    versions = _differing(before["versions"], after["versions"])
    is_other_code = before.get("revision") != after.get("revision") or "customer-workbook" in versions
    return Verification(
        touched=touched,
        outputs=_differing(_hashes(before["outputs"]), _hashes(after["outputs"])),
        inputs=_differing(_read(before), _read(after)),
        versions=versions,
        history=changed_history(
            before.get("history"), after.get("history"), _rows(before, after, data, settings)
        ),
        numbers=numbers,
        changelog=changes_since(str(before["versions"].get("customer-workbook")))
        if numbers and is_other_code
        else (),
    )


def _rows(
    before: Mapping[str, Any], after: Mapping[str, Any], data: str | None, settings: Path | None
) -> dict[str, str]:
    """Name the rows that were changed, where the tables of then still lie in the cache; never those of masked packs."""
    from helpers.core.calendar.fiscal_periods import fiscal_periods
    from helpers.engine.months.changed_rows import changed_rows
    from helpers.engine.months.monthly import differs
    from helpers.settings.config import SAMPLE_FOLDER, cache_folder, load_settings, settings_beside

    then, now = before.get("history"), after.get("history")
    if then is None or now is None or before["parameters"].get("masked"):
        return {}
    folders = [cache_folder() / "tables" / str(manifest.get("tables")) for manifest in (before, after)]
    if not all((folder / "tables.json").is_file() for folder in folders):
        return {}
    months = {
        table: [
            month
            for month in {*then.get(table, {}), *now.get(table, {})}
            if differs(then.get(table, {}).get(month), now.get(table, {}).get(month))
        ]
        for table in {*then, *now}
    }
    own = fiscal_periods(load_settings(settings or settings_beside(data or SAMPLE_FOLDER)).periods)
    return changed_rows(folders[0], folders[1], months, cache_folder(), own)


def changed_history(
    before: History | None, after: History | None, rows: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Return a sentence for each table and month with changed rows; none if either history is unknown.

    ``rows`` names by ``table, month`` which rows they are: see `helpers.engine.months.changed_rows`.
    """
    if before is None or after is None:
        return ()
    from helpers.engine.months.monthly import differs  # pandas and all, which making a report does without

    sentences = []
    for table in sorted({*before, *after}):
        old, new = before.get(table, {}), after.get(table, {})
        for month in sorted({*old, *new}):
            if differs(old.get(month), new.get(month)):
                then, now = old.get(month, [0, "", ""]), new.get(month, [0, "", ""])
                named = (rows or {}).get(f"{table}, {month}", "")
                changed = "; ".join(part for part in (_in_words(then, now), named) if part)
                sentences.append(f"{table}, {month or 'rows without a month'}: {changed}")
    return tuple(sentences)


def _in_words(then: list[Any], now: list[Any]) -> str:
    rows = f"{then[0]:,} rows then, {now[0]:,} now" if then[0] != now[0] else f"{now[0]:,} rows then and now"
    if then[1] != now[1]:
        return f"{rows}; sum {then[1] or '0'} then, {now[1] or '0'} now"
    return f"{rows}; other values" if then[0] == now[0] else rows


def _manifest(pack: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise WorkbookError(
            f"{pack} holds no manifest.json that can be read: name a report's folder."
        ) from None
    return manifest


def _touched(pack: Path, manifest: Mapping[str, Any]) -> tuple[str, ...]:
    now = {
        path.relative_to(pack).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in pack.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    return _differing(_hashes(manifest["outputs"]), now)


def _read(manifest: Mapping[str, Any]) -> dict[str, str]:
    return input_hashes(manifest) | {"settings": manifest.get("settings_sha256", "")}


def _hashes(files: list[dict[str, Any]]) -> dict[str, str]:
    return {each["name"]: each["sha256"] for each in files}


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(name for name in {*before, *after} if before.get(name) != after.get(name)))
