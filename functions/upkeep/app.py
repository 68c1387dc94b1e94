"""Upkeep: the sweep, dead letters, verification of savings and replays, each ticked by Cloud Scheduler every minute."""

from common.accounts.auth import SCHEDULER
from common.evaluations.replay_jobs import replay_due
from common.runs.dead_letters import publish_dead_letters
from common.runs.sweep import sweep
from common.savings.verify_arrivals import verify_arrivals
from functions.http import Call, Function, Nothing, Route
from functions.upkeep.replies import DeadLettersReply, ReplayReply, SweepReply, VerifyReply

Tick = Call[None, None]


async def post_sweep(call: Tick) -> SweepReply:
    """Check every run that is due."""
    return SweepReply(due=await sweep(call.ports))


async def post_dead_letters(call: Tick) -> DeadLettersReply:
    """Publish unpublished dead letters; apart from the sweep, which must not wait for Pub/Sub."""
    return DeadLettersReply(published=await publish_dead_letters(call.db, call.settings))


async def post_verify(call: Tick) -> VerifyReply:
    """Measure what accepted changes saved, from usage that has arrived; apart, because it is slow."""
    return VerifyReply(verified=await verify_arrivals(call.db))


async def post_replay(call: Tick) -> ReplayReply:
    """Replay the next parts of evaluation samples; apart, because models are slow."""
    return ReplayReply(begun=await replay_due(call.db, call.settings))


FUNCTION = Function(
    name="upkeep",
    routes=(
        Route("POST", "/sweep", auth=SCHEDULER, request=Nothing(), reply=SweepReply, handler=post_sweep),
        Route(
            "POST",
            "/dead-letters",
            auth=SCHEDULER,
            request=Nothing(),
            reply=DeadLettersReply,
            handler=post_dead_letters,
        ),
        Route("POST", "/verify", auth=SCHEDULER, request=Nothing(), reply=VerifyReply, handler=post_verify),
        Route("POST", "/replay", auth=SCHEDULER, request=Nothing(), reply=ReplayReply, handler=post_replay),
    ),
)
