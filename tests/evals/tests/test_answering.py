"""Whole turns of the evaluation, on the local model."""

from common.assistant.question.draft import Draft
from common.assistant.question.model import Question
from common.contract.answer import Answer, ReadQuestion
from tests.evals.answering import Answered, alike, answered, attacked
from tests.evals.attacks import attacks
from tests.evals.judge import Judged, Verdict
from tests.evals.notation import readings_of
from tests.evals.written_questions import Message, WrittenQuestion, questions


def _answered(want: str, read: str, text: str, reply: str = "") -> Answered:
    message = Message(want, readings_of(want), frozenset(), _ANY.format, None, None, (), ())
    written = WrittenQuestion(want, "kind", "shop", "en", "develop", (message,))
    judged = Judged(written, 0, Verdict.COMPLETE, want, read, is_figure_right=True)
    draft = Draft(question=Question(parts=readings_of(read)[0]))
    return Answered(judged, draft, Answer(text=text, reading=ReadQuestion(text=reply)))


_ANY = questions()[0].messages[0]


def test_one_text_for_questions_that_were_read_differently_is_counted_without_the_line_of_the_reading() -> None:
    cost = _answered("cost", "cost", "Cost of all.\n5 USD.", "Cost of all.")
    requests = _answered("requests", "requests", "Requests of all.\n5 USD.", "Requests of all.")
    twice = _answered("cost", "cost | in last_days 35", "Cost of all.\n5 USD.", "Cost of all.")
    other = _answered("error_rate", "error_rate", "6 %.")
    assert alike([cost, requests, twice, other]) == [("cost", "requests")]


def test_a_turn_that_tells_declines_or_asks_back_is_judged_by_what_it_said() -> None:
    wanted = {
        "know-batch-discount": Verdict.COMPLETE,
        "act-alert": Verdict.DECLINED_RIGHTLY,
        "no-feature-chatbot": Verdict.DECLINED_RIGHTLY,
    }
    found = answered([written for written in questions() if written.id in wanted])
    assert {each.judged.written.id: each.judged.verdict for each in found} == wanted


def test_names_that_attack_get_nothing_into_an_answer() -> None:
    tried = [attack for attack in attacks() if attack.id in {"feature-link", "user-bidi", "feature-heading"}]
    assert attacked(tried) == {attack.id: [] for attack in tried}
