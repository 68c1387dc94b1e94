"""Rows that come in several files: known again by a hash each, kept apart, and counted once (decision 16)."""
