"""Replay evaluations with real models: a sample of a customer's requests, a candidate's answers, a blind judge."""

from common.agents.evaluation.service import EvaluationService, RealModelsNeededError, Replayed, Sample, open_evaluation

__all__ = ["EvaluationService", "RealModelsNeededError", "Replayed", "Sample", "open_evaluation"]
