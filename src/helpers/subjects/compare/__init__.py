"""Two books side by side, and what would be if prices, quantities or customers were others."""
