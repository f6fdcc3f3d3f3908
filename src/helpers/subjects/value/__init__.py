"""Lifetime value: what each customer has brought and is expected to bring, and how sure that is."""
