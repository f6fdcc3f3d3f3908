"""What comes back: rates and reasons of returns, against the class."""
