"""What a case is made of: a valid file, broken as text, then encoded, packed and broken as bytes. All by chance."""

import random
from collections.abc import Callable

from tests.campaigns.fuzz import files

_WORDS = (
    '"', '""', ",", ";", "\n", "\r", "\r\n", "\0", "\ufeff", "[", "]", "{", "}", ":", "null", "true", "NaN", "Infinity",
    "-1", "1e308", "1e-320", "12.0", "1,234", "9" * 400, "9" * 5_000, "\\ud83d", "\ud83d", "\u2028", "sep=;\n",
    "=1+1", "0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00", "num_requests", "prompt_tokens", "timestamp",
    '{"a":' * 3_000, "[" * 70_000, 'a","\n' * 500, "x" * 250_000, '{"model":"' + "y" * 300_000 + '"}\n',
)  # fmt: skip
_BEGINNINGS = (
    b"\x1f\x8b\x08", b"PK\x03\x04", b"PK\x05\x06", b"PAR1", b"\x28\xb5\x2f\xfd", b"\xff\xfe", b"\xfe\xff",
    b"\xff\xfe\0\0", b"\xef\xbb\xbf", b"%PDF", b"\0" * 64, b"<html>", b"\x50\x2a\x4d\x18\xff\xff\xff\x7f",
)  # fmt: skip
_BOMB = 80 * 1024 * 1024

Mutation = Callable[[bytes, random.Random], bytes]


def case(seed: int, number: int) -> bytes:
    """The input of one case, the same for a seed and a number on every machine."""
    chance = random.Random(f"{seed}/{number}")  # noqa: S311 - to be repeated, not to be secret
    is_parquet = chance.random() < 0.1
    data = files.parquet(files.rows(chance)) if is_parquet else files.encoded(_text(chance), chance)
    for _ in range(chance.choice((*[0, 1] * 5, 2, 4))):
        data = files.packed(data, chance)
    for _ in range(chance.choice((0, 0, 0, 1, 1, 3))):
        data = chance.choice(_BYTE_MUTATIONS)(data, chance)
    return _bomb(chance) if chance.random() < 0.002 else data


def _text(chance: random.Random) -> str:
    text = chance.choice(files.TEXTS)(files.rows(chance))
    for _ in range(chance.choice((0, 1, 1, 2, 6))):
        place, other = chance.randrange(len(text) + 1), chance.randrange(len(text) + 1)
        match chance.randrange(5):
            case 0 | 1:
                text = text[:place] + chance.choice(_WORDS) + text[place:]
            case 2:
                text = text[:place] + chance.choice(files.TEXTS)(files.rows(chance)) + text[place:]
            case 3:
                text = text[: min(place, other)] + text[max(place, other) :]
            case _:
                text = text[:place] + text[min(place, other) : max(place, other)] * 2 + text[place:]
    return text


def _bomb(chance: random.Random) -> bytes:
    return files.packed(files.packed(chance.choice((b"\0", b"0,1\n", b"[")) * _BOMB, chance)[:_BOMB], chance)


def _flip(data: bytes, chance: random.Random) -> bytes:
    broken = bytearray(data)
    for _ in range(chance.choice((1, 1, 4, 30)) if data else 0):
        broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
    return bytes(broken)


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _cut_out(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(data) + 1)
    return data[:place] + data[place + chance.choice((1, 7, 512, 5_000)) :]


def _insert(data: bytes, chance: random.Random) -> bytes:
    place = chance.choice((0, chance.randrange(len(data) + 1), len(data)))
    more = chance.choice((chance.choice(_BEGINNINGS), chance.randbytes(chance.choice((1, 9, 4_000)))))
    return data[:place] + more + data[place:]


def _join(data: bytes, chance: random.Random) -> bytes:
    """Another file's bytes behind it, from somewhere on."""
    other = files.encoded(chance.choice(files.TEXTS)(files.rows(chance)), chance)
    other = files.packed(other, chance) if chance.random() < 0.5 else other
    return data + other[chance.choice((0, chance.randrange(len(other) + 1))) :]


_BYTE_MUTATIONS: tuple[Mutation, ...] = (_flip, _cut, _cut_out, _insert, _join)
