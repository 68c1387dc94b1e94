"""Many guests for many turns, on the local platform only."""
