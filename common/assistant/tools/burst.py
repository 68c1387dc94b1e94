"""`burst`: what a spike of so many times the usual traffic would meet, what takes it off, what a day of it costs."""

from dataclasses import dataclass
from datetime import date, timedelta

from common.assistant.context import ToolContext
from common.assistant.question.model import Operation
from common.assistant.tool import Arguments, Inquiry, Tool, Wanted
from common.assistant.tools.tool_results import fact, has_data, or_unanswerable, scope, tool_result
from common.contract.answer import Fact
from common.figures.dates import day_said
from common.figures.format import figure
from common.figures.sentences import Name, joined, say
from common.runs.step import Sentence, ShownFigure, ToolError, ToolResult
from common.spend import Limits, Rollup, find_opportunities, semantics
from common.spend.measures import peaks
from common.spend.measures.headroom import Rate
from common.spend.semantics import Condition, DimensionName, MeasureName, Order, Period, PeriodName, UsageQuery

_ASSUMED = 10.0
"""Times, where the customer names none."""
_MEASURES: dict[Rate, MeasureName] = {"requests": MeasureName.REQUESTS, "tokens": MeasureName.TOTAL_TOKENS}
_MOST_NAMED = 3
_DAY = timedelta(hours=23)
"""From which rows cover a day."""


