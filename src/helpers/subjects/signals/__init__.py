"""Signals that warn before the orders stop: each against the usual of the customer and of its class."""
