"""Programs that try for a long time to break the server and the training. Each exits with 1 if it has."""
