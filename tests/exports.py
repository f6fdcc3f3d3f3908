"""Exports written as the tests need them, proposed, answered and read: what a sales person does, in one call."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd

from helpers.intake import StandardTables, propose_map, read_tables
from helpers.questions import open_questions, with_answer
from helpers.settings.config import Settings, load_settings

SHAPES = ("csv", "xlsx", "sqlite")


def number(cell: str) -> object:
    """A cell as a spreadsheet or database has it: plain numbers are numbers."""
    try:
        return float(cell) if "." in cell else int(cell)
    except ValueError:
        return cell or None


def written(folder: Path, tables: Mapping[str, str], shape: str = "csv") -> Path:
    """Write tables, each a text of comma-separated lines, as files of one kind or as one database."""
    folder.mkdir(exist_ok=True)
    rows = {name: [line.split(",") for line in text.strip().splitlines()] for name, text in tables.items()}
    if shape == "csv":
        for name, text in tables.items():
            (folder / f"{name}.csv").write_text(text.strip() + "\n", encoding="utf-8")
        return folder
    if shape == "xlsx":
        for name, lines in rows.items():
            book = openpyxl.Workbook()
            for place, line in enumerate(lines):
                book.active.append([number(cell) if place else cell for cell in line])
            book.save(folder / f"{name}.xlsx")
        return folder
    path = folder / "trade.db"
    connection = sqlite3.connect(path)
    for name, (heads, *lines) in rows.items():
        listed = ", ".join('"' + head.replace('"', '""') + '"' for head in heads)
        connection.execute(f'CREATE TABLE "{name}" ({listed})')
        marks = ", ".join("?" for _ in heads)
        connection.executemany(
            f'INSERT INTO "{name}" VALUES ({marks})', [[number(c) for c in each] for each in lines]
        )
    connection.commit()
    connection.close()
    return path


@dataclass(frozen=True)
class Proposed:
    """A proposed map, the settings once its questions are answered, and what is read by it."""

    text: str
    settings: Settings
    tables: StandardTables

    @property
    def lines(self) -> pd.DataFrame:
        """The order lines."""
        return pd.read_parquet(self.tables.path("order_lines"))

    @property
    def net(self) -> Decimal:
        """What all order lines add up to."""
        return sum(self.lines["net_amount"], Decimal(0))

    @property
    def orders(self) -> dict[str, Decimal]:
        """What each order adds up to."""
        return dict(self.lines.groupby("order_id")["net_amount"].sum())

    @property
    def asked(self) -> list[str]:
        """The keys that were asked, but for the report's currency."""
        return [each.key for each in open_questions(self.text) if each.key != "report.currency"]


def answered(text: str, **answers: int | str) -> str:
    """Answer a map's questions: by the place of an answer or by a value; the currency, unless said, by EUR."""
    for key, answer in answers.items():
        question = next(each for each in open_questions(text) if each.key.endswith(key))
        text = with_answer(
            text, question, question.answers[answer][0] if isinstance(answer, int) else f'"{answer}"'
        )
    currency = [each for each in open_questions(text) if each.key == "report.currency"]
    return with_answer(text, currency[0], '"EUR"') if currency else text


def with_first_answers(text: str) -> str:
    """Answer each question of a map by its first answer, and a currency without any by EUR."""
    while (questions := open_questions(text)) and (question := questions[0]).line:
        text = with_answer(text, question, question.answers[0][0] if question.answers else '"EUR"')
    return text


def proposed(
    folder: Path, tables: Mapping[str, str], shape: str = "csv", more: str = "", **answers: int | str
) -> Proposed:
    """Write an export, propose its map, answer that, and read by it; ``more`` is added to the map."""
    data = written(folder / "data", tables, shape)
    text = propose_map(data)
    path = folder / "workbook.toml"
    path.write_text(answered(text, **answers) + more, encoding="utf-8")
    settings = load_settings(path)
    return Proposed(text, settings, read_tables(data, settings, folder / "cache"))
