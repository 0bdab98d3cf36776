"""LSTM-AD: anomaly detection by forecasting."""
