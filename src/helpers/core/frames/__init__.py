"""Frames of customers and months in pandas: looking up, adding up, and trailing windows."""
