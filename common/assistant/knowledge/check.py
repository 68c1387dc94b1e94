"""`python -m common.assistant.knowledge.check`: the facts that are due to be looked up again; exit code 1 if any is."""

import sys
from collections.abc import Iterator
from datetime import date

from common.assistant.knowledge.table import KnownFact, known_facts
from common.core.clock import now_utc


def due_facts(day: date) -> Iterator[KnownFact]:
    """Those that are due on a day, or that nobody has looked up yet."""
    return (fact for fact in known_facts() if fact.is_due(day) or fact.from_memory)


def main() -> int:
    """Print each with its page, the longest due first."""
    due = sorted(due_facts(now_utc().date()), key=lambda fact: (fact.due, fact.id))
    for fact in due:
        where = "from memory" if fact.from_memory else fact.page
        sys.stdout.write(f"{fact.id}: as of {fact.as_of}, due since {fact.due}: {where}\n")
    return 1 if due else 0


if __name__ == "__main__":
    sys.exit(main())
