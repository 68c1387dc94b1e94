"""The written questions, as their files have them."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from common.assistant.question.model import Format, Language
from tests.evals.notation import Parts, readings_of

FOLDER = Path(__file__).parent / "questions"
Whose: TypeAlias = Literal["develop", "report"]
_WORDS_OF_A_MESSAGE = frozenset(
    {"say", "want", "answer", "format", "bullets", "audience", "currency", "unread", "maybe_unread"}
)
_WORDS_OF_A_QUESTION = frozenset({"id", "kind", "data", "language", "turns"}) | _WORDS_OF_A_MESSAGE


@dataclass(frozen=True, slots=True)
class Message:
    """`readings`: parts that are right; `answers`: what may be said instead, see questions/README.md."""

    say: str
    readings: tuple[Parts, ...]
    answers: frozenset[str]
    format: Format
    audience: str | None
    currency: str | None
    unread: tuple[str, ...]
    maybe_unread: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WrittenQuestion:
    """A question, or a thread of several messages."""

    id: str
    kind: str
    data: str
    language: Language
    whose: Whose
    messages: tuple[Message, ...]


def questions(folder: Path = FOLDER) -> list[WrittenQuestion]:
    """All of them, by file and place. Raises ValueError for a word that a file must not have, and for an id twice."""
    found = [written for path in sorted(folder.glob("*.toml")) for written in _of_file(path)]
    ids = [written.id for written in found]
    twice = sorted({each for each in ids if ids.count(each) > 1})
    if twice:
        raise ValueError(f"these ids stand twice: {', '.join(twice)}")
    return found


def _of_file(path: Path) -> Iterator[WrittenQuestion]:
    """Files named report_* are run only to report."""
    file = tomllib.loads(path.read_text(encoding="utf-8"))
    whose: Whose = "report" if path.name.startswith("report_") else "develop"
    shared = {name: file[name] for name in ("kind", "data", "language") if name in file}
    for question in file["q"]:
        _refuse_unknown(question, _WORDS_OF_A_QUESTION)
        entry = shared | question
        messages = tuple(_message(each) for each in entry.get("turns", [question]))
        yield WrittenQuestion(entry["id"], entry["kind"], entry["data"], entry["language"], whose, messages)


def _message(entry: dict[str, Any]) -> Message:
    _refuse_unknown(entry, _WORDS_OF_A_QUESTION)
    answers = entry.get("answer", [])
    return Message(
        say=entry["say"],
        readings=readings_of(entry["want"]) if "want" in entry else (),
        answers=frozenset([answers] if isinstance(answers, str) else answers),
        format=Format(kind=entry.get("format", "prose"), bullets=entry.get("bullets")),
        audience=entry.get("audience"),
        currency=entry.get("currency"),
        unread=tuple(entry.get("unread", ())),
        maybe_unread=tuple(entry.get("maybe_unread", ())),
    )


def _refuse_unknown(entry: dict[str, Any], fields: frozenset[str]) -> None:
    unknown = entry.keys() - fields
    if unknown:
        raise ValueError(f"{entry.get('id', entry)} has unknown words: {', '.join(sorted(unknown))}")
