"""The requests the server received: sizes and names for tests to count, never contents."""

from collections import Counter, deque
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from emulators.model.conversation import WireConversation
from emulators.model.request import WireRequest, compact


@dataclass
class JournalEntry:
    """One request; `ending` changes once, from "open". The question is stored for matching only, never shown."""

    question: str
    facts: dict[str, Any]
    ending: str = "open"

    def end(self, ending: str) -> None:
        """Record how the reply ended: finished, cut, disconnected or refused."""
        self.ending = ending


class Journal:
    """The latest requests of one server."""

    def __init__(self, capacity: int = 20_000) -> None:
        self._entries: deque[JournalEntry] = deque(maxlen=capacity)

    def note(self, request: WireRequest, conversation: WireConversation) -> JournalEntry:
        """Record a request."""
        brief = conversation.brief
        facts = {
            "wire": request.wire.value,
            "model": request.model,
            "agent": brief.agent if brief else None,
            "write": brief.write if brief else None,
            "stream": request.stream,
            "tools": list(request.tool_names),
            "structured": request.schema is not None,
            "prefix_characters": len(request.prefix),
            "prefix_sha256": sha256(request.prefix.encode()).hexdigest(),
            "input_items": len(request.items),
            "input_characters": len(compact(list(request.items))),
            "corrected": bool(conversation.unsupported),
        }
        entry = JournalEntry(conversation.question, facts)
        self._entries.append(entry)
        return entry

    def report(self, match: str) -> dict[str, Any]:
        """Counts and facts of the requests whose question contains `match`."""
        entries = [entry for entry in self._entries if match in entry.question]
        return {
            "count": len(entries),
            "endings": dict(Counter(entry.ending for entry in entries)),
            "requests": [{**entry.facts, "ending": entry.ending} for entry in entries],
        }
