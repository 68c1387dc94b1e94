"""Which measures the words of a clause mean together: "share of failed requests", "p95 of the first token"."""

from collections.abc import Iterable

from common.assistant.reading.clause import Clause
from common.spend.semantics import MEASURES, Condition, DimensionName, MeasureName

_M = MeasureName
TOGETHER: tuple[tuple[frozenset[MeasureName], MeasureName], ...] = (
    (frozenset({_M.TTFT_P50, _M.LATENCY_P95}), _M.TTFT_P95),
    (frozenset({_M.LATENCY_P50, _M.LATENCY_P95}), _M.LATENCY_P95),
    (frozenset({_M.INPUT_TOKENS, _M.LATENCY_P95}), _M.INPUT_P95),
    (frozenset({_M.AVERAGE_INPUT_TOKENS, _M.LATENCY_P95}), _M.INPUT_P95),
    (frozenset({_M.REQUESTS, _M.FAILED_REQUESTS}), _M.FAILED_REQUESTS),
    (frozenset({_M.REQUESTS, _M.ERROR_RATE}), _M.ERROR_RATE),
    (frozenset({_M.FAILED_REQUESTS, _M.ERROR_RATE}), _M.ERROR_RATE),
    (frozenset({_M.REQUESTS, _M.COST_PER_REQUEST}), _M.COST_PER_REQUEST),
    (frozenset({_M.COST, _M.COST_PER_REQUEST}), _M.COST_PER_REQUEST),
    (frozenset({_M.COST, _M.COST_PER_1K_TOKENS}), _M.COST_PER_1K_TOKENS),
    (frozenset({_M.TOTAL_TOKENS, _M.COST_PER_1K_TOKENS}), _M.COST_PER_1K_TOKENS),
    (frozenset({_M.TOTAL_TOKENS, _M.AVERAGE_OUTPUT_TOKENS}), _M.AVERAGE_OUTPUT_TOKENS),
    (frozenset({_M.TOTAL_TOKENS, _M.AVERAGE_INPUT_TOKENS}), _M.AVERAGE_INPUT_TOKENS),
    (frozenset({_M.INPUT_TOKENS, _M.CACHED_TOKENS}), _M.CACHED_TOKENS),
    (frozenset({_M.INPUT_TOKENS, _M.CACHED_SHARE}), _M.CACHED_SHARE),
    (frozenset({_M.COST, _M.REPEATED_REQUESTS}), _M.REPEATED_COST),
    (frozenset({_M.COST, _M.REASONING_TOKENS}), _M.REASONING_COST),
    (frozenset({_M.REQUESTS, _M.REPEATED_REQUESTS}), _M.REPEATED_REQUESTS),
    (frozenset({_M.REQUESTS, _M.REPEATED_SHARE}), _M.REPEATED_SHARE),
    (frozenset({_M.REQUESTS, _M.UNPRICED_REQUESTS}), _M.UNPRICED_REQUESTS),
)
"""Two measures in one phrase, without "and" between them, and the one that they mean."""
SHARES = {
    _M.FAILED_REQUESTS: _M.ERROR_RATE,
    _M.CACHED_TOKENS: _M.CACHED_SHARE,
    _M.REPEATED_REQUESTS: _M.REPEATED_SHARE,
}
"""What "share of" makes of them."""
_COSTS = {
    _M.REASONING_TOKENS: _M.REASONING_COST,
    _M.AUDIO_TOKENS: _M.AUDIO_COST,
    _M.IMAGE_TOKENS: _M.IMAGE_COST,
    _M.SERVER_TOOL_CALLS: _M.SERVER_TOOL_FEES,
    _M.REPEATED_REQUESTS: _M.REPEATED_COST,
}
"""What "and their cost" means."""
_PER_REQUEST = {
    _M.COST: _M.COST_PER_REQUEST,
    _M.INPUT_TOKENS: _M.AVERAGE_INPUT_TOKENS,
    _M.OUTPUT_TOKENS: _M.AVERAGE_OUTPUT_TOKENS,
}
_FAILED = Condition(dimension=DimensionName.STATUS, values=("ok",), negated=True)


def settle(clause: Clause) -> None:
    """Replace measures of a clause by those that they mean together; what then says nothing more is taken off."""
    if clause.per == _M.COST_PER_REQUEST and _M.TOTAL_TOKENS in clause.measures:
        place = clause.measures.index(_M.TOTAL_TOKENS)
        clause.measures[place : place + 1] = [_M.AVERAGE_INPUT_TOKENS, _M.AVERAGE_OUTPUT_TOKENS]
    if clause.per:
        clause.measures = list(dict.fromkeys(_divided(name, clause.per) for name in clause.measures))
        clause.order = _divided(clause.order, clause.per) if clause.order else None
    if clause.share and "caching" in clause.audits and _M.INPUT_TOKENS in clause.measures:
        clause.measures = [_M.CACHED_SHARE]
    for pair, meant in TOGETHER:
        _join(clause, pair, meant)
    if clause.share:
        clause.measures = list(dict.fromkeys(SHARES.get(name, name) for name in clause.measures))
        clause.share = all(MEASURES[name].is_additive for name in clause.measures)
    _filter_failed(clause)
    if clause.their_cost:
        clause.measures += [_COSTS.get(name, _M.COST) for name in tuple(clause.measures)]
        clause.their_cost = False


def _join(clause: Clause, pair: Iterable[MeasureName], meant: MeasureName) -> None:
    wanted = set(pair)
    if not wanted <= set(clause.measures) or (wanted & clause.joined and meant != _M.TTFT_P95):
        return
    place = min(clause.measures.index(name) for name in wanted)
    kept = [name for name in clause.measures if name not in wanted]
    clause.measures = [*kept[:place], meant, *kept[place:]]
    if clause.order in wanted:
        clause.order = meant


def _filter_failed(clause: Clause) -> None:
    """As in "what do failed requests cost": they are the rows, not the measure."""
    others = [name for name in clause.measures if name != _M.FAILED_REQUESTS and MEASURES[name].is_additive]
    if others and _M.FAILED_REQUESTS in clause.measures and not clause.joined and clause.bound is None:
        clause.measures.remove(_M.FAILED_REQUESTS)
        clause.where.append(_FAILED)


def _divided(name: MeasureName, per: MeasureName) -> MeasureName:
    if per == _M.COST_PER_REQUEST:
        return _PER_REQUEST.get(name, name)
    return per if name in (_M.COST, _M.TOTAL_TOKENS) else name
