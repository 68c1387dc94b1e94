"""A question as a model writes it: one static schema that every provider accepts, and the way back from it.

Static, as OpenAI compiles each new schema at its first call and Vertex refuses large ones: names of the data are
strings, which code resolves. Every field is required and may be null, without bounds; nothing is deeper than three
objects, so a part holds the fields of its query and of its constraints itself.
"""

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, ValidationError

from common.assistant.question.draft import Because
from common.assistant.question.model import AuditKind, Constraints, Format, Language, Operation, Part, Per, Question
from common.core.vocabulary import Level
from common.spend import OpportunityKind
from common.spend.semantics import DimensionName, MeasureName, PeriodName, UsageQuery

_JSON: TypeAlias = dict[str, Any]


class WireError(Exception):
    """What a model wrote is no question; `str` says why, for the model."""


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class WireCondition(_Wire):
    """As `Condition`."""

    dimension: DimensionName
    values: list[str]
    negated: bool


class WirePeriod(_Wire):
    """As `Period`; days are ISO dates."""

    name: PeriodName
    days: int | None
    first: str | None
    last: str | None


class WireOrder(_Wire):
    """As `Order`."""

    measure: MeasureName | None
    descending: bool
    by_difference: bool


class WireThreshold(_Wire):
    """As `Threshold`."""

    measure: MeasureName
    at_least: float | None
    at_most: float | None


class WireMoney(_Wire):
    """As `Money`."""

    usd: float
    per: Per | None


class WireLatency(_Wire):
    """As `LatencyLimit`."""

    feature: str | None
    percentile: Literal[50, 90, 95, 99]
    ms: float


class WireSpeedup(_Wire):
    """As `Speedup`."""

    feature: str | None
    factor: float


class WireKeep(_Wire):
    """As `Keep`."""

    model: str | None
    feature: str | None


class WireBecause(_Wire):
    """The words of the message that a field of this part comes from."""

    field: str
    words: str


class WirePart(_Wire):
    """As `Part`, with its query and its constraints laid open."""

    operation: Operation
    measures: list[MeasureName]
    where: list[WireCondition]
    period: WirePeriod | None
    versus: WirePeriod | None
    by: list[DimensionName]
    order: WireOrder | None
    top: int | None
    threshold: WireThreshold | None
    models: list[str]
    topic: str | None
    audits: list[AuditKind]
    refers: list[int]
    target_pct: float | None
    save: WireMoney | None
    budget: WireMoney | None
    growth_pct: float | None
    burst: float | None
    latency: list[WireLatency]
    speedup: list[WireSpeedup]
    quality: float | None
    max_effort: Level | None
    no_evaluation: bool | None
    no_investment: bool | None
    due_days: int | None
    horizons: list[int]
    only_kinds: list[OpportunityKind]
    excluded_kinds: list[OpportunityKind]
    excluded_models: list[str]
    excluded_providers: list[str]
    only_providers: list[str]
    keeps: list[WireKeep]
    rpm: float | None
    tpm: float | None
    hour_usd: float | None
    recommendations: int | None
    because: list[WireBecause]


class WireQuestion(_Wire):
    """As `Question`."""

    parts: list[WirePart]
    language: Language
    format: Literal["prose", "table", "bullets", "email", "code", "csv"]
    bullets: int | None
    audience: Literal["cfo", "engineers", "board", "customer"] | None
    currency: str | None
    unread: list[str]


_OF_QUERY = ("measures", "where", "period", "versus", "by", "order", "top", "threshold")
_OF_PART = ("models", "topic", "audits", "refers")
_RENAMED = {"recommendations": "top"}
"""Fields of constraints whose name a query has, too."""


def schema() -> _JSON:
    """The JSON schema, without references."""
    whole = WireQuestion.model_json_schema()
    inlined: _JSON = _inlined(whole, whole["$defs"])
    return inlined


