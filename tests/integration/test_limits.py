"""What a user may have open and ask for in a month, in every tier, and when two questions want the last place."""

import asyncio
from typing import Any

import pytest

from common.accounts.quotas import OPEN_RUNS_LIMIT, TIERS, Tier, quota_month, quota_resets
from common.accounts.users import new_user
from common.core.clock import now_utc
from common.errors import ApexError, ErrorCode
from common.runs.accept import AcceptedTurn
from common.runs.ports import Ports
from common.store import paths
from tests.support.protocol import accept, document, user_of

ROUNDS = 5
"""Times that two questions meet; the instants at which they do are the machine's."""

every_tier = pytest.mark.parametrize("tier", TIERS.values(), ids=TIERS)


async def put_user(ports: Ports, uid: str, tier: Tier, *, questions: int = 0, open_runs: int = 0) -> None:
    """A user of this tier who has asked so much this month; the open runs are names that nobody works on."""
    used = {"quota": {quota_month(now_utc()): questions}, "open_runs": others(open_runs)}
    await ports.db.document(paths.user(uid)).set({**new_user(user_of(uid)), "tier": tier.name, **used})


def others(count: int) -> list[str]:
    return [f"{number:032x}" for number in range(count)]


async def ledger(ports: Ports, uid: str) -> tuple[int, list[str]]:
    """What the user was charged this month, and the open runs."""
    user: dict[str, Any] = await document(ports, paths.user(uid))
    (charged,) = user["quota"].values()
    return charged, user["open_runs"]


@every_tier
async def test_the_last_question_of_the_month_is_accepted_and_the_next_is_refused(
    ports: Ports, uid: str, tier: Tier
) -> None:
    limit = tier.turns_per_month
    await put_user(ports, uid, tier, questions=limit - 1)
    last = await accept(ports, uid, "request-last")
    with pytest.raises(ApexError) as refused:
        await accept(ports, uid, "request-over")
    assert refused.value.code is ErrorCode.QUOTA_EXHAUSTED
    assert refused.value.details == {"limit": limit, "resets": quota_resets(now_utc())}
    assert await ledger(ports, uid) == (limit, [last.run_id])


@every_tier
async def test_the_last_place_for_an_open_run_is_given_and_the_next_is_refused(
    ports: Ports, uid: str, tier: Tier
) -> None:
    await put_user(ports, uid, tier, open_runs=OPEN_RUNS_LIMIT - 1)
    last = await accept(ports, uid, "request-last")
    with pytest.raises(ApexError) as refused:
        await accept(ports, uid, "request-over")
    assert refused.value.code is ErrorCode.TOO_MANY_RUNS
    assert await ledger(ports, uid) == (1, [*others(OPEN_RUNS_LIMIT - 1), last.run_id])


async def both(ports: Ports, uid: str, thread: str | None = None) -> tuple[AcceptedTurn, ErrorCode]:
    """Two questions at once, of which one is accepted: it, and what the other is refused with."""
    turns = (accept(ports, uid, f"request-{name}", thread=thread) for name in ("one", "two"))
    first, second = await asyncio.gather(*turns, return_exceptions=True)
    accepted, refused = (second, first) if isinstance(first, ApexError) else (first, second)
    assert isinstance(accepted, AcceptedTurn), accepted
    assert isinstance(refused, ApexError), refused
    return accepted, refused.code


@every_tier
async def test_two_questions_at_once_with_quota_for_one_are_one_accepted_and_one_charged(
    ports: Ports, uid: str, tier: Tier
) -> None:
    limit = tier.turns_per_month
    for number in range(ROUNDS):
        user = f"{uid}{number}"
        await put_user(ports, user, tier, questions=limit - 1)
        accepted, code = await both(ports, user)
        assert code is ErrorCode.QUOTA_EXHAUSTED
        assert await ledger(ports, user) == (limit, [accepted.run_id])


@every_tier
async def test_two_questions_at_once_with_one_place_open_are_one_accepted_and_one_charged(
    ports: Ports, uid: str, tier: Tier
) -> None:
    for number in range(ROUNDS):
        user = f"{uid}{number}"
        await put_user(ports, user, tier, open_runs=OPEN_RUNS_LIMIT - 1)
        accepted, code = await both(ports, user)
        assert code is ErrorCode.TOO_MANY_RUNS
        assert await ledger(ports, user) == (1, [*others(OPEN_RUNS_LIMIT - 1), accepted.run_id])


async def test_two_questions_at_once_of_one_thread_do_not_both_get_the_last_place(ports: Ports, uid: str) -> None:
    tier = TIERS["free"]
    for number in range(ROUNDS):
        user = f"{uid}{number}"
        await put_user(ports, user, tier, questions=tier.turns_per_month - 2)
        begun = await accept(ports, user, "request-first")
        accepted, code = await both(ports, user, begun.thread_id)
        assert (accepted.status, code) == ("queued", ErrorCode.QUOTA_EXHAUSTED)
        assert await ledger(ports, user) == (tier.turns_per_month, [begun.run_id, accepted.run_id])
