"""Quotes: how many are won, how fast, why they are lost, what is open."""
