"""Rebates: what agreements earn customers, what is paid and open, and how far the next bracket is."""
