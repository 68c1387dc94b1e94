"""Evidence on quality that customers hand in: scores of prompts, or a sample that real models replay, judged blind."""
