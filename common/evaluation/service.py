"""The replay of a sample through a candidate and a judge. Real models only, and nothing is kept."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from common.agents.evaluation.judging import preference_of, question_of
from common.environment.secrets import openai_key
from common.environment.settings import Settings
from common.errors import ConfigurationError
from common.llm.openai_model import open_openai_model
from common.llm.port import LanguageModel, ModelMisbehavedError, ModelReply, ModelRequest, ModelUsage
from common.spend.prices import cost_of_model_call, find_by_name
from common.spend.quality.replay import Pair, Preference, ReplayResult, Trial, result_of, trials

_AT_ONCE = 8
_ATTEMPTS = 3
_T = TypeVar("_T")


class RealModelsNeededError(ConfigurationError):
    """A rule-based model server would judge, or answer as the candidate: its verdict would be worth nothing."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A logged request with the answer of the present model, as the customer hands them in for one evaluation."""

    instructions: str
    """The system text that the request was sent with; "" without one."""
    request: str
    reference: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """`cost_usd`: of the candidate's and the judge's calls, at list prices."""

    result: ReplayResult
    cost_usd: float


def open_evaluation(settings: Settings, candidate: str) -> "EvaluationService":
    """The service for one candidate, with the environment's own model as the judge.

    Imports the provider's SDK: call it off the event loop. Raises RealModelsNeededError where a local model server
    answers, and LookupError for a candidate that no adapter reaches.
    """
    if settings.model_base_url is not None:
        raise RealModelsNeededError(
            "A replay evaluation needs real models, and here a local model server answers (APEX_MODEL_BASE_URL)."
            " Export OPENAI_API_KEY in the shell that starts the local platform, and start it again."
        )
    known = find_by_name(candidate)
    if known is None or known.provider != "openai":
        raise LookupError(f"{candidate} cannot be run here: only models of OpenAI can be replayed so far")
    key, timeout_s = openai_key(settings), settings.profile.model_timeout_s
    both = (
        open_openai_model(base_url=None, api_key=key, model=name, timeout_s=timeout_s)
        for name in (candidate, settings.profile.model)
    )
    return EvaluationService(*both)


class EvaluationService:
    """Holds two models and nothing of any sample. Errors of the port end the evaluation."""

    def __init__(self, candidate: LanguageModel, judge: LanguageModel) -> None:
        self._candidate = candidate
        self._judge = judge

    async def evaluate(self, samples: Sequence[Sample], *, seed: int) -> Replayed:
        """The candidate answers every sample, and the judge compares both answers in both orders.

        Raises ValueError without samples, and the errors of the port.
        """
        free, spent = asyncio.Semaphore(_AT_ONCE), list[ModelUsage]()
        answers = await _all(self._answer(sample, free, spent) for sample in samples)
        pairs = [Pair(s.request, s.reference, answer) for s, answer in zip(samples, answers, strict=True)]
        asked = trials(pairs, seed)
        verdicts = await _all(self._prefer(trial, free, spent) for trial in asked)
        cost = sum(cost_of_model_call(u.model, u.input_tokens, u.cache_read_tokens, u.output_tokens) for u in spent)
        return Replayed(result_of(list(zip(asked, verdicts, strict=True))), cost)

    async def _answer(self, sample: Sample, free: asyncio.Semaphore, spent: list[ModelUsage]) -> str:
        message = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": sample.request}]}
        request = ModelRequest(instructions=sample.instructions, items=(message,))
        return await _usable(self._candidate, request, lambda reply: reply.text, free, spent)

    async def _prefer(self, trial: Trial, free: asyncio.Semaphore, spent: list[ModelUsage]) -> Preference:
        return await _usable(self._judge, question_of(trial), preference_of, free, spent)


async def _all(work: Iterable[Coroutine[None, None, _T]]) -> list[_T]:
    """All results in order; the first failure ends the rest."""
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


async def _usable(
    model: LanguageModel,
    request: ModelRequest,
    read: Callable[[ModelReply], _T],
    free: asyncio.Semaphore,
    spent: list[ModelUsage],
) -> _T:
    """What a reply says; a reply that cannot be used is asked for again, and counts as spent all the same."""
    async with free:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                reply = await model.respond(request, _unheard)
                told = read(reply)
            except ModelMisbehavedError as error:
                spent += [error.usage] if error.usage else []
                if attempt == _ATTEMPTS:
                    raise
            else:
                spent.append(reply.usage)
                return told
    raise AssertionError("the last attempt returns or raises")


async def _unheard(_: str) -> None:
    """Nobody watches the replies as they come."""
