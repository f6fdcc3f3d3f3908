"""One customer, and the index of all."""
