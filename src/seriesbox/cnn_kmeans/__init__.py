"""CNN-KMeans: clustering of series of any length."""
