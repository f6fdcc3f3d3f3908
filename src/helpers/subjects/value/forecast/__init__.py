"""Forecasts of purchases and the backtest that chooses among them."""
