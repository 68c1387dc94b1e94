"""`spend_totals`, `spend_breakdown` and `failed_requests`: what was spent, and on what."""

from dataclasses import replace

from pydantic import Field

from common.assistant.context import ToolContext
from common.assistant.tool import Arguments, Tool
from common.contract.answer import ChartBlock, Fact, FigureListBlock, TableBlock
from common.figures.format import figure, moment, plural, span, span_fact, spent, stated_facts
from common.runs.step import ToolResult
from common.spend import By, Share, Totals, Unanswerable, breakdown, totals
from common.spend.measures.charges import CHARGE_WORDS

_SHOWN, _IN_TEXT, _NAMED = 20, 5, 2
_MONTH_DAYS, _WEEK_DAYS = 30, 7
_LIKE_A_MONTH = 0.02
"""Data this close to a month need no projection to one."""


class BreakdownArguments(Arguments):
    """How to split the cost."""

    by: By = Field(description="What to split by.")


async def spend_totals(tool_context: ToolContext, _: Arguments) -> ToolResult:
    """The whole bill: cost, requests, tokens, time covered, what has no price."""
    total = await tool_context.compute(totals)
    facts = _total_facts(total)
    tiles = [fact for fact in facts if fact.name in ("total cost", "requests", "input tokens", "output tokens")]
    findings = [_headline(total), *_details(total), *_projected(total)]
    return ToolResult(
        summary=findings[0],
        findings=findings,
        facts=facts,
        data={
            "cost_usd": total.cost_usd,
            "requests": total.requests,
            "days": total.days,
            "has": sorted(total.has),
            "short": [_short(total)],
            "names": list(total.unpriced_models),
        },
        blocks=[FigureListBlock(title="What you spend", facts=tiles)],
    )


async def spend_breakdown(tool_context: ToolContext, arguments: BreakdownArguments) -> ToolResult:
    """The cost split by model, feature, user, day, hour, status or provider."""
    try:
        shares = await tool_context.compute(breakdown, arguments.by)
    except Unanswerable as answer:
        return unanswerable(f"cost by {arguments.by}", answer)
    if arguments.by == "day":
        return _over_time(shares, "day")
    if arguments.by == "hour":
        return _over_time([replace(share, key=f"{share.key}:00") for share in shares], "hour")
    shown = shares[:_SHOWN]
    findings = [
        _share_sentence(share, first=not index and len(shares) > 1) for index, share in enumerate(shown[:_IN_TEXT])
    ]
    findings += _rest(shares, len(shown), arguments.by)
    return ToolResult(
        summary=findings[0] if findings else f"No request can be split by {arguments.by}.",
        findings=findings,
        facts=[
            Fact(name=f"number of {arguments.by} values", value=len(shares), unit="count"),
            Fact(name=f"number of {arguments.by} values shown", value=len(shown), unit="count"),
            *(fact for share in shown for fact in _share_facts(share)),
        ],
        data={"by": arguments.by, "shares": [_compact(share) for share in shown], "most": _most(shown, arguments.by)},
        blocks=[_share_table(f"Cost by {arguments.by}", arguments.by, shown)] if shown else [],
    )


async def failed_requests(tool_context: ToolContext, _: Arguments) -> ToolResult:
    """What failed requests cost, and how they failed."""
    try:
        shares = (await tool_context.compute(breakdown, "status"))[:_SHOWN]
    except Unanswerable as answer:
        return unanswerable("failed requests", answer)
    total = await tool_context.compute(totals)
    share_pct = 100 * total.failed_requests / total.requests if total.requests else 0.0
    cost = f" and cost {figure(total.failed_cost_usd, 'usd')}" if not total.is_unpriced else "; no price is known"
    failed = (
        f"{figure(total.failed_requests, 'count')} of {figure(total.requests, 'requests')} failed"
        f" ({figure(share_pct, 'pct')}){cost}."
    )
    return ToolResult(
        summary=failed,
        findings=[failed, *(_failure_sentence(share) for share in shares if share.failed_requests)],
        facts=[*_failure_facts(total, share_pct), *(fact for share in shares for fact in _share_facts(share))],
        data={"shares": [_compact(share) for share in shares]},
        blocks=[_share_table("Requests by status", "status", shares)],
    )


