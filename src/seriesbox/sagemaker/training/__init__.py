"""`train`: a job reads its channels, fits a model and saves it; on several hosts or GPUs, processes do so together."""
