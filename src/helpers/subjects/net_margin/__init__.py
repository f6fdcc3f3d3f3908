"""Net margin: from list price to what a customer leaves after rebates and the cost of serving it."""
