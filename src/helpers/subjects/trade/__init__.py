"""Sales against what is expected, share of wallet, products, and what to offer to whom."""
