"""Savings: decisions on recommendations, and the statement of a month."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from common.accounts.tokens import verify_user
from common.environment.settings import process_settings
from common.savings.decisions import Decided, decide
from common.savings.statements import Named, statement_of
from common.spend.ledger import RecommendationOutcome, statement_csv
from common.store.client import firestore_client
from functions.account.replies import RecommendationReply, StatementLine, StatementReply
from functions.account.requests import StatementQuery
from functions.http import validated

_SERVICE = "account"


async def post_accept(request: Request) -> Response:
    """POST /api/recommendations/{id}/accept: 200; what was spent so far is frozen, to measure the change by."""
    return await _decide(request, "accepted")


async def post_implement(request: Request) -> Response:
    """POST /api/recommendations/{id}/implement: 200; usage that comes from now on is measured."""
    return await _decide(request, "implemented")


async def post_reject(request: Request) -> Response:
    """POST /api/recommendations/{id}/reject: 200; nothing is measured any more, what was stays in the ledger."""
    return await _decide(request, "rejected")


async def _decide(request: Request, to: Decided) -> Response:
    settings = process_settings(_SERVICE)
    user = await verify_user(settings, request.headers.get("authorization"))
    recommendation_id = request.path_params["recommendation_id"]
    db = firestore_client(settings.project)
    status = await decide(db, uid=user.uid, recommendation_id=recommendation_id, to=to)
    return RecommendationReply(recommendation_id=recommendation_id, status=status).response()


async def get_statement(request: Request) -> Response:
    """GET /api/statement?month=2026-11[&format=csv]: 200 with the month's savings and their fee, perhaps zeros."""
    settings = process_settings(_SERVICE)
    user = await verify_user(settings, request.headers.get("authorization"))
    query = validated(StatementQuery, dict(request.query_params))
    found = await statement_of(firestore_client(settings.project), user.uid, query.month)
    if query.format == "json":
        return _reply(found).response()
    name = f"apex-savings-{query.month}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(statement_csv(found.statement), media_type="text/csv; charset=utf-8", headers=headers)


def _reply(found: Named) -> StatementReply:
    told = found.statement
    return StatementReply(
        month=told.month,
        tier=told.tier,
        fee_pct=told.percent,
        measured_usd=told.saved_usd,
        unproven_usd=told.unproven_usd,
        projected_usd=told.projected_usd,
        unexplained_usd=told.unexplained_usd,
        fee_usd=told.fee_usd,
        lines=[_line(line, found) for line in told.lines],
    )


def _line(line: RecommendationOutcome, found: Named) -> StatementLine:
    recommendation_id, title = found.names[line.recommendation] if line.recommendation is not None else (None, "")
    return StatementLine(
        recommendation_id=recommendation_id,
        title=title,
        feature=line.feature or "",
        basis=line.basis if recommendation_id is not None else "unexplained",
        days=line.days,
        requests=line.requests,
        counterfactual_usd=line.counterfactual_usd,
        actual_usd=line.actual_usd,
        saved_usd=line.saved_usd,
        low_usd=line.low_usd,
        high_usd=line.high_usd,
        price_effect_usd=line.price_effect_usd,
    )


ROUTES = [
    Route("/api/recommendations/{recommendation_id}/accept", post_accept, methods=["POST"]),
    Route("/api/recommendations/{recommendation_id}/implement", post_implement, methods=["POST"]),
    Route("/api/recommendations/{recommendation_id}/reject", post_reject, methods=["POST"]),
    Route("/api/statement", get_statement, methods=["GET"]),
]
