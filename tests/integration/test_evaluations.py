"""Evaluations in Firestore: taken in once, replayed part by part whatever dies, charged for what was replayed."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from common.accounts.tiers import change_tier
from common.accounts.users import ensure_user
from common.contract.documents import EvaluationDocument
from common.core.clock import now_utc
from common.core.user import UserContext
from common.environment.settings import Settings
from common.errors import ApexError, ErrorCode
from common.evaluations.intake import EVALUATIONS_LIMIT, EvaluationIntake, ReplayRequest, delete_evaluation
from common.evaluations.replay import EvaluationService
from common.evaluations.replay_jobs import replay_due
from common.evaluations.sample import Sample
from common.evaluations.stored import model_in, stored_evaluations
from common.evaluations.tests.models import Adder, Checker
from common.guests.merge import GuestMerge
from common.llm.port import LanguageModel, ModelRejectedError, ModelReply, ModelRequest, ModelUnavailableError
from common.runs.ports import Ports
from common.spend.quality import PreferenceCounts, ReplayResult, read_evaluation
from common.store import paths
from functions.step.workspace import FirestoreWorkspace
from tests.support.documents import stored
from tests.support.protocol import DiedError, document, dying, held_settings, lossy, user_of

OLD, NEW = model_in("gpt-4o"), model_in("gpt-4o-mini")
SCORES = "gpt-4o,gpt-4o-mini,feature\n1,1,chat\n1,0,chat\n1,0,search"
REQUESTS = [Sample("", f"{n} + {n}", str(2 * n)) for n in range(30, 70)]
"""The candidate is right about twenty of them."""
TICKETS = ReplayRequest(name="tickets", reference=OLD, candidate=NEW, feature="chat", samples=REQUESTS)


class Stubborn(LanguageModel):
    """A model that answers nobody, for the reason it is given."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def respond(self, request: ModelRequest, on_text: Callable[[str], Awaitable[None]]) -> ModelReply:
        """Nothing."""
        assert request.items
        await on_text("")
        raise self.error


def opened(candidate: LanguageModel) -> Callable[[Settings, str], EvaluationService]:
    def open_service(_: Settings, name: str) -> EvaluationService:
        assert name == NEW.id
        return EvaluationService(candidate, Checker())

    return open_service


async def take(ports: Ports, uid: str, request: str = "request-1", samples: list[Sample] = REQUESTS) -> str:
    intake = EvaluationIntake(ports.db, user_of(uid), request)
    await intake.take_sample(replace(TICKETS, samples=samples))
    return intake.evaluation_id


async def stored_evaluation(ports: Ports, uid: str, name: str) -> EvaluationDocument:
    """The evaluation, which must be as clients read it."""
    return EvaluationDocument.model_validate(await document(ports, paths.evaluation(uid, name)))


async def below(ports: Ports, uid: str, name: str) -> int:
    """How many documents with scores or samples there are."""
    found = await stored(ports, paths.evaluation(uid, name))
    return sum(path.split("/")[-2] in {paths.SCORES, paths.SAMPLES} for path in found)


async def used(ports: Ports, uid: str) -> int:
    user: dict[str, Any] = await document(ports, paths.user(uid))
    return sum(user["quota"].values())


async def due_again(ports: Ports, uid: str, name: str) -> None:
    await ports.db.document(paths.evaluation(uid, name)).update({"due_at": now_utc()})


@pytest.fixture
def settings() -> Settings:
    """Those of an installation with real models: the stack's own upkeep, which has none, leaves the samples alone."""
    return replace(held_settings(), model_base_url=None)


async def test_scores_count_at_once_and_equal_the_file(ports: Ports, uid: str) -> None:
    evaluation = read_evaluation(SCORES, name="graded")
    for _ in range(2):
        await EvaluationIntake(ports.db, user_of(uid), "request-1").take_scores(evaluation)
    (found,) = (await FirestoreWorkspace(ports.db, uid).evaluations()).files
    assert (found.name, found.models) == ("graded", evaluation.models)
    assert sorted(found.rows, key=repr) == sorted(evaluation.rows, key=repr)
    name = EvaluationIntake(ports.db, user_of(uid), "request-1").evaluation_id
    read = await stored_evaluation(ports, uid, name)
    assert [(score.model, score.mean, score.prompts) for score in read.scores or []] == [
        ("gpt-4o", 1.0, 3),
        ("gpt-4o-mini", pytest.approx(1 / 3), 3),
    ]
    assert await used(ports, uid) == 0


