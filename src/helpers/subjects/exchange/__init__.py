"""Exchange: what of a change of sales is rates that have moved, and what is growth."""
