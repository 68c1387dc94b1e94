"""A replay runs a sample through a candidate and a blind judge, with real models only."""

import json

import pytest

from common.environment.isolated import IsolatedEnvironment
from common.environment.settings import load_settings
from common.evaluations.judge import preference_of, question_of
from common.evaluations.replay import EvaluationService, RealModelsNeededError, open_evaluation
from common.evaluations.sample import Sample
from common.evaluations.tests.models import Adder, Checker, reply_of
from common.llm.port import ModelMisbehavedError
from common.spend.quality import PreferenceCounts
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
TRIAL = Trial(0, "2 + 2?", "4", "5", swapped=False)


SAMPLES = [Sample("", f"{n} + {n}", str(2 * n)) for n in range(30, 70)]


async def test_a_sample_is_answered_and_judged_blind_and_its_cost_counted() -> None:
    found = await EvaluationService(Adder(), Checker()).evaluate(SAMPLES, seed=1)
    assert (found.tally, found.left_out) == (PreferenceCounts(wins=0, ties=20, losses=20), 0)
    assert found.cost_usd == pytest.approx((40 + 80) * (1_000 * 2.5 + 100 * 10) / 1e6)


async def test_a_judge_that_names_no_answer_is_asked_again_and_paid_for() -> None:
    found = await EvaluationService(Adder(), Checker(mute=2)).evaluate(SAMPLES[:1], seed=1)
    assert found.tally == PreferenceCounts(ties=1)
    assert found.cost_usd == pytest.approx((1 + 2 + 2) * 0.0035)


async def test_a_request_that_cannot_be_judged_is_left_out_and_counted() -> None:
    found = await EvaluationService(Adder(), Checker(mute=3)).evaluate(SAMPLES[:1], seed=1)
    assert (found.tally, found.left_out) == (PreferenceCounts(), 1)
    assert found.cost_usd == pytest.approx((1 + 3 + 1) * 0.0035)


def test_the_question_to_the_judge_names_no_model_and_no_side() -> None:
    asked = question_of(TRIAL)
    assert json.loads(asked.items[0]["content"][0]["text"]) == {"request": "2 + 2?", "first": "4", "second": "5"}
    assert not any(word in asked.instructions for word in ("candidate", "reference", "gpt", "cheaper"))


def test_a_reply_that_is_none_of_the_three_is_refused() -> None:
    assert preference_of(reply_of("", "tie")) == "tie"
    for reply in (reply_of("first"), reply_of("", "both")):
        with pytest.raises(ModelMisbehavedError, match="named no answer"):
            preference_of(reply)


def test_a_local_model_server_is_refused_with_the_way_to_mend_it() -> None:
    settings = load_settings(IsolatedEnvironment(LOCAL), "step")
    with pytest.raises(RealModelsNeededError, match="Export OPENAI_API_KEY in the shell"):
        open_evaluation(settings, "gpt-4o-mini")