async def test_an_evaluation_of_a_model_that_lost_its_price_decides_nothing(ports: Ports, uid: str) -> None:
    intake = EvaluationIntake(ports.db, user_of(uid), "request-1")
    await intake.take_scores(read_evaluation(SCORES, name="graded"))
    scores = [{"model": name, "mean": 1.0, "prompts": 3, "graded": True} for name in ("gpt-4o", "gone-1")]
    await ports.db.document(paths.evaluation(uid, intake.evaluation_id)).update({"scores": scores})
    assert (await stored_evaluations(ports.db, uid)).files == ()


async def test_a_sample_is_replayed_and_deleted_and_what_it_shows_is_evidence(
    ports: Ports, uid: str, settings: Settings
) -> None:
    name = await take(ports, uid)
    assert (await stored_evaluation(ports, uid, name)).status == "running"
    assert await below(ports, uid, name) == 5
    assert (await stored_evaluations(ports.db, uid)).replays == ()
    await replay_due(ports.db, settings, opened(Adder()))
    found = await stored_evaluation(ports, uid, name)
    assert (found.status, found.replay and found.replay.verdict) == ("ready", "against")
    assert found.replay is not None
    assert found.replay.cost_usd == pytest.approx((40 + 80) * 0.0035)
    assert found.replay.win_rate == 0.25
    assert await below(ports, uid, name) == 0
    assert (await stored_evaluations(ports.db, uid)).replays == (
        ReplayResult(OLD, NEW, "chat", PreferenceCounts(0, 20, 20)),
    )
    assert await used(ports, uid) == 40


async def test_the_same_request_again_is_the_same_replay_and_is_charged_once(ports: Ports, uid: str) -> None:
    names = await asyncio.gather(*(take(ports, uid) for _ in range(3)))
    assert len(set(names)) == 1
    assert await used(ports, uid) == 40


@pytest.mark.parametrize(
    "other", [{"candidate": model_in("gpt-4.1-mini")}, {"feature": None}, {"samples": REQUESTS[1:]}]
)
async def test_a_request_id_with_another_sample_is_refused_and_charges_nothing(
    ports: Ports, uid: str, other: dict[str, Any]
) -> None:
    await take(ports, uid)
    with pytest.raises(ApexError) as refused:
        await EvaluationIntake(ports.db, user_of(uid), "request-1").take_sample(replace(TICKETS, **other))
    assert refused.value.code is ErrorCode.REQUEST_ID_REUSED
    assert await used(ports, uid) == 40


async def test_a_sample_under_the_request_id_of_scores_is_refused_and_charges_nothing(ports: Ports, uid: str) -> None:
    await EvaluationIntake(ports.db, user_of(uid), "request-1").take_scores(read_evaluation(SCORES, name="graded"))
    with pytest.raises(ApexError) as refused:
        await take(ports, uid)
    assert refused.value.code is ErrorCode.REQUEST_ID_REUSED
    assert await used(ports, uid) == 0


@pytest.mark.parametrize("lost", range(10))
async def test_a_worker_that_dies_at_any_commit_loses_no_request_and_counts_none_twice(
    ports: Ports, uid: str, settings: Settings, lost: int
) -> None:
    name = await take(ports, uid)
    with pytest.raises(DiedError):
        await replay_due(dying(ports, commits=lost).db, settings, opened(Adder()))
    await due_again(ports, uid, name)
    await replay_due(ports.db, settings, opened(Adder()))
    found = await stored_evaluation(ports, uid, name)
    assert found.replay is not None
    assert (found.status, found.replay.done) == ("ready", 40)
    assert (found.replay.wins, found.replay.ties, found.replay.losses) == (0, 20, 20)
    assert (await below(ports, uid, name), await used(ports, uid)) == (0, 40)


async def test_two_workers_and_lost_replies_count_every_request_once(
    ports: Ports, uid: str, settings: Settings
) -> None:
    name = await take(ports, uid)
    for _ in range(12):
        both = (replay_due(lossy(ports, losses=1, after=1).db, settings, opened(Adder())) for _ in range(2))
        await asyncio.gather(*both)
        if (await stored_evaluation(ports, uid, name)).status == "ready":
            break
        await due_again(ports, uid, name)
    found = await stored_evaluation(ports, uid, name)
    assert found.replay is not None
    assert (found.status, found.replay.done, found.replay.losses) == ("ready", 40, 20)
    assert (await below(ports, uid, name), await used(ports, uid)) == (0, 40)


