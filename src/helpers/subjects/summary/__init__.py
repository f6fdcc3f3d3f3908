"""The front page: the month in a few figures, and one list of actions."""
