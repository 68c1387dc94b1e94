"""Whether a message was read as it is meant, and its answer right: by result, not by spelling."""

import math
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from common.assistant.question.draft import Draft
from common.assistant.question.model import Operation, Question
from common.contract.answer import Answer, Figure
from common.spend.semantics import Unanswerable, UsageQuery
from tests.evals.data import Data
from tests.evals.expected_figures import figures_of, is_unknown
from tests.evals.normal import outcome_of, same_part
from tests.evals.notation import Parts
from tests.evals.written import line_of
from tests.evals.written_questions import Message, WrittenQuestion


class Verdict(StrEnum):
    """What a reading and its answer are."""

    COMPLETE = "whole"
    """Read as it is meant, to the last word; where it is answered, with the right figure."""
    PART = "part"
    """Something of it is read as it is meant, but not all."""
    WRONG_FIGURE = "wrong_figure"
    """Read as it is meant, and the right figure does not open the answer."""
    WRONG_READING = "wrong_reading"
    ASKED_BACK = "asked"
    """A question back, where an answer was expected."""
    DECLINED_RIGHTLY = "declined_rightly"
    """What cannot be answered is not answered, or asked about."""
    DECLINED_WRONGLY = "declined_wrongly"
    """Taken for something that Apex does not do."""
    DEFAULT_PLAN = "default_plan"
    """A plan that nobody asked for."""


GOOD = frozenset({Verdict.COMPLETE, Verdict.DECLINED_RIGHTLY})
"""What a reader is to reach."""
HARMLESS = GOOD | {Verdict.ASKED_BACK}
"""What may be said of a measuring question: nothing false."""
_NOT_OF_DATA = frozenset({Operation.ACT, Operation.OUTSIDE, Operation.INTERNALS, Operation.ABOUT, Operation.EXPORT})
_DECLINING = frozenset({Operation.ACT, Operation.OUTSIDE, Operation.INTERNALS})
_OPERATIONS = {
    "knowledge": Operation.KNOWLEDGE, "about": Operation.ABOUT, "export": Operation.EXPORT,
    "explain": Operation.EXPLAIN, "internals": Operation.INTERNALS, "act": Operation.ACT, "outside": Operation.OUTSIDE,
}  # fmt: skip
ANSWERS = frozenset({"ask", "decline", "not_held", "language", *_OPERATIONS})
"""What `answer` may be in a file of questions."""
_WANTED = frozenset({"ask", "knowledge", "about", "export", "explain"})
"""Those that are all that is wanted; the others decline."""
_ENDS = re.compile(r"^\W+|\W+$")


@dataclass(frozen=True, slots=True)
class Judged:
    """A message with its verdict; `expected` and `read` in one line each, for a developer.

    `is_figure_right`: the reading measures the right thing, whatever its format; None where nothing is to be measured.
    """

    written: WrittenQuestion
    turn: int
    verdict: Verdict
    expected: str
    read: str
    is_figure_right: bool | None = None
    is_question_back: bool = False

    @property
    def message(self) -> Message:
        """What was said."""
        return self.written.messages[self.turn]

    @property
    def is_good(self) -> bool:
        """What a reader is to reach."""
        return self.verdict in GOOD

    @property
    def is_harmless(self) -> bool:
        """Nothing false is said: the right figure, a question back, or an honest "not held"."""
        return self.verdict in HARMLESS or self.is_figure_right is True


def judged(written: WrittenQuestion, turn: int, draft: Draft, data: Data, answer: Answer | None = None) -> Judged:
    """`answer` None: only the reading is judged."""
    message = written.messages[turn]
    verdict = _verdict(message, written.language, draft, data)
    is_right = _is_figure_right(message, draft.question, data)
    is_back = draft.ask_back is not None
    if answer is not None and is_right and not is_back and not _opens_with_figures(message, draft, data, answer):
        verdict, is_right = Verdict.WRONG_FIGURE, False
    return Judged(written, turn, verdict, expectation(message), reading(draft), is_right, is_back)


def _verdict(message: Message, language: str, draft: Draft, data: Data) -> Verdict:
    question = draft.question
    given = _answers(draft, data) & message.answers
    figure = max((same_parts(parts, question.parts, data) for parts in message.readings), default=0.0)
    if given & _WANTED or (draft.ask_back is None and figure == 1.0 and _is_dressed(message, language, question)):
        return Verdict.COMPLETE
    if given:
        return Verdict.DECLINED_RIGHTLY
    return Verdict.ASKED_BACK if draft.ask_back is not None else _short_of_it(message, question, figure)


