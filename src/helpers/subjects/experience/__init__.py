"""Experience shift: customers who turn from generalists to specialists, and offers for them."""
