"""What lifetime value learns from all customers: purchase and spend models, their backtest, their futures."""
