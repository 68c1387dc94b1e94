"""What is billed beside plain text tokens, in sum and in words."""

from collections.abc import Iterator, Mapping

from common.spend.model import CHARGE_KINDS, ChargeKind, ChargeTotal
from common.spend.prices.engine import PICO
from common.spend.rollup.cells import CHARGE_COST, CHARGE_UNITS, CHARGE_UNPRICED, CHARGE_WIDTH
from common.spend.rollup.parts import Part
from common.spend.rollup.rollup import Rollup

CHARGE_WORDS: Mapping[ChargeKind, str] = {
    "audio_input": "audio input tokens",
    "audio_cached": "cached audio tokens",
    "audio_output": "audio output tokens",
    "image_input": "image input tokens",
    "image_cached": "cached image tokens",
    "image_output": "image output tokens",
    "web_search": "web searches",
    "web_fetch": "web fetches",
    "file_search": "file searches",
    "code_interpreter": "containers of the code interpreter",
    "code_execution": "code executions",
    "image_generation": "image generations",
    "other_tools": "calls of other server tools",
    "request_fee": "fees per request",
    "us_inference": "requests for inference in the United States only",
    "fast_mode": "requests in fast mode beyond the standard price",
    "images": "images",
    "speech_characters": "characters of speech",
    "transcription_seconds": "seconds of transcribed sound",
}
"""Of each kind, its units, to follow a number."""


def charge_totals(rollup: Rollup) -> tuple[ChargeTotal, ...]:
    """By kind, in their order; empty where there are none, or the data were stored before they were counted."""
    sums: dict[ChargeKind, list[int]] = {}
    for key, counts in rollup.charges.items() if rollup.tells(Part.CHARGES) else ():
        present = sums.setdefault(key.kind, [0] * CHARGE_WIDTH)
        for place, count in enumerate(counts):
            present[place] += count
    return tuple(
        ChargeTotal(kind, sums[kind][CHARGE_UNITS], sums[kind][CHARGE_COST] / PICO, sums[kind][CHARGE_UNPRICED])
        for kind in CHARGE_KINDS
        if kind in sums
    )


def uncounted(charges: tuple[ChargeTotal, ...]) -> Iterator[str]:
    """What is in no cost, as "3 web searches"."""
    return (f"{each.unpriced_units:,} {CHARGE_WORDS[each.kind]}" for each in charges if each.unpriced_units)
