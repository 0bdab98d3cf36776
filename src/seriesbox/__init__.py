"""Time-series clustering and anomaly detection in one open container for Amazon SageMaker."""
