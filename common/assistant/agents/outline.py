"""What product code would say, in order, each point a sentence of a tool result: no answer depends on the model.

A question that only measures is answered in its first sentence. One that wants savings gets the plan first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from common.assistant.context import ToolContext
from common.assistant.goals.goal import Goal, Intent
from common.runs.step import ToolEvidence

_CANNOT = "What the data cannot tell"
_SPEED_NOTE = "How fast another model answers your requests stands in no log: measure a sample before you switch."
_MORE = 'Say "plan the first one" for all its steps, the way back and the code.'
_RICHER = "Exports of LiteLLM, Langfuse or Helicone hold most of this: upload one, and ask again."
_NO_DATA = "To answer from your own figures, Apex needs your usage data first."
_LOOKED_FOR = (
    "Apex then looks for input that a prompt cache could serve, repeated prompts, work that can run as batch jobs,"
    " failed requests that you pay for, and requests that a cheaper model could take."
)
_ANSWERS: tuple[tuple[Intent, str], ...] = (
    ("anomaly", "odd_days"),
    ("forecast", "forecast_cost"),
    ("comparison", "before_and_after"),
    ("headroom", "rate_limit_headroom"),
    ("proven", "savings_ledger"),
)
"""Questions that one tool answers by itself; its first sentence opens the answer."""
_UPLOAD = "Upload the file here and ask again: the answer will be computed from your own requests."


class ToolFindings:
    """Sentences of tool results, to build an outline from."""

    def __init__(self, evidence: Sequence[ToolEvidence]) -> None:
        self._evidence = evidence

    def all(self, tool: str) -> tuple[str, ...]:
        """All findings of a tool."""
        return tuple(text for item in self._evidence if item.tool == tool for text in item.result.findings)

    def answered(self, tool: str) -> tuple[str, ...]:
        """Those that the data could give."""
        missing = self.unanswerable(tool)
        return tuple(text for text in self.all(tool) if text not in missing)

    def unanswerable(self, tool: str) -> tuple[str, ...]:
        """What a tool said that the data lack."""
        items = (i for i in self._evidence if i.tool == tool and i.result.data.get("unanswerable"))
        return tuple(text for item in items for text in item.result.findings)

    def data(self, tool: str, key: str) -> tuple[str, ...]:
        """The sentences under `key` of a tool's data."""
        return tuple(text for item in self._evidence if item.tool == tool for text in item.result.data.get(key, ()))

    def breakdown(self, by: str) -> tuple[str, ...]:
        """The findings of the split by `by`."""
        items = (i for i in self._evidence if i.tool == "spend_breakdown" and i.result.data.get("by") == by)
        return tuple(text for item in items for text in item.result.findings)

    def details(self) -> list[dict[str, tuple[str, ...]]]:
        """The changes that were worked out, largest first: title, about, steps, verify, rollback, assumed, snippet."""
        parts = ("about", "steps", "verify", "rollback", "assumed", "snippet")
        return [
            {"title": (item.result.data["title"],), **{part: tuple(item.result.data[part]) for part in parts}}
            for item in self._evidence
            if item.tool == "action_plan"
        ]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the answer; the opening has no heading, and a closing word has none either."""

    heading: str | None
    points: tuple[str, ...]


def answer_outline(context: ToolContext, evidence: Sequence[ToolEvidence]) -> tuple[Section, ...]:
    """The answer to a question on data: what was pointed at, a plan, or what was measured or priced."""
    found = ToolFindings(evidence)
    if context.selected:
        return _without_repeats(_pointed(context.goal, found))
    if context.shows_plan:
        return _without_repeats(_planned(context.goal, found))
    return _without_repeats(_measured(context.goal, found))


def guide_outline(evidence: Sequence[ToolEvidence], guide: Sequence[str]) -> tuple[Section, ...]:
    """Which export to get, step by step; why there is nothing to analyse yet stands first."""
    reason = ToolFindings(evidence).all("list_datasets")[:2] or (_NO_DATA,)
    return _without_repeats(
        [Section(None, reason), Section("The export to get", tuple(guide)), Section("Then", (_UPLOAD, _LOOKED_FOR))]
    )


def as_markdown(sections: Iterable[Section]) -> str:
    """The outline as an answer by itself."""
    parts = []
    for section in sections:
        if section.heading is None:
            parts.append(" ".join(section.points))
        elif section.points[0].startswith("```"):
            parts.append(f"## {section.heading}\n\n" + "\n\n".join(section.points))
        else:
            parts.append(f"## {section.heading}\n\n" + "\n".join(f"- {point}" for point in section.points))
    return "\n\n".join(parts)


def as_brief(sections: Iterable[Section]) -> list[dict[str, object]]:
    """The outline as the model reads it."""
    return [{"heading": section.heading, "points": list(section.points)} for section in sections]


def _planned(goal: Goal, found: ToolFindings) -> list[Section]:
    """The plan, the bill, the largest changes, limits, where to start, what the data lack."""
    steps = (*found.data("combined_plan", "steps"), *found.data("combined_plan", "rest"))
    return [
        Section(
            None,
            (
                _joined(found.data("combined_plan", "headline")),
                *found.data("distribution", "limits"),
                _joined(_bill(found)),
            ),
        ),
        Section("What you asked", _asked(goal, found)),
        Section("What to change", steps),
        Section("Your limits", _limits(found)),
        Section("Where to start", _start(found)),
        Section(_CANNOT, _cannot(goal, found)),
    ]


def _pointed(goal: Goal, found: ToolFindings) -> list[Section]:
    """The changes pointed at; with the way to do them where one is meant, or a plan is asked for."""
    details = found.details()
    opening = Section(None, (_joined(found.data("combined_plan", "headline")), *found.data("spend_totals", "short")))
    limits = Section("Your limits", _limits(found))
    if len(details) == 1:
        return [opening, *_in_full(details[0]), limits]
    changes = Section("The changes", (*found.data("combined_plan", "steps"), *found.data("combined_plan", "rest")))
    ways = [
        Section(detail["title"][0], (*detail["steps"], *detail["verify"], *detail["rollback"])) for detail in details
    ]
    return [opening, changes, *(ways if goal.wants("plan") else []), limits, Section(None, (_MORE,))]


def _in_full(detail: dict[str, tuple[str, ...]]) -> list[Section]:
    return [
        Section("Why", detail["about"]),
        Section("Steps", detail["steps"]),
        Section("Verify and roll back", (*detail["verify"], *detail["rollback"])),
        Section("Assumed", detail["assumed"]),
        Section("Snippet", detail["snippet"]),
    ]


def _measured(goal: Goal, found: ToolFindings) -> list[Section]:
    """What was asked in the first sentence, its details, and then the bill and the offer of a plan."""
    asked = _asked(goal, found)
    totals = found.all("spend_totals")
    if goal.wants("totals") and not asked:
        asked = (_joined(totals), *found.data("spend_breakdown", "most"))
        return [Section(None, asked), Section(None, found.data("combined_plan", "offer"))]
    missing = _unanswered(goal, found)
    closing = _joined((*found.data("spend_totals", "short"), *found.data("combined_plan", "offer")))
    return [
        Section(None, asked[:1] or missing or totals[:1]),
        Section("In detail", asked[1:]),
        Section(_CANNOT, missing),
        Section(None, (closing,)),
    ]


def _asked(goal: Goal, found: ToolFindings) -> tuple[str, ...]:
    """What was to be measured, the answer first. A split of latency is no split of cost; limits have their own part."""
    points = [text for intent, tool in _ANSWERS if goal.wants(intent) for text in found.answered(tool)]
    points += found.all("spend_on_day") if goal.days else ()
    ahead = goal.wants("forecast", "headroom")
    points += found.data("combined_plan", "grown") if goal.only_measures and not ahead else ()
    if goal.wants("what_if"):
        points += found.answered("what_if_model")
    if goal.wants("distribution", "latency") and not goal.latency:
        points += found.answered("distribution")
    if goal.wants("duplicates"):
        points += found.answered("duplicates")
    if goal.wants("errors"):
        points += found.answered("failed_requests")
    if not goal.measures:
        points += [text for by in goal.breakdown_by for text in found.breakdown(by)]
    limits = found.data("distribution", "limits")
    missing = (*found.unanswerable("spend_breakdown"), *found.unanswerable("distribution"))
    return tuple(text for text in points if text not in limits and text not in missing)


def _unanswered(goal: Goal, found: ToolFindings) -> tuple[str, ...]:
    """What was asked and stands in no row."""
    tools = [tool for intent, tool in _ANSWERS if goal.wants(intent)]
    tools += ["distribution"] if goal.measures else []
    tools += ["spend_breakdown"] if goal.breakdown_by else []
    tools += ["duplicates"] if goal.wants("duplicates") else []
    tools += ["failed_requests"] if goal.wants("errors") else []
    return tuple(text for tool in tools for text in found.unanswerable(tool))


def _bill(found: ToolFindings) -> tuple[str, ...]:
    """The bill in one sentence, and where most of it goes."""
    brief = tuple(text for text in found.all("spend_totals") if "too short to project" in text)
    return (*found.data("spend_totals", "short"), *found.data("spend_breakdown", "most"), *brief)


def _limits(found: ToolFindings) -> tuple[str, ...]:
    return (
        *found.data("understand_goal", "limits"),
        *found.data("distribution", "limits"),
        *found.data("combined_plan", "speed"),
        *found.data("combined_plan", "touched"),
    )


def _start(found: ToolFindings) -> tuple[str, ...]:
    """The first step of the first change, how to see that it works, and how to get the rest."""
    if not found.details():
        return ()
    first = found.details()[0]
    return (f"**{first['title'][0]}**: {first['steps'][0]}", *first["verify"], _MORE)


def _cannot(goal: Goal, found: ToolFindings) -> tuple[str, ...]:
    """What was asked first, then what would make more savings visible; nothing twice in other words."""
    asked = _unanswered(goal, found)
    latency = [text for text in found.data("list_datasets", "lacking") if "no latency" in text]
    swaps = any("evaluation" in text for text in found.data("combined_plan", "headline"))
    hidden = (
        *(() if any("latency" in text for text in asked) else latency),
        *found.data("find_opportunities", "unavailable"),
    )
    return (
        *asked,
        *found.data("find_opportunities", "unknown"),
        *([_SPEED_NOTE] if swaps and goal.latency else []),
        *hidden,
        *([_RICHER] if hidden else []),
    )


def _joined(texts: Iterable[str]) -> str:
    return " ".join(texts)


def _without_repeats(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Every point once, at its first place; sections without points go."""
    said: set[str] = {""}
    kept = []
    for section in sections:
        points = tuple(point for point in dict.fromkeys(section.points) if point not in said)
        said.update(points)
        if points:
            kept.append(Section(section.heading, points))
    return tuple(kept)
