"""The public traces that the sample is made from; needed only to make it again."""

import csv
import gzip
import io
import json
import tarfile
from collections.abc import Sequence
from pathlib import Path

Turn = tuple[float, int, int]
"""(seconds since the session's first request, input tokens, output tokens)."""

DAY_WINDOWS = 144  # ten-minute windows of a day


def azure_lengths(folder: Path) -> list[tuple[int, int]]:
    """(input, output) tokens of every request of the Azure conversation trace."""
    with gzip.open(folder / "AzureLLMInferenceTrace_conv.csv.gz", "rt", encoding="utf-8") as lines:
        return [(int(row["ContextTokens"]), int(row["GeneratedTokens"])) for row in csv.DictReader(lines)]


def mooncake_sessions(folder: Path) -> list[list[Turn]]:
    """Conversations: a request joins the one whose last prompt it begins with, by the hashes of prefix blocks."""
    sessions: list[list[Turn]] = []
    starts: list[float] = []
    owner: dict[tuple[int, ...], int] = {}
    with gzip.open(folder / "mooncake_conversation_trace.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            blocks = tuple(row["hash_ids"])
            known = (owner[blocks[:size]] for size in range(len(blocks) - 1, 1, -1) if blocks[:size] in owner)
            session = next(known, len(sessions))
            at = row["timestamp"] / 1000
            if session == len(sessions):
                sessions.append([])
                starts.append(at)
            sessions[session].append((at - starts[session], row["input_length"], row["output_length"]))
            owner[blocks] = owner[blocks[:-1] or blocks] = session
    return sessions


def servegen_day(folder: Path, clients: Sequence[int]) -> list[float]:
    """The share of a day's requests in each hour, over ServeGen clients, rotated so that hour 0 is the busiest."""
    windows = [0.0] * DAY_WINDOWS
    with tarfile.open(folder / "servegen_reason_deepseek-r1.tar.gz") as archive:
        for client in clients:
            member = archive.extractfile(f"data/reason/deepseek-r1/chunk-{client}-trace.csv")
            if member is None:
                raise ValueError(f"ServeGen has no client {client}")
            for place, row in enumerate(csv.reader(io.TextIOWrapper(member, encoding="utf-8"))):
                windows[place % DAY_WINDOWS] += float(row[1] or 0)
    hours = [sum(windows[place : place + 6]) for place in range(0, DAY_WINDOWS, 6)]
    smooth = [(hours[h - 1] + 2 * hours[h] + hours[(h + 1) % 24]) / 4 for h in range(24)]
    busiest = max(range(24), key=smooth.__getitem__)
    whole = sum(smooth)
    return [smooth[(busiest + hour) % 24] / whole for hour in range(24)]
