"""A question beyond a limit is refused over HTTP with its code, its status and the limit of the user's tier."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from google.cloud import firestore

from cli.ask.client import ApexClient
from cli.ask.turn import ask
from common.accounts.quotas import OPEN_RUNS_LIMIT, TIERS, Tier, quota_month, quota_resets
from common.core.clock import now_utc
from common.errors import ErrorCode
from common.store import paths
from emulators.platform.api import Stack
from tests.api.test_bad_input import refused, turn

every_tier = pytest.mark.parametrize("tier", TIERS.values(), ids=TIERS)
Used = Callable[..., firestore.DocumentReference]


@pytest.fixture
def used(stack: Stack, guest: ApexClient) -> Used:
    """Gives the guest a tier and what it has used of it, as only the server can."""
    ask(guest, "Hello, who are you?")

    def change(tier: Tier, **fields: object) -> firestore.DocumentReference:
        user: firestore.DocumentReference = firestore.Client(project=stack.project).document(paths.user(guest.uid))
        user.update({"tier": tier.name, **fields})
        return user

    return change


def quota_used(count: int) -> dict[str, object]:
    """Fields of a user with `count` questions this month."""
    return {"quota": {quota_month(now_utc()): count}}


def post(client: ApexClient) -> httpx.Response:
    return client.http("POST", "/api/turns", json=turn())


@every_tier
def test_a_question_beyond_the_month_is_refused_with_the_limit_of_its_tier_and_not_charged(
    guest: ApexClient, used: Used, tier: Tier
) -> None:
    user = used(tier, **quota_used(tier.turns_per_month))
    error = refused(post(guest), ErrorCode.QUOTA_EXHAUSTED)
    assert f"all {tier.turns_per_month} questions" in error["message"]
    assert quota_resets(now_utc()) in error["message"]
    assert (error["retryable"], user.get().get("quota")) == (False, quota_used(tier.turns_per_month)["quota"])


@every_tier
def test_a_question_beyond_the_open_runs_is_refused_and_not_charged(guest: ApexClient, used: Used, tier: Tier) -> None:
    user = used(tier, open_runs=[f"{number:032x}" for number in range(OPEN_RUNS_LIMIT)])
    error = refused(post(guest), ErrorCode.TOO_MANY_RUNS)
    assert f"the limit is {OPEN_RUNS_LIMIT}." in error["message"]
    assert (error["retryable"], user.get().get("quota")) == (True, quota_used(1)["quota"])


@every_tier
def test_of_two_questions_sent_at_once_with_quota_for_one_the_other_is_refused(
    guest: ApexClient, used: Used, tier: Tier
) -> None:
    user = used(tier, **quota_used(tier.turns_per_month - 1))
    with ThreadPoolExecutor(2) as pool:
        replies = sorted(pool.map(lambda _: post(guest), range(2)), key=lambda reply: reply.status_code)
    assert replies[0].status_code == 202
    refused(replies[1], ErrorCode.QUOTA_EXHAUSTED)
    assert user.get().get("quota") == quota_used(tier.turns_per_month)["quota"]
