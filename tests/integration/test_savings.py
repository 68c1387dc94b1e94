"""From a plan to proven savings, commit by commit: proposals, decisions at once, verification that dies and goes on."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from common.accounts.api_keys import create_key
from common.accounts.tiers import change_tier, tier_changes
from common.accounts.users import ensure_user
from common.contract.documents import LedgerDocument, RecommendationDocument
from common.core.clock import now_utc
from common.core.user import UserContext
from common.datasets.datasets import delete_dataset
from common.errors import ApexError, ErrorCode
from common.guests.merge import GuestMerge
from common.runs.advance import fail_step, finish_step
from common.runs.end import end_run
from common.runs.end_reasons import EndReason, RunFailedError
from common.runs.ending import Ending
from common.runs.ports import Ports
from common.runs.step import StepResult
from common.savings.decisions import Decided, decide
from common.savings.statements import statement_of
from common.savings.verify_arrivals import verify_arrivals, verify_user
from common.store import paths
from tests.integration.test_shards import take
from tests.support.documents import stored
from tests.support.protocol import DiedError, document, dying, lossy, state_of, user_of
from tests.support.savings import (
    COST_BEFORE,
    DAYS,
    REQUESTS,
    Swap,
    answer,
    arrive,
    in_effect,
    planned,
    swap_in,
    today,
    upload_quietly,
    usage_after,
    usage_before,
    working,
)


@pytest.fixture
async def before(ports: Ports, uid: str) -> str:
    """The dataset of the days before."""
    return await upload_quietly(ports, uid, "before.csv", usage_before())


@pytest.fixture
async def swap(ports: Ports, uid: str, before: str) -> Swap:
    """A swap that an answer proposed."""
    return await answer(ports, uid, "request-1", before)


async def read(ports: Ports, uid: str, swap: Swap) -> RecommendationDocument:
    """The stored recommendation, which must be as clients read it."""
    return RecommendationDocument.model_validate(await document(ports, paths.recommendation(uid, swap.id)))


async def ledger(ports: Ports, uid: str) -> dict[str, LedgerDocument]:
    """The ledger, by row; each row must be as clients read it."""
    rows = ports.db.collection(paths.ledger(uid)).stream()
    return {row.id: LedgerDocument.model_validate(row.to_dict()) async for row in rows}


async def verify(ports: Ports, uid: str) -> None:
    """What upkeep does for one user, now."""
    arrivals = [found async for found in ports.db.collection(paths.arrivals(uid)).stream()]
    assert await verify_user(ports.db, uid, arrivals)


async def refusal(ports: Ports, uid: str, recommendation: str, to: Decided) -> ErrorCode:
    with pytest.raises(ApexError) as refused:
        await decide(ports.db, uid=uid, recommendation_id=recommendation, to=to)
    return refused.value.code


# Proposed


async def test_an_answered_plan_stores_its_recommendations_as_proposed(ports: Ports, uid: str, before: str) -> None:
    swap = await answer(ports, uid, "request-1", before)
    plan = await planned(ports, uid, before)
    kept = {found.id async for found in ports.db.collection(paths.recommendations(uid)).stream()}
    assert kept == {item.stored_id for item in plan.recommendations} > {swap.id}
    found = await read(ports, uid, swap)
    assert (found.status, found.dataset_ids, found.proposal.id) == ("proposed", [before], swap.opportunity)


async def test_the_same_plan_again_is_the_same_recommendation_with_the_newest_figures(
    ports: Ports, uid: str, before: str, swap: Swap
) -> None:
    first = await read(ports, uid, swap)
    assert await answer(ports, uid, "request-2", before) == swap
    again = await read(ports, uid, swap)
    assert again.run_id != first.run_id
    assert again.proposed_at > first.proposed_at


@pytest.mark.parametrize("to", ["accepted", "rejected"])
async def test_a_plan_leaves_alone_what_its_user_has_decided(
    ports: Ports, uid: str, before: str, swap: Swap, to: Decided
) -> None:
    await decide(ports.db, uid=uid, recommendation_id=swap.id, to=to)
    decided = await read(ports, uid, swap)
    await answer(ports, uid, "request-2", before)
    assert await read(ports, uid, swap) == decided


async def test_a_run_that_was_stopped_or_failed_proposes_nothing(ports: Ports, uid: str, before: str) -> None:
    stopped = await working(ports, uid, "request-1", before)
    await end_run(ports.db, await state_of(ports, stopped.writer.state.run_id), Ending())
    failed = await working(ports, uid, "request-2", before)
    await fail_step(ports, failed.writer, RunFailedError(EndReason.ANSWER_FAILED))
    assert [found async for found in ports.db.collection(paths.recommendations(uid)).stream()] == []


async def test_an_end_whose_reply_is_lost_proposes_once_and_ends_once(ports: Ports, uid: str, before: str) -> None:
    worker = await working(ports, uid, "request-1", before)
    plan = await planned(ports, uid, before)
    worker.writer.db = lossy(ports, losses=1).db
    await finish_step(ports, worker.writer, worker.memory, StepResult(summary="done", answer=plan))
    assert (await state_of(ports, worker.writer.state.run_id)).status == "completed"
    assert (await read(ports, uid, swap_in(plan))).status == "proposed"


async def test_an_accept_beside_an_answer_is_never_overwritten(ports: Ports, uid: str, before: str, swap: Swap) -> None:
    for number in range(3):
        worker = await working(ports, uid, f"again-{number}-request", before)
        plan = await planned(ports, uid, before)
        result = StepResult(summary="done", answer=plan)
        await asyncio.gather(
            finish_step(ports, worker.writer, worker.memory, result),
            decide(ports.db, uid=uid, recommendation_id=swap.id, to="accepted"),
        )
        assert (await read(ports, uid, swap)).status == "accepted"
        assert (await state_of(ports, worker.writer.state.run_id)).status == "completed"


# Decided


async def test_accepting_freezes_a_baseline_that_no_client_needs_to_read(ports: Ports, uid: str, swap: Swap) -> None:
    assert await decide(ports.db, uid=uid, recommendation_id=swap.id, to="accepted") == "accepted"
    found = await read(ports, uid, swap)
    assert found.baseline is not None
    assert (found.baseline.days, found.baseline.requests) == (DAYS, DAYS * REQUESTS)
    kept = await document(ports, paths.baseline(uid, swap.id))
    assert 100 < len(kept["blob"]) < 200_000  # type: ignore[arg-type]  # bytes


@pytest.mark.parametrize("to", ["accepted", "rejected"])
async def test_a_decision_twice_at_once_is_one(ports: Ports, uid: str, swap: Swap, to: Decided) -> None:
    both = (decide(ports.db, uid=uid, recommendation_id=swap.id, to=to) for _ in range(2))
    assert await asyncio.gather(*both) == [to, to]
    first = await read(ports, uid, swap)
    assert await decide(ports.db, uid=uid, recommendation_id=swap.id, to=to) == to
    assert await read(ports, uid, swap) == first


async def test_a_decision_whose_reply_is_lost_is_taken_once(ports: Ports, uid: str, swap: Swap) -> None:
    lost = lossy(ports, losses=1)
    assert await decide(lost.db, uid=uid, recommendation_id=swap.id, to="accepted") == "accepted"
    assert (await read(ports, uid, swap)).status == "accepted"


async def test_of_reject_beside_implement_one_comes_first_and_the_other_sees_it(
    ports: Ports, uid: str, swap: Swap
) -> None:
    await decide(ports.db, uid=uid, recommendation_id=swap.id, to="accepted")
    results = await asyncio.gather(
        decide(ports.db, uid=uid, recommendation_id=swap.id, to="implemented"),
        decide(ports.db, uid=uid, recommendation_id=swap.id, to="rejected"),
        return_exceptions=True,
    )
    codes = [result.code for result in results if isinstance(result, ApexError)]
    assert results[1] == "rejected"
    assert codes in ([], [ErrorCode.RECOMMENDATION_STATUS])
    assert (await read(ports, uid, swap)).status == "rejected"


async def test_what_was_not_accepted_cannot_be_implemented_and_what_was_rejected_stays_so(
    ports: Ports, uid: str, swap: Swap
) -> None:
    assert await refusal(ports, uid, swap.id, "implemented") is ErrorCode.RECOMMENDATION_STATUS
    await decide(ports.db, uid=uid, recommendation_id=swap.id, to="rejected")
    assert await refusal(ports, uid, swap.id, "accepted") is ErrorCode.RECOMMENDATION_STATUS


@pytest.mark.parametrize("name", ["f" * 32, "../users/someone", "", "UPPER" * 6])
async def test_an_unknown_recommendation_is_not_found(ports: Ports, uid: str, name: str) -> None:
    assert await refusal(ports, uid, name, "accepted") is ErrorCode.RECOMMENDATION_NOT_FOUND


async def test_without_its_data_a_recommendation_cannot_be_accepted(
    ports: Ports, uid: str, before: str, swap: Swap
) -> None:
    await delete_dataset(ports.db, uid=uid, dataset_id=before)
    assert await refusal(ports, uid, swap.id, "accepted") is ErrorCode.BASELINE_DATA_GONE
    assert await document(ports, paths.baseline(uid, swap.id)) == {}


# Verified


async def test_later_usage_verifies_what_is_implemented(ports: Ports, uid: str, swap: Swap) -> None:
    after = await upload_quietly(ports, uid, "after.csv", usage_after(swap.model))
    await in_effect(ports, uid, swap)
    await arrive(ports, uid, after)
    await verify(ports, uid)
    found = await read(ports, uid, swap)
    rows = [row for row in (await ledger(ports, uid)).values() if row.recommendation_id == swap.id]
    (row,) = rows
    assert (row.basis, row.day, row.requests) == ("measured", today().isoformat(), REQUESTS)
    assert row.counterfactual_usd == pytest.approx(COST_BEFORE)
    assert 0.5 * COST_BEFORE < row.saved_usd < COST_BEFORE
    assert found.status == "verified"
    assert found.measured is not None
    assert found.measured.days == 1
    assert found.measured.saved_usd == pytest.approx(row.saved_usd)


async def test_the_same_usage_again_changes_nothing(ports: Ports, uid: str, swap: Swap) -> None:
    after = await upload_quietly(ports, uid, "after.csv", usage_after(swap.model))
    await in_effect(ports, uid, swap)
    await arrive(ports, uid, after)
    await verify(ports, uid)
    first = (await read(ports, uid, swap), await ledger(ports, uid))
    await asyncio.gather(verify(ports, uid), verify(ports, uid))
    assert (await read(ports, uid, swap), await ledger(ports, uid)) == first


@pytest.mark.parametrize("commits", [0, 1])
async def test_a_verification_that_died_between_its_commits_is_finished_by_a_repeat(
    ports: Ports, uid: str, swap: Swap, commits: int
) -> None:
    after = await upload_quietly(ports, uid, "after.csv", usage_after(swap.model))
    await in_effect(ports, uid, swap)
    await arrive(ports, uid, after)
    with pytest.raises(DiedError):
        await verify(dying(ports, commits=commits), uid)
    assert (await read(ports, uid, swap)).status == "implemented"
    await verify(lossy(ports, losses=1), uid)
    found = await read(ports, uid, swap)
    rows = [row for row in (await ledger(ports, uid)).values() if row.recommendation_id == swap.id]
    assert found.status == "verified"
    assert found.measured is not None
    assert found.measured.days == 1
    assert found.measured.saved_usd == pytest.approx(rows[0].saved_usd)


async def test_more_usage_of_the_same_day_writes_the_same_row(ports: Ports, uid: str, swap: Swap) -> None:
    first = await upload_quietly(ports, uid, "after.csv", usage_after(swap.model))
    await in_effect(ports, uid, swap)
    await arrive(ports, uid, first)
    await verify(ports, uid)
    once = await ledger(ports, uid)
    more = usage_after(swap.model).replace(b"T00:00:", b"T00:01:")
    await arrive(ports, uid, await upload_quietly(ports, uid, "more.csv", more))
    await verify(ports, uid)
    twice = await ledger(ports, uid)
    assert twice.keys() == once.keys()
    pairs = [(row, once[name]) for name, row in twice.items() if row.recommendation_id == swap.id]
    assert [now.saved_usd / then.saved_usd for now, then in pairs] == [pytest.approx(2)]
    measured = (await read(ports, uid, swap)).measured
    assert measured is not None
    assert measured.days == 1
    assert measured.saved_usd == pytest.approx(pairs[0][0].saved_usd)


async def test_what_is_accepted_only_is_projected_and_stays_accepted(ports: Ports, uid: str, swap: Swap) -> None:
    after = await upload_quietly(ports, uid, "after.csv", usage_after("gpt-4o"))
    await decide(ports.db, uid=uid, recommendation_id=swap.id, to="accepted")
    await arrive(ports, uid, after)
    await verify(ports, uid)
    found = await read(ports, uid, swap)
    assert (found.status, found.measured) == ("accepted", None)
    assert {row.basis for row in (await ledger(ports, uid)).values()} == {"projected"}


async def test_a_swap_that_backfires_is_a_negative_row_and_costs_no_fee(ports: Ports, uid: str, swap: Swap) -> None:
    longer = usage_after(swap.model).replace(b",3000,400,", b",3000,30000,")
    after = await upload_quietly(ports, uid, "after.csv", longer)
    await in_effect(ports, uid, swap)
    await arrive(ports, uid, after)
    await verify(ports, uid)
    await ports.db.document(paths.user(uid)).update({"tier": "mid"})
    statement = (await statement_of(ports.db, uid, f"{today():%Y-%m}")).statement
    (line,) = [line for line in statement.lines if line.recommendation == swap.opportunity]
    assert line.saved_usd < 0
    assert (statement.fee_usd, statement.percent) == (0.0, 15)
    assert statement.saved_usd == pytest.approx(line.saved_usd)


async def test_an_arrival_is_deleted_once_it_is_done_and_put_off_while_a_guest_is_moved(ports: Ports, uid: str) -> None:
    dataset = await upload_quietly(ports, uid, "before.csv", usage_before())
    await arrive(ports, uid, dataset)
    arrival = ports.db.document(paths.arrival(uid, dataset))
    await ports.db.document(paths.user(uid)).update({"merged_into": "somebody"})
    await arrival.update({"due_at": now_utc()})
    await verify_arrivals(ports.db)
    assert (await arrival.get()).get("due_at") > now_utc()
    await ports.db.document(paths.user(uid)).delete()
    await arrival.update({"due_at": now_utc()})
    await verify_arrivals(ports.db)
    assert not (await arrival.get()).exists


async def test_live_usage_is_verified_by_once_an_hour(ports: Ports, uid: str) -> None:
    owner = UserContext(uid=uid, email="ann@example.com", guest=False)
    await ensure_user(ports.db, owner)
    attributes = {"user": uid, "key": (await create_key(ports.db, owner, name="live", live=True)).secret}
    began = now_utc()
    for number in range(4):
        await take(ports, attributes, number)
    arrivals = [found async for found in ports.db.collection(paths.arrivals(uid)).stream()]
    hours = {began.hour, now_utc().hour}
    assert len(arrivals) == len(hours)
    assert all(began < found.get("due_at") <= now_utc() + timedelta(hours=1) for found in arrivals)


# Moved to an account


async def under(ports: Ports, uid: str) -> dict[str, Any]:
    """What savings are made of, by path below the user."""
    found = await stored(ports, paths.user(uid))
    names = {path: path.split("/")[2:3] for path in found}
    kinds = (["recommendations"], ["baselines"], ["ledger"], ["arrivals"])
    return {path.split("/", 2)[2]: found[path] for path, name in names.items() if name in kinds}


@pytest.mark.parametrize("commits", [4, 12])
async def test_a_merge_takes_savings_along_and_the_account_goes_on_with_them(
    ports: Ports, uid: str, before: str, swap: Swap, commits: int
) -> None:
    after = await upload_quietly(ports, uid, "after.csv", usage_after(swap.model))
    await in_effect(ports, uid, swap)
    await arrive(ports, uid, after)
    await verify(ports, uid)
    had = await under(ports, uid)
    account = UserContext(uid=f"account-of-{uid}", email="ann@example.com", guest=False)
    await asyncio.gather(
        GuestMerge(dying(ports, commits=commits).db, account=account, guest=user_of(uid), now=now_utc()).run(),
        return_exceptions=True,
    )
    await GuestMerge(ports.db, account=account, guest=user_of(uid), now=now_utc()).run()
    assert await under(ports, account.uid) == had
    assert {path.split("/")[0] for path in had} == {"recommendations", "baselines", "ledger", "arrivals"}
    assert {path for path in await stored(ports, paths.user(uid)) if "/claims/" not in path} == set()
    assert await decide(ports.db, uid=account.uid, recommendation_id=swap.id, to="implemented") == "verified"
    assert before in (await document(ports, paths.user(account.uid)))["datasets"]  # type: ignore[operator]  # a list


async def test_a_decision_beside_a_merge_is_refused_or_moved(ports: Ports, uid: str, swap: Swap) -> None:
    account = UserContext(uid=f"account-of-{uid}", email="ann@example.com", guest=False)
    _, decided = await asyncio.gather(
        GuestMerge(ports.db, account=account, guest=user_of(uid), now=now_utc()).run(),
        decide(ports.db, uid=uid, recommendation_id=swap.id, to="accepted"),
        return_exceptions=True,
    )
    status = (await read(ports, account.uid, swap)).status
    refused = isinstance(decided, ApexError) and decided.code in (
        ErrorCode.GUEST_MOVING,
        ErrorCode.RECOMMENDATION_NOT_FOUND,
    )
    assert (decided, status) == ("accepted", "accepted") or (refused and status == "proposed")


# Tiers


async def test_a_tier_is_changed_once_with_one_entry_in_the_audit(ports: Ports, uid: str) -> None:
    await ensure_user(ports.db, user_of(uid))
    changes = (change_tier(ports.db, uid=uid, tier="mid", by="ann", reason="contract 7") for _ in range(2))
    done = [change for change in await asyncio.gather(*changes) if change is not None]
    assert (await document(ports, paths.user(uid)))["tier"] == "mid"
    assert await tier_changes(ports.db, uid) == done
    assert [(change.before, change.after, change.reason) for change in done] == [("free", "mid", "contract 7")]


async def test_a_change_of_tier_whose_reply_is_lost_is_reported_as_done(ports: Ports, uid: str) -> None:
    await ensure_user(ports.db, user_of(uid))
    db = lossy(ports, losses=1).db
    done = await change_tier(db, uid=uid, tier="mid", by="ann", reason="contract 7")
    assert [done] == await tier_changes(ports.db, uid)


async def test_the_tier_of_nobody_cannot_be_changed(ports: Ports, uid: str) -> None:
    with pytest.raises(LookupError):
        await change_tier(ports.db, uid=uid, tier="mid", by="ann", reason="none")
    assert await tier_changes(ports.db, uid) == []
