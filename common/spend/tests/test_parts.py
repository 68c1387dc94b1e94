"""Every record of a rollup belongs to one part."""

from common.spend import UsageRow
from common.spend.rollup.parts import ALL_PARTS, KINDS, PART_OF
from common.spend.tests.builders import START, rollup_of

_SOME = UsageRow(START, "openai", "gpt-4o", 100, feature="chat", user="u", prompt_hash="p", latency_ms=20.0)
_FOREIGN = UsageRow(START, "openai", "gpt-4o", 100, cost_reported=1.0, currency="EUR")


def test_every_part_has_kinds_and_no_kind_is_of_two_parts() -> None:
    assert KINDS.keys() == ALL_PARTS
    assert len(PART_OF) == sum(map(len, KINDS.values()))


def test_every_record_is_of_a_part() -> None:
    kinds = {record[0] for record in rollup_of([_SOME, _SOME, _FOREIGN]).records()}
    assert kinds | {"b"} == PART_OF.keys()  # a bound of users' days is written only where it cuts
