"""ABC tiers inside each class, their movement, and how much hangs on how few."""
