"""Who the customers are, and what has changed since last year and last month."""
