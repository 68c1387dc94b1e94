"""Placeholder of the reading in words, which another change brings."""

from common.assistant.question.model import Question
from common.spend.semantics.result import Coverage


def said(question: Question, coverage: Coverage | None = None) -> str:
    """The reading in a sentence; "" where it is trivial."""
    return "; ".join(question.doubts) if coverage is None else ""
