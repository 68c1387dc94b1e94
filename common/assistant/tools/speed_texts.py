"""What is said of a plan that is to make features faster: which become so, how it is known, and what to measure."""

from collections.abc import Sequence

from common.contract.answer import Fact
from common.figures.format import figure, plural, stated_facts
from common.spend import Plan, Speed

_ALL = "all requests"


def speed_summary(plan: Plan) -> list[str]:
    """One sentence on whether the speed that was asked for is proven; nothing when none was."""
    if not plan.speeds:
        return []
    proven = [speed for speed in plan.speeds if speed.proven]
    fast = _times(plan.speeds)
    if len(plan.speeds) == 1:
        name = _name(plan.speeds[0])
        if proven:
            return [f"By the latencies in your data, it makes {name} {fast}."]
        return [f"Your data cannot prove that {name} becomes {fast}."]
    several = plural(len(plan.speeds), "feature")
    if not proven:
        return [f"Your data cannot prove that any of your {several} becomes {fast}."]
    if len(proven) == len(plan.speeds):
        return [f"By the latencies in your data, it makes all {several} {fast}."]
    some = f"{figure(len(proven), 'count')} of your {several}"
    return [f"By the latencies in your data, it makes {some} {fast}; for the others they cannot prove it."]


def speed_sentences(plan: Plan) -> list[str]:
    """One sentence for each feature: the p95 now and with the plan, or what stands against it."""
    return [_proven(speed) if speed.proven else _open(speed) for speed in plan.speeds]


def speed_facts(plan: Plan) -> list[Fact]:
    """Every figure on speed."""
    proven = [speed for speed in plan.speeds if speed.proven]
    facts = [
        Fact(name="features that are to become faster", value=len(plan.speeds), unit="count"),
        Fact(name="features proven to become so fast", value=len(proven), unit="count"),
    ]
    return [*facts, *(fact for speed in plan.speeds for fact in _facts(speed))] if plan.speeds else []


def _facts(speed: Speed) -> list[Fact]:
    name = _name(speed)
    values = (
        (f"p95 latency of {name} now", speed.now_ms),
        (f"p95 latency that {name} must come to", speed.limit_ms),
        (f"p95 latency of {name} with the plan", speed.after_ms),
    )
    return [
        Fact(name=f"speed asked for {name}", value=speed.factor, unit="count"),
        *(Fact(name=what, value=ms, unit="ms") for what, ms in values if ms is not None),
        *stated_facts(f"what to measure of {name}", [speed.missing]),
    ]


def _proven(speed: Speed) -> str:
    now, after = figure(speed.now_ms or 0.0, "ms"), figure(speed.after_ms or 0.0, "ms")
    return f"The p95 latency of {_name(speed)} falls from {now} to {after}: {_times([speed])} is proven."


def _open(speed: Speed) -> str:
    if speed.now_ms is None or speed.limit_ms is None:
        return f"Whether {_name(speed)} becomes {_times([speed])} is not known. {speed.missing}"
    span = f"from {figure(speed.now_ms, 'ms')} to {figure(speed.limit_ms, 'ms')}"
    return f"The p95 latency of {_name(speed)} would have to fall {span}, which is not proven. {speed.missing}"


def _name(speed: Speed) -> str:
    return speed.feature or _ALL


def _times(speeds: Sequence[Speed]) -> str:
    return f"{figure(speeds[0].factor, 'count')} times as fast"
