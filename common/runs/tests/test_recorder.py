"""What a step has stored is read by the worker that takes it over, whichever version that is."""

from common.contract.answer import Fact, TextBlock
from common.runs.recorder import StepMemory
from common.runs.step import ToolEvidence, ToolResult
from common.store.codec import pack, unpack

RESULT = ToolResult(
    summary="3 USD", facts=[Fact(name="spend", value=3.0, unit="usd")], blocks=[TextBlock(text="Spend")]
)
EVIDENCE = ToolEvidence(source=2, agent="data", tool="spend_totals", call_id="call-1", result=RESULT)


def test_what_a_later_version_has_added_to_a_tool_result_is_left_aside() -> None:
    document = StepMemory(evidence={"call-1": EVIDENCE}).document("data")
    data = unpack(document["data"])
    result = data["evidence"][0]["result"]
    for part in (result, result["facts"][0], result["blocks"][0]):
        part["of_a_later_version"] = 1
    assert StepMemory.parse({**document, "data": pack(data)}).evidence == {"call-1": EVIDENCE}
