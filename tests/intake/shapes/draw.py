"""Exports of shapes drawn by lot, what became of each when it was read, and a count of that by shape."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pandas as pd

from helpers.errors import WorkbookError
from helpers.intake import propose_map, read_tables
from helpers.questions import open_questions, with_answer
from helpers.settings.config import load_settings

from . import facts, files, layouts, notations
from .export import Export, sample_export

Shape = Callable[[Export], None]
#: Shapes by what they are about; an export has at most one of each, but of layouts.
KINDS: dict[str, dict[str, Shape]] = {
    "language": {each.__name__: each for each in notations.LANGUAGES},
    "customers": {each.__name__: each for each in facts.CUSTOMERS},
    "credits": {each.__name__: each for each in facts.CREDITS},
    "numbers": {each.__name__: each for each in notations.NUMBERS},
    "amounts": {each.__name__: each for each in facts.AMOUNTS},
    "currency": {each.__name__: each for each in facts.CURRENCIES},
    "beside": {each.__name__: each for each in facts.BESIDE},
    "heads": {each.__name__: each for each in facts.HEADS_WRITTEN},
    "documents": {each.__name__: each for each in facts.DOCUMENTS},
    "dates": {each.__name__: each for each in notations.DATES},
    "layout": dict(layouts.LAYOUTS),
    "files": dict(files.PARTED),
    "container": dict(files.HELD),
}
#: Shapes that no program writes together, or that leave nothing by which the export could be right.
NEVER = (
    {"hive", "month_alone"}, {"side_by_side", "sides"}, {"sheets", "container"}, {"side_by_side", "numbers"},
    {"side_by_side", "dates"}, {"side_by_side", "currency"}, {"side_by_side", "documents"}, {"side_by_side", "layout"},
    {"side_by_side", "credits"}, {"side_by_side", "amounts"}, {"side_by_side", "beside"}, {"side_by_side", "container"},
    {"hive", "dates"}, {"hive", "layout"}, {"header_and_lines", "layout"}, {"sides", "credits"},
    {"sides", "document_amounts"}, {"discount_percent", "credits"}, {"unit_in_the_head", "currency"},
    {"currency", "months"}, {"currency", "total"}, {"currency", "wordless_total"},
    {"currency", "groups"}, {"currency", "labelled_groups"}, {"unit_in_the_head", "numbers"},
    {"unit_in_the_head", "document_amounts"}, {"hive", "sep_line"}, {"side_by_side", "guests"},
    {"side_by_side", "heads"}, {"discount_of_a_document", "credits"}, {"discount_of_a_document", "document_amounts"},
    {"discount_of_a_document", "header_and_lines"}, {"orders_and_invoices", "header_and_lines"},
    {"orders_and_invoices", "credits"}, {"orders_and_invoices", "document_amounts"}, {"taxes_as_lines", "amounts"},
    {"taxes_as_lines", "document_amounts"}, {"taxes_as_lines", "currency"}, {"taxes_as_lines", "credits"},
    {"orders_and_invoices", "sides"}, {"hive", "orders_and_invoices"}, {"columns_in_another_order", "layout"},
)  # fmt: skip
_NEEDS = {"gb18030": {"heads_zh"}, "cp1252": {"heads_de", "heads_fr", "heads_es"}, "shift_jis": {"heads_ja"}}


def kind_of(shape: str) -> str:
    """Give what a shape is about."""
    return next(kind for kind, shapes in KINDS.items() if shape in shapes)


def fit(chosen: list[str]) -> bool:
    """Whether shapes can be those of one export."""
    kinds = [kind_of(each) for each in chosen]
    if any(kind != "layout" and kinds.count(kind) > 1 for kind in kinds):
        return False
    said = {*chosen, *kinds}
    return not any(pair <= said for pair in NEVER) and not any(
        len(apart & said) > 1 for apart in layouts.APART
    )


def drawn(seed: int, count: int = 3, kinds: Sequence[str] = tuple(KINDS)) -> list[str]:
    """Draw shapes of some kinds that can be those of one export: more often of a kind of which there are more."""
    rng = random.Random(seed)
    weights = [len(KINDS[kind]) ** 0.5 for kind in kinds]
    while True:
        chosen = [rng.choice(list(KINDS[kind])) for kind in rng.choices(kinds, weights, k=count)]
        if len({*chosen}) == count and fit(chosen):
            return chosen


def made(seed: int, shapes: list[str]) -> Export:
    """Make an export of some shapes."""
    rng = random.Random(seed)
    export = sample_export(rng)
    lacking = [_NEEDS[shape] for shape in shapes if shape in _NEEDS and not _NEEDS[shape] & {*shapes}]
    wanted = [*shapes, *(rng.choice(sorted(each)) for each in lacking)]
    for known in KINDS.values():
        for shape in known:
            if shape in wanted:
                known[shape](export)
                export.shapes.append(shape)
    return export


@dataclass(frozen=True)
class Outcome:
    """What became of an export: ``right``, ``asked`` (and then right), ``refused``, or ``wrong``."""

    what: str
    why: str = ""
    text: str = ""
    asked: int = 0
    """Questions that were answered, the report's currency among them."""


