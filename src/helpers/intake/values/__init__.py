"""How values are written: numbers, dates and text, read as a map declares them and never guessed at."""
