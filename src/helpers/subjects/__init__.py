"""A folder a subject: its facts, its analysis, what readers see of it, and what a book can be asked."""
