"""Evaluations: scores of prompts, and samples to be replayed, as evidence on quality."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from common.accounts.tokens import verify_user
from common.core.user import UserContext
from common.environment.settings import Settings, process_settings
from common.errors import ApexError, ErrorCode
from common.evaluations.intake import Asked, EvaluationIntake, delete_evaluation
from common.evaluations.replay import has_real_models
from common.evaluations.sample import SAMPLE_BYTES, read_sample
from common.spend.prices.engine import Model
from common.spend.prices.names import labelled_model
from common.spend.quality import Evaluation, EvaluationError, read_evaluation
from common.store.client import firestore_client
from functions.account.replies import DeleteEvaluationReply, EvaluationReply
from functions.account.requests import EvaluationQuery
from functions.http import read_body, validated

_SERVICE = "account"
EVALUATION_BYTES = 16 * 1024 * 1024
"""Of a file of scores, whose texts are not kept."""


async def post_evaluation(request: Request) -> Response:
    """POST /api/evaluations?client_request_id=...&name=...: 201 once the file in the body is taken in."""
    settings = process_settings(_SERVICE)
    user = await verify_user(settings, request.headers.get("authorization"))
    query = validated(EvaluationQuery, dict(request.query_params))
    intake = EvaluationIntake(firestore_client(settings.project), user, query.client_request_id)
    if query.candidate is None and query.reference is None:
        await intake.take_scores(await _scores(request, query))
        return EvaluationReply(evaluation_id=intake.evaluation_id, kind="scores").response(201)
    reference, candidate = _asked_models(settings, user, query)
    samples = await asyncio.to_thread(read_sample, await _text(request, SAMPLE_BYTES))
    feature = query.feature
    await intake.take_sample(
        Asked(name=query.name, reference=reference, candidate=candidate, feature=feature, samples=samples)
    )
    return EvaluationReply(evaluation_id=intake.evaluation_id, kind="replay").response(201)


async def _scores(request: Request, query: EvaluationQuery) -> Evaluation:
    if query.feature is not None:
        reason = "The field 'feature' belongs to a replay. Scores tell features in a column named 'feature'."
        raise ApexError(ErrorCode.INVALID_REQUEST, reason=reason)
    text = await _text(request, EVALUATION_BYTES)
    try:
        return await asyncio.to_thread(read_evaluation, text, name=query.name)
    except EvaluationError as error:
        raise ApexError(ErrorCode.UNUSABLE_EVALUATION, reason=str(error)) from error


def _asked_models(settings: Settings, user: UserContext, query: EvaluationQuery) -> tuple[Model, Model]:
    """The present model and the candidate, once it is sure that a replay of this user's may run here."""
    if query.reference is None or query.candidate is None:
        reason = "A replay needs both models: 'reference', whose answers the sample has, and 'candidate'."
        raise ApexError(ErrorCode.INVALID_REQUEST, reason=reason)
    reference, candidate = (_known(name) for name in (query.reference, query.candidate))
    if reference == candidate:
        raise ApexError(ErrorCode.INVALID_REQUEST, reason="The fields 'reference' and 'candidate' are the same model.")
    if candidate.provider != "openai":
        raise ApexError(ErrorCode.CANDIDATE_NOT_OFFERED, model=query.candidate)
    if user.guest:
        reason = "A replay belongs to an account, as its model calls cost money."
        raise ApexError(ErrorCode.ACCOUNT_NEEDED, reason=reason)
    if not has_real_models(settings):
        raise ApexError(ErrorCode.REAL_MODELS_NEEDED)
    return reference, candidate


def _known(name: str) -> Model:
    model = labelled_model(name)
    if model is None:
        raise ApexError(ErrorCode.UNKNOWN_MODEL, model=name)
    return model


async def _text(request: Request, limit: int) -> str:
    body = await read_body(request, limit)
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ApexError(ErrorCode.NOT_UTF8) from error


async def delete(request: Request) -> Response:
    """DELETE /api/evaluations/{id}: 200 once nothing of it is left; a running replay ends."""
    settings = process_settings(_SERVICE)
    user = await verify_user(settings, request.headers.get("authorization"))
    evaluation_id = request.path_params["evaluation_id"]
    if not await delete_evaluation(firestore_client(settings.project), user.uid, evaluation_id):
        raise ApexError(ErrorCode.EVALUATION_NOT_FOUND)
    return DeleteEvaluationReply(evaluation_id=evaluation_id).response()


ROUTES = [
    Route("/api/evaluations", post_evaluation, methods=["POST"]),
    Route("/api/evaluations/{evaluation_id}", delete, methods=["DELETE"]),
]
