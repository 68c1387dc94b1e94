"""How well a reader did: a table for people, the same for machines, and each miss in a line."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from tests.evals.judge import Judged, Verdict

_COLUMNS = tuple(Verdict)


def counts(every: Sequence[Judged]) -> dict[str, Any]:
    """Of messages: how many, by verdict; of those that measure, how many say nothing false."""
    verdicts = Counter(each.verdict for each in every)
    measuring = [each for each in every if each.is_figure_right is not None]
    return {
        "messages": len(every),
        "good": sum(each.is_good for each in every),
        "measuring": len(measuring),
        "harmless": sum(each.is_harmless for each in measuring),
        "verdicts": {verdict.value: verdicts[verdict] for verdict in _COLUMNS if verdicts[verdict]},
    }


def as_json(every: Sequence[Judged], reader: str) -> dict[str, Any]:
    """All counts, and all misses."""
    return {
        "reader": reader,
        "all": counts(every),
        "by_kind": {name: counts(some) for name, some in _grouped(every, lambda each: each.written.kind)},
        "by_language": {name: counts(some) for name, some in _grouped(every, lambda each: each.written.language)},
        "by_data": {name: counts(some) for name, some in _grouped(every, lambda each: each.written.data)},
        "misses": [_miss(each) for each in every if not each.is_good],
    }


def table(every: Sequence[Judged], reader: str) -> str:
    """Kinds, then languages, then all."""
    kinds = _grouped(every, lambda each: each.written.kind)
    languages = _grouped(every, lambda each: each.written.language)
    width = max(len(name) for name, _ in (*kinds, *languages, ("messages", [])))
    head = ["n", "good", "harmless", *(verdict.value for verdict in _COLUMNS)]
    lines = [f"{reader:<{width}}  " + "  ".join(head)]
    for group in (kinds, languages, [("all", list(every))]):
        lines += ["", *(_line(name, some, width, head) for name, some in group)]
    return "\n".join(lines)


def misses(every: Sequence[Judged]) -> str:
    """Each in a line: id, verdict, what was said, what was expected, what was read."""
    return "\n".join(
        f"{_place(each)}  [{each.verdict}]  {each.message.say!r}  expected: {each.expected}  read: {each.read}"
        for each in every
        if not each.is_good
    )


def _line(name: str, some: Sequence[Judged], width: int, head: Sequence[str]) -> str:
    found = counts(some)
    measuring = f"{100 * found['harmless'] / found['measuring']:.0f}%" if found["measuring"] else "-"
    cells = [str(len(some)), f"{100 * found['good'] / len(some):.0f}%", measuring]
    cells += [str(found["verdicts"].get(verdict.value, "")) for verdict in _COLUMNS]
    return f"{name:<{width}}  " + "  ".join(f"{cell:>{len(title)}}" for cell, title in zip(cells, head, strict=True))


def _grouped(every: Sequence[Judged], key: Callable[[Judged], str]) -> list[tuple[str, list[Judged]]]:
    names = sorted({key(each) for each in every})
    return [(name, [each for each in every if key(each) == name]) for name in names]


def _place(each: Judged) -> str:
    return f"{each.written.id}.{each.turn + 1}" if len(each.written.messages) > 1 else each.written.id


def _miss(each: Judged) -> dict[str, str]:
    return {
        "id": _place(each),
        "verdict": each.verdict.value,
        "message": each.message.say,
        "expected": each.expected,
        "read": each.read,
    }
