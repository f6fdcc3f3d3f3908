"""Executed notebooks as pages, the front page, and the Excel file."""
