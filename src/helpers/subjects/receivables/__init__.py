"""Receivables: balances, ageing, late payers, and expected cash."""
