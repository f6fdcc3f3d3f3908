"""A source's rows become the contract's rows, or go to quarantine with a reason; both are counted."""
