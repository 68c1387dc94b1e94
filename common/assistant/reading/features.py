"""The feature that a constraint is about: one of the data, else the words as they stand."""

import re

from common.assistant.reading.slate import Slate
from common.spend.semantics.names import plain

_MOST_WORDS = 4
_WORD = re.compile(r"[\w./-]*\w")
_QUOTED = re.compile(r"[\"'`\u201c]([^\"'`\u201d]+)[\"'`\u201d]")
_FILLER = re.compile(
    r"\b(?:keep(?:ing)?|hold|stay(?:s|ing)?|leave|have|has|the|our|my|its?|this|that|a|an|feature|features|endpoints?"
    r"|latency|latencies|p95|p99|p90|p50|percentile|median|response|responses|times?|calls?|requests?|should|must|needs?"
    r"|to|remains?|is|are|be|being|with|while|but|and|also|of|for|on|in|please|make|sure|everything|all|ensure|under"
    r"|answers?|as|long|so|only|can|cannot|never|may|not|exceed|which|where|bill|costs?|cheaper|we|i|want|ttft|if"
    r"|without|going|get|bring|improve|reduce|cut|lower|speed|up|down|by|x|faster|you|how|do|could|would|like|users?"
    r"|customers?|it|them|us|me|save|saving|at|least|most|us|usage|spend|spending|money|what|take|takes|will|come|go|"
    r"stays?|performance|throughput|least|always|quality|today|now|more|less|within|than|s|t|don|out|from|each|per)\b",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\b(?:but|while|and|with|if|when|then|so that)\b|:", re.IGNORECASE)
_AFTER = re.compile(r"\s*(?:p\d\d|latency|answers?|responses?)?\s*(?:for|in|on|of)\s+", re.IGNORECASE)


def feature_before(slate: Slate, name: str, place: int) -> str | None:
    """In the words just before a place; its words are taken for the field `name`."""
    clause = slate.before(place)
    start = place - len(clause)
    last = [part.end() for part in _PARTS.finditer(clause)]
    return feature_in(slate, name, start + (last[-1] if last else 0), place, from_end=True)


def feature_after(slate: Slate, name: str, place: int) -> str | None:
    """After "for", "in" or "on" at a place."""
    clause = slate.after(place)
    link = _AFTER.match(clause)
    if link is None:
        return None
    end = _PARTS.search(clause, link.end())
    last = place + (end.start() if end else len(clause))
    return feature_in(slate, name, place + link.end(), last, from_end=False)


def feature_in(slate: Slate, name: str, start: int, end: int, *, from_end: bool) -> str | None:
    """A feature of the data in a span, else what is left of it without the words that only hold it together."""
    words = [(start + match.start(), start + match.end()) for match in _WORD.finditer(slate.text[start:end])]
    for length in range(min(_MOST_WORDS, len(words)), 0, -1):
        for first in range(len(words) - length, -1, -1):
            span = words[first][0], words[first + length - 1][1]
            known = slate.features.get(plain(slate.text[slice(*span)]))
            if known is not None:
                slate.take(name, *span)
                return known
    return _unknown(slate, name, start, end, from_end=from_end)


def _unknown(slate: Slate, name: str, start: int, end: int, *, from_end: bool) -> str | None:
    text = slate.text[start:end]
    quoted = _QUOTED.search(text)
    if quoted:
        slate.take(name, start + quoted.start(1), start + quoted.end(1), certain=False)
        return quoted[1].strip()
    left = _FILLER.sub(lambda filler: " " * len(filler.group()), re.sub(r"['\u2019]s\b", "  ", text))
    runs = list(re.finditer(r"[^\W\d_][\w./-]*(?: [^\W\d_][\w./-]*){0,2}", left))
    if not runs:
        return None
    run = runs[-1] if from_end else runs[0]
    if not from_end and left[: run.start()].strip():
        return None
    span = start + run.start(), start + run.end()
    slate.take(name, *span, certain=False)
    return run[0].strip(" .-/")
