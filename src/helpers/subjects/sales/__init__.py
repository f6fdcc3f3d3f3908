"""What was sold: order days, months and purchases of each customer, which all other subjects rest on."""
