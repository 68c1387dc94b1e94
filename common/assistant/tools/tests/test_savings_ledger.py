"""What was saved so far is read from the ledger, never from a plan."""

from common.assistant.question.model import Operation
from common.assistant.tests.rows import busy_month
from common.assistant.tools.savings_ledger import TOOL
from common.assistant.tools.tests.contexts import context, part, text_of, uncovered
from common.contract.answer import TableBlock
from common.core.vocabulary import Basis
from common.runs.step import ToolResult
from common.spend.ledger import LedgerRow
from common.spend.ledger.rows import TitledRow


def _proof(title: str, day: str, saved: float, basis: Basis = "measured") -> TitledRow:
    row = LedgerRow(
        id=f"{title}-{day}",
        day=day,
        recommendation=f"kind:{title}",
        kind="prompt_caching",
        feature="search",
        basis=basis,
        requests=100,
        counterfactual_usd=20.0 + saved,
        actual_usd=20.0,
        saved_usd=saved,
        price_effect_usd=0.0,
        low_usd=saved - 0.5,
        high_usd=saved + 0.5,
        footprint=0.5,
        method="as in the tests",
        baseline="b",
        price_version="2026-11-22",
    )
    return TitledRow(title, row)


LEDGER = (
    _proof("Cache the prompt of search", "2026-10-29", 7.25),
    _proof("Cache the prompt of search", "2026-10-30", 8.5),
    _proof("Move chat to a smaller model", "2026-10-30", -3.13),
    _proof("Batch the summaries", "2026-10-30", 41.77, "projected"),
)


async def _from(proofs: tuple[TitledRow, ...]) -> ToolResult:
    at = context(busy_month(30), part(Operation.SAVED), proofs=proofs)
    return await TOOL.run(at, TOOL.parse({"purpose": "To see"}))


async def test_the_sum_comes_first_with_its_days_and_what_was_not_measured_is_in_no_sum() -> None:
    result = await _from(LEDGER)
    assert [sentence.text for sentence in result.headline] == [
        "So far 2 changes saved 12.62 USD, measured on your usage from 29 October 2026 to 30 October 2026."
    ]
    assert "**Cache the prompt of `search`** saved 15.75 USD on 2 days" in text_of(result)
    assert "Not measured, and in no sum: 1 change would have saved 41.77 USD more." in text_of(result)
    assert not uncovered(result)


async def test_what_costs_more_than_before_is_said_as_plainly() -> None:
    assert "**Move chat to a smaller model** cost 3.13 USD more than before on 1 day: roll it back" in text_of(
        await _from(LEDGER)
    )
    alone = await _from(LEDGER[2:3])
    assert alone.headline[0].text.startswith("So far 1 change cost 3.13 USD more than before")


async def test_each_change_stands_in_a_table() -> None:
    (table,) = (await _from(LEDGER)).blocks
    assert isinstance(table, TableBlock)
    assert [row[0] for row in table.rows] == [
        "Batch the summaries",
        "Cache the prompt of search",
        "Move chat to a smaller model",
    ]


async def test_without_a_ledger_the_answer_says_how_to_get_there() -> None:
    result = await _from(())
    assert result.headline[0].text == "No saving is proven yet."
    assert "Accept a recommendation" in result.offer[0].text
    assert not result.blocks
