"""Quotes: win rate, time to decision, reasons for losses, open quotes."""
