"""Visits, attention, prospects and customer records."""
