"""What is to be left alone, in whatever words: "without touching chat or search", "nothing that moves gpt-4o"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from common.assistant.question.model import Keep
from common.assistant.reading.masks import MODEL, TARGET, Masked
from common.assistant.reading.slate import Slate
from common.spend import OpportunityKind
from common.spend.semantics.names import plain

_MOST_WORDS = 4
_WORD = re.compile(r"[\w./-]*\w")
_MODEL = re.compile(MODEL)
_OWN = (
    r"(?:(?:any|anything|everything|all|either|both|our|the|my|your|these|those|current|existing|same|of|feature|requests"
    r"|traffic)\s+)*"
)
_KINDS: tuple[tuple[OpportunityKind, re.Pattern[str]], ...] = (
    ("right_sizing", re.compile(r"\bmodels?\b", re.IGNORECASE)),
    ("provider_choice", re.compile(r"\b(?:providers?|vendors?)\b", re.IGNORECASE)),
)
_AND = re.compile(rf"[\"'`]?(?:\s*(?:,|/|&)\s*|\s+)(?:(?:and|or|nor|&)\s+)?{_OWN}[\"'`]?", re.IGNORECASE)
_FOR = re.compile(rf"(?: models?)?\s+(?:for|in|on|of|behind|that serves?)\s+{_OWN}", re.IGNORECASE)
_NOT = (
    r"(?:\b(?:do|does|must|may|can|could|will|would|shall|should|is|are) ?not|\w+n['\u2019]t|\b(?:dont|cant|wont|mustnt"
    r"|never|without|not|avoid|no|rather than|instead of|nothing|forbidden to|refrain from|stop short of))"
)
_BETWEEN = (
    r"(?:\s+(?:(?:want|like|have|need|allow)(?: (?:us|you|me|anyone))?|be|able|allowed|to|even|ever|going|by|which"
    r"|that))*"
)
_SUGGESTS = re.compile(r"\b(?:why|should|could|can|shall|would) (?:we|i|you|they)(?: \w+)?\s*$", re.IGNORECASE)
_VERB = (
    r"\s+(?:(?:touch|chang|mov|switch|swap|replac|alter|modify|affect|migrat|adjust|disturb|harm|hurt|disrupt|downgrad"
    r"|upgrad|optimi[sz]|impact|degrad)(?:e|es|ing|ed|s)?|(?:tamper|mess|meddl|interfer|fiddl)\w* with"
    r"|modif(?:ies|ying)|swapping|concern(?:s|ing)?|involv(?:e|es|ing))\s+"
)
_NO_CHANGES = (
    r"\b(?:no|without|not|n['\u2019]t make|not make)(?: any)? (?:(?:model )?(?:changes?|edits?|switch(?:es)?)|impact"
    r"|effect|influence)\s+(?:to|in|on|of|for|at)\s+"
    r"|\bnothing (?:(?:is|may|must|can|should|to)(?: be)? )?(?:changed|touched|moved) (?:in|on|at|of)\s+"
)
_OFF = (
    r"\b(?:(?:keep|stay|steer)(?:ing|s)?\s+(?:\w+\s+)?(?:off|away from|out of|clear of)"
    r"|hands off(?: of)?|spar(?:e|ing)|exempt(?:ing)?)\s+"
)
_BEFORE = re.compile(rf"(?:{_NOT}{_BETWEEN}{_VERB}|{_NO_CHANGES}|{_OFF}){_OWN}[\"'`]?$", re.IGNORECASE)
_LEAVE = re.compile(
    rf"\b(?:leave|leaving|keep|keeping|retain|retaining|let|letting|have)\s+{_OWN}[\"'`]?$", re.IGNORECASE
)
_STILL = (
    r"(?:alone|unchanged|untouched|in place|in peace|be(?=\s*(?:$|[.,;!?]))|as (?:it|they|that|is)(?: (?:is|are))?"
    r"(?: now)?|exactly as (?:it|they) (?:is|are)|off[- ]limits|off the table|out of (?:it|this|bounds"
    r"|scope)|sacred|taboo)"
)
_NOUN = r"[\"'`]?(?:\s+(?:features?|endpoints?|models?|requests|traffic))?"
_ALONE = re.compile(rf"{_NOUN}\s+{_STILL}", re.IGNORECASE)
_MUST = r"(?:must|should|has to|have to|needs? to|shall|can|may|will|is to|are to)"
_STAYS = re.compile(
    rf"{_NOUN}\s+(?:(?:(?:is|are)|(?:{_MUST}\s+)?(?:stays?|remains?|be|be left|be kept))\s+{_STILL}"
    rf"|(?:{_MUST} ?not|cannot|\w+n['\u2019]t|(?:is|are) not (?:to|allowed to)|{_MUST} never)\s+be\s+"
    r"(?:touched|changed|moved|switched|swapped|replaced|altered|modified|affected|migrated))",
    re.IGNORECASE,
)
_ENDS = re.compile(r"\s*(?:$|[.,;!?]|(?:and|but|while)\b)")
_KEEP = re.compile(r"\b(?:keep|keeping|retain|retaining|stay with|stick with|stick to)\s+(?:using\s+)?$", re.IGNORECASE)
_SAME = re.compile(r"\b(?:with|on|using)\s+(?:the |our )?(?:same|current|existing)\s+$", re.IGNORECASE)
_ONTO = re.compile(
    rf"\s+(?:to|onto|with)\s+(?:(?:an?|the|other|another|any|cheaper|smaller|different|new)\s+)*(?:{TARGET}|[\w./-]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Item:
    """A name in a list, with the words of it."""

    start: int
    end: int
    keep: Keep | None = None
    kind: OpportunityKind | None = None


def take_alone(slate: Slate, masks: Masked) -> tuple[list[Keep], list[OpportunityKind]]:
    """(models and features that must stay, kinds of changes that are not wanted)."""
    keeps: list[Keep] = []
    kinds: list[OpportunityKind] = []
    for run in _runs(slate.text, sorted(_items(slate, masks), key=lambda item: item.start)):
        span = _alone(slate, run)
        if span is None:
            continue
        kept = list(_joined(slate.text, run))
        keeps += [item.keep for item in kept if item.keep]
        kinds += [item.kind for item in kept if item.kind]
        slate.take("keeps" if kept[0].keep else "excluded_kinds", *span)
    return list(dict.fromkeys(keeps)), list(dict.fromkeys(kinds))


def _items(slate: Slate, masks: Masked) -> Iterator[_Item]:
    """All features of the data, models, and the words for models and providers, in a text."""
    for match in _MODEL.finditer(slate.text):
        yield _Item(*match.span(), keep=Keep(model=masks.models_in(match.group())[0]))
    for kind, pattern in _KINDS:
        for match in pattern.finditer(slate.text):
            yield _Item(*match.span(), kind=kind)
    words = list(_WORD.finditer(slate.text))
    place = 0
    while place < len(words):
        start, used = words[place].start(), 1
        for length in range(min(_MOST_WORDS, len(words) - place), 0, -1):
            end = words[place + length - 1].end()
            feature = slate.features.get(plain(slate.text[start:end]))
            if feature is not None:
                yield _Item(start, end, keep=Keep(feature=feature))
                used = length
                break
        place += used


def _runs(text: str, items: Sequence[_Item]) -> Iterator[list[_Item]]:
    """Names that stand in one list, and "gpt-4o for chat"."""
    run: list[_Item] = []
    for item in items:
        if run and item.start < run[-1].end:
            continue
        between = text[run[-1].end : item.start] if run else ""
        if run and not (_AND.fullmatch(between) or _FOR.fullmatch(between)):
            yield run
            run = []
        run.append(item)
    if run:
        yield run


def _joined(text: str, run: Sequence[_Item]) -> Iterator[_Item]:
    """A model for a feature is one thing to keep; the models of a feature are the feature."""
    before: _Item | None = None
    for item in run:
        pair = _paired(text, before, item) if before else None
        if before and not pair:
            yield before
        before = pair or item
    if before:
        yield before


def _paired(text: str, before: _Item, item: _Item) -> _Item | None:
    feature = item.keep.feature if item.keep else None
    named = before.keep.feature if before.keep else None
    if feature is None or named or not _FOR.fullmatch(text[before.end : item.start]):
        return None
    model = before.keep.model if before.keep else None
    return _Item(before.start, item.end, Keep(model=model, feature=feature))


def _alone(slate: Slate, run: Sequence[_Item]) -> tuple[int, int] | None:
    """The span of a list and of the words that say that it is to be left alone; None where none do."""
    start, end = run[0].start, run[-1].end
    before = slate.before(start)
    after = slate.text[end : end + len(slate.after(end))]
    if leading := _leading(before, after, run):
        onto = None if run[-1].kind else _ONTO.match(after)
        return start - len(before) + leading.start(), end + (onto.end() if onto else 0)
    if (leave := _LEAVE.search(before)) and (alone := _ALONE.match(after)):
        return start - len(before) + leave.start(), end + alone.end()
    if stays := _STAYS.match(after):
        return start, end + stays.end()
    return None


def _leading(before: str, after: str, run: Sequence[_Item]) -> re.Match[str] | None:
    """The words before a list that say it; "should we not move chat?" and "keep our models cheap" do not."""
    if never := _BEFORE.search(before):
        return None if _SUGGESTS.search(before[: never.start()]) else never
    if run[0].kind is None or not _ENDS.match(after):
        return None
    return _KEEP.search(_own_off(before)) or _SAME.search(before)


def _own_off(before: str) -> str:
    """Without "all our", "the same" at its end."""
    return re.sub(rf"(?<=\s){_OWN}$", "", before, flags=re.IGNORECASE)
