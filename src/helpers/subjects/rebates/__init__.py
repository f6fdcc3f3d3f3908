"""Rebates: accrued, paid and open amounts of agreements, and the distance to the next bracket."""
