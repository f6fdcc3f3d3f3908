"""Exchange rates: the exchange effect in a change of sales, and growth at constant rates."""
