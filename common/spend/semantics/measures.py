"""The measures: each is one entry of MEASURES, and everything that lists measures derives from it.

`sql` is the same measure as an aggregate over raw rows, for tests only: columns are the fields of `UsageRow`, `ok`,
`is_request` and `priced` (booleans), the pico-USD `cost_pico`, `billed_pico`, `reasoning_pico`, and of each group of
charges `tools_units`, `tools_pico` and so on; `unpriced_tokens` are those that are in no cost.
"""

from collections.abc import Mapping
from enum import StrEnum

from common.spend.prices.engine import PICO
from common.spend.rollup.cells import SCORE
from common.spend.semantics.counters import Counter
from common.spend.semantics.formulas import (
    MICROSECONDS,
    UNCOUNTED,
    UNPRICED,
    UNREPORTED,
    Least,
    Percentile,
    Quotient,
    Sum,
)
from common.spend.semantics.measure_spec import MeasureSpec
from common.spend.semantics.needs import Need


class MeasureName(StrEnum):
    """The measures of queries by their names; see MEASURES."""

    COST = "cost"
    REPORTED_COST = "reported_cost"
    BILLED_COST = "billed_cost"
    REASONING_COST = "reasoning_cost"
    SERVER_TOOL_FEES = "server_tool_fees"
    SERVER_TOOL_CALLS = "server_tool_calls"
    AUDIO_TOKENS = "audio_tokens"
    AUDIO_COST = "audio_cost"
    IMAGE_TOKENS = "image_tokens"
    IMAGE_COST = "image_cost"
    GEOGRAPHY_COST = "geography_cost"
    COST_PER_REQUEST = "cost_per_request"
    COST_PER_1K_TOKENS = "cost_per_1k_tokens"
    REQUESTS = "requests"
    FAILED_REQUESTS = "failed_requests"
    ERROR_RATE = "error_rate"
    UNPRICED_REQUESTS = "unpriced_requests"
    INPUT_TOKENS = "input_tokens"
    OUTPUT_TOKENS = "output_tokens"
    TOTAL_TOKENS = "total_tokens"
    CACHED_TOKENS = "cached_tokens"
    CACHE_WRITE_TOKENS = "cache_write_tokens"
    REASONING_TOKENS = "reasoning_tokens"
    AVERAGE_INPUT_TOKENS = "average_input_tokens"
    AVERAGE_OUTPUT_TOKENS = "average_output_tokens"
    INPUT_FLOOR = "input_floor"
    INPUT_P50 = "input_p50"
    INPUT_P95 = "input_p95"
    CACHED_SHARE = "cached_share"
    REPEATED_REQUESTS = "repeated_requests"
    REPEATED_SHARE = "repeated_share"
    REPEATED_COST = "repeated_cost"
    QUALITY = "quality"
    LATENCY_P50 = "latency_p50"
    LATENCY_P95 = "latency_p95"
    TTFT_P50 = "ttft_p50"
    TTFT_P95 = "ttft_p95"


_INPUT = "(in_uncached + cache_read + cache_write_5m + cache_write_1h)"
_OUTPUT = "(out_visible + out_reasoning)"
_UNPRICED = (
    "sum(cost_pico) = 0 AND (sum(requests) FILTER (NOT priced) > 0 "
    f"OR sum(requests) = 0 AND sum({_INPUT} + {_OUTPUT}) > 0)"
)


def _sum(*counters: Counter, divisor: int = 1) -> Quotient:
    return Quotient(Sum(counters), divisor=divisor)


def _per(over: Counter, under: Sum, *, times: int = 1, divisor: int = 1) -> Quotient:
    return Quotient(Sum((over,)), under, times, divisor)


def _sorted_sql(column: str, share: float, rows: str = "is_request AND ok") -> str:
    """The nearest rank."""
    values = f"list_sort(list({column}) FILTER ({rows} AND {column} IS NOT NULL))"
    return f"{values}[greatest(1, ceil({share} * len({values}))::INT)]"


