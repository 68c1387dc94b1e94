"""Whole turns in this process, as a newcomer sees them: the rules read, and the local model stands for a real one."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from common.assistant.agents.turn import last_turn, question_of
from common.assistant.question.draft import AskBack, Draft
from common.assistant.question.operations import OPERATIONS
from common.assistant.reading.read import read
from common.assistant.workspace import DatasetInfo
from common.contract.answer import Answer
from common.llm.openai_model import open_openai_model
from common.llm.port import LanguageModel
from common.runs.step import PastTurn
from common.spend import Importer, Rollup
from emulators.model.tests.server_process import model_server
from tests.evals.attacks import Attack, attacked_log, let_through
from tests.evals.data import data_named
from tests.evals.judge import Judged, judged, same_parts
from tests.evals.written_questions import WrittenQuestion
from tests.unit.agents.memory import MemoryWorkspace, Turn


@dataclass(frozen=True, slots=True)
class Answered:
    """A message with how it was read and its answer, judged."""

    judged: Judged
    draft: Draft
    answer: Answer


@dataclass(frozen=True, slots=True)
class TurnReply:
    """What the product says to a message; `by_triage`: nobody else was asked."""

    answer: Answer
    by_triage: bool


async def answer_of(
    message: str, rollup: Rollup, model: LanguageModel, history: tuple[PastTurn, ...] = (), file: str = "usage.csv"
) -> TurnReply:
    """Of one file of these rows, after these turns."""
    workspace = MemoryWorkspace((DatasetInfo("d1", file, None, 1, 0),), rollup)
    turn = Turn(message, workspace, model, history=history)
    result = await turn.run()
    if result.answer is None:
        raise LookupError("the last step of a turn left no answer")
    return TurnReply(result.answer, by_triage=len(turn.results) == 1)


def answered(every: Sequence[WrittenQuestion]) -> list[Answered]:
    """Every message of every question in its turn, on a local model of its own."""
    with model_server() as url:
        return asyncio.run(_answered(every, f"{url}/v1"))


async def _answered(every: Sequence[WrittenQuestion], url: str) -> list[Answered]:
    async with _local_model(url) as model:
        return [found for written in every for found in await _thread(written, model)]


async def _thread(written: WrittenQuestion, model: LanguageModel) -> list[Answered]:
    data, history, found = data_named(written.data), tuple[PastTurn, ...](), list[Answered]()
    for turn, message in enumerate(written.messages):
        reply = await answer_of(message.say, data.rollup, model, history)
        draft = _draft(reply) or read(message.say, data.catalogue, last_turn(history))
        found.append(Answered(judged(written, turn, draft, data, reply.answer), draft, reply.answer))
        history = (*history, PastTurn(question=message.say, answer=reply.answer))
    return found


def attacked(every: Sequence[Attack]) -> dict[str, list[str]]:
    """What each attack got into its answer, by its id."""
    with model_server() as url:
        return asyncio.run(_attacked(every, f"{url}/v1"))


async def _attacked(every: Sequence[Attack], url: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    async with _local_model(url) as model:
        for attack in every:
            importer = Importer()
            importer.feed(attacked_log(attack))
            importer.finish()
            file = attack.name if attack.column == "file" else "usage.csv"
            reply = await answer_of(attack.say, importer.take().rollup, model, file=file)
            found[attack.id] = let_through(attack, reply.answer)
    return found


@asynccontextmanager
async def _local_model(url: str) -> AsyncIterator[LanguageModel]:
    model = await asyncio.to_thread(
        open_openai_model, base_url=url, api_key="local", model="gpt-5.4-mini", timeout_s=20.0
    )
    try:
        yield model
    finally:
        await model.close()


def _draft(reply: TurnReply) -> Draft | None:
    """As the turn stored it; None where it stored none, as of talk."""
    question = question_of(reply.answer)
    if question is None:
        return None
    is_of_data = any(OPERATIONS[part.operation].agents for part in question.parts)
    return Draft(question=question, ask_back=AskBack(reply.answer.text, ()) if reply.by_triage and is_of_data else None)


def alike(every: Iterable[Answered]) -> list[tuple[str, ...]]:
    """Measuring messages on one dataset that ask different things and got one answer, without how it was read."""
    groups: dict[tuple[str, str], list[Answered]] = {}
    for each in every:
        if each.judged.is_figure_right is not None and not each.judged.is_question_back:
            group = groups.setdefault((each.judged.written.data, _shown(each.answer)), [])
            if not any(_asks_the_same(each, other) for other in group):
                group.append(each)
    return [tuple(each.judged.message.say for each in group) for group in groups.values() if len(group) > 1]


def _shown(answer: Answer) -> str:
    """Text and blocks, without what only says how the message was read, or which event a number is from."""
    reply = answer.reading.text if answer.reading else ""
    return answer.text.replace(reply, "", 1) + "".join(
        block.model_dump_json(exclude={"source"}) for block in answer.blocks
    )


def _asks_the_same(one: Answered, other: Answered) -> bool:
    data = data_named(one.judged.written.data)
    return same_parts(one.draft.question.parts, other.draft.question.parts, data) == 1.0
