"""Bytes <-> tables of floats: CSV, JSON and JSON Lines."""
