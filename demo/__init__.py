"""The demo: what seriesbox finds in data whose answer is known. Run it by `scripts/demo`."""
