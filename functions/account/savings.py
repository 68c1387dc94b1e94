"""Savings: decisions on recommendations, and the statement of a month."""

from starlette.responses import Response

from common.accounts.auth import USER
from common.core.user import UserContext
from common.savings.decisions import Decided, decide
from common.savings.statements import statement_of
from common.spend.ledger import statement_csv
from functions.account.replies import RecommendationReply, StatementReply
from functions.account.requests import StatementQuery
from functions.http import Call, Nothing, Query, Route


async def post_accept(call: Call[UserContext, None]) -> RecommendationReply:
    """Accept a recommendation: what was spent so far is frozen, to measure the change by."""
    return await _decide(call, "accepted")


async def post_implement(call: Call[UserContext, None]) -> RecommendationReply:
    """Mark a recommendation as implemented: usage that comes from now on is measured."""
    return await _decide(call, "implemented")


async def post_reject(call: Call[UserContext, None]) -> RecommendationReply:
    """Reject a recommendation: nothing more is measured; what was measured stays in the ledger."""
    return await _decide(call, "rejected")


async def _decide(call: Call[UserContext, None], to: Decided) -> RecommendationReply:
    recommendation_id = call.parameter("recommendation_id")
    status = await decide(call.db, uid=call.caller.uid, recommendation_id=recommendation_id, to=to)
    return RecommendationReply(recommendation_id=recommendation_id, status=status)


async def get_statement(call: Call[UserContext, StatementQuery]) -> StatementReply | Response:
    """The savings of a month and their fee, perhaps zeros; as JSON, or as CSV for `format=csv`."""
    query = await call.payload()
    named = await statement_of(call.db, call.caller.uid, query.month)
    if query.format == "json":
        return StatementReply.of(named)
    name = f"apex-savings-{query.month}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(statement_csv(named.statement), media_type=f"{_CSV}; charset=utf-8", headers=headers)


_CSV = "text/csv"
_DECISIONS = (("accept", post_accept), ("implement", post_implement), ("reject", post_reject))
ROUTES = (
    *(
        Route(
            "POST",
            f"/api/recommendations/{{recommendation_id}}/{verb}",
            auth=USER,
            request=Nothing(),
            reply=RecommendationReply,
            handler=handler,
        )
        for verb, handler in _DECISIONS
    ),
    Route(
        "GET",
        "/api/statement",
        auth=USER,
        request=Query(StatementQuery),
        reply=StatementReply,
        handler=get_statement,
        media=_CSV,
    ),
)
