"""Follow-up: the list of actions as a sheet to fill in, and the outcomes of last month's actions."""
