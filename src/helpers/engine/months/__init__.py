"""What is known by month: coverage, facts that grow month by month, and which past rows have changed."""
