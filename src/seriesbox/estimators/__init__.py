"""The estimators of Python: arrays in, arrays out, by scikit-learn's conventions."""
