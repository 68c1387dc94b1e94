"""The evaluation of how Apex reads and answers questions."""
