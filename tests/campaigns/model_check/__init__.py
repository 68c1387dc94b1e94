"""The run protocol against its invariants: all orders in which two operations can meet, and long random lives."""
