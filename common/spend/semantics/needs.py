"""What data must have for a question, and what to say where they lack it: which export has it."""

from collections.abc import Callable, Iterable
from enum import StrEnum

from common.spend.rollup.cells import LINE_INPUT, LINE_N, LINE_OUTPUT, NO_HOUR, TOKENS, N
from common.spend.rollup.parts import Part
from common.spend.rollup.rollup import Rollup


class Need(StrEnum):
    """Something that the rows of some logs do not have; the names are those of `Rollup.has` where it knows them."""

    REQUESTS = "requests"
    TOKENS = "tokens"
    FEATURE = "feature"
    USER = "user"
    STATUS = "status"
    CACHE = "cache"
    REASONING = "reasoning"
    LATENCY = "latency"
    TTFT = "ttft"
    QUALITY = "quality"
    REPORTED = "reported_cost"
    BILLED = "billed"
    PROMPTS = "prompt_hash"
    HOURS = "hours"
    TOOLS = "tools"
    AUDIO = "audio"
    IMAGES = "image"
    GEOGRAPHY = "geography"


LACKING: dict[Need, str] = {
    Need.HOURS: "sums by the day, which tell no hours. Export the usage by the hour (bucket_width 1h), or single "
    "requests",
    Need.REQUESTS: "costs or tokens, but no count of requests. Exports with one row per request have it",
    Need.TOKENS: "no tokens, only costs as billed. Usage reports and request logs have them",
    Need.FEATURE: "no feature, route or tag. Log one with each request: a LiteLLM tag, a Langfuse trace name, a "
    "Helicone property or a column named feature",
    Need.USER: "no user. Log one per request: the user field of LiteLLM, Langfuse or Helicone, or a CSV column named "
    "user",
    Need.STATUS: "no status. Log failed requests too: LiteLLM's status, Helicone's response_status, Langfuse's level, "
    "or a CSV column named status",
    Need.CACHE: "no cached tokens: either nothing was cached, or the log does not say so. A column named cached_tokens "
    "has them",
    Need.REASONING: "no reasoning tokens: either no model reasoned, or the log counts them as output. A column named "
    "reasoning_tokens has them",
    Need.LATENCY: "no latency, so no response time can be told. Exports of Langfuse, Helicone, LiteLLM and OpenRouter "
    "have it; so does a column named latency_ms",
    Need.TTFT: "no time to the first token. Langfuse's time_to_first_token, OpenRouter's time_to_first_token_ms or a "
    "CSV column named ttft_ms has it",
    Need.QUALITY: "no scores of answers. A column named score or quality has them",
    Need.REPORTED: "no costs of their own in USD. A column named cost has them",
    Need.PROMPTS: "no prompts, nor hashes of them, so what repeats a prompt is not known. A column named prompt_hash "
    "has them; exports with the prompt's text are hashed as they are read",
    Need.TOOLS: "no calls of server tools nor fees: either none was used, or the log does not say so. Raw responses "
    "and session logs have them; so does a column named web_search_requests",
    Need.AUDIO: "no tokens of sound: either there were none, or the log counts them as text. Columns named "
    "input_audio_tokens and output_audio_tokens have them",
    Need.IMAGES: "no tokens of images: either there were none, or the log counts them as text. Columns named "
    "input_image_tokens and output_image_tokens have them",
    Need.GEOGRAPHY: "no request that was kept to one country, as Anthropic's usage says it (inference_geo)",
    Need.BILLED: "no costs as billed: each cost is computed from tokens. Bills of cloud providers have them",
}
"""After "The data have"; one sentence or two, without the last full stop."""


def _lines(rollup: Rollup) -> Iterable[list[int]]:
    """All requests in lines, by whatever tells them."""
    if rollup.tells(Part.HOURS):
        return rollup.hours.values()
    return ([cell[N], sum(cell[TOKENS][:4]), sum(cell[TOKENS][4:])] for cell in rollup.cells.values())


_COUNTED: dict[Need, Callable[[Rollup], bool]] = {
    Need.HOURS: lambda rollup: any(key.hour != NO_HOUR for key in rollup.hours),
    Need.REQUESTS: lambda rollup: any(line[LINE_N] for line in _lines(rollup)),
    Need.TOKENS: lambda rollup: any(line[LINE_INPUT] or line[LINE_OUTPUT] for line in _lines(rollup)),
    Need.REASONING: lambda rollup: any(cell[TOKENS][-1] for cell in rollup.cells.values()),
}


def is_met(need: Need, rollup: Rollup) -> bool:
    """Whether at least one row has it."""
    counted = _COUNTED.get(need)
    return counted(rollup) if counted else need.value in rollup.has
