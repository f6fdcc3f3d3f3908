"""Complaints and satisfaction."""
