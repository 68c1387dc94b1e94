"""Which models can stand in for which: a coarse order of capability, and the public scores behind it.

`score` is the share (%) of the 225 tasks of aider's polyglot coding benchmark that a model solved (aider's leaderboard,
github.com/Aider-AI/aider, file aider/website/_data/polyglot_leaderboard.yml at 5dc9490b, Apache-2.0). Models without a
published score are placed by their provider's own line and generation. It is one coding benchmark, so no order here
makes a swap safe: each one needs an evaluation on the customer's own requests.
"""

from dataclasses import dataclass
from functools import cache

from common.spend.prices.engine import Model
from common.spend.prices.names import resolve
from common.spend.prices.same_model import same_model_key
from common.spend.quality.guard import PublicResult

_TASKS = 225


@dataclass(frozen=True, slots=True)
class Capability:
    """`level` from 1 (simple) to 9; `thinks`: the model bills thinking tokens that others do not have."""

    level: int
    score: float | None = None
    thinks: bool = False
    offered: bool = False
    """May be proposed as the model to move to."""
    text_only: bool = False
    """Takes no images, as far as is known here; False is no promise that it does."""


CAPABILITIES: dict[tuple[str, str], Capability] = {
    ("openai", "gpt-5.4"): Capability(9, thinks=True, offered=True),
    ("openai", "gpt-5.2"): Capability(9, thinks=True),
    ("openai", "gpt-5.1"): Capability(8, thinks=True),
    ("openai", "gpt-5"): Capability(8, 86.7, thinks=True, offered=True),
    ("openai", "gpt-5.4-mini"): Capability(7, thinks=True, offered=True),
    ("openai", "gpt-5-mini"): Capability(7, thinks=True, offered=True),
    ("openai", "gpt-5.4-nano"): Capability(4, thinks=True, offered=True),
    ("openai", "gpt-5-nano"): Capability(4, thinks=True, offered=True),
    ("openai", "o3"): Capability(8, 76.9, thinks=True),
    ("openai", "o4-mini"): Capability(7, 72.0, thinks=True),
    ("openai", "o3-mini"): Capability(6, 53.8, thinks=True),
    ("openai", "o1"): Capability(7, 61.7, thinks=True),
    ("openai", "o1-mini"): Capability(5, 32.9, thinks=True),
    ("openai", "gpt-4.1"): Capability(6, 52.4, offered=True),
    ("openai", "gpt-4.1-mini"): Capability(4, 32.4, offered=True),
    ("openai", "gpt-4.1-nano"): Capability(2, 8.9, offered=True),
    ("openai", "chatgpt-4o-latest"): Capability(5, 45.3),
    ("openai", "gpt-4o"): Capability(4, 23.1, offered=True),
    ("openai", "gpt-4o-2024-05-13"): Capability(4),
    ("openai", "gpt-4o-mini"): Capability(2, 3.6, offered=True),
    ("openai", "gpt-4-turbo"): Capability(4),
    ("openai", "gpt-4"): Capability(4),
    ("openai", "gpt-3.5-turbo"): Capability(1),
    ("anthropic", "claude-opus-4-6"): Capability(9),
    ("anthropic", "claude-opus-4-5"): Capability(9),
    ("anthropic", "claude-opus-4-1"): Capability(8),
    ("anthropic", "claude-opus-4-0"): Capability(8, 70.7),
    ("anthropic", "claude-sonnet-4-6"): Capability(8, offered=True),
    ("anthropic", "claude-sonnet-4-5"): Capability(8, offered=True),
    ("anthropic", "claude-sonnet-4-0"): Capability(7, 56.4),
    ("anthropic", "claude-3-7-sonnet-latest"): Capability(6, 60.4),
    ("anthropic", "claude-3-5-sonnet"): Capability(6, 51.6),
    ("anthropic", "claude-haiku-4-5"): Capability(6, offered=True),
    ("anthropic", "claude-3-5-haiku-latest"): Capability(3, 28.0),
    ("anthropic", "claude-3-opus-latest"): Capability(4),
    ("anthropic", "claude-3-haiku"): Capability(2),
    ("google", "gemini-2.5-pro"): Capability(8, 79.1, thinks=True, offered=True),
    ("google", "gemini-2.5-flash"): Capability(5, 44.0, offered=True),
    ("google", "gemini-2.5-flash-lite"): Capability(3, offered=True),
    ("google", "gemini-2.0-flash"): Capability(3, 22.2),
    ("google", "gemini-1.5-pro"): Capability(3),
    ("google", "gemini-1.5-flash"): Capability(2),
    ("deepseek", "deepseek-chat"): Capability(5, 48.4),
    ("deepseek", "deepseek-reasoner"): Capability(7, 56.9, thinks=True),
    ("x-ai", "grok-4-0709"): Capability(8, 79.6, thinks=True),
    ("x-ai", "grok-3"): Capability(6, 53.3),
    ("x-ai", "grok-3-mini"): Capability(5, 34.7, thinks=True),
    ("groq", "openai/gpt-oss-120b"): Capability(5, 41.8, thinks=True, offered=True, text_only=True),
    ("groq", "llama-3.3-70b-versatile"): Capability(3, offered=True, text_only=True),
}


def capability_of(model: Model) -> Capability | None:
    """Of a model wherever it runs; None when it is not known."""
    return _by_key().get(same_model_key(model))


def public_result(now: Capability | None, then: Capability | None) -> PublicResult | None:
    """Both models on aider's benchmark; None when one has no score there."""
    if now is None or then is None or now.score is None or then.score is None:
        return None
    return PublicResult(before=now.score, after=then.score, trials=_TASKS, source="aider's polyglot benchmark")


@cache
def _by_key() -> dict[str, Capability]:
    models = ((resolve(*place), capability) for place, capability in CAPABILITIES.items())
    return {same_model_key(model): capability for model, capability in models if model is not None}
