"""Working time: sales per working day, holidays that moved, and how much of a period's working days is gone."""
