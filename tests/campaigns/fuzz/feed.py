"""Feeds a case as customers do. What may come out is rows and rejects, or ImportFailed, and all of it can be stored."""

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from common.errors import SPECS
from common.spend import ImportBatch, Importer, ImportFailed, Rollup
from common.spend.logs import BrokenOffError
from common.spend.logs.containers.unpack import open_usage

STATE_BYTES = 900_000
_LONGEST_WORDS = 2_000
_MOST_PIECES = 60


@dataclass
class Outcome:
    """Of one case: its rows and rejects in all, and the words of a refusal."""

    rows: int = 0
    rejected: int = 0
    refused: str = ""


def feed(data: bytes, chance: random.Random) -> Outcome:
    """Through the containers, or straight to the importer as over HTTP; raises what must not happen."""
    outcome = Outcome()
    try:
        if chance.random() < 0.15:
            _import(_cuts(data, chance), outcome, chance)
        else:
            for file in open_usage(_cuts(data, chance), chance.choice((100, 70_000, 4_000_000))):
                _check_stored(file.name)
                _import(file.pieces, outcome, chance)
    except ImportFailed as failure:
        outcome.refused = SPECS[failure.code].message.format(**failure.details)
        _check_words(outcome.refused)
    return outcome


def _import(pieces: Iterable[bytes], outcome: Outcome, chance: random.Random) -> None:
    importer = Importer(chance.choice((None, "gpt-4o")))
    moves = _MOST_PIECES if chance.random() < 0.5 else 0
    broken: BrokenOffError | None = None
    rows = -outcome.rows
    try:
        for piece in pieces:
            importer.feed(piece)
            if moves and chance.random() < 0.3:
                moves -= 1  # a few unpacked bytes are thousands of pieces, and each part of an upload has its state
                _count(importer.take(), outcome)
                importer = _moved(importer)
    except BrokenOffError as error:
        broken = error
    importer.finish()
    _count(importer.take(), outcome)
    if broken is not None:
        raise broken.after(rows + outcome.rows)


def _moved(importer: Importer) -> Importer:
    state = importer.state()
    if len(state) > STATE_BYTES:
        raise AssertionError(f"the state has {len(state):,} bytes")
    return Importer(state=state)


def _count(batch: ImportBatch, outcome: Outcome) -> None:
    outcome.rows += batch.rows
    outcome.rejected += batch.rejected
    for reject in batch.rejects:
        _check_words(reject.reason)
        if reject.line < 1:
            raise AssertionError(f"{reject} has no line")
    for note in batch.notes:
        _check_words(note)
    again = Rollup.from_shards(batch.rollup.shards())
    if list(again.records()) != list(batch.rollup.records()):
        raise AssertionError("the rollup is not what its shards hold")
    _check_stored(json.dumps(list(batch.rollup.records()), ensure_ascii=False, allow_nan=False))


def _check_words(words: str) -> None:
    """Short enough to be shown, and text that can be stored."""
    _check_stored(words)
    if not words or len(words) > _LONGEST_WORDS:
        raise AssertionError(f"{len(words)} characters are no words for a customer: {words[:200]}")


def _check_stored(text: str) -> None:
    text.encode()


def _cuts(data: bytes, chance: random.Random) -> Iterator[bytes]:
    """In pieces of random sizes, not too many."""
    size = max(chance.choice((1, 50, 4_000, 70_000, 10**9)), len(data) // _MOST_PIECES)
    place = 0
    while place < len(data):
        step = chance.randrange(1, 2 * size)
        yield data[place : place + step]
        place += step
