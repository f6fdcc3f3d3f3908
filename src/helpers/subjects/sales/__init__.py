"""Sales facts: order days, months and purchases of each customer, the base of all other subjects."""