def question_of(text: str) -> tuple[Question, tuple[Because, ...]]:
    """A model's reading; the words of a field are guesses, as only code can be certain. Raises WireError."""
    try:
        wire = WireQuestion.model_validate_json(text)
        question = Question.model_validate(
            {
                "parts": [_part(part) for part in wire.parts],
                "language": wire.language,
                "format": Format(kind=wire.format, bullets=wire.bullets if wire.format == "bullets" else None),
                "audience": wire.audience,
                "currency": wire.currency,
                "unread": tuple(wire.unread),
            }
        )
    except ValidationError as error:
        raise WireError("; ".join(_problem(each) for each in error.errors())) from error
    because = [
        Because(path_of(place, each.field), each.words, certain=False)
        for place, part in enumerate(wire.parts)
        for each in part.because
    ]
    return question, tuple(because)


def as_wire(question: Question, because: Sequence[Because]) -> _JSON:
    """A reading as a model would write it: the draft that it is given, and the question before."""
    parts = [_laid_open(part, place, because) for place, part in enumerate(question.parts)]
    wire = WireQuestion.model_validate(
        {
            "parts": parts,
            "language": question.language,
            "format": question.format.kind,
            "bullets": question.format.bullets,
            "audience": question.audience,
            "currency": question.currency,
            "unread": list(question.unread),
        }
    )
    return wire.model_dump(mode="json")


def path_of(place: int, field: str) -> str:
    """The path of a wire field in a question."""
    if field in _OF_QUERY:
        return f"parts.{place}.query.{field}"
    if field == "operation" or field in _OF_PART:
        return f"parts.{place}.{field}"
    if field in ("format", "bullets", "audience", "currency", "language"):
        return "format" if field == "bullets" else field
    return f"parts.{place}.constraints.{_RENAMED.get(field, field)}"


def _laid_open(part: Part, place: int, because: Sequence[Because]) -> _JSON:
    query, constraints = part.query.model_dump(mode="json"), part.constraints.model_dump(mode="json")
    constraints["recommendations"] = constraints.pop("top")
    prefix = f"parts.{place}."
    spans = [
        {"field": _wire_field(each.field.removeprefix(prefix)), "words": each.words}
        for each in because
        if each.field.startswith(prefix)
    ]
    own = {name: getattr(part, name) for name in ("operation", *_OF_PART)}
    fields = {**own, **query, **constraints, "because": spans}
    return {name: fields[name] for name in WirePart.model_fields}


def _wire_field(path: str) -> str:
    """The wire field of a path inside a part: "query.where.0" -> "where", "constraints.top" -> "recommendations"."""
    if path.startswith("constraints."):
        name = path.split(".")[1]
        return next((wire for wire, own in _RENAMED.items() if own == name), name)
    return path.removeprefix("query.").partition(".")[0]


def _part(part: WirePart) -> Part:
    stated = {name: value for name, value in part.model_dump(mode="json").items() if value not in (None, [])}
    query = {name: stated[name] for name in _OF_QUERY if name in stated}
    query.setdefault("measures", [MeasureName.COST])
    for name in ("period", "versus"):
        if name in query:
            query[name] = {key: value for key, value in query[name].items() if value is not None}
    constraints = {
        _RENAMED.get(name, name): value
        for name, value in stated.items()
        if name not in (*_OF_QUERY, *_OF_PART, "operation", "because")
    }
    return Part.model_validate(
        {
            "operation": part.operation,
            "query": UsageQuery.model_validate(query),
            "constraints": Constraints.model_validate(constraints),
            **{name: stated[name] for name in _OF_PART if name in stated},
        }
    )


def _problem(error: Any) -> str:
    return f"{'.'.join(map(str, error['loc'])) or 'question'}: {error['msg']}"


def _inlined(node: Any, definitions: _JSON) -> Any:
    if isinstance(node, list):
        return [_inlined(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _inlined(definitions[node["$ref"].rpartition("/")[2]], definitions)
    return {
        key: _inlined(value, definitions)
        for key, value in node.items()
        if key not in ("$defs", "title", "default", "description")
    }
