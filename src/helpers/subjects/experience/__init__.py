"""From inexperienced generalist to experienced specialist: who turns, and what to offer."""