def _failure_sentence(share: Share) -> str:
    if share.cost_usd is None:
        return f"{share.key}: {figure(share.requests, 'requests')}, of models without a known price."
    cost = f"cost {figure(share.cost_usd, 'usd')}" if share.cost_usd else "cost nothing"
    return f"{share.key}: {figure(share.requests, 'requests')}, which {cost}."


def _failure_facts(total: Totals, share_pct: float) -> list[Fact]:
    return [
        Fact(name="failed requests", value=total.failed_requests, unit="requests"),
        Fact(name="requests", value=total.requests, unit="requests"),
        Fact(name="share of failed requests", value=share_pct, unit="pct"),
        *([] if total.is_unpriced else [Fact(name="cost of failed requests", value=total.failed_cost_usd, unit="usd")]),
    ]


def unanswerable(subject: str, answer: Unanswerable) -> ToolResult:
    """What the data cannot tell is a finding, not a failure."""
    text = str(answer)
    sentence = text if text.endswith(".") else f"{text}."
    return ToolResult(
        summary=sentence,
        findings=[sentence],
        facts=stated_facts("what the data would need", [sentence]),
        data={"unanswerable": True, "subject": subject},
    )


def _headline(total: Totals) -> str:
    when = (
        f" from {moment(total.first)} to {moment(total.last)} UTC ({span(total.days)})"
        if total.first and total.last
        else ""
    )
    if total.is_unpriced:
        return f"{_no_price(total)}{when}."
    return f"You spent {spent(total.cost_usd, total.requests, 'on')}{when}."


def _no_price(total: Totals) -> str:
    return (
        f"What you spent is not known, as no price is known for the models of your {figure(total.requests, 'requests')}"
    )


def _short(total: Totals) -> str:
    """The bill as context of another answer."""
    if total.is_unpriced:
        return f"{_no_price(total)} in {span(total.days)}."
    return f"In all you spent {spent(total.cost_usd, total.requests, 'on')} in {span(total.days)}."


def _details(total: Totals) -> list[str]:
    priced = total.requests - total.unpriced_requests
    used = f"{figure(total.input_tokens, 'tokens')} of input and {figure(total.output_tokens, 'tokens')} of output"
    sentences = [f"The requests used {used}."] if total.input_tokens or total.output_tokens else []
    if priced:
        sentences = [f"The requests used {used}, at {figure(total.cost_usd / priced, 'usd')} per request on average."]
    if not total.requests:
        sentences.append(
            "The data tell what was billed or used, but count no requests, so nothing is told per request."
        )
    if total.billed_usd:
        billed = figure(total.billed_usd, "usd")
        sentences.append(f"{billed} of it stands in the data as billed, without tokens: Apex cannot check or lower it.")
    if total.unpriced_requests:
        sentences.append(
            f"{figure(total.unpriced_requests, 'requests')} used models without a known price"
            f" ({', '.join(total.unpriced_models[:5])}); they are not in the cost."
        )
    sentences += _charged(total)
    if total.reported_usd is not None and total.reported_usd != total.billed_usd:
        sentences.append(f"Your file itself states {figure(total.reported_usd, 'usd')}; Apex counts at list price.")
    return sentences


def _charged(total: Totals) -> list[str]:
    """What is billed beside text tokens, and what of it is in no figure."""
    paid = [
        f"{figure(each.cost_usd, 'usd')} of it is for {figure(each.units, 'count')} {CHARGE_WORDS[each.kind]}."
        for each in total.charges
        if each.cost_usd
    ]
    missing = [
        f"{figure(each.unpriced_units, 'count')} {CHARGE_WORDS[each.kind]}"
        for each in total.charges
        if each.unpriced_units
    ]
    return [*paid, f"Not in these figures, as no price is known: {', '.join(missing)}."] if missing else paid


