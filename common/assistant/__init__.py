"""The assistant: reads a question, calls tools on a user's data, composes the answer; one step of a run at a time."""
