"""What the assistant knows without any data: facts about providers and the field, and what Apex can do; all as data."""
