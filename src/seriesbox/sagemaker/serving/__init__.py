"""`serve`: a request passes body, formats, model and formats again, in this order, and leaves one line in the log."""
