"""The demo: what seriesbox answers about data whose answer is known. `scripts/demo` runs it."""
