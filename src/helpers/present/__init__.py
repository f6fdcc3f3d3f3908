"""How figures are written for readers: tables, findings, numbers and words in the report's language."""
