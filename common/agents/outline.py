"""What product code would say, in order, each point a sentence of a tool result: no answer depends on the model."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from common.runs.step import Evidence
from common.tools.goal import Goal
from common.tools.workspace import Desk

_CANNOT = "What the data cannot tell"
_SPEED_NOTE = (
    "How fast another model would answer your requests stands in no log: measure a sample of them before you switch."
)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the answer; the opening has no heading."""

    heading: str | None
    points: tuple[str, ...]


def answer_outline(desk: Desk, evidence: Sequence[Evidence]) -> tuple[Section, ...]:
    """Headline, what was asked, the bill, the changes, the target, what cannot be told, the next step."""
    found = _Findings(evidence)
    goal = desk.goal
    pointed = bool(desk.selected)
    sections = [
        Section(None, _headline(goal, found)),
        Section("What you asked", _asked(goal, found)),
        Section(
            "What you spend", () if pointed else found.all("spend_totals") + found.breakdowns(("model", "feature"))
        ),
        Section("What to change", found.steps()),
        Section("Your limits", found.data("understand_goal", "limits")),
        Section("What to watch", found.starting("action_plan", "Evidence for ")),
        Section(
            "How to do it",
            found.all("action_plan") if goal.wants("plan") or pointed else found.starting("action_plan", "Do: ")[:2],
        ),
        Section(_CANNOT, _cannot(goal, found)),
        Section("Next step", _next(found)),
    ]
    return _without_repeats(sections)


def guide_outline(evidence: Sequence[Evidence], guide: Sequence[str]) -> tuple[Section, ...]:
    """Which export to get, step by step; why there is nothing to analyse yet stands first."""
    reason = _Findings(evidence).all("list_datasets")[:2] or (_NO_DATA,)
    return _without_repeats(
        [Section(None, reason), Section("The export to get", tuple(guide)), Section("Then", (_UPLOAD,))]
    )


_NO_DATA = "To answer from your own figures, Apex needs your usage data first."
_UPLOAD = "Upload the file here and ask again: the answer will be computed from your own requests."


def as_markdown(sections: Iterable[Section]) -> str:
    """The outline as an answer by itself."""
    parts = []
    for section in sections:
        if section.heading is None:
            parts.append(" ".join(section.points))
        else:
            parts.append(f"## {section.heading}\n\n" + "\n".join(f"- {point}" for point in section.points))
    return "\n\n".join(parts)


def as_brief(sections: Iterable[Section]) -> list[dict[str, object]]:
    """The outline as the model reads it."""
    return [{"heading": section.heading, "points": list(section.points)} for section in sections]


class _Findings:
    """The findings of a run by tool."""

    def __init__(self, evidence: Sequence[Evidence]) -> None:
        self._evidence = evidence

    def all(self, tool: str) -> tuple[str, ...]:
        return tuple(text for item in self._evidence if item.tool == tool for text in item.result.findings)

    def breakdowns(self, by: Sequence[str]) -> tuple[str, ...]:
        items = (i for i in self._evidence if i.tool == "spend_breakdown" and i.result.data.get("by") in by)
        return tuple(text for item in items for text in item.result.findings)

    def unanswerable(self, tool: str) -> tuple[str, ...]:
        items = (i for i in self._evidence if i.tool == tool and i.result.data.get("unanswerable"))
        return tuple(text for item in items for text in item.result.findings)

    def answered(self, tool: str) -> tuple[str, ...]:
        missing = self.unanswerable(tool)
        return tuple(text for text in self.all(tool) if text not in missing)

    def data(self, tool: str, key: str) -> tuple[str, ...]:
        return tuple(text for item in self._evidence if item.tool == tool for text in item.result.data.get(key, ()))

    def steps(self) -> tuple[str, ...]:
        return self.data("combined_plan", "steps")

    def starting(self, tool: str, start: str) -> tuple[str, ...]:
        """The findings that begin so."""
        return tuple(text for text in self.all(tool) if text.startswith(start))


def _headline(goal: Goal, found: _Findings) -> tuple[str, ...]:
    """The bill in one sentence, then what was asked for in one or two."""
    plan = tuple(text for text in found.all("combined_plan") if text not in found.steps())
    first = found.all("spend_totals")[:1]
    if goal.wants("what_if"):
        return (*first, *found.starting("what_if_model", "On "), *plan[:1])
    return (*first, *plan)


def _asked(goal: Goal, found: _Findings) -> tuple[str, ...]:
    points: list[str] = []
    if goal.wants("what_if"):
        points += found.all("what_if_model")
    points += found.breakdowns(goal.breakdown_by)
    if goal.wants("distribution", "latency"):
        points += _on_limited(goal, found.answered("distribution"))
    if goal.wants("duplicates"):
        points += found.answered("duplicates")
    if goal.wants("errors"):
        points += found.answered("failed_requests")
    return tuple(points)


def _on_limited(goal: Goal, points: Sequence[str]) -> list[str]:
    """With limits on single features, only what is said of those."""
    features = [limit.feature.lower() for limit in goal.latency if limit.feature]
    named = [point for point in points if any(feature in point.lower() for feature in features)]
    return named or list(points)


def _cannot(goal: Goal, found: _Findings) -> tuple[str, ...]:
    """What was asked first, then what would make more savings visible."""
    tools = ("distribution", "spend_breakdown", "duplicates", "failed_requests")
    asked = [text for tool in tools for text in found.unanswerable(tool)]
    latency = [text for text in found.all("list_datasets") if text.startswith("The log has no latency")]
    speed = [_SPEED_NOTE] if goal.speedup or goal.latency else []
    return (
        *asked,
        *(() if any("latency" in text for text in asked) else latency),
        *speed,
        *found.data("find_opportunities", "unavailable")[:4],
    )


def _next(found: _Findings) -> tuple[str, ...]:
    checks = (*found.starting("action_plan", "Verify: ")[:1], *found.starting("action_plan", "Undo: ")[:1])
    return checks or ("Upload a longer export, and ask again to see whether the picture holds.",)


def _without_repeats(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Every sentence once, at its first place; sections without points go."""
    said: set[str] = set()
    kept = []
    for section in sections:
        points = tuple(point for point in dict.fromkeys(section.points) if point not in said)
        said.update(points)
        if points:
            kept.append(Section(section.heading, points))
    return tuple(kept)
