"""The month on one page, and one list of what should be done."""
