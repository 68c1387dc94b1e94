"""Processes named by pid and creation time, so that a reused pid is never taken for ours."""

import time
from collections.abc import Iterable

import psutil
from pydantic import BaseModel, ConfigDict

_GRACE_S = 4.0
_POLL_S = 0.02


class ProcessRef(BaseModel):
    """One process of this machine, for ever: `created` is its start in seconds since the epoch (UTC)."""

    model_config = ConfigDict(frozen=True)

    pid: int
    created: float

    @classmethod
    def of(cls, pid: int) -> "ProcessRef":
        """The reference to a live process; raises psutil.NoSuchProcess when there is none."""
        return cls(pid=pid, created=psutil.Process(pid).create_time())

    def find(self) -> psutil.Process | None:
        """The process, or None when it has ended (a zombie counts as ended)."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.created) < 1
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None


def tree(roots: Iterable[ProcessRef]) -> tuple[ProcessRef, ...]:
    """The live ones of `roots` and all their descendants, parents first."""
    refs: dict[int, ProcessRef] = {}
    for root in roots:
        process = root.find()
        if process is None:
            continue
        refs[root.pid] = root
        for child in _children(process):
            if ref := _reference(child):
                refs.setdefault(child.pid, ref)
    return tuple(refs.values())


def memory_mb(roots: Iterable[ProcessRef]) -> int:
    """Resident memory of `roots` and their descendants, in MiB."""
    total = 0
    for ref in tree(roots):
        if process := ref.find():
            total += _resident(process)
    return total // 2**20


def end(roots: Iterable[ProcessRef]) -> None:
    """End `roots` with all their descendants; returns when none of them is left."""
    victims = tree(roots)
    for hard in (False, True):
        for ref in victims:
            _signal(ref, hard=hard)
        if wait(victims, _GRACE_S):
            return


def wait(refs: Iterable[ProcessRef], timeout_s: float) -> bool:
    """True when all of them end in time. (psutil's own wait also waits for the parent of a zombie to look at it.)"""
    deadline = time.monotonic() + timeout_s
    while any(ref.find() for ref in refs):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_S)
    return True


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _reference(process: psutil.Process) -> ProcessRef | None:
    try:
        return ProcessRef(pid=process.pid, created=process.create_time())
    except psutil.NoSuchProcess:
        return None


def _resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0


def _signal(ref: ProcessRef, *, hard: bool) -> None:
    process = ref.find()
    if process is None:
        return
    try:
        if hard:
            process.kill()
        else:
            process.terminate()
    except psutil.NoSuchProcess:
        return
