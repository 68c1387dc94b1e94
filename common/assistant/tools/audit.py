"""`audit`: caching, retries, reasoning and repeated prompts: what is used, what is lost, where, and its worth."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from common.assistant.context import ToolContext
from common.assistant.question.model import AuditKind, Operation, Part
from common.assistant.question.words import UNITS
from common.assistant.tool import Arguments, Inquiry, Tool, Wanted
from common.assistant.tools.limits import limits_of
from common.assistant.tools.tool_results import fact, has_data, names_of, or_unanswerable, scope, tool_result
from common.assistant.tools.weighing import title, weighed
from common.contract.answer import Cell, Fact, TableBlock
from common.figures.dates import day_said
from common.figures.format import figure
from common.figures.names import plain_name
from common.figures.quoted import quoted
from common.figures.sentences import Name, joined, say
from common.runs.step import Section, Sentence, ShownFigure, ToolResult
from common.spend import OpportunityKind, Rollup, Unanswerable
from common.spend.measures import Waste, waste
from common.spend.opportunities.audits import MEASURES_OF, ORDER, Audit, AuditPlace, SharedStart, audit
from common.spend.quality import Evaluations
from common.spend.semantics import MEASURES, MeasureName

_KINDS: Mapping[AuditKind, OpportunityKind] = {
    "caching": "prompt_caching",
    "retries": "retry_waste",
    "reasoning": "reasoning_effort",
    "duplicates": "duplicates",
}
_TITLES: Mapping[AuditKind, str] = {
    "caching": "Prompt caching",
    "retries": "Failed requests and retries",
    "reasoning": "Reasoning",
    "duplicates": "Repeated prompts",
}
_SAID_PLACES = 3
_SAID_SAVINGS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """What the sentences on one kind are made of; `waste`: of retries, where the log has a status."""

    kind: AuditKind
    audit: Audit
    waste: Waste | None
    names: tuple[str, ...]


def audited(rollup: Rollup, kind: AuditKind, context: ToolContext, evaluations: Evaluations) -> Audited:
    """One kind, within what the customer allows of models and providers."""
    limits = limits_of(rollup, context.part.constraints)
    result = audit(rollup, _KINDS[kind], limits, evaluations)
    return Audited(kind=kind, audit=result, waste=_waste(rollup, kind), names=names_of(rollup))


def _waste(rollup: Rollup, kind: AuditKind) -> Waste | None:
    try:
        return waste(rollup) if kind == "retries" else None
    except Unanswerable:
        return None


async def make_audit(context: ToolContext, _: Arguments) -> ToolResult:
    """The kinds that are asked for, each with its largest places; all of them if none is named."""
    kinds = context.part.audits or get_args(AuditKind)
    evaluations = await context.workspace.evaluations()
    results = [await context.compute(audited, kind, context, evaluations) for kind in kinds]
    says = [_Says(context, each) for each in results]
    if len(says) == 1:
        return _single(says[0])
    order = sorted(says, key=lambda each: -each.audit.savings_usd)
    overlap = say("The kinds overlap, so they do not add up; a plan counts each dollar once.", topic="overlap")
    return tool_result(
        headline=[_largest(order)],
        details=[overlap] if order[1].audit.savings else [],
        limits=_base(order[0].audit),
        sections=[Section(heading=_TITLES[each.kind], points=[*each.sentences(), *each.unknown()]) for each in order],
        names=[name for each in order for name in each.names],
        blocks=[_overview(order)],
    )


def _single(one: "_Says") -> ToolResult:
    sentences = one.sentences()
    return tool_result(
        headline=sentences[:1] or [say("{what}: your log does not tell what is lost.", what=_TITLES[one.kind])],
        details=sentences[1:],
        limits=_base(one.audit),
        missing=one.unknown(),
        names=one.names,
        blocks=_places_table(one.audit),
    )


def _largest(order: "Sequence[_Says]") -> Sentence:
    if order[0].audit.savings:
        return say("Most is lost in {kind}: {saving}.", kind=_TITLES[order[0].kind].lower(), saving=order[0].saving())
    names = " and ".join(_TITLES[each.kind].lower() for each in order)
    if not any(each.sentences() for each in order):
        return say("Your log tells nothing of {names}.", names=names)
    return say("As far as your log tells, nothing worth a line is lost in {names}.", names=names)


class _Says:
    """The sentences on one kind."""

    def __init__(self, context: ToolContext, of: Audited) -> None:
        self.kind, self.audit, self.names = of.kind, of.audit, list(of.names)
        self._part, self._waste = context.part, of.waste

    def sentences(self) -> list[Sentence]:
        """Used, lost and where, and guesses that are to be checked."""
        used: dict[AuditKind, Callable[[], list[Sentence]]] = {
            "caching": self._caching,
            "retries": self._retries,
            "reasoning": self._reasoning,
            "duplicates": self._duplicates,
        }
        return [*used[self.kind](), *self._lost(), *self._where(), *self._guesses()]

    def _guesses(self) -> list[Sentence]:
        return [guess(start, self._part) for start in self.audit.guesses[:_SAID_PLACES]]

    def value(self, name: MeasureName, values: Mapping[MeasureName, float | int | None], *names: str) -> Fact | str:
        """A measure as a fact; "not known" where the rows do not say it."""
        value = values.get(name)
        if value is None:
            return "not known"
        of = scope(self._part, name, None, None, *names)
        return fact(MEASURES[name].title, value, UNITS[MEASURES[name].unit], of)

    def _total(self, name: MeasureName) -> Fact | str:
        return self.value(name, self.audit.values)

    def _has(self, *names: MeasureName) -> bool:
        return all(self.audit.values.get(name) is not None for name in names)

    def _caching(self) -> list[Sentence]:
        cached, share = MeasureName.CACHED_TOKENS, MeasureName.CACHED_SHARE
        if not self._has(cached, share):
            return []
        text = "{share} of your input is read from a prompt cache: {cached} of {input}."
        whole = self._total(MeasureName.INPUT_TOKENS)
        return [say(text, share=self._total(share), cached=_bare(self._total(cached)), input=whole)]

    def _retries(self) -> list[Sentence]:
        failed, lost = MeasureName.FAILED_REQUESTS, self._waste
        if lost is None or not self._has(failed):
            return []
        bound = lost.retries
        first = say(
            "{failed} of {requests} failed ({rate}), and cost {usd} at list price.",
            failed=_bare(self._total(failed)),
            requests=self._total(MeasureName.REQUESTS),
            rate=self._total(MeasureName.ERROR_RATE),
            usd=fact("cost of failed requests", lost.failed_usd, "usd", scope(self._part, "failed_cost")),
        )
        retries = say(
            "Which requests are retries no log says: they are at most {count}, for at most {usd}.",
            count=fact("retries at most", bound.at_most_requests, "requests"),
            usd=fact("cost of retries at most", bound.at_most_usd, "usd"),
        )
        return [first, *([retries] if bound.at_most_requests else [])]

    def _reasoning(self) -> list[Sentence]:
        reasoning, output = (
            self.audit.values.get(n) for n in (MeasureName.REASONING_TOKENS, MeasureName.OUTPUT_TOKENS)
        )
        if not reasoning or not output:
            return []
        cost = self._total(MeasureName.REASONING_COST)
        price = say(" and cost {usd}", usd=cost) if isinstance(cost, Fact) else say("; what they cost is not known")
        return [
            say(
                "{tokens} of your {output} of output ({share}) are reasoning{price}.",
                tokens=_bare(self._total(MeasureName.REASONING_TOKENS)),
                output=self._total(MeasureName.OUTPUT_TOKENS),
                share=fact("share of output that is reasoning", 100 * reasoning / output, "pct"),
                price=price,
            )
        ]

    def _duplicates(self) -> list[Sentence]:
        share, cost = MeasureName.REPEATED_SHARE, MeasureName.REPEATED_COST
        if not self._has(share):
            return []
        text = "{count} repeat a prompt that was sent before ({share}), and cost {usd}."
        count = self._total(MeasureName.REPEATED_REQUESTS)
        return [say(text, count=count, share=self._total(share), usd=self._total(cost))]

    def saving(self) -> Sentence:
        """Of all places, and its share of the bill."""
        base = self.audit.base
        usd = fact(f"saving in {self.kind}", self.audit.savings_usd, "usd")
        if base is None or not base.usd:
            return say("{usd}", usd=usd)
        share = fact(f"share of the bill in {self.kind}", 100 * self.audit.savings_usd / base.usd, "pct")
        bill = fact("bill that savings are of", base.usd, "usd")
        return say("{usd} ({share} of {bill})", usd=usd, share=share, bill=bill)

    def _lost(self) -> list[Sentence]:
        if not self.audit.savings:
            return []
        shown = self.audit.savings[:_SAID_SAVINGS]
        largest = [
            say(
                "{title} ({usd}; " + weighed(item) + ")",
                title=_begun_small(title(item, self.names)),
                usd=fact(f"savings of {item.title}", item.savings_usd, "usd"),
            )
            for item in shown
        ]
        more = "" if len(self.audit.savings) == len(shown) else ", and smaller ones"
        text = "Up to {saving} can be saved: {largest}" + more + "."
        return [say(text, saving=self.saving(), largest=joined(largest, "; "))]

    def _where(self) -> list[Sentence]:
        """The largest places, with the share or the cost there."""
        share = MEASURES_OF[self.audit.kind][0]
        if len(self.audit.places) < 2 or not self._has(share):  # noqa: PLR2004 - one place is all there is
            return []
        places = [self._place(place, share) for place in self.audit.places[:_SAID_PLACES]]
        return [say("By {by}: {places}.", by=str(self.audit.by), places=joined(places, ", "))]

    def _place(self, place: AuditPlace, share: MeasureName) -> Sentence:
        amount = self.value(ORDER[self.audit.kind], place.values, place.name)
        part = self.value(share, place.values, place.name)
        cached = " cached" if self.kind == "caching" else ""
        return say("{name} {amount} ({part}" + cached + ")", name=Name(place.name), amount=amount, part=part)

    def unknown(self) -> list[Sentence]:
        """What the log does not tell, or why nothing is found."""
        none, lacking = self.audit.unavailable, self.audit.lacking
        if none and (none.needs or not lacking):
            return [quoted(f"{none.reason} {none.needs}".strip(), "why nothing is found")]
        return [quoted(lacking, "what the data lack")] if lacking else []


def guess(start: SharedStart, part: Part) -> Sentence:
    """What the sizes of a feature's requests suggest of a cache."""
    return say(
        "Every request of {feature} has at least {tokens} of input. If that is one shared start, up to {share} of its "
        "input could come from a cache: a guess from sizes, to be checked against the prompts.",
        feature=Name(start.feature),
        tokens=fact("least input of a request", start.tokens, "tokens", scope(part, "input_floor")),
        share=fact("share of input that may be a shared start", min(start.most_pct, 100.0), "pct"),
        topic="guess",
    )


