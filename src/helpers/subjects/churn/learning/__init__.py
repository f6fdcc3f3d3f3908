"""How the probability of churn is learnt: features, fit, walk-forward backtest, calibration."""
