"""`serve`: Flask under gunicorn. `answer.py` is a request's way; the others are the stations that it passes."""
