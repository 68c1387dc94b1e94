"""`understand_goal` and `list_datasets`: what is asked, and what there is to answer it from."""

from common.assistant.context import ToolContext
from common.assistant.goals.goal import Goal, Keep, Money
from common.assistant.tool import Arguments, Tool
from common.assistant.workspace import DatasetInfo
from common.contract.answer import Fact
from common.figures.format import figure, moment, plural, span, span_fact, stated_facts
from common.runs.step import ToolResult
from common.spend import Totals, totals

_LACKS = {
    "latency": (
        "The log has no latency, so response times cannot be judged. Exports of Langfuse, Helicone, LiteLLM and"
        " OpenRouter have it."
    ),
    "feature": (
        "The log has no feature, so cost cannot be split by feature. Set tags in LiteLLM, trace names in Langfuse or"
        " properties in Helicone."
    ),
    "user": (
        "The log has no user, so cost cannot be split by user. Exports with a column of users or API keys have it."
    ),
    "status": (
        "The log has no status, so failed requests cannot be seen. Exports of LiteLLM, Langfuse and Helicone have it."
    ),
    "prompt_hash": ("The log has no prompt hash, so repeated prompts cannot be seen. Exports with prompts have it."),
}


async def understand_goal(context: ToolContext, _: Arguments) -> ToolResult:
    """What the customer wants, as sentences and facts."""
    goal = context.goal
    findings = [*_wants(goal), *_constraints(goal), *_pointed_at(context)]
    summary = findings[0] if findings else "You ask about your AI spend; no target or limit is set."
    return ToolResult(
        summary=summary,
        findings=findings or [summary],
        facts=_goal_facts(goal, len(context.selected)),
        data={
            "goal": goal.model_dump(mode="json", exclude_defaults=True),
            "limits": _constraints(goal),
            "names": _names(goal),
        },
    )


async def list_datasets(context: ToolContext, _: Arguments) -> ToolResult:
    """Which data are attached, which time they cover, and what they lack."""
    infos = await context.workspace.datasets(context.dataset_ids)
    if not any(info.rows for info in infos):
        return _nothing_usable(context, infos)
    total = await context.compute(totals)
    findings = [_dataset_sentence(info) for info in infos]
    findings += _range_sentences(total)
    findings += [text for name, text in _LACKS.items() if name not in total.has]
    facts = [fact for info in infos for fact in _dataset_facts(info)]
    facts += [span_fact("time covered", total.days), *_counts(total)]
    return ToolResult(
        summary=" ".join(findings[:2]),
        findings=findings,
        facts=facts,
        data={
            "rows": sum(info.rows - info.shared for info in infos),
            "has": sorted(total.has),
            "days": total.days,
            "features": total.features,
            "users": total.users,
            "models": total.models,
            "lacking": [text.partition(". ")[0] + "." for name, text in _LACKS.items() if name not in total.has],
            "names": [info.name for info in infos],
        },
    )


def _wants(goal: Goal) -> list[str]:
    sentences = []
    if goal.target_pct is not None:
        sentences.append(f"You want the bill {figure(goal.target_pct, 'pct')} lower.")
    if goal.save:
        sentences.append(f"You want to save {_money(goal.save)}.")
    if goal.budget:
        sentences.append(f"You want the bill to come to at most {_money(goal.budget)}.")
    if goal.growth_pct:
        sentences.append(f"You expect usage to grow by {figure(goal.growth_pct, 'pct')}.")
    if goal.rpm:
        sentences.append(f"Your rate limit is {figure(goal.rpm, 'requests')} per minute.")
    if goal.tpm:
        sentences.append(f"Your rate limit is {figure(goal.tpm, 'tokens')} per minute.")
    if goal.what_if_models:
        sentences.append(f"You ask what changes with {_and(goal.what_if_models)}.")
    if goal.breakdown_by:
        sentences.append(f"You want the cost split by {_and(goal.breakdown_by)}.")
    if goal.speedup:
        sentences.append(f"You want answers {figure(goal.speedup, 'count')} times as fast.")
    return sentences


def _constraints(goal: Goal) -> list[str]:
    sentences = [
        f"{limit.feature or 'Every feature'} must stay under {figure(limit.ms, 'ms')} (p95)." for limit in goal.latency
    ]
    if goal.excluded_models or goal.excluded_providers:
        sentences.append(f"Not to be used: {_and((*goal.excluded_providers, *goal.excluded_models))}.")
    if goal.only_providers:
        sentences.append(f"Only {_and(goal.only_providers)} may be used.")
    if goal.max_effort:
        sentences.append(f"Each change may take {goal.max_effort} effort at most.")
    return sentences + [_kept_sentence(keep) for keep in goal.kept]


def _kept_sentence(keep: Keep) -> str:
    if keep.model and keep.feature:
        return f"{keep.model} stays for {keep.feature}."
    return f"{keep.model or keep.feature} stays as it is."


