"""Turns streamed text into thoughts for the customer: complete grounded sentences, at most one commit a second."""

import asyncio
import re
from collections.abc import Callable
from typing import Literal

from common.assistant.agents.specs import leaks
from common.figures.slots import Slots
from common.figures.splitting import sentences
from common.figures.written import written
from common.runs.step import Recorder

_PAUSE_S = 1.0
_LONGEST = 400
_MARKUP = re.compile(r"(?m)^\s*(?:[-*+>]|\d{1,2}[.)])\s+|[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}|^#{1,6}\s+")

Show = Literal["sentences", "headings", "nothing"]


class Thoughts:
    """The text of one reply on its way to the customer. `show`: of an answer, only the part being written."""

    def __init__(self, recorder: Recorder, slots: Callable[[], Slots], show: Show) -> None:
        self._recorder = recorder
        self._slots = slots
        self._show = show
        self._text = ""
        self._shown = 0
        self._last = asyncio.get_running_loop().time()

    async def on_text(self, delta: str) -> None:
        """Add a delta; show a thought once a sentence is complete and the last thought is a second old."""
        self._text += delta
        if self._show == "nothing" or asyncio.get_running_loop().time() - self._last < _PAUSE_S:
            return
        await (self._heading() if self._show == "headings" else self._complete_sentences())

    async def flush(self) -> None:
        """Show the rest of a stored reply whose text turned out to be the reason for tool calls."""
        await self._think(self._text[self._shown :], draft=False)
        self._shown = len(self._text)

    async def _complete_sentences(self) -> None:
        ends = [match.end() for match in re.finditer(r"[.!?][*_)\"']*\s|\n", self._text)]
        if ends and ends[-1] > self._shown:
            await self._think(self._text[self._shown : ends[-1]])
            self._shown = ends[-1]

    async def _heading(self) -> None:
        headings = [match for match in re.finditer(r"(?m)^#{1,6}\s+(.+)\n", self._text) if match.end() > self._shown]
        if headings:
            self._shown = headings[-1].end()
            await self._think(f"I write the part on: {headings[-1][1].strip()}.")

    async def _think(self, text: str, *, draft: bool = True) -> None:
        thought = presentable(text, self._slots())
        if thought:
            self._last = asyncio.get_running_loop().time()
            await self._recorder.think(thought, draft=draft)


def presentable(text: str, slots: Slots) -> str:
    """`text` as one plain paragraph without what nothing supports; empty if it reveals how Apex works inside."""
    thought = " ".join(_MARKUP.sub("", written(text, slots).text).split())
    if leaks(thought) or re.search(r"[{}]|\"[a-z_]+\":", thought):
        return ""
    while len(thought) > _LONGEST and len(parts := sentences(thought)) > 1:
        thought = " ".join(parts[:-1])
    return thought if len(thought) <= _LONGEST else thought[:_LONGEST].rsplit(" ", 1)[0] + " ..."