def _charge_facts(total: Totals) -> list[Fact]:
    facts: list[Fact] = []
    for each in total.charges:
        words = CHARGE_WORDS[each.kind]
        facts.append(Fact(name=words, value=each.units, unit="count"))
        if each.cost_usd:
            facts.append(Fact(name=f"cost of {words}", value=each.cost_usd, unit="usd"))
        if each.unpriced_units:
            facts.append(Fact(name=f"{words} without a price", value=each.unpriced_units, unit="count"))
    return facts


def _projected(total: Totals) -> list[str]:
    """A month is stated only from a week or more of data, and called a projection."""
    if total.is_unpriced:
        return []
    if total.days < _WEEK_DAYS:
        return [f"The data cover {span(total.days)}, too short to project a month from."]
    daily = f"That is {figure(total.cost_usd / total.days, 'usd')} per day"
    if like_a_month(total.days):
        return [f"{daily}."]
    monthly = f"{figure(_monthly(total), 'usd')} in {_MONTH_DAYS} days, projected from {span(total.days)} of data"
    return [f"{daily}, or {monthly}."]


def like_a_month(days: float) -> bool:
    """True if a projection to 30 days would only repeat what the data say."""
    return abs(days - _MONTH_DAYS) <= _LIKE_A_MONTH * _MONTH_DAYS


def _monthly(total: Totals) -> float:
    return total.cost_usd / total.days * _MONTH_DAYS


def _total_facts(total: Totals) -> list[Fact]:
    priced = total.requests - total.unpriced_requests
    facts = [
        *([] if total.is_unpriced else [Fact(name="total cost", value=total.cost_usd, unit="usd")]),
        Fact(name="requests", value=total.requests, unit="requests"),
        Fact(name="input tokens", value=total.input_tokens, unit="tokens"),
        Fact(name="output tokens", value=total.output_tokens, unit="tokens"),
        Fact(name="requests without a price", value=total.unpriced_requests, unit="requests"),
        Fact(name="models", value=total.models, unit="count"),
        Fact(name="features", value=total.features, unit="count"),
        *([] if total.users is None else [Fact(name="users", value=total.users, unit="count")]),
        span_fact("time covered", total.days),
        *_charge_facts(total),
    ]
    if priced:
        facts.append(Fact(name="average cost of a request", value=total.cost_usd / priced, unit="usd"))
    if total.billed_usd:
        facts.append(Fact(name="cost as billed, without tokens", value=total.billed_usd, unit="usd"))
    if total.reported_usd is not None:
        facts.append(Fact(name="cost stated in the file", value=total.reported_usd, unit="usd"))
    if total.days >= _WEEK_DAYS and not total.is_unpriced:
        facts.append(Fact(name="cost per day", value=total.cost_usd / total.days, unit="usd"))
        facts.append(Fact(name="projected cost of 30 days", value=_monthly(total), unit="usd"))
        facts.append(span_fact("days of the projection", _MONTH_DAYS))
    return facts


def _share_sentence(share: Share, *, first: bool) -> str:
    if share.cost_usd is None or share.cost_pct is None:
        return f"{share.key} has no known price; it came to {figure(share.requests, 'requests')}."
    cost = f"{figure(share.cost_usd, 'usd')} ({figure(share.cost_pct, 'pct')} of the bill)"
    requests = f" in {figure(share.requests, 'requests')}" if share.requests else ""
    return f"{share.key} cost {'the most: ' if first else ''}{cost}{requests}."


def _rest(shares: list[Share], shown: int, by: str) -> list[str]:
    if len(shares) <= _IN_TEXT:
        return []
    of = f" {figure(shown, 'count')} largest of" if len(shares) > shown else ""
    noun = {"status": "statuses"}.get(by, f"{by}s")
    return [f"The table shows the{of} {figure(len(shares), 'count')} {noun}."]


