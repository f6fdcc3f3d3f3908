"""Sales against expectations, share of wallet, products, and product recommendations."""