def _bare(value: Fact | str) -> ShownFigure | str:
    """Without its unit, before "of" so many with it."""
    return value if isinstance(value, str) else ShownFigure(text=figure(value.value, "count"), fact=value)


def _begun_small(text: Sentence) -> Sentence:
    """A title within a sentence."""
    return text.model_copy(update={"text": text.text[0].lower() + text.text[1:]})


def _base(of: Audit) -> list[Sentence]:
    """What savings are of."""
    base = of.base
    if base is None or not base.usd or not of.savings:
        return []
    usd = fact("bill that savings are of", base.usd, "usd")
    text = "Savings are of {usd}: {scope}, at the prices of {day}."
    return [say(text, usd=usd, scope=base.scope, day=day_said(base.prices_as_of), topic="base")]


def _overview(order: Sequence[_Says]) -> TableBlock:
    """All kinds, by what they could save."""
    rows: list[list[Cell]] = []
    for each in order:
        base = each.audit.base
        share = 100 * each.audit.savings_usd / base.usd if base and base.usd else None
        rows.append([_TITLES[each.kind], each.audit.savings_usd if each.audit.savings else None, share])
    columns = ["What", "Could be saved, at most", "Share of the bill"]
    return TableBlock(title="Audit", columns=columns, units=[None, "usd", "pct"], rows=rows)


def _places_table(of: Audit) -> list[TableBlock]:
    """One kind by place, as the measures have it."""
    measures = [name for name in MEASURES_OF[of.kind] if name in of.values]
    if not of.places or not measures:
        return []
    return [
        TableBlock(
            title=f"By {of.by}",
            columns=[str(of.by).capitalize(), *(MEASURES[name].title for name in measures)],
            units=[None, *(UNITS[MEASURES[name].unit] for name in measures)],
            rows=[[plain_name(place.name), *(place.values.get(name) for name in measures)] for place in of.places],
        )
    ]


def _calls(request: Inquiry) -> tuple[Wanted, ...]:
    if request.part.operation is not Operation.AUDIT or not has_data(request):
        return ()
    return (Wanted("To see what is used and what is lost"),)


TOOL = Tool(
    name="audit",
    title="Audit",
    agent="optimization",
    description="Caching, retries, reasoning and repeated prompts: what is used, what is lost, where, and its worth.",
    arguments=Arguments,
    run=or_unanswerable(make_audit),
    answers=frozenset({Operation.AUDIT}),
    calls=_calls,
    shows=lambda request: request.part.operation is Operation.AUDIT,
)
