"""Names of models as editors, consoles and gateways write them, to those that a price list has.

Cursor turns Claude's names round and adds the effort ("claude-4.5-sonnet-thinking"); consoles write display names
("Claude Sonnet 4.5"); OpenRouter adds the routing (":nitro"), Claude Code the context ("[1m]"). Fast modes cost more
than the model and are not taken for it.
"""

import re
from collections.abc import Iterator

_LEAD = re.compile(
    r"^(?:auto: |model_|databricks-|(?:anthropic|openai|google|x-?ai|amazon|azure)(?:: | )"
    r"|(?:deepseek|meta|mistral|qwen|z\.ai): )+"
)
"""The maker, or who chose the model (GitHub Copilot's "Auto: "), before the name."""
_NOTE = re.compile(r"\s*[\[(][^\])]*[\])]")
"""What display names have in brackets: the effort, the context, "preview"."""
_ROUTED = {
    **dict.fromkeys(("openai-chat", "openai-responses"), "openai"),
    **dict.fromkeys(("google-gla", "google-vertex", "google_genai", "google_vertexai", "vertex"), "google"),
    **dict.fromkeys(("azure_openai", "azure_ai", "azureopenai"), "azure"),
    **dict.fromkeys(("bedrock_converse",), "bedrock"),
    **dict.fromkeys(("mistralai",), "mistral"),
    **dict.fromkeys(("grok",), "xai"),
}
"""Prefixes of Pydantic AI, LangChain's init_chat_model and promptfoo that are no provider's name, to one that is."""
_PREFIX = re.compile(
    rf"({'|'.join(map(re.escape, _ROUTED))}|openai|anthropic|google|azure|bedrock|mistral|groq|cohere|deepseek|xai"
    r"|openrouter|together|fireworks|cerebras|perplexity|moonshotai|ollama)"
    r"::?(?:(?:chat|responses|completion|messages|embedding):)?(?=\S)",
    re.IGNORECASE,
)
_RELEASE = re.compile(r"(?:[@-]00\d|@default)$")
"""Vertex AI's number of a release, and its word for the newest."""
_SKU = re.compile(r"-global(?:-?standard)?$")
"""Azure's type of deployment that has the list price."""
_OTHER_SIZES = (
    (
        re.compile(r"distill|deepseek-r1[:-](?:1\.5|7|8|14|32|70)b|(?:^|/)ollama/(?:\S*/)?deepseek-r1(?::latest)?$"),
        "distill",
    ),
    (re.compile(r"gemini-1\.5-flash-8b"), "8b"),
)
"""Names of smaller models that begin as a larger one's, and what the right one's id has: R1's distilled models
(https://ollama.com/library/deepseek-r1, where the 8B is what no tag means), and Gemini's Flash-8B.
"""
_ROUTE = re.compile(r":(?:nitro|floor|online|free|thinking|exacto|beta|extended)$")
_EFFORT = re.compile(r"-(?:thinking|thought|xhigh|high|medium|low|minimal|none|1m|1m-context)$")
_MAKERS = re.compile(r"gpt-|o[134](?:-|$)|codex-|claude-|gemini-|grok-")
"""Whose models take an effort; others sell models of their own under such names ("kimi-k2-thinking")."""
_FAST = re.compile(r"^(?:gpt|o[134]|claude|codex|sonnet|opus|haiku).*\bfast\b")
_FAMILY = r"(sonnet|opus|haiku|fable|mythos)"
_VERSION = r"(\d)(?:[.-](\d)(?!\d))?"
_NEW_ORDER = re.compile(rf"^claude-{_VERSION}-{_FAMILY}(.*)$")
_OLD_ORDER = re.compile(rf"^claude-{_FAMILY}-(3)[.-]([57])(?!\d)(.*)$")
_BARE_CLAUDE = re.compile(rf"^{_FAMILY}-\d")
_DASHED = re.compile(r"^(gpt|gemini|grok)-(\d)-(\d)(?!\d)")
_POINT = re.compile(r"(?<=\d)\.(?=\d)")
_UNDOTTED = re.compile(r"^gpt-([45])([1-9])(?=-|$)")
_UNDASHED = re.compile(r"^gpt(?=\d)")


def with_folder(name: str) -> str:
    """A name behind a framework's prefix (openai:gpt-4o, google-gla:gemini-2.5-flash) as openai/gpt-4o."""
    found = _PREFIX.match(name)
    return f"{_ROUTED.get(found[1].lower(), found[1].lower())}/{name[found.end() :]}" if found else name


def is_of_size(provider: str | None, name: str, model: str) -> bool:
    """Whether the id of a model can be what a name means: a small model is not the large one in its name."""
    full = f"{provider}/{name}".lower()
    return all(part in model for pattern, part in _OTHER_SIZES if pattern.search(full))


def rewritten(name: str) -> list[str]:
    """What a name may mean, its folder kept, the nearest first; without the name itself where nothing is to be done."""
    folder, slash, plain = name.strip().lower().replace(" w/ ", " ").rpartition("/")
    bare = _ROUTE.sub("", _LEAD.sub("", plain))
    text = re.sub(r"[\s_]+", "-", _NOTE.sub("", bare).strip())
    if is_fast(plain) or is_fast(text):
        return []
    return list(dict.fromkeys(f"{folder}{slash}{found}" for found in _forms(text)))


def is_fast(name: str) -> bool:
    """Whether a name is that of a fast mode, which costs more than the model."""
    return _FAST.search(name.strip().lower().rsplit("/", 1)[-1]) is not None


def _forms(text: str) -> Iterator[str]:
    if _BARE_CLAUDE.match(text):
        text = f"claude-{text}"
    text = _UNDASHED.sub("gpt-", text).replace("gpt-35-", "gpt-3.5-")
    if _RELEASE.search(text) or _SKU.search(text):
        yield text
        text = _SKU.sub("", _RELEASE.sub("", text))
    text = _UNDOTTED.sub(r"gpt-\1.\2", text)
    while True:
        yield text
        yield _DASHED.sub(r"\1-\2.\3", text)
        yield from _ordered(text)
        if text.startswith("gemini-"):
            yield f"{text}-preview"
        if text.startswith("nova-"):
            yield f"amazon.{text}-v1:0"
        shorter = _EFFORT.sub("", text) if _MAKERS.match(text) else text
        if shorter == text:
            return
        text = shorter


def _ordered(text: str) -> Iterator[str]:
    """Claude's family before the version from 4 on, and after it before."""
    if found := _NEW_ORDER.match(text):
        yield "-".join(part for part in ("claude", found[3], found[1], found[2]) if part) + found[4]
    if text.startswith("claude-"):
        yield _POINT.sub("-", text)
    if found := _OLD_ORDER.match(text):
        yield f"claude-{found[2]}-{found[3]}-{found[1]}{found[4]}"
