"""`serve`: Flask under gunicorn. `answer.py` follows one request to its answer; the other modules are its steps."""
