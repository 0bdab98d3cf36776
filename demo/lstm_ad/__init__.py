"""The demo of LSTM-AD: where is something in this series that was never there before?"""