def _short_of_it(message: Message, question: Question, figure: float) -> Verdict:
    if _has(question, Operation.PLAN) and not any(_plans(parts) for parts in message.readings):
        return Verdict.DEFAULT_PLAN
    if figure:
        return Verdict.PART
    if message.readings and question.parts[0].operation in _NOT_OF_DATA:
        return Verdict.DECLINED_WRONGLY
    return Verdict.WRONG_READING


def _answers(draft: Draft, data: Data) -> frozenset[str]:
    """Which of ANSWERS a draft gives."""
    question = draft.question
    operations = {part.operation for part in question.parts}
    kinds = {name for name, operation in _OPERATIONS.items() if operations == {operation}}
    if draft.ask_back is not None:
        kinds |= {"ask", "not_held", "language"}
    if operations <= _DECLINING:
        kinds |= {"decline"}
    if question.language == "other" and (question.unread or operations <= _DECLINING):
        kinds |= {"language"}
    if any(_is_not_held(part.query, data) for part in question.parts if part.operation == Operation.MEASURE):
        kinds |= {"not_held"}
    return frozenset(kinds)


def _is_not_held(query: UsageQuery, data: Data) -> bool:
    return isinstance(outcome_of(query, data.name), Unanswerable)


def same_parts(expected: Parts, read: Parts, data: Data) -> float:
    """The share of parts that are alike, in any order; 1.0 only where there are none besides."""
    left = list(read)
    for part in expected:
        same = next((each for each in left if same_part(part, each, data)), None)
        if same is not None:
            left.remove(same)
    return (len(read) - len(left)) / max(len(expected), len(read))


def _is_dressed(message: Message, language: str, question: Question) -> bool:
    """Whether format, audience, currency, language and the words that were not used are as they should be."""
    unread, maybe = _words(question.unread), _words(message.maybe_unread)
    return (
        question.format == message.format
        and question.audience == message.audience
        and question.currency == message.currency
        and question.language == language
        and unread - maybe == _words(message.unread) - maybe
    )


def _words(phrases: Collection[str]) -> Counter[str]:
    words = (_ENDS.sub("", word).casefold() for phrase in phrases for word in phrase.split())
    return Counter(word for word in words if word)


def _is_figure_right(message: Message, question: Question, data: Data) -> bool | None:
    measured = [parts for parts in message.readings if all(part.operation == Operation.MEASURE for part in parts)]
    if not measured:
        return None
    return any(same_parts(parts, question.parts, data) == 1.0 for parts in measured)


def _opens_with_figures(message: Message, draft: Draft, data: Data, answer: Answer) -> bool:
    """Whether the first paragraph with figures, each with a source, shows what DuckDB finds for the reading that was
    met; where the rows do not say, it must not show 0. So a salutation, or a line on the language, may come before.
    """
    met = next(parts for parts in message.readings if same_parts(parts, draft.question.parts, data) == 1.0)
    paragraphs = answer.text.strip().split("\n\n")
    shown = next(filter(None, ([each for each in answer.figures if each.text in text] for text in paragraphs)), [])
    if is_unknown(met[0].query, data):
        return not any(figure.value == 0 for figure in shown)
    return all(any(_is_same(figure, number) for figure in shown) for number in figures_of(met[0].query, data))


def _is_same(figure: Figure, number: tuple[float, float]) -> bool:
    value, tolerance = number
    return math.isclose(figure.value, value, rel_tol=tolerance, abs_tol=1e-6)


def _has(question: Question, operation: Operation) -> bool:
    return any(part.operation == operation for part in question.parts)


def _plans(parts: Parts) -> bool:
    return any(part.operation == Operation.PLAN for part in parts)


def expectation(message: Message) -> str:
    """In one line."""
    readings = [" ;; ".join(map(line_of, parts)) for parts in message.readings]
    return " OR ".join([*readings, *sorted(message.answers)])


def reading(draft: Draft) -> str:
    """In one line."""
    question = draft.question
    whole = question.model_dump(mode="json", exclude_defaults=True, exclude={"parts", "doubts"})
    written = [f"ASKS {draft.ask_back.text!r}"] if draft.ask_back else []
    return " ".join([*written, " ;; ".join(map(line_of, question.parts)), *(f"{k}={v}" for k, v in whole.items())])
