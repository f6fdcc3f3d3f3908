"""Intake: from a company's files or database to the standard tables; nothing lost, nothing silent."""

from pathlib import Path

from helpers.intake.accounts import reconciliation, reconciliation_text
from helpers.intake.cache import read_tables
from helpers.intake.tables import InputFile, StandardTables

__all__ = [
    "InputFile",
    "StandardTables",
    "propose_map",
    "read_tables",
    "reconciliation",
    "reconciliation_text",
]


def propose_map(data: Path | str | list[Path | str]) -> str:
    """Propose a ``workbook.toml`` for an export: see :func:`helpers.intake.proposing.propose.propose_map`."""
    # Imported late: it needs the contracts, and with them an engine that a report from the cache does
    # without.
    from helpers.intake.proposing import propose

    return propose.propose_map(data)
