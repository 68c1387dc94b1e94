"""Models by rules behind the port: a candidate that adds, and a judge that adds up itself."""

import json
from collections.abc import Awaitable, Callable

from common.llm.port import LanguageModel, ModelCall, ModelReply, ModelRequest, ModelUsage

_USAGE = ModelUsage(model="gpt-4o", input_tokens=1_000, cache_read_tokens=0, output_tokens=100, reasoning_tokens=0)


def reply_of(text: str, better: str | None = None) -> ModelReply:
    """What a model says, or which answer it calls better."""
    calls = () if better is None else (ModelCall(call_id="c", tool="prefer", arguments={"better": better}),)
    return ModelReply(items=(), text=text, calls=calls, usage=_USAGE)


class Adder(LanguageModel):
    """A model by rules behind the port: it adds, and is wrong about large numbers."""

    async def respond(self, request: ModelRequest, on_text: Callable[[str], Awaitable[None]]) -> ModelReply:
        """The sum."""
        one, two = (int(word) for word in request.items[0]["content"][0]["text"].split("+"))
        answer = str(one + two) if one < 50 else "a lot"
        await on_text(answer)
        return reply_of(answer)


class Checker(LanguageModel):
    """A judge by rules behind the port: it adds up itself, and its first `mute` replies name no answer."""

    def __init__(self, mute: int = 0) -> None:
        self.mute = mute

    async def respond(self, request: ModelRequest, on_text: Callable[[str], Awaitable[None]]) -> ModelReply:
        """The answer that is right."""
        await on_text("")
        if self.mute:
            self.mute -= 1
            return reply_of("Well.")
        asked = json.loads(request.items[0]["content"][0]["text"])
        right = str(sum(int(word) for word in asked["request"].split("+")))
        first, second = asked["first"] == right, asked["second"] == right
        return reply_of("", "tie" if first == second else "first" if first else "second")
