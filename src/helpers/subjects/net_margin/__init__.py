"""Net margin: from list price to contribution after rebates and the cost to serve."""
