"""Random queries to the engine, and the same questions in SQL over the rows."""