def outcome(export: Export, folder: Path) -> Outcome:
    """Write an export, propose its map, answer as its maker can, read it, and hold what is read against the truth."""
    files.write(export, folder / "data")
    facts.turn_credits(export.rows)
    try:
        text = propose_map(folder / "data")
    except WorkbookError as error:
        return Outcome("refused", f"init: {error}")
    answered = text
    asked, by_currency = 0, 0
    while questions := open_questions(answered):
        question = questions[0]
        value = export.answer(question) if question.line else None
        if value is None:
            return Outcome("refused", f"not known: {question.sentence}", text)
        answered = with_answer(answered, question, value)
        asked += 1
        by_currency += question.key == "report.currency"
    if export.rates:
        answered += "\n[source.currency_rates]\n" + "".join(
            f"{code} = {rate}\n" for code, rate in export.rates.items()
        )
    path = folder / "workbook.toml"
    path.write_text(answered, encoding="utf-8")
    try:
        tables = read_tables(folder / "data", load_settings(path), folder / "cache")
    except WorkbookError as error:
        return Outcome("refused", f"check: {error}", answered)
    lines = pd.read_parquet(tables.path("order_lines"))
    found: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}
    for customer, day, net, pieces in zip(
        lines["customer_id"], lines["order_date"], lines["net_amount"], lines["quantity"], strict=True
    ):
        key = ("" if pd.isna(customer) else customer, f"{day:%Y-%m}")
        before = found.get(key, (Decimal(0), Decimal(0)))
        found[key] = before[0] + net, before[1] + (Decimal(0) if export.files == "side_by_side" else pieces)
    wrong = different(found, export.right())
    if wrong:
        return Outcome("wrong", wrong, answered)
    return Outcome("asked" if asked > by_currency else "right", text=answered, asked=asked)


def different(
    found: dict[tuple[str, str], tuple[Decimal, Decimal]],
    right: dict[tuple[str, str], tuple[Decimal, Decimal]],
) -> str:
    """Say where figures are not right; empty where they are, to the cent, or a cent where tax was divided out."""
    for key in sorted({*found, *right}):
        ours, theirs = found.get(key, (Decimal(0),) * 2), right.get(key, (Decimal(0),) * 2)
        if abs(ours[0] - theirs[0]) >= Decimal("0.005") or ours[1] != theirs[1]:
            total = sum((net for net, _ in found.values()), Decimal(0))
            truth = sum((net for net, _ in right.values()), Decimal(0))
            return f"{key}: {ours[0]} and {ours[1]} pieces for {theirs[0]} and {theirs[1]}; in all {total} for {truth}"
    return ""


def counted(outcomes: dict[str, list[tuple[list[str], Outcome]]]) -> str:
    """Write a table of what became of the exports, by kind and shape."""
    lines = [f"{'shape':<28}{'right':>7}{'asked':>7}{'refused':>9}{'wrong':>7}"]
    for shape, each in outcomes.items():
        tally = Counter(result.what for _, result in each)
        lines.append(
            f"{shape:<28}{tally['right']:>7}{tally['asked']:>7}{tally['refused']:>9}{tally['wrong']:>7}"
        )
    return "\n".join(lines)
