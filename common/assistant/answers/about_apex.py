"""What Apex tells without data and without other agents: who it is, what it can do, and what it cannot."""

from common.assistant.question.model import Question
from common.assistant.tools.capabilities import capability
from common.contract.answer import Answer, ReadQuestion


def answer_about_apex(question: Question, *, has_data: bool) -> Answer:
    """One paragraph for each part; no figure stands in it."""
    results = [capability(part.operation, part.topic, has_data=has_data) for part in question.parts]
    texts = [" ".join(sentence.text for sentence in result.sentences) for result in results]
    return Answer(
        text="\n\n".join(dict.fromkeys(texts)),
        reading=ReadQuestion(unread=list(question.unread), question=question.model_dump_json(exclude_defaults=True)),
    )
