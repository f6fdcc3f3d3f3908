"""ABC tiers within each class, their movement, and concentration of sales."""
