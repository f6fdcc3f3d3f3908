"""What is to be done, as a sheet to fill in, and what became of what was to be done a month ago."""
