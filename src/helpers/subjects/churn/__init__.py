"""Who is about to leave: a probability for every customer, its reasons, and what became of warnings."""