def _most(shown: list[Share], by: str) -> list[str]:
    """Where most of the money went, in one sentence."""
    if len(shown) <= 1:
        return []
    priced = [(share.key, share.cost_pct) for share in shown if share.cost_pct is not None]
    named = " and ".join(f"{key} ({figure(pct, 'pct')})" for key, pct in priced[:_NAMED])
    return [f"By {by}, most went to {named}."] if named else []


def _share_facts(share: Share) -> list[Fact]:
    cost, pct = share.cost_usd, share.cost_pct
    return [
        *([] if cost is None else [Fact(name=f"cost of {share.key}", value=cost, unit="usd")]),
        *([] if pct is None else [Fact(name=f"share of {share.key}", value=pct, unit="pct")]),
        Fact(name=f"requests of {share.key}", value=share.requests, unit="requests"),
        Fact(name=f"input tokens of {share.key}", value=share.input_tokens, unit="tokens"),
        Fact(name=f"output tokens of {share.key}", value=share.output_tokens, unit="tokens"),
        Fact(name=f"failed requests of {share.key}", value=share.failed_requests, unit="requests"),
    ]


def _compact(share: Share) -> dict[str, float | str | None]:
    return {"key": share.key, "requests": share.requests, "cost_usd": share.cost_usd, "cost_pct": share.cost_pct}


def _share_table(title: str, by: str, shares: list[Share]) -> TableBlock:
    return TableBlock(
        title=title,
        columns=[by.capitalize(), "Cost", "Share", "Requests", "Input tokens", "Output tokens"],
        units=[None, "usd", "pct", "requests", "tokens", "tokens"],
        rows=[
            [
                share.key,
                "no price" if share.cost_usd is None else share.cost_usd,
                share.cost_pct,
                float(share.requests),
                float(share.input_tokens),
                float(share.output_tokens),
            ]
            for share in shares
        ],
    )


def _over_time(shares: list[Share], by: By) -> ToolResult:
    """A chart over days or hours; the dearest one is named."""
    if not shares:
        return ToolResult(summary="No request has a time.", findings=["No request has a time."])
    costs = {share.key: share.cost_usd for share in shares if share.cost_usd is not None}
    if not costs:
        return ToolResult(summary="No request has a price.", findings=["No request has a price."])
    peak = max(costs, key=lambda key: costs[key])
    mean = sum(costs.values()) / len(costs)
    finding = (
        f"The dearest {by} was {peak} with {figure(costs[peak], 'usd')};"
        f" the average of {plural(len(shares), by)} is {figure(mean, 'usd')}."
    )
    return ToolResult(
        summary=finding,
        findings=[finding],
        facts=[
            Fact(name=f"cost of {peak}", value=costs[peak], unit="usd"),
            Fact(name=f"average cost per {by}", value=mean, unit="usd"),
            Fact(name=f"number of {by}s", value=len(shares), unit="count"),
            *(fact for share in shares[:200] for fact in _share_facts(share)[:3]),
        ],
        data={"by": by, "shares": [_compact(share) for share in shares[:60]], "names": [share.key for share in shares]},
        blocks=[
            ChartBlock(
                title=f"Cost per {by}",
                unit="usd",
                labels=list(costs),
                values=list(costs.values()),
            )
        ],
    )


SPEND_TOTALS = Tool("spend_totals", "Cost, requests, tokens and time range of the whole bill.", Arguments, spend_totals)
SPEND_BREAKDOWN = Tool(
    "spend_breakdown",
    "Cost split by model, feature, user, day, hour, status or provider.",
    BreakdownArguments,
    spend_breakdown,
)
FAILED_REQUESTS = Tool(
    "failed_requests", "How many requests failed, how, and what they cost.", Arguments, failed_requests
)