async def test_a_replay_ends_at_its_budget_and_gives_back_what_it_left(
    ports: Ports, uid: str, settings: Settings
) -> None:
    name = await take(ports, uid)
    tight = replace(settings, profile=replace(settings.profile, replay_budget_usd=0.1))
    await replay_due(ports.db, tight, opened(Adder()))
    found = await stored_evaluation(ports, uid, name)
    assert found.replay is not None
    assert (found.status, found.replay.done, found.prompts) == ("ready", 16, 40)
    assert (await below(ports, uid, name), await used(ports, uid)) == (0, 16)


async def test_a_model_that_stays_away_fails_the_replay_after_its_attempts_and_nothing_is_charged(
    ports: Ports, uid: str, settings: Settings
) -> None:
    name = await take(ports, uid)
    away = opened(Stubborn(ModelUnavailableError("503")))
    for _ in range(6):
        assert (await stored_evaluation(ports, uid, name)).status == "running"
        await replay_due(ports.db, settings, away)
        await due_again(ports, uid, name)
    await _is_failed(ports, uid, name, "could not be reached")


async def test_a_model_that_the_provider_refuses_fails_the_replay_at_once(
    ports: Ports, uid: str, settings: Settings
) -> None:
    name = await take(ports, uid)
    await replay_due(ports.db, settings, opened(Stubborn(ModelRejectedError("404"))))
    await _is_failed(ports, uid, name, "the provider refused the model")


async def _is_failed(ports: Ports, uid: str, name: str, why: str) -> None:
    await ports.db.document(paths.evaluation(uid, name)).update({"due_at": None})
    found = EvaluationDocument.model_validate(
        {key: value for key, value in (await document(ports, paths.evaluation(uid, name))).items() if key != "due_at"}
    )
    assert found.status == "failed"
    assert found.error is not None
    assert why in found.error.message
    assert (await below(ports, uid, name), await used(ports, uid)) == (0, 0)
    assert (await stored_evaluations(ports.db, uid)).replays == ()


async def test_a_running_replay_that_is_deleted_ends_and_gives_back_what_it_left(
    ports: Ports, uid: str, settings: Settings
) -> None:
    name = await take(ports, uid)
    with pytest.raises(DiedError):
        await replay_due(dying(ports, commits=4).db, settings, opened(Adder()))
    assert await delete_evaluation(ports.db, uid, name)
    assert not await delete_evaluation(ports.db, uid, name)
    await replay_due(ports.db, settings, opened(Adder()))
    assert await stored(ports, paths.evaluation(uid, name)) == {}
    assert await used(ports, uid) == 16


async def test_a_sample_beyond_the_tier_is_refused_with_what_is_left(ports: Ports, uid: str) -> None:
    many = [Sample("", f"{n} + {n}", "1") for n in range(201)]
    with pytest.raises(ApexError) as refused:
        await take(ports, uid, samples=many)
    assert refused.value.code is ErrorCode.SAMPLE_OVER_QUOTA
    assert "this sample has 201, and you have 200 of your 200 questions" in refused.value.message
    await ensure_user(ports.db, user_of(uid))
    await change_tier(ports.db, uid=uid, tier="early", by="ops", reason="contract")
    await take(ports, uid, samples=many)
    assert await used(ports, uid) == 201


async def test_a_user_keeps_so_many_evaluations_and_no_more(ports: Ports, uid: str) -> None:
    evaluation = read_evaluation(SCORES, name="graded")
    for number in range(EVALUATIONS_LIMIT):
        await EvaluationIntake(ports.db, user_of(uid), f"request-{number}").take_scores(evaluation)
    with pytest.raises(ApexError) as refused:
        await EvaluationIntake(ports.db, user_of(uid), "request-more").take_scores(evaluation)
    assert refused.value.code is ErrorCode.TOO_MANY_EVALUATIONS


async def test_a_guests_scores_move_to_the_account(ports: Ports, uid: str) -> None:
    guest = user_of(uid)
    account = UserContext(uid=f"{uid}-account", email="a@example.com", guest=False)
    await EvaluationIntake(ports.db, guest, "request-1").take_scores(read_evaluation(SCORES, name="graded"))
    before = await stored_evaluations(ports.db, uid)
    await GuestMerge(ports.db, account=account, guest=guest, now=now_utc()).run()
    assert await stored_evaluations(ports.db, account.uid) == before
    assert await stored(ports, paths.user(uid)) == {}
