"""A replay runs a sample through a candidate and a blind judge, with real models only."""

import json
from collections.abc import Awaitable, Callable

import pytest

from common.agents.evaluation import EvaluationService, RealModelsNeededError, Sample, open_evaluation
from common.agents.evaluation.judging import preference_of, question_of
from common.environment.isolated import IsolatedEnvironment
from common.environment.settings import load_settings
from common.llm.port import LanguageModel, ModelCall, ModelMisbehavedError, ModelReply, ModelRequest, ModelUsage
from common.spend.quality.replay import Trial

LOCAL = {
    "APEX_ENV": "test",
    "GOOGLE_CLOUD_PROJECT": "demo-apex-test",
    "APEX_STEP_URL": "http://127.0.0.1:1",
    "FIRESTORE_EMULATOR_HOST": "127.0.0.1:3",
    "FIREBASE_AUTH_EMULATOR_HOST": "127.0.0.1:4",
    "APEX_TASKS_EMULATOR_HOST": "127.0.0.1:5",
    "APEX_SECRETS_EMULATOR_HOST": "127.0.0.1:5",
    "PUBSUB_EMULATOR_HOST": "127.0.0.1:8",
    "APEX_UPKEEP_URL": "http://127.0.0.1:2",
    "APEX_USAGE_URL": "http://127.0.0.1:9",
    "APEX_OIDC_CERTS_URL": "http://127.0.0.1:6/certs",
    "APEX_MODEL_BASE_URL": "http://127.0.0.1:7/v1",
}
_USAGE = ModelUsage(model="gpt-4o", input_tokens=1_000, cache_read_tokens=0, output_tokens=100, reasoning_tokens=0)
TRIAL = Trial(0, "2 + 2?", "4", "5", swapped=False)


def _reply(text: str, better: str | None = None) -> ModelReply:
    calls = () if better is None else (ModelCall(call_id="c", tool="prefer", arguments={"better": better}),)
    return ModelReply(items=(), text=text, calls=calls, usage=_USAGE)


class Adder(LanguageModel):
    """A model by rules behind the port: it adds, and is wrong about large numbers."""

    async def respond(self, request: ModelRequest, on_text: Callable[[str], Awaitable[None]]) -> ModelReply:
        """The sum."""
        one, two = (int(word) for word in request.items[0]["content"][0]["text"].split("+"))
        answer = str(one + two) if one < 50 else "a lot"
        await on_text(answer)
        return _reply(answer)


class Checker(LanguageModel):
    """A judge by rules behind the port: it adds up itself, and its first `mute` replies name no answer."""

    def __init__(self, mute: int = 0) -> None:
        self.mute = mute

    async def respond(self, request: ModelRequest, on_text: Callable[[str], Awaitable[None]]) -> ModelReply:
        """The answer that is right."""
        await on_text("")
        if self.mute:
            self.mute -= 1
            return _reply("Well.")
        asked = json.loads(request.items[0]["content"][0]["text"])
        right = str(sum(int(word) for word in asked["request"].split("+")))
        first, second = asked["first"] == right, asked["second"] == right
        return _reply("", "tie" if first == second else "first" if first else "second")


SAMPLES = [Sample("", f"{n} + {n}", str(2 * n)) for n in range(30, 70)]


async def test_a_sample_is_answered_and_judged_blind_and_its_cost_counted() -> None:
    found = await EvaluationService(Adder(), Checker()).evaluate(SAMPLES, seed=1)
    assert (found.result.wins, found.result.ties, found.result.losses) == (0, 20, 20)
    assert found.result.verdict == "against"
    assert found.cost_usd == pytest.approx((40 + 80) * (1_000 * 2.5 + 100 * 10) / 1e6)


async def test_a_judge_that_names_no_answer_is_asked_again_and_paid_for() -> None:
    found = await EvaluationService(Adder(), Checker(mute=2)).evaluate(SAMPLES[:1], seed=1)
    assert found.result.ties == 1
    assert found.cost_usd == pytest.approx((1 + 2 + 2) * 0.0035)
    with pytest.raises(ModelMisbehavedError, match="named no answer"):
        await EvaluationService(Adder(), Checker(mute=99)).evaluate(SAMPLES[:1], seed=1)


def test_the_question_to_the_judge_names_no_model_and_no_side() -> None:
    asked = question_of(TRIAL)
    assert json.loads(asked.items[0]["content"][0]["text"]) == {"request": "2 + 2?", "first": "4", "second": "5"}
    assert not any(word in asked.instructions for word in ("candidate", "reference", "gpt", "cheaper"))


def test_a_reply_that_is_none_of_the_three_is_refused() -> None:
    assert preference_of(_reply("", "tie")) == "tie"
    for reply in (_reply("first"), _reply("", "both")):
        with pytest.raises(ModelMisbehavedError, match="named no answer"):
            preference_of(reply)


def test_a_local_model_server_is_refused_with_the_way_to_mend_it() -> None:
    settings = load_settings(IsolatedEnvironment(LOCAL), "step")
    with pytest.raises(RealModelsNeededError, match="Export OPENAI_API_KEY in the shell"):
        open_evaluation(settings, "gpt-4o-mini")
