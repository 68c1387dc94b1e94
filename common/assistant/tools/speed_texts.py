"""What is said of a plan that is to make features faster: which become so, how it is known, and what to measure."""

from collections.abc import Sequence

from common.assistant.tools.tool_results import counted, fact
from common.contract.answer import TableBlock
from common.figures.names import plain_name
from common.figures.quoted import quoted
from common.figures.sentences import Name, say
from common.runs.step import Sentence
from common.spend import Plan, Speed

_ALL = "all requests"


def speed_sentences(plan: Plan, data_names: Sequence[str]) -> list[Sentence]:
    """Whether the speed that was asked for is proven, and of the slowest feature where it is not, what to measure."""
    if not plan.speeds:
        return []
    missing = next((speed.missing for speed in plan.speeds if not speed.proven), "")
    models = [step.opportunity.to_model for step in plan.steps]
    names = [name for name in (*data_names, *(speed.feature for speed in plan.speeds), *models) if name]
    measure = [quoted(missing, "what to measure", names, topic="latency")] if missing else []
    return [_together(plan.speeds), *measure]


def speed_table(plan: Plan) -> list[TableBlock]:
    """The p95 of each feature now and with the plan; none where no speed was asked for."""
    if not plan.speeds:
        return []
    rows = [
        [
            plain_name(speed.feature) if speed.feature else _ALL,
            speed.now_ms,
            speed.limit_ms,
            speed.after_ms,
            "yes" if speed.proven else "no",
        ]
        for speed in plan.speeds
    ]
    return [
        TableBlock(
            title="Response times (p95)",
            columns=["Feature", "Now", "To come to", "With the plan", "Proven"],
            units=[None, "ms", "ms", "ms", None],
            rows=rows,
        )
    ]


def _fast(speeds: Sequence[Speed]) -> Sentence:
    """As fast as is asked for, which may differ by feature."""
    if len({speed.factor for speed in speeds}) > 1:
        return say("as fast as you ask")
    return say("{factor} times as fast", factor=fact("speed asked for", speeds[0].factor, "count"))


def _together(speeds: Sequence[Speed]) -> Sentence:
    proven = [speed for speed in speeds if speed.proven]
    fast = _fast(speeds)
    if len(speeds) == 1:
        name = Name(speeds[0].feature) if speeds[0].feature else _ALL
        by = "By the latencies in your data, it makes {name} {fast}."
        open_ = "Your data cannot prove that {name} becomes {fast}."
        return say(by if proven else open_, name=name, fast=fast, topic="latency")
    all_ = counted("features that are to become faster", len(speeds), "feature")
    if not proven:
        text = "Your data cannot prove that any of your {all} becomes {fast}."
        return say(text, all=all_, fast=fast, topic="latency")
    if len(proven) == len(speeds):
        text = "By the latencies in your data, it makes all {all} {fast}."
        return say(text, all=all_, fast=fast, topic="latency")
    some = fact("features proven to become so fast", len(proven), "count")
    text = "By the latencies in your data, it makes {some} of your {all} {fast}; the others are open."
    return say(text, some=some, all=all_, fast=fast, topic="latency")
