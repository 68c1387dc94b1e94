"""The findings of a run, by the tool that gave them."""

from collections.abc import Sequence

from common.runs.step import Evidence


class Findings:
    """Sentences of tool results, to build an outline from."""

    def __init__(self, evidence: Sequence[Evidence]) -> None:
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
