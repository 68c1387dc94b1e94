"""The replay of a sample through a candidate and a judge. Real models only, and nothing is kept."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from common.environment.profiles import MODELS, ModelProvider
from common.environment.secrets import openai_key
from common.environment.settings import Settings
from common.errors import ConfigurationError
from common.evaluations.judge import preference_of, question_of
from common.evaluations.sample import Sample
from common.llm.openai_model import open_openai_model
from common.llm.port import LanguageModel, ModelMisbehavedError, ModelReply, ModelRequest, ModelUsage, message_item
from common.spend.prices import cost_of_model_call
from common.spend.quality import Pair, Preference, PreferenceCounts
from common.spend.quality.replay import Trial, tally_of, trials

_AT_ONCE = 8
_ATTEMPTS = 3
_T = TypeVar("_T")


class RealModelsNeededError(ConfigurationError):
    """A rule-based model server would judge, or answer as the candidate: its verdict would be worth nothing."""


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """`cost_usd`: of the candidate's and the judge's calls, at list prices."""

    tally: PreferenceCounts
    left_out: int
    """Requests that the candidate did not answer, or the judge did not decide, when asked three times."""
    cost_usd: float


def has_real_models(settings: Settings) -> bool:
    """False where a local model server answers: no sample is accepted there, and none replayed."""
    return settings.model_base_url is None


def open_evaluation(settings: Settings, candidate: str) -> "EvaluationService":
    """The service for one candidate of OpenAI, with our own model there as the judge.

    Imports the provider's SDK: call it off the event loop. Raises RealModelsNeededError.
    """
    if not has_real_models(settings):
        raise RealModelsNeededError(
            "A replay evaluation needs real models, and here a local model server answers (APEX_MODEL_BASE_URL)."
            " Export OPENAI_API_KEY in the shell that starts the local platform, and start it again."
        )
    key, timeout_s = openai_key(settings), settings.profile.model_timeout_s
    both = (
        open_openai_model(base_url=None, api_key=key, model=name, timeout_s=timeout_s)
        for name in (candidate, MODELS[ModelProvider.OPENAI].others)
    )
    return EvaluationService(*both)


class EvaluationService:
    """Holds two models and nothing of any sample."""

    def __init__(self, candidate: LanguageModel, judge: LanguageModel) -> None:
        self._candidate = candidate
        self._judge = judge

    async def evaluate(self, samples: Sequence[Sample], *, seed: int) -> ReplayResult:
        """The candidate answers every sample, and the judge compares both answers in both orders.

        Raises ModelUnavailableError and ModelRejectedError.
        """
        free, spent = asyncio.Semaphore(_AT_ONCE), list[ModelUsage]()
        answers = await _all(self._answer(sample, free, spent) for sample in samples)
        pairs = [
            Pair(s.request, s.reference, answer)
            for s, answer in zip(samples, answers, strict=True)
            if answer is not None
        ]
        blind = trials(pairs, seed)
        preferences = await _all(self._prefer(trial, free, spent) for trial in blind)
        undecided = {trial.place for trial, preference in zip(blind, preferences, strict=True) if preference is None}
        judged = [
            (trial, preference)
            for trial, preference in zip(blind, preferences, strict=True)
            if preference is not None and trial.place not in undecided
        ]
        cost = sum(cost_of_model_call(u.model, u.input_tokens, u.cache_read_tokens, u.output_tokens) for u in spent)
        return ReplayResult(tally_of(judged), len(samples) - len(pairs) + len(undecided), cost)

    async def _answer(self, sample: Sample, free: asyncio.Semaphore, spent: list[ModelUsage]) -> str | None:
        request = ModelRequest(instructions=sample.instructions, items=(message_item(sample.request),))
        return await _usable(self._candidate, request, lambda reply: reply.text, free, spent)

    async def _prefer(self, trial: Trial, free: asyncio.Semaphore, spent: list[ModelUsage]) -> Preference | None:
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
) -> _T | None:
    """What a reply says, or None when no attempt brought a usable one; all of them count as spent."""
    async with free:
        for _ in range(_ATTEMPTS):
            try:
                reply = await model.respond(request, _discard)
                result = read(reply)
            except ModelMisbehavedError as error:
                spent += [error.usage] if error.usage else []
            else:
                spent.append(reply.usage)
                return result
    return None


async def _discard(_: str) -> None:
    """Nobody watches the replies as they come."""
