"""Evidence on quality that customers submit: scores of prompts, or a sample that real models replay, judged blind."""
