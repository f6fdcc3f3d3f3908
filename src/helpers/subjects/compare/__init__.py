"""Comparison of two books, and scenarios for prices, quantities and lost customers."""
