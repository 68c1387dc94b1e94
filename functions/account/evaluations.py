"""Evaluations: scores of prompts, and samples to be replayed, as evidence on quality."""

import asyncio

from common.accounts.auth import USER
from common.core.user import UserContext
from common.errors import ApexError, ErrorCode
from common.evaluations.intake import EvaluationIntake, ReplayRequest, delete_evaluation
from common.evaluations.replay_models import replay_models
from common.evaluations.sample import SAMPLE_BYTES, read_sample
from common.spend.quality import Evaluation, EvaluationError, read_evaluation
from functions.account.replies import DeleteEvaluationReply, EvaluationReply
from functions.account.requests import EvaluationQuery
from functions.http import Call, Nothing, Query, Route, read_body

EVALUATION_BYTES = 16 * 1024 * 1024
"""Of a file of scores, whose texts are not stored."""

EvaluationCall = Call[UserContext, EvaluationQuery]


async def post_evaluation(call: EvaluationCall) -> EvaluationReply:
    """Hand in an evaluation, whose file is the body: scores, or with two models a sample to be replayed."""
    query = await call.payload()
    intake = EvaluationIntake(call.db, call.caller, query.client_request_id)
    if query.candidate is None and query.reference is None:
        await intake.take_scores(await _scores(call, query))
        return EvaluationReply(evaluation_id=intake.evaluation_id, kind="scores")
    reference, candidate = replay_models(
        call.settings, call.caller, reference=query.reference, candidate=query.candidate
    )
    samples = await asyncio.to_thread(read_sample, await _text(call, SAMPLE_BYTES))
    feature = query.feature
    await intake.take_sample(
        ReplayRequest(name=query.name, reference=reference, candidate=candidate, feature=feature, samples=samples)
    )
    return EvaluationReply(evaluation_id=intake.evaluation_id, kind="replay")


async def _scores(call: EvaluationCall, query: EvaluationQuery) -> Evaluation:
    if query.feature is not None:
        reason = "The field 'feature' is for replays only. Scores have their features in a column named 'feature'."
        raise ApexError(ErrorCode.INVALID_REQUEST, reason=reason)
    text = await _text(call, EVALUATION_BYTES)
    try:
        return await asyncio.to_thread(read_evaluation, text, name=query.name)
    except EvaluationError as error:
        raise ApexError(ErrorCode.UNUSABLE_EVALUATION, reason=str(error)) from error


async def _text(call: EvaluationCall, limit: int) -> str:
    body = await read_body(call.request, limit)
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ApexError(ErrorCode.NOT_UTF8) from error


async def delete(call: Call[UserContext, None]) -> DeleteEvaluationReply:
    """Delete an evaluation: replies once nothing of it is left; a running replay ends."""
    evaluation_id = call.parameter("evaluation_id")
    if not await delete_evaluation(call.db, call.caller.uid, evaluation_id):
        raise ApexError(ErrorCode.EVALUATION_NOT_FOUND)
    return DeleteEvaluationReply(evaluation_id=evaluation_id)


_EVALUATIONS = "/api/evaluations"
ROUTES = (
    Route(
        "POST",
        _EVALUATIONS,
        auth=USER,
        request=Query(EvaluationQuery, file=True),
        reply=EvaluationReply,
        handler=post_evaluation,
        status=201,
    ),
    Route(
        "DELETE",
        f"{_EVALUATIONS}/{{evaluation_id}}",
        auth=USER,
        request=Nothing(),
        reply=DeleteEvaluationReply,
        handler=delete,
    ),
)
