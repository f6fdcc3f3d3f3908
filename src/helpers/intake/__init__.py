"""Intake: from a company's own files or database to the standard tables, with nothing lost and nothing silent."""

from helpers.intake.cache import read_tables
from helpers.intake.reconcile import reconciliation, reconciliation_text
from helpers.intake.tables import InputFile, StandardTables

__all__ = ["InputFile", "StandardTables", "read_tables", "reconciliation", "reconciliation_text"]
