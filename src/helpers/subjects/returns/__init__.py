"""Returns: rates and reasons, against the class."""
