"""The document of a shard: a field for each part that is in it, so that a reader fetches the fields of its parts alone.

One document for all small parts instead of one for each: a message of live usage then costs one write, as before parts
were stored apart. Which document holds a part need not be known, and no index is: a mask leaves out the other fields.
"""

from collections.abc import Collection

from common.spend.rollup.parts import Part
from common.spend.rollup.shards import ALL_IN_ONE, Shard
from common.store.client import SCHEMA_VERSION, Document, Snapshot, fields

_ALL_IN_ONE, _PARTS = "blob", "parts"
"""A field with all parts, as shards were stored until 2026-12, and the map of those that are stored apart."""


def shard_document(shard: Shard) -> Document:
    """A document that no client reads."""
    return {"v": SCHEMA_VERSION, _PARTS: dict(shard)}


def shard_in(snapshot: Snapshot) -> Shard:
    """What was fetched of a shard that exists."""
    document = fields(snapshot)
    shard: Shard = {ALL_IN_ONE: document[_ALL_IN_ONE]} if _ALL_IN_ONE in document else document.get(_PARTS, {})
    return shard


def mask_of(parts: Collection[Part]) -> list[str]:
    """The fields to fetch for some parts; of a document that was stored as a whole, the whole."""
    return [_ALL_IN_ONE, *(f"{_PARTS}.{part}" for part in parts)]
