"""The demo of LSTM-AD: which rows of this series are unlike all that came before?"""
