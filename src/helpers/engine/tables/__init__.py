"""The standard tables as facts are built from them: as of a month end, each customer once."""
