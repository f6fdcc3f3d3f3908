"""How much a report shows first, and how it reaches its readers."""
