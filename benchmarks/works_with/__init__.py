"""What people have around the workbook, run and written down: ``make works-with`` makes ``docs/works-with.md``."""