MEASURES: Mapping[MeasureName, MeasureSpec] = {
    MeasureName.COST: MeasureSpec(
        title="Cost",
        unit="USD",
        formula=_sum(Counter.COST, divisor=PICO),
        sql=f"CASE WHEN {_UNPRICED} THEN NULL ELSE coalesce(sum(cost_pico), 0) / 1e12 END",
        better="less",
        absence=UNPRICED,
        basis="list",
        synonyms=("spend", "costs", "bill", "amount", "money", "price", "usd", "dollars"),
        example="What did we spend last week?",
    ),
    MeasureName.REPORTED_COST: MeasureSpec(
        title="Reported cost",
        unit="USD",
        formula=_sum(Counter.REPORTED, divisor=PICO),
        sql="sum(cost_reported) FILTER (currency = 'USD')",
        better="less",
        need=Need.REPORTED,
        absence=UNREPORTED,
        basis="as reported",
        synonyms=("cost in the file", "logged cost", "own cost"),
        example="What do the files themselves say that it cost?",
    ),
    MeasureName.BILLED_COST: MeasureSpec(
        title="Cost as billed",
        unit="USD",
        formula=_sum(Counter.BILLED, divisor=PICO),
        sql="coalesce(sum(billed_pico), 0) / 1e12",
        better="less",
        need=Need.BILLED,
        basis="as billed",
        synonyms=("billed", "invoiced"),
        example="How much of the cost is taken from the bill as it is?",
    ),
    MeasureName.REASONING_COST: MeasureSpec(
        title="Cost of reasoning",
        unit="USD",
        formula=_sum(Counter.REASONING_COST, divisor=PICO),
        sql=f"CASE WHEN {_UNPRICED} THEN NULL ELSE coalesce(sum(reasoning_pico), 0) / 1e12 END",
        better="less",
        need=Need.REASONING,
        absence=UNPRICED,
        basis="list",
        synonyms=("thinking cost", "cost of thinking", "reasoning spend"),
        example="What do reasoning tokens cost us?",
    ),
    MeasureName.SERVER_TOOL_FEES: MeasureSpec(
        title="Fees of server tools",
        unit="USD",
        formula=_sum(Counter.TOOL_FEES, divisor=PICO),
        sql="coalesce(sum(tools_pico), 0) / 1e12",
        better="less",
        need=Need.TOOLS,
        basis="list",
        synonyms=("web search fees", "web search cost", "tool fees", "tool cost", "request fees", "search fees"),
        example="What do web searches cost us on top of tokens?",
    ),
    MeasureName.SERVER_TOOL_CALLS: MeasureSpec(
        title="Calls of server tools",
        unit="calls",
        formula=_sum(Counter.TOOL_CALLS),
        sql="coalesce(sum(tools_units), 0)",
        need=Need.TOOLS,
        synonyms=("web searches", "tool calls", "searches", "server tools"),
        example="Which feature searches the web most?",
    ),
    MeasureName.AUDIO_TOKENS: MeasureSpec(
        title="Audio tokens",
        unit="tokens",
        formula=_sum(Counter.AUDIO),
        sql="coalesce(sum(audio_units), 0)",
        need=Need.AUDIO,
        synonyms=("sound tokens", "voice tokens", "speech tokens"),
        example="How many tokens of sound did we hear and speak?",
    ),
    MeasureName.AUDIO_COST: MeasureSpec(
        title="Cost of audio tokens",
        unit="USD",
        formula=_sum(Counter.AUDIO_COST, divisor=PICO),
        sql="coalesce(sum(audio_pico), 0) / 1e12",
        better="less",
        need=Need.AUDIO,
        basis="list",
        synonyms=("cost of sound", "voice cost", "speech cost"),
        example="What does sound cost us?",
    ),
    MeasureName.IMAGE_TOKENS: MeasureSpec(
        title="Image tokens",
        unit="tokens",
        formula=_sum(Counter.IMAGES),
        sql="coalesce(sum(image_units), 0)",
        need=Need.IMAGES,
        synonyms=("tokens of images", "picture tokens"),
        example="How many tokens are images?",
    ),
    MeasureName.IMAGE_COST: MeasureSpec(
        title="Cost of image tokens",
        unit="USD",
        formula=_sum(Counter.IMAGES_COST, divisor=PICO),
        sql="coalesce(sum(image_pico), 0) / 1e12",
        better="less",
        need=Need.IMAGES,
        basis="list",
        synonyms=("cost of images", "image spend", "picture cost"),
        example="What do images cost us?",
    ),
    MeasureName.GEOGRAPHY_COST: MeasureSpec(
        title="Surcharge for inference in one country",
        unit="USD",
        formula=_sum(Counter.GEOGRAPHY, divisor=PICO),
        sql="coalesce(sum(geography_pico), 0) / 1e12",
        better="less",
        need=Need.GEOGRAPHY,
        basis="list",
        synonyms=("data residency", "inference geography", "us inference", "regional surcharge"),
        example="What does inference in the United States only add to the bill?",
    ),
    MeasureName.COST_PER_REQUEST: MeasureSpec(
        title="Cost per request",
        unit="USD",
        formula=_per(Counter.COST, Sum((Counter.REQUESTS,), (Counter.UNPRICED,)), divisor=PICO),
        sql=f"CASE WHEN {_UNPRICED} THEN NULL "
        "ELSE sum(cost_pico) / 1e12 / nullif(sum(requests) FILTER (priced), 0) END",
        better="less",
        need=Need.REQUESTS,
        absence=UNPRICED,
        basis="list",
        synonyms=("average cost", "unit cost", "cost per call", "price per request"),
        example="What does one request of each feature cost?",
    ),
    MeasureName.COST_PER_1K_TOKENS: MeasureSpec(
        title="Cost per 1,000 tokens",
        unit="USD",
        formula=Quotient(
            Sum((Counter.COST,), (Counter.BILLED,)),
            Sum((Counter.INPUT, Counter.OUTPUT), (Counter.UNPRICED_TOKENS,)),
            1000,
            PICO,
        ),
        sql=f"CASE WHEN {_UNPRICED} THEN NULL ELSE 1000 * (sum(cost_pico) - sum(billed_pico)) / 1e12 "
        f"/ nullif(sum({_INPUT} + {_OUTPUT} - unpriced_tokens), 0) END",
        better="less",
        need=Need.TOKENS,
        absence=UNPRICED,
        basis="list",
        synonyms=("cost per thousand tokens", "cost per token", "price per 1k tokens"),
        example="Which model is cheapest per 1,000 tokens?",
    ),
    MeasureName.REQUESTS: MeasureSpec(
        title="Requests",
        unit="requests",
        formula=_sum(Counter.REQUESTS),
        sql="CASE WHEN sum(requests) = 0 AND "
        f"(sum({_INPUT} + {_OUTPUT}) > 0 OR sum(cost_pico) <> 0) THEN NULL ELSE coalesce(sum(requests), 0) END",
        need=Need.REQUESTS,
        absence=UNCOUNTED,
        synonyms=("calls", "request count", "traffic", "volume", "usage"),
        example="How many requests came on each weekday?",
    ),
    MeasureName.FAILED_REQUESTS: MeasureSpec(
        title="Failed requests",
        unit="requests",
        formula=_sum(Counter.FAILED),
        sql="coalesce(sum(requests) FILTER (NOT ok), 0)",
        better="less",
        need=Need.STATUS,
        synonyms=("errors", "failures", "failed"),
        example="How many requests failed yesterday?",
    ),
    MeasureName.ERROR_RATE: MeasureSpec(
        title="Error rate",
        unit="%",
        formula=_per(Counter.FAILED, Sum((Counter.REQUESTS,)), times=100),
        sql="100 * coalesce(sum(requests) FILTER (NOT ok), 0) / nullif(sum(requests), 0)",
        better="less",
        need=Need.STATUS,
        synonyms=("failure rate", "error share", "share of errors", "failing share"),
        example="Which model has the highest error rate?",
    ),
    MeasureName.UNPRICED_REQUESTS: MeasureSpec(
        title="Unpriced requests",
        unit="requests",
        formula=_sum(Counter.UNPRICED),
        sql="coalesce(sum(requests) FILTER (NOT priced), 0)",
        better="less",
        synonyms=("requests without a price", "unknown price"),
        example="How many requests have no price?",
    ),
    MeasureName.INPUT_TOKENS: MeasureSpec(
        title="Input tokens",
        unit="tokens",
        formula=_sum(Counter.INPUT),
        sql=f"coalesce(sum({_INPUT}), 0)",
        need=Need.TOKENS,
        synonyms=("prompt tokens", "tokens in", "input"),
        example="Which feature sends most input tokens?",
    ),
    MeasureName.OUTPUT_TOKENS: MeasureSpec(
        title="Output tokens",
        unit="tokens",
        formula=_sum(Counter.OUTPUT),
        sql=f"coalesce(sum({_OUTPUT}), 0)",
        need=Need.TOKENS,
        synonyms=("completion tokens", "tokens out", "generated tokens", "output"),
        example="How many output tokens did each model write?",
    ),
    MeasureName.TOTAL_TOKENS: MeasureSpec(
        title="Total tokens",
        unit="tokens",
        formula=_sum(Counter.INPUT, Counter.OUTPUT),
        sql=f"coalesce(sum({_INPUT} + {_OUTPUT}), 0)",
        need=Need.TOKENS,
        synonyms=("tokens", "all tokens", "token usage"),
        example="How many tokens did we use this month?",
    ),
    MeasureName.CACHED_TOKENS: MeasureSpec(
        title="Cached input tokens",
        unit="tokens",
        formula=_sum(Counter.CACHED),
        sql="coalesce(sum(cache_read), 0)",
        better="more",
        need=Need.CACHE,
        synonyms=("cache reads", "cache hits", "cache read tokens", "cached input"),
        example="How many input tokens were read from the cache?",
    ),
    MeasureName.CACHE_WRITE_TOKENS: MeasureSpec(
        title="Cache-write tokens",
        unit="tokens",
        formula=_sum(Counter.CACHE_WRITTEN),
        sql="coalesce(sum(cache_write_5m + cache_write_1h), 0)",
        need=Need.CACHE,
        synonyms=("cache writes", "cache creation tokens"),
        example="How many tokens were written to the cache?",
    ),
    MeasureName.REASONING_TOKENS: MeasureSpec(
        title="Reasoning tokens",
        unit="tokens",
        formula=_sum(Counter.REASONING),
        sql="coalesce(sum(out_reasoning), 0)",
        better="less",
        need=Need.REASONING,
        synonyms=("thinking tokens", "thoughts"),
        example="Which feature reasons most?",
    ),
    MeasureName.AVERAGE_INPUT_TOKENS: MeasureSpec(
        title="Input tokens per request",
        unit="tokens",
        formula=_per(Counter.INPUT, Sum((Counter.REQUESTS,))),
        sql=f"sum({_INPUT}) / nullif(sum(requests), 0)",
        need=Need.TOKENS,
        synonyms=("average input", "average prompt", "prompt length", "input per request"),
        example="How long is the average prompt of each feature?",
    ),
    MeasureName.AVERAGE_OUTPUT_TOKENS: MeasureSpec(
        title="Output tokens per request",
        unit="tokens",
        formula=_per(Counter.OUTPUT, Sum((Counter.REQUESTS,))),
        sql=f"sum({_OUTPUT}) / nullif(sum(requests), 0)",
        need=Need.TOKENS,
        synonyms=("average output", "average answer", "answer length", "output per request"),
        example="Which model writes the longest answers?",
    ),
    MeasureName.INPUT_FLOOR: MeasureSpec(
        title="Least input tokens of a request",
        unit="tokens",
        formula=Least("input_tokens"),
        sql=f"min({_INPUT}) FILTER (is_request AND {_INPUT} > 0)",
        need=Need.TOKENS,
        synonyms=("shortest prompt", "smallest prompt", "minimum input", "tokens in every request"),
        example="How many tokens are in every request of each feature, so that they might be a shared prefix?",
    ),
    MeasureName.INPUT_P50: MeasureSpec(
        title="Median input tokens",
        unit="tokens",
        formula=Percentile("input_tokens", 0.5),
        sql=_sorted_sql(_INPUT, 0.5, "is_request"),
        need=Need.TOKENS,
        synonyms=("median input", "median prompt", "typical prompt"),
        example="How long is the typical prompt of each feature?",
    ),
    MeasureName.INPUT_P95: MeasureSpec(
        title="95th percentile of input tokens",
        unit="tokens",
        formula=Percentile("input_tokens", 0.95),
        sql=_sorted_sql(_INPUT, 0.95, "is_request"),
        need=Need.TOKENS,
        synonyms=("p95 input", "long prompts", "longest prompts"),
        example="How long are the longest prompts of each model?",
    ),
    MeasureName.CACHED_SHARE: MeasureSpec(
        title="Cached share of input",
        unit="%",
        formula=_per(Counter.CACHED, Sum((Counter.INPUT,)), times=100),
        sql=f"100 * sum(cache_read) / nullif(sum({_INPUT}), 0)",
        better="more",
        need=Need.CACHE,
        synonyms=("cache hit rate", "cache rate", "share cached", "cache share"),
        example="What share of the input is cached, by feature?",
    ),
    MeasureName.REPEATED_REQUESTS: MeasureSpec(
        title="Requests that repeat a prompt",
        unit="requests",
        formula=_sum(Counter.REPEATS),
        sql="count(*) FILTER (is_repeat)",
        better="less",
        need=Need.PROMPTS,
        synonyms=("repeats", "duplicates", "duplicate requests", "repeated prompts", "same prompt again"),
        example="How often does a feature send a model what it sent before?",
    ),
    MeasureName.REPEATED_SHARE: MeasureSpec(
        title="Share of prompts that are repeats",
        unit="%",
        formula=_per(Counter.REPEATS, Sum((Counter.PROMPTED,)), times=100),
        sql="100 * count(*) FILTER (is_repeat) / nullif(count(*) FILTER (is_prompted), 0)",
        better="less",
        need=Need.PROMPTS,
        synonyms=("duplicate share", "duplicate rate", "repeat rate"),
        example="Which feature repeats itself most?",
    ),
    MeasureName.REPEATED_COST: MeasureSpec(
        title="Cost of requests that repeat a prompt",
        unit="USD",
        formula=_sum(Counter.REPEATED_COST, divisor=PICO),
        sql=f"CASE WHEN {_UNPRICED} THEN NULL ELSE coalesce(sum(cost_pico) FILTER (is_repeat), 0) / 1e12 END",
        better="less",
        need=Need.PROMPTS,
        absence=UNPRICED,
        basis="list",
        synonyms=("cost of duplicates", "cost of repeats", "duplicate cost"),
        example="What do repeated prompts cost us?",
    ),
    MeasureName.QUALITY: MeasureSpec(
        title="Quality score",
        unit="score",
        formula=_per(Counter.SCORES, Sum((Counter.SCORED_ROWS,)), divisor=SCORE),
        sql="avg(quality)",
        better="more",
        need=Need.QUALITY,
        synonyms=("score", "rating", "average score", "mean score"),
        example="How good are the answers of each model, by our own scores?",
    ),
    MeasureName.LATENCY_P50: MeasureSpec(
        title="Median latency",
        unit="ms",
        formula=Percentile("latency_ms", 0.5, MICROSECONDS),
        sql=_sorted_sql("latency_ms", 0.5),
        better="less",
        need=Need.LATENCY,
        synonyms=("p50 latency", "typical latency", "response time", "latency", "speed"),
        example="How fast is the chat, typically?",
    ),
    MeasureName.LATENCY_P95: MeasureSpec(
        title="95th percentile of latency",
        unit="ms",
        formula=Percentile("latency_ms", 0.95, MICROSECONDS),
        sql=_sorted_sql("latency_ms", 0.95),
        better="less",
        need=Need.LATENCY,
        synonyms=("p95", "p95 latency", "slow requests", "tail latency"),
        example="What is the p95 of each feature?",
    ),
    MeasureName.TTFT_P50: MeasureSpec(
        title="Median time to the first token",
        unit="ms",
        formula=Percentile("ttft_ms", 0.5, MICROSECONDS),
        sql=_sorted_sql("ttft_ms", 0.5),
        better="less",
        need=Need.TTFT,
        synonyms=("ttft", "time to first token", "p50 ttft"),
        example="When does the first word of an answer come?",
    ),
    MeasureName.TTFT_P95: MeasureSpec(
        title="95th percentile of the time to the first token",
        unit="ms",
        formula=Percentile("ttft_ms", 0.95, MICROSECONDS),
        sql=_sorted_sql("ttft_ms", 0.95),
        better="less",
        need=Need.TTFT,
        synonyms=("p95 ttft", "p95 time to first token"),
        example="How long do the slowest 5 % wait for the first token?",
    ),
}
