"""`audit`: what is used and lost, in the words of each kind."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from common.assistant.question.model import AuditKind, Constraints, Operation
from common.assistant.tests.rows import bare_hour, busy_month
from common.assistant.tools import combined_plan
from common.assistant.tools.audit import TOOL
from common.assistant.tools.tests.contexts import asked_of, only, part, run, text_of, uncovered
from common.contract.answer import TableBlock
from common.runs.step import ToolResult
from common.spend import Rollup, UsageRow
from common.spend.semantics import DimensionName


def _thinkers() -> Rollup:
    """600 requests: half of "agent", whose output is four fifths reasoning; a sixth of the input cached."""
    rollup = Rollup()
    row = UsageRow(datetime(2026, 10, 1, tzinfo=UTC), "openai", "gpt-5", 2500, out_visible=100, status="ok")
    for number in range(600):
        thinks = number % 2
        rollup.add(
            replace(
                row,
                ts=row.ts + timedelta(hours=number),
                feature="agent" if thinks else "[x](https://evil.example)",
                cache_read=1000 if thinks else 0,
                out_reasoning=400 if thinks else 0,
            )
        )
    return rollup


async def _audit(rows: Rollup, *kinds: AuditKind) -> ToolResult:
    return await run(TOOL, rows, part(Operation.AUDIT, audits=kinds))


async def test_each_kind_begins_with_what_is_used_or_wasted() -> None:
    caching = await _audit(_thinkers(), "caching")
    assert caching.headline[0].text == "16.7 % of your input is read from a prompt cache: 300,000 of 1,800,000 tokens."
    reasoning = await _audit(_thinkers(), "reasoning")
    assert reasoning.headline[0].text == (
        "120,000 of your 180,000 tokens of output (66.7 %) are reasoning and cost 1.20 USD."
    )
    retries = await _audit(busy_month(), "retries")
    assert retries.headline[0].text.startswith("150 of 3,000 requests failed (5 %), and cost ")
    duplicates = await _audit(busy_month(), "duplicates")
    assert duplicates.headline[0].text.startswith("374 requests repeat a prompt that was sent before (13.1 %)")


async def test_a_saving_names_its_base_and_its_largest_places() -> None:
    result = await _audit(busy_month(), "duplicates")
    assert "(9.3 % of 22.85 USD) can be saved: answer repeated prompts of `summary v2` from a cache" in text_of(result)
    assert result.limits[0].text.startswith("Savings are of 22.85 USD: all requests of the data, at the prices of ")


async def test_all_kinds_stand_in_sections_the_largest_loss_first_and_are_not_added_up() -> None:
    result = await _audit(busy_month())
    assert result.headline[0].text.startswith("Most is lost in prompt caching: ")
    assert [section.heading for section in result.sections] == [
        "Prompt caching",
        "Repeated prompts",
        "Failed requests and retries",
        "Reasoning",
    ]
    assert "do not add up" in result.details[0].text
    (table,) = result.blocks
    assert isinstance(table, TableBlock)
    assert [row[0] for row in table.rows] == [section.heading for section in result.sections]
    assert table.rows[-1][1] is None


async def test_a_shared_start_by_sizes_is_called_a_guess_to_be_checked() -> None:
    text = text_of(await _audit(_thinkers(), "caching"))
    assert "a guess from sizes, to be checked against the prompts" in text
    assert "guess" not in text_of(await _audit(busy_month(), "caching"))


async def test_a_plan_of_caching_alone_says_the_guess_that_the_audit_says() -> None:
    requested = part(Operation.PLAN, constraints=Constraints(only_kinds=("prompt_caching",)))
    planned = await run(combined_plan.TOOL, _thinkers(), requested)
    guesses = [each.text for each in planned.headline if each.topic == "guess"]
    audited = text_of(await _audit(_thinkers(), "caching"))
    assert guesses
    assert all(text in audited for text in guesses)


async def test_a_log_without_the_columns_says_what_it_lacks_and_gives_no_zero() -> None:
    result = await _audit(bare_hour(), "retries")
    assert result.headline[0].text == "Failed requests and retries: your log does not tell what is lost."
    assert "without a status" in result.missing[0].text
    assert result.facts == []
    assert "Your log tells nothing of" in (await _audit(bare_hour())).headline[0].text


async def test_names_of_the_data_are_shown_as_names_and_in_tables_as_plain_text() -> None:
    result = await _audit(_thinkers(), "caching")
    assert "`[x](https://evil.example)`" in text_of(result)
    assert "[x](https" not in text_of(result).replace("`[x](https", "")


async def test_an_audit_is_of_the_rows_that_are_asked_about() -> None:
    inquiry = part(Operation.AUDIT, audits=("retries",), where=only(DimensionName.FEATURE, "chat"))
    result = await run(TOOL, busy_month(), inquiry)
    assert result.headline[0].text.startswith("50 of 1,000 requests failed")


async def test_excluded_models_leave_the_audit_as_it_is() -> None:
    inquiry = part(Operation.AUDIT, audits=("duplicates",), constraints=Constraints(excluded_models=("gpt-4o",)))
    assert (await run(TOOL, busy_month(), inquiry)).headline == (await _audit(busy_month(), "duplicates")).headline


@pytest.mark.parametrize("kinds", [(), ("caching",), ("retries",), ("reasoning",), ("duplicates",)])
async def test_every_number_is_a_figure(kinds: tuple[AuditKind, ...]) -> None:
    for rows in (busy_month(), bare_hour(), _thinkers()):
        assert uncovered(await _audit(rows, *kinds)) == []


def test_only_an_audit_with_data_calls_it() -> None:
    assert len(TOOL.calls(asked_of(part(Operation.AUDIT)))) == 1
    assert TOOL.calls(asked_of(part(Operation.PLAN))) == ()
