"""The report of a model: samples of data with the model's answers, as a page."""
