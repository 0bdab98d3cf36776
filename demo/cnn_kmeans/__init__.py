"""The demo of CNN-KMeans: which of these series are alike?"""
