"""Deliveries: on time in full, waiting lines, orders in hand, and the effect on later sales."""
