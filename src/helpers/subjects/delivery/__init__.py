"""Delivery: on time in full, what waits, and what follows in buying."""
