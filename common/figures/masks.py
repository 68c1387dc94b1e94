"""Parts of a text that hold digits but state no figure: model names, dates, list numbers, percentiles, code."""

import re
from collections.abc import Iterable, Iterator

_HIDDEN = "\x00"
_UNIT_AHEAD = re.compile(
    r"[\d.,]*[ \t\u00a0\u202f*_-]*(?:%|\uff05|\$|\u20ac|\u00a3|\u00a2|(?:percent|per cent|pct|usd|dollars?|cents?"
    r"|euros?|eur|ms|s|secs?"
    r"|seconds?|mins?|minutes?|h|hours?|days?|weeks?|months?|tokens?|requests?|calls?|x|times|million|thousand|billion"
    r"|k|m|bn)\b)",
    re.IGNORECASE,
)
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)
_CODE_NUMBER = re.compile(r"\d[\d.,]*(?![\d.,])")
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_FAMILY = (
    r"(?:gpt|chatgpt|claude|gemini|gemma|llama|mistral|mixtral|ministral|sonnet|opus|haiku|grok|deepseek|qwen|phi"
    r"|command"
    r"|nova|titan|flash|codestral|o)"
)
_ALWAYS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"https?://\S+",
        r"\b\d{4}-\d{2}-\d{2}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?",
        r"\b\d{4}-\d{2}\b(?!-)",
        r"\b\d{1,2}:\d{2}(?::\d{2})?\b",
        r"\bp(?:50|90|95|99)\b",
        r"\b24/7\b",
        r"\b\d+(?:st|nd|rd|th)\b",
        r"\b\d+\.\d+\.\d+\b",
        r"\bper[ \u00a0](?:1,000,000|1,000|1000|100|10|1[ -]?k|1[ -]?m|1 million|1 thousand|1|million|thousand)\b",
        r"(?m)^\s*(?:[-*+#>]+\s+)*[*_]*\d{1,2}[.)](?=[\s*_])",
    )
)
_UNLESS_UNIT = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? (?:19|20)\d{{2}})?\b",
        rf"\b(?:\d{{1,2}} to )?\d{{1,2}} {_MONTH}(?: (?:19|20)\d{{2}})?\b",
        rf"\b{_MONTH} (?:19|20)\d{{2}}\b",
        r"\b(?:in|since|of|until|year) (?:19|20)\d{2}\b(?! (?:to|-|and) )",
        rf"\b{_FAMILY}[ -]?v?\d+(?:\.\d+)?[a-z]?(?:[-.]\w+)*(?: \d+b)?\b",
        r"\b(?!usd|eur|gbp|chf)[a-z_][\w.-]{0,80}?\d[\w.-]{0,80}\b",
        (
            r"(?:\b(?:step|option|recommendation|opportunity|phase|priority|rank|tier|level|number|no\.|item) ?"
            r"|#)#?\d{1,2}\b"
        ),
    )
)


def masked(text: str, names: Iterable[str] = ()) -> str:
    """`text` with everything that states no figure overwritten; positions of characters stay the same."""
    chars = list(text)
    for start, end in _hidden_spans(text, names):
        chars[start:end] = _HIDDEN * (end - start)
    return "".join(chars)


def _hidden_spans(text: str, names: Iterable[str]) -> Iterator[tuple[int, int]]:
    for name in names:
        yield from _name_spans(text, name)
    for pattern in _ALWAYS:
        yield from (match.span() for match in pattern.finditer(text))
    for pattern in _UNLESS_UNIT:
        yield from (match.span() for match in pattern.finditer(text) if not _states_unit(text, match.end()))
    for code in _CODE.finditer(text):
        yield from _code_spans(code.group(), code.start())


def _name_spans(text: str, name: str) -> Iterator[tuple[int, int]]:
    """Places of a customer's name; one of digits alone counts only where the text says what it names."""
    if not any(char.isdigit() for char in name):
        return
    lead = r"" if any(char.isalpha() for char in name) else r"(?:user|feature|customer|team|key)s?[ \"'`*:]+"
    for match in re.finditer(rf"(?<!\w){lead}{re.escape(name)}(?!\w)", text):
        yield match.span()


def _code_spans(code: str, offset: int) -> Iterator[tuple[int, int]]:
    """Bare numbers inside code are settings; a code span that is only a number states it."""
    if re.fullmatch(r"[`\s]*[\d.,]+[`\s]*", code):
        return
    for match in _CODE_NUMBER.finditer(code):
        if not _states_unit(code, match.end()) and code[: match.start()].rstrip()[-1:] not in "$\u20ac\u00a3":
            yield offset + match.start(), offset + match.end()


def _states_unit(text: str, end: int) -> bool:
    return _UNIT_AHEAD.match(text, end) is not None
