"""Files, requests and answers in every format <-> tables."""
