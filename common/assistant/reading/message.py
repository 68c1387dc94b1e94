"""A message whose clauses were read one by one."""

from dataclasses import dataclass

from common.assistant.question.model import Format, Language
from common.assistant.reading.data_names import NameIndex
from common.assistant.reading.reader import ClauseReader, ReadClause


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is read of it so far."""

    text: str
    language: Language
    names: NameIndex
    reader: ClauseReader
    clauses: tuple[ReadClause, ...]

    @property
    def unread(self) -> tuple[str, ...]:
        """Words that no clause used."""
        return tuple(word for each in self.clauses for word in each.unread)

    @property
    def doubts(self) -> tuple[str, ...]:
        """What was taken to mean what."""
        return tuple(dict.fromkeys(doubt for each in self.clauses for doubt in each.clause.doubts))

    @property
    def shape(self) -> dict[str, object]:
        """How the answer is to look, as fields of a question; only what the message says."""
        found: dict[str, object] = {}
        for each in (one.clause for one in self.clauses):
            if each.format_kind or each.bullets:
                kind = "bullets" if each.bullets else each.format_kind
                found["format"] = Format.model_validate({"kind": kind, "bullets": each.bullets})
            if each.audience:
                found["audience"] = each.audience
            if each.currency:
                found["currency"] = None if each.currency == "USD" else each.currency
        return found
