"""How a report leaves the house: through one's own mail server, or into a chat."""
