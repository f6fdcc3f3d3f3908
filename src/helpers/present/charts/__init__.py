"""Charts as SVG: the same bytes on every run."""
