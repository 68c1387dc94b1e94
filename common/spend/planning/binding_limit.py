"""Which limit keeps a target out of reach, in the customer's words."""

from collections.abc import Sequence
from dataclasses import replace

from common.spend.model import KINDS, Limits, OpportunityKind
from common.spend.planning.space import PlanRequest, PlanSpace
from common.spend.rollup.rollup import Rollup

_NO_MORE = "all opportunities found in the data together give no more"
_LITTLE = 0.05
"""Percentage points that a limit must cost to be worth a word."""


def binding_limit(rollup: Rollup, space: PlanSpace) -> str:
    """The limit that costs most savings, each loosened by itself; all of them together where no single one costs any;
    the data where none does.
    """
    request = space.request
    if request.select is not None or request.top is not None:
        return "the plan holds only the opportunities that were asked for"
    looser_limits = _without_each_limit(request)
    reach = {name: PlanSpace(rollup, looser, space).best_pct for name, looser in looser_limits.items()}
    most = max(reach, key=lambda name: reach[name], default=None)
    if most is not None and reach[most] > space.best_pct + _LITTLE:
        return f"{most}; without it, {reach[most]:.1f} % could be saved"
    if len(looser_limits) > 1:
        free = PlanSpace(rollup, replace(request, limits=Limits(), without=())).best_pct
        if free > space.best_pct + _LITTLE:
            return f"your limits together ({'; '.join(looser_limits)}); without them, {free:.1f} % could be saved"
    unused = space.case.share(space.case.left_out_usd)
    if unused > _LITTLE:
        return f"{_NO_MORE}, as {unused:.1f} % of the bill is of traffic that is not in use any more"
    return _NO_MORE


def _without_each_limit(request: PlanRequest) -> dict[str, PlanRequest]:
    """By the name of each limit, the request without it."""
    limits = request.limits
    found: dict[str, PlanRequest] = {"the changes that you want left out": replace(request, without=())}
    for name, looser in _looser(limits).items():
        found[name] = replace(request, limits=looser)
    return {name: looser for name, looser in found.items() if looser != request}


def _looser(limits: Limits) -> dict[str, Limits]:
    found = {
        f"the excluded models ({', '.join(limits.excluded_models)})": replace(limits, excluded_models=()),
        f"the excluded providers ({', '.join(limits.excluded_providers)})": replace(limits, excluded_providers=()),
        _kinds_text(limits.kinds or ()): replace(limits, kinds=None),
        f"the limit on effort ({limits.max_effort} at most)": replace(limits, max_effort=None),
    }
    for feature in limits.latency_ms:
        others = {name: limit for name, limit in limits.latency_ms.items() if name != feature}
        found[f"the latency limit on {_scope_text(feature)}"] = replace(limits, latency_ms=others)
    for feature, factor in limits.speedup.items():
        rest = {other: times for other, times in limits.speedup.items() if other != feature}
        found[f"the speed that is asked for ({factor:g} times as fast, {_scope_text(feature)})"] = replace(
            limits, speedup=rest
        )
    return found


def _kinds_text(kinds: Sequence[OpportunityKind]) -> str:
    """By the shorter list, of those that are allowed or those that are not."""
    excluded = [kind for kind in KINDS if kind not in kinds]
    if len(excluded) < len(kinds):
        return f"these kinds are excluded: {', '.join(excluded)}"
    return f"only these kinds are allowed: {', '.join(kinds)}"


def _scope_text(feature: str) -> str:
    return "all requests" if feature == "*" else feature