@dataclass(frozen=True, slots=True)
class Busiest:
    """The busiest minute: between `least` and `most` of its unit, equal where minutes are kept; `at` in words, UTC."""

    of: Rate
    day: str
    hour: str
    at: str
    least: float
    most: float

    @property
    def is_exact(self) -> bool:
        """Whether single minutes are kept of these rows."""
        return self.least == self.most


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What a spike is made of. Shares are from 0 to 1."""

    requests: Busiest
    tokens: Busiest
    waiting_for_none: tuple[str, ...]
    """Features whose rows show scheduled jobs."""
    job_share: float
    """Theirs of the requests in the hour of the busiest minute."""
    repeated_share: float | None
    """Of all prompts; None: the log does not tell."""
    usual_usd: float | None
    """Of an average day; None where nothing has a price, and of less than a day."""


def traffic_of(rollup: Rollup) -> Traffic:
    """Raises Unanswerable without a request, and for sums by the day."""
    requests, tokens = (_busiest(rollup, of) for of in _MEASURES)
    jobs = _jobs(rollup)
    span = rollup.last - rollup.first if rollup.first and rollup.last else timedelta()
    total = _total(rollup, UsageQuery(measures=(MeasureName.COST,))) if span >= _DAY else None
    repeated = _total(rollup, UsageQuery(measures=(MeasureName.REPEATED_SHARE,)))
    return Traffic(
        requests=requests,
        tokens=tokens,
        waiting_for_none=tuple(sorted(jobs)),
        job_share=_share_in_hour(rollup, requests, jobs) if jobs else 0.0,
        repeated_share=None if repeated is None else repeated / 100,
        usual_usd=None if total is None else total / len({key.day for key in rollup.hours}),
    )


def _busiest(rollup: Rollup, of: Rate) -> Busiest:
    """From the minutes, also where only the latest days of them are kept; else bounds from the hours."""
    measure = _MEASURES[of]
    query = UsageQuery(measures=(measure,), by=(DimensionName.MINUTE,), order=Order(measure=measure), top=1)
    result = semantics.run(query, rollup)
    if isinstance(result, semantics.Unanswerable) and result.nearest and result.nearest.by == query.by:
        result = semantics.run(result.nearest, rollup)
    most = result.rows[0].values[0] if isinstance(result, semantics.Result) and result.rows else None
    if isinstance(result, semantics.Result) and most:
        day, time = result.rows[0].keys[0].split("T")
        return Busiest(of, day, time[:2], f"on {day_said(day)} at {time} UTC", most, most)
    peak = next(each for each in peaks(rollup) if each.of == of)
    at = f"in the hour from {peak.hour:02}:00 UTC on {day_said(peak.day)}"
    return Busiest(of, peak.day, f"{peak.hour:02}", at, peak.at_least, peak.at_most)


def _jobs(rollup: Rollup) -> frozenset[str]:
    report = find_opportunities(rollup, Limits(kinds=("batch",)))
    return frozenset(item.feature for item in report.opportunities if item.feature and not item.needs_confirmation)


def _share_in_hour(rollup: Rollup, busiest: Busiest, features: frozenset[str]) -> float:
    """Of the requests in that hour; 0 where hours are not kept by feature."""
    query = UsageQuery(
        measures=(MeasureName.REQUESTS,),
        by=(DimensionName.FEATURE,),
        where=(Condition(dimension=DimensionName.HOUR, values=(busiest.hour,)),),
        period=_on(busiest.day),
    )
    result = semantics.run(query, rollup)
    if isinstance(result, semantics.Unanswerable) or not result.total.values[0]:
        return 0.0
    return sum(row.values[0] or 0 for row in result.rows if row.keys[0] in features) / result.total.values[0]


def _on(day: str) -> Period:
    at = date.fromisoformat(day)
    return Period(name=PeriodName.BETWEEN, first=at, last=at)


def _total(rollup: Rollup, query: UsageQuery) -> float | None:
    result = semantics.run(query, rollup)
    return None if isinstance(result, semantics.Unanswerable) else result.total.values[0]


async def burst(context: ToolContext, _: Arguments) -> ToolResult:
    """The busiest minute so many times over, against the limits that the customer names."""
    inquiry = context.part.constraints
    factor = _ASSUMED if inquiry.burst is None else inquiry.burst
    if min(factor, inquiry.rpm or 1, inquiry.tpm or 1) <= 0:
        raise ToolError("A spike and a limit are above zero.")
    traffic = await context.compute(traffic_of)
    spike = _Spike(context, traffic, factor)
    limited = [(traffic.requests, inquiry.rpm), (traffic.tokens, inquiry.tpm)]
    judged = [spike.judged(busiest, limit) for busiest, limit in limited if limit and busiest.most]
    return tool_result(
        headline=judged or [spike.size()],
        details=[*([] if inquiry.burst else [spike.assumed()]), *spike.relief(inquiry.rpm), *spike.cost()],
        limits=spike.bounds(),
        offer=[]
        if judged
        else [say("Name your limits per minute, in requests or tokens, and I hold this against them.")],
        names=list(traffic.waiting_for_none),
    )


class _Spike:
    """The sentences on one."""

    def __init__(self, context: ToolContext, traffic: Traffic, factor: float) -> None:
        self._part, self._traffic = context.part, traffic
        self._factor = factor
        self._times = fact("size of the spike", factor, "count")

    def _amount(self, busiest: Busiest, times: float = 1.0) -> Sentence:
        """So many of the busiest minute, between bounds where it is not known."""
        of = scope(self._part, _MEASURES[busiest.of], busiest.day, busiest.day)
        name = f"{busiest.of} of the busiest minute" + ("" if times == 1 else f", {times:g} times")
        most = fact(name, busiest.most * times, busiest.of, of)
        if busiest.is_exact:
            return say("{most}", most=most)
        least = fact(f"{name}, at least", busiest.least * times, busiest.of, of)
        return say("{least} to {most}", least=ShownFigure(text=figure(least.value, "count"), fact=least), most=most)

    def size(self) -> Sentence:
        """Without a limit to hold it against."""
        requests, tokens = self._traffic.requests, self._traffic.tokens
        return say(
            "At {times} times your busiest minutes you would send {requests} and {tokens} per minute; today the "
            "peaks are "
            "{now}, {at}, and {now_tokens}.",
            times=self._times,
            requests=self._amount(requests, self._factor),
            tokens=self._amount(tokens, self._factor),
            now=self._amount(requests),
            at=requests.at,
            now_tokens=self._amount(tokens),
        )

    def judged(self, busiest: Busiest, limit: float) -> Sentence:
        """Against a limit per minute."""
        if busiest.most * self._factor <= limit:
            verdict = "your limit of {limit} holds, up to {room} times."
        elif busiest.least * self._factor > limit:
            verdict = "above your limit of {limit}, which is reached at {room} times."
        else:
            verdict = "whether your limit of {limit} holds cannot be told; up to {room} times it does."
        return say(
            "{times} times your busiest minute ({now}, {at}) is {spike}: " + verdict,
            times=self._times,
            now=self._amount(busiest),
            at=busiest.at,
            spike=self._amount(busiest, self._factor),
            limit=fact(f"limit of {busiest.of} per minute", limit, busiest.of),
            room=fact(f"times the busiest minute at the limit of {busiest.of}", limit / busiest.most, "count"),
        )

    def assumed(self) -> Sentence:
        """The size, where none was named."""
        return say("You named no size, so I took {times} times.", times=self._times)

    def relief(self, rpm: float | None) -> list[Sentence]:
        """What batch jobs and a cache of answers take off, and what is left for a fallback."""
        traffic, left = self._traffic, self._traffic.requests.most * self._factor
        sentences: list[Sentence] = []
        if traffic.job_share:
            left *= 1 - traffic.job_share
            sentences.append(self._batch(left))
        if traffic.repeated_share:
            left *= 1 - traffic.repeated_share
            sentences.append(self._cache(left))
        if rpm is None or traffic.requests.most * self._factor <= rpm:
            return sentences
        return [*sentences, self._fallback(left, rpm, helped=bool(sentences))]

    def _batch(self, left: float) -> Sentence:
        names = list(map(Name, self._traffic.waiting_for_none[:_MOST_NAMED]))
        return say(
            "{share} of the requests in that hour come from {jobs}, which nobody waits for by its hours: sent as "
            "batch jobs "
            "they have limits of their own, and {left} per minute remain.",
            share=fact("share of jobs in the busiest hour", 100 * self._traffic.job_share, "pct"),
            jobs=joined([say("{name}", name=name) for name in names], " and "),
            left=_left("after batch jobs", left),
        )

    def _cache(self, left: float) -> Sentence:
        share = 100 * (self._traffic.repeated_share or 0.0)
        return say(
            "{share} of your prompts repeat an earlier one; answered from a cache of your own, {left} per minute "
            "remain.",
            share=fact(
                "share of prompts that are repeats", share, "pct", scope(self._part, MeasureName.REPEATED_SHARE)
            ),
            left=_left("after a cache of answers", left),
        )

    def _fallback(self, left: float, rpm: float, *, helped: bool) -> Sentence:
        if helped and left <= rpm:
            return say("That brings the spike under your limit, without a fallback.")
        return say(
            "{up_to} {over} per minute above your limit need a queue, a higher limit, or a second provider or model "
            "as a "
            "fallback, whose limits are its own.",
            up_to="The" if self._traffic.requests.is_exact else "Up to",
            over=_left("above the limit", left - rpm),
        )

    def cost(self) -> list[Sentence]:
        """Of a day of it, with as many tokens per request."""
        traffic = self._traffic
        if not traffic.usual_usd:
            return []
        of = scope(self._part, MeasureName.COST)
        return [
            say(
                "A whole day at {times} times costs about {cost} against {usual} on an average day, with as many "
                "tokens per "
                "request as now.",
                times=self._times,
                cost=fact("cost of a day of the spike", traffic.usual_usd * self._factor, "usd"),
                usual=fact("cost of an average day", traffic.usual_usd, "usd", of),
            )
        ]

    def bounds(self) -> list[Sentence]:
        """What the amounts leave open."""
        together = say(
            "All models are counted together here; providers limit each model by itself.", topic="all models"
        )
        if self._traffic.requests.is_exact:
            return [together]
        bounds = (
            "Minutes are not kept of these rows: the busiest one has at least an even share of its hour, and at most "
            "all of it."
        )
        return [say(bounds, topic="bounds"), together]


def _left(what: str, requests: float) -> Fact:
    return fact(f"requests per minute {what}", requests, "requests")


def _calls(request: Inquiry) -> tuple[Wanted, ...]:
    if request.part.operation is not Operation.BURST or not has_data(request):
        return ()
    return (Wanted("To see what a spike would meet"),)


TOOL = Tool(
    name="burst",
    title="Work out a spike",
    agent="data",
    description=(
        "The busiest minute times the factor of a spike, against rate limits; what batch jobs, a cache of answers "
        "and a "
        "fallback take off; what a day of it costs."
    ),
    arguments=Arguments,
    run=or_unanswerable(burst),
    answers=frozenset({Operation.BURST}),
    calls=_calls,
    shows=lambda request: request.part.operation is Operation.BURST,
)