def _pointed_at(context: ToolContext) -> list[str]:
    if context.selected:
        few = len(context.selected) < (context.goal.top or len(context.goal.positions))
        fewer = " The earlier answer has no more than that." if few else ""
        return ["You point at: " + "; ".join(item.title for item in context.selected) + "." + fewer]
    if context.goal.positions:
        return ["The earlier answer has no such recommendation, so the whole plan is worked out again."]
    return []


def _goal_facts(goal: Goal, selected: int) -> list[Fact]:
    facts = [
        Fact(name=f"latency limit of {limit.feature or 'every feature'}", value=limit.ms, unit="ms")
        for limit in goal.latency
    ]
    if goal.target_pct is not None:
        facts.append(Fact(name="target", value=goal.target_pct, unit="pct"))
    if goal.save:
        facts.append(Fact(name="amount to save", value=goal.save.usd, unit="usd"))
    if goal.budget:
        facts.append(Fact(name="budget", value=goal.budget.usd, unit="usd"))
    if goal.growth_pct:
        facts.append(Fact(name="growth of usage", value=goal.growth_pct, unit="pct"))
    if goal.rpm:
        facts.append(Fact(name="limit of requests per minute", value=goal.rpm, unit="requests"))
    if goal.tpm:
        facts.append(Fact(name="limit of tokens per minute", value=goal.tpm, unit="tokens"))
    if goal.speedup:
        facts.append(Fact(name="speed asked for", value=goal.speedup, unit="count"))
    if goal.top or selected:
        facts.append(Fact(name="recommendations asked about", value=goal.top or selected, unit="count"))
    return facts


def _names(goal: Goal) -> list[str]:
    return [limit.feature for limit in goal.latency] + [keep.feature for keep in goal.kept if keep.feature]


def _money(money: Money) -> str:
    return figure(money.usd, "usd") + (f" per {money.period}" if money.period else "")


def _and(names: tuple[str, ...]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _dataset_sentence(info: DatasetInfo) -> str:
    rejected = f", {figure(info.rejects, 'count')} rejected" if info.rejects else ", none rejected"
    given = f" The file names no model; it is priced as {info.model}." if info.model else ""
    reason = f" First reason for a rejected row: {info.reject_reasons[0].rstrip('.')}." if info.reject_reasons else ""
    unread = f" {figure(info.unread_usd, 'usd')} of rejected rows could not be read." if info.unread_usd else ""
    return f"{info.name}: {plural(info.rows, 'row')}{rejected}.{unread}{_shared_sentence(info)}{given}{reason}"


def _shared_sentence(info: DatasetInfo) -> str:
    if not info.shared:
        return ""
    return f" {figure(info.shared, 'count')} of them are in another of your files, too, and count once."


def _dataset_facts(info: DatasetInfo) -> list[Fact]:
    return [
        Fact(name=f"rows in {info.name}", value=info.rows, unit="count"),
        Fact(name=f"rejected rows in {info.name}", value=info.rejects, unit="count"),
        *(
            [Fact(name=f"cost of rejected rows in {info.name}", value=info.unread_usd, unit="usd")]
            if info.unread_usd
            else []
        ),
        *_shared_facts(info),
        *stated_facts("reason for a rejected row", info.reject_reasons[:1]),
    ]


def _shared_facts(info: DatasetInfo) -> list[Fact]:
    if not info.shared:
        return []
    return [Fact(name=f"rows of {info.name} in another file", value=info.shared, unit="count")]


def _counts(total: Totals) -> list[Fact]:
    return [
        Fact(name="models", value=total.models, unit="count"),
        Fact(name="features", value=total.features, unit="count"),
        *([] if total.users is None else [Fact(name="users", value=total.users, unit="count")]),
    ]


def _range_sentences(total: Totals) -> list[str]:
    if total.first is None or total.last is None:
        return []
    what = "requests" if total.requests else "costs"
    return [f"The {what} run from {moment(total.first)} to {moment(total.last)} UTC ({span(total.days)})."]


def _nothing_usable(context: ToolContext, infos: tuple[DatasetInfo, ...]) -> ToolResult:
    if context.dataset_ids and not infos:
        text = "The attached upload is not finished yet, or was deleted; finish it or upload the file again."
        return ToolResult(summary=text, findings=[text], data={"rows": 0})
    if not infos:
        return ToolResult(
            summary="No usage data is attached yet.", findings=["No usage data is attached yet."], data={"rows": 0}
        )
    findings = [f"{info.name} holds no request that can be read." for info in infos]
    findings += [f"Reason: {reason.rstrip('.')}." for info in infos for reason in info.reject_reasons[:1]]
    facts = [fact for info in infos for fact in _dataset_facts(info)]
    return ToolResult(
        summary=findings[0], findings=findings, facts=facts, data={"rows": 0, "names": [info.name for info in infos]}
    )


UNDERSTAND_GOAL = Tool(
    "understand_goal",
    (
        "What the customer wants: target, limits, growth, models, and recommendations of an earlier answer that they"
        " point at."
    ),
    Arguments,
    understand_goal,
)
LIST_DATASETS = Tool(
    "list_datasets",
    "The attached usage data: rows, rejected rows, time covered, and what the data lack.",
    Arguments,
    list_datasets,
)
