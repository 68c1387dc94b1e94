"""Checks of the code as it stands: words that are retired, and the measures of the structure."""
