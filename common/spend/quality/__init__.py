"""The quality guard: what evidence says of a change that can affect answers."""
