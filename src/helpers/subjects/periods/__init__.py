"""Sales by the company's own periods where its year has not twelve."""
