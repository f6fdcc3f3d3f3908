"""Reports laid out for people, as tables: heads below titles, totals between rows, months side by side."""
