"""The users of the campaign who are free, and the data that they ask about."""

import gzip
import tempfile
import threading
import time
from pathlib import Path

import httpx

from cli.ask.errors import ClientError
from emulators.platform.api import Stack
from tests.campaigns.faults.pace import Pace
from tests.campaigns.faults.people import Person

_TRIES = 80
_AGAIN_S = 0.15


_PRICED, _UNPRICED = ("gpt-4o", "gpt-4o-mini"), ("own-model-1", "own-model-2")
"""Models of the data: of those that nobody has a price for, some tools can only say so."""
_UNPRICED_EVERY = 4


def small_log(folder: Path, models: tuple[str, str]) -> Path:
    """A few days of requests, small enough to be uploaded by many users, with a line that is refused."""
    rows = [
        f"2026-11-0{1 + n % 9}T0{n % 10}:00:00Z,{models[n % 2]},{900 + n},{100 + n},search-rag,user-{n % 5}"
        for n in range(60)
    ]
    text = "\n".join(["timestamp,model,input_tokens,output_tokens,feature,user", *rows, "not-a-time,gpt-4o,1,1,x,y"])
    path = folder / f"{models[0]}.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    return path


class People:
    """Users who are free, with and without data; new ones come when somebody's month is used up."""

    def __init__(self, stack: Stack, pace: Pace) -> None:
        self._stack = stack
        self._pace = pace
        folder = Path(tempfile.mkdtemp(prefix="apex-faults-"))
        self._data = [small_log(folder, models) for models in (_PRICED, _UNPRICED)]
        self._arrivals = 0
        self._free: dict[bool, list[Person]] = {True: [], False: []}
        self._lock = threading.Lock()

    def take(self, *, with_data: bool) -> Person:
        """A user whom nobody else has now."""
        with self._lock:
            free = self._free[with_data]
            if free:
                return free.pop()
        return self._arrive(with_data=with_data)

    def give_back(self, person: Person) -> None:
        """Let somebody else have the user."""
        if person.retires:
            person.client.close()
            return
        with self._lock:
            self._free[person.with_data].append(person)

    def leave(self) -> None:
        """Nobody is free any more: others will come."""
        with self._lock:
            for person in (*self._free[True], *self._free[False]):
                person.client.close()
            self._free = {True: [], False: []}

    def _arrive(self, *, with_data: bool) -> Person:
        """Sign in and upload; the campaign's faults may be in the way of that, which is not what it is about."""
        with self._lock:
            self._arrivals += with_data
            data = self._data[self._arrivals % _UNPRICED_EVERY == 0]
        for _ in range(_TRIES):
            try:
                return Person(self._stack, data if with_data else None, self._pace)
            except (ClientError, httpx.HTTPError):
                time.sleep(_AGAIN_S)
        raise RuntimeError("Nobody can sign in any more.")
