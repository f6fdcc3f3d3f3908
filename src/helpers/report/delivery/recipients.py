"""The table of recipients: who gets what. A row that cannot be right is refused by name, the others are not."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from helpers.errors import WorkbookError
from helpers.intake.reading.excel import cell_text, sheet_rows
from helpers.intake.reading.recognise import EXCEL_ENDINGS
from helpers.present.words import LOCALES
from helpers.report.delivery.channels.smtp import address
from helpers.report.delivery.channels.webhook import check_webhook
from helpers.report.requests import SUMMARY

#: A column and what else its head may say.
COLUMNS = {
    "recipient": ("name", "收件人", "接收人", "姓名"),
    "scope": ("范围", "权限范围"),
    "language": ("lang", "语言"),
    "pages": ("page", "页面", "页"),
    "email": ("e-mail", "mail", "邮箱", "电子邮箱", "邮件"),
    "webhook": ("群", "群机器人"),
    "mask": ("masked", "脱敏"),
    "encrypt": ("encrypted", "加密"),
}
_KNOWN = {alias: name for name, others in COLUMNS.items() for alias in (name, *others)}
_YES = ("1", "yes", "y", "true", "x", "是", "✓", "√")
_NO = ("", "0", "no", "n", "false", "否")
_CALLED = {
    "en": ("english", "英文", "英语", "en-us", "en-gb"), "zh": ("chinese", "中文", "汉语", "zh-cn", "zh-hans"),
}  # fmt: skip
_LANGUAGES = {alias: name for name, others in _CALLED.items() for alias in others}


@dataclass(frozen=True)
class Recipient:
    """Who gets the pack of one scope, in which form.

    Attributes
    ----------
    name, place
        What the table calls them, and where they stand: ``recipients.csv, row 3``.
    scope
        As typed: ``company``, ``team:NAME``, ``salesperson:ID``.
    language
        ``en``, ``zh``, or empty: the settings'.
    pages
        File names of notebooks, in order; empty: all.
    email, webhook
        Address; ``wecom:NAME``, ``teams:NAME`` or ``slack:NAME``. Empty: none.
    mask, encrypt
        What their pack has to be.
    """

    name: str
    place: str
    scope: str
    language: str = ""
    pages: tuple[str, ...] = ()
    email: str = ""
    webhook: str = ""
    mask: bool = False
    encrypt: bool = False


def read_recipients(
    path: Path, notebooks: Iterable[Path]
) -> tuple[tuple[Recipient, ...], tuple[tuple[str, str], ...]]:
    """Read the table; returns the recipients, and of each row that is refused its name and why.

    Raises
    ------
    WorkbookError
        There is no such file, it cannot be read, or it has no recipients.
    """
    rows = [(number, cells) for number, cells in _rows(path) if any(cells)]
    if not rows:
        raise WorkbookError(f"{path.name} is empty: its first row names the columns {', '.join(COLUMNS)}.")
    columns = _columns(f"{path.name}, row {rows[0][0]}", rows[0][1])
    numbered = [Path(each).name for each in notebooks]
    found: dict[str, Recipient] = {}
    refused: list[tuple[str, str]] = []
    for number, cells in rows[1:]:
        values = {name: cells[at] if at < len(cells) else "" for name, at in columns.items()}
        place = f"{path.name}, row {number}"
        try:
            if stray := [cell for at, cell in enumerate(cells) if cell and at not in columns.values()]:
                raise WorkbookError(
                    f"{place}: '{stray[0]}' stands under no column's head. What holds a comma itself, such as 02, 04, "
                    "stands in quotation marks."
                )
            recipient = _recipient(values, place, numbered)
            if recipient.name in found:
                raise WorkbookError(
                    f"{place}, column recipient: '{recipient.name}' stands in {found[recipient.name].place} too. "
                    "Give each recipient a name of their own."
                )
        except WorkbookError as error:
            refused.append((values["recipient"] or place, str(error)))
            continue
        found[recipient.name] = recipient
    if not found and not refused:
        raise WorkbookError(f"{path.name} names no recipient.")
    return tuple(found.values()), tuple(refused)


def _columns(place: str, head: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, text in enumerate(head):
        name = _KNOWN.get(text.strip().lower())
        if name is None and text.strip():
            raise WorkbookError(
                f"{place}: the column '{text.strip()}' is not known. Columns are {', '.join(COLUMNS)}."
            )
        if name in found:
            raise WorkbookError(f"{place}: there are two columns {name}.")
        if name:
            found[name] = at
    if missing := [name for name in ("recipient", "scope") if name not in found]:
        raise WorkbookError(f"{place}: there is no column {' and no column '.join(missing)}.")
    return found


def _recipient(values: Mapping[str, str], place: str, notebooks: list[str]) -> Recipient:
    def refuse(column: str, why: str) -> WorkbookError:
        return WorkbookError(f"{place}, column {column}: {why}")

    for column in ("recipient", "scope"):
        if not values[column]:
            raise refuse(column, "it is empty.")
    language = values.get("language", "").lower().replace("_", "-")
    language = _LANGUAGES.get(language, language)
    if language and language not in LOCALES:
        raise refuse("language", f"'{values['language']}' is none; use {' or '.join(LOCALES)}.")
    flags = {}
    for column in ("mask", "encrypt"):
        text = values.get(column, "").lower()
        if text not in (*_YES, *_NO):
            raise refuse(column, f"'{values[column]}' is neither yes nor no.")
        flags[column] = text in _YES
    email, webhook = values.get("email", ""), values.get("webhook", "")
    for column, text, check in (("email", email, address), ("webhook", webhook, check_webhook)):
        try:
            if text:
                check(text)
        except WorkbookError as error:
            raise refuse(column, str(error)) from None
    try:
        pages = _pages(values.get("pages", ""), notebooks)
    except WorkbookError as error:
        raise refuse("pages", str(error)) from None
    return Recipient(
        values["recipient"], place, values["scope"], language, pages, email, webhook, flags["mask"], flags["encrypt"]
    )  # fmt: skip


def _pages(text: str, notebooks: list[str]) -> tuple[str, ...]:
    """Read ``01, 04``; the front page is always there."""
    wanted = [
        part
        for part in text.replace("，", ",").replace("、", ",").replace(";", ",").replace(" ", ",").split(",")
        if part
    ]
    if not wanted or [part.lower() for part in wanted] in (["all"], ["全部"]):
        return ()
    chosen = {SUMMARY}
    for part in wanted:
        stem = part.removesuffix(".html").removesuffix(".ipynb")
        found = [
            name for name in notebooks if name.startswith(f"{stem.zfill(2)}_") or name == f"{stem}.ipynb"
        ]
        if not found:
            raise WorkbookError(
                f"there is no page '{part}'. Pages are {', '.join(Path(name).stem for name in notebooks)}."
            )
        chosen.update(found)
    return tuple(name for name in notebooks if name in chosen)


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Return the rows of a CSV file (UTF-8) or of an Excel file's sheet of recipients, numbered as the reader does."""
    try:
        if path.suffix.lower() in EXCEL_ENDINGS:
            yield from _sheet(path)
            return
        text = path.read_bytes().decode("utf-8-sig")
        first = next((line for line in text.splitlines() if line.strip()), "")
        delimiter = max((",", ";", "\t"), key=first.count)
        reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
        for cells in reader:
            yield reader.line_num, [cell.strip() for cell in cells]
    except UnicodeDecodeError:
        raise WorkbookError(
            f"{path.name} is not UTF-8: save it as 'CSV UTF-8', or as an Excel file."
        ) from None
    except csv.Error as error:
        raise WorkbookError(f"{path.name} is no CSV file that can be read: {error}.") from None
    except OSError as error:
        raise WorkbookError(
            f"The table of recipients {path} cannot be read: {error.strerror or error}. "
            "It has the columns recipient, scope and, if wanted, language, pages, email, webhook, mask, encrypt."
        ) from None


def _sheet(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Return the rows of the one sheet that has the columns of recipients, else of the first that is shown."""
    sheets = {
        name: [
            (number, [(cell_text(cell) or "").strip() for cell in cells])
            for number, cells in enumerate(rows, start=1)
        ]
        for name, is_hidden, rows in sheet_rows(path)
        if not is_hidden
    }
    filled = {name: [row for row in rows if any(row[1])] for name, rows in sheets.items()}
    filled = {name: rows for name, rows in filled.items() if rows}
    ours = [name for name, rows in filled.items() if _is_head(rows[0][1])]
    if len(ours) > 1:
        raise WorkbookError(
            f"{path.name} has recipients on the sheets {', '.join(ours)}: put them on one, or hide the others."
        )
    return iter(filled[ours[0]] if ours else next(iter(filled.values()), []))


def _is_head(cells: list[str]) -> bool:
    return {"recipient", "scope"} <= {_KNOWN.get(cell.lower()) for cell in cells}
