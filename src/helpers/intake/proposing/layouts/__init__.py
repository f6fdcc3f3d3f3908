"""Where the table is in a report, and which of its rows are data: found in the rows themselves, for a map."""
