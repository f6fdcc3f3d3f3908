"""Customer composition, and changes against last year and last month."""
