"""Evaluations: what is read of a file, and what two models compare like on it."""

import json
import random
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.spend.prices.engine import Model
from common.spend.prices.names import find_by_name
from common.spend.quality.evaluation import MARGIN, compare_pairs, pairs_needed, verdict_of
from common.spend.quality.evaluation_files import EvaluationError, read_evaluation, read_evaluations
from common.spend.quality.intervals import pairs_interval

FIXTURE = Path(__file__).parent / "fixtures" / "gsm8k_150.csv"


def _model(name: str) -> Model:
    found = find_by_name(name)
    assert found is not None
    return found


def _pairs(both: int, only_before: int, only_after: int, neither: int) -> list[tuple[float, float]]:
    kinds = ((1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0))
    counts = (both, only_before, only_after, neither)
    return [kind for kind, count in zip(kinds, counts, strict=True) for _ in range(count)]


def test_gsm8k_speaks_against_the_weak_model_and_for_the_strong_one() -> None:
    evaluations = read_evaluations([FIXTURE])
    strong, weak = _model("gpt-4-1106-preview"), _model("mistralai/Mixtral-8x7B-Instruct-v0.1")
    (down,) = evaluations.compare(strong, weak, "maths")
    (up,) = evaluations.compare(weak, strong, None)
    assert down.table == (76, 50, 14, 10)
    assert (down.before, down.after) == (126 / 150, 90 / 150)
    assert (down.verdict, up.verdict) == ("against", "supports")


def test_the_counts_of_all_of_gsm8k_speak_against_it() -> None:
    """RouteLLM's whole file: gpt-4 has 1130 right, mixtral 842."""
    found = compare_pairs(_pairs(747, 383, 95, 94))
    assert (round(100 * found.before, 1), round(100 * found.after, 1)) == (85.7, 63.8)
    assert found.verdict == "against"
    assert found.interval[1] < -0.18


def test_every_small_table_gets_the_verdict_of_its_interval_and_never_two() -> None:
    for better, worse, same in product(range(0, 30, 3), range(0, 30, 3), (1, 200, 1_000)):
        found = compare_pairs(_pairs(same, worse, better, 0))
        low, high = pairs_interval(better, worse, better + worse + same)
        if found.verdict == "supports":
            assert low > -MARGIN
            assert high >= 0
        if found.verdict == "against":
            assert high < 0
        if better >= worse:
            assert found.verdict != "against"
        assert (found.more is None) == (found.verdict != "open")


def test_a_sure_loss_is_against_also_when_it_is_small() -> None:
    assert verdict_of((-0.015, -0.001), MARGIN) == "against"
    assert verdict_of((-0.015, 0.001), MARGIN) == "supports"
    assert verdict_of((-0.021, 0.001), MARGIN) == "open"


@settings(max_examples=40, deadline=None)
@given(better=st.integers(0, 20), worse=st.integers(0, 20), same=st.integers(1, 300))
def test_as_many_more_pairs_as_are_said_to_be_needed_settle_it(better: int, worse: int, same: int) -> None:
    pairs = better + worse + same
    if verdict_of(pairs_interval(better, worse, pairs), MARGIN) != "open":
        return
    more = pairs_needed(better, worse, pairs)
    if more is not None:
        enough, fewer = (pairs + more) / pairs, (pairs + more - 2) / pairs
        assert verdict_of(pairs_interval(better * enough, worse * enough, pairs * enough), MARGIN) != "open"
        assert verdict_of(pairs_interval(better * fewer, worse * fewer, pairs * fewer), MARGIN) == "open"


def test_scores_on_a_scale_are_compared_by_their_spread() -> None:
    draw = random.Random(3)  # noqa: S311 - a test's scores
    before = [draw.choice([2.0, 3.0, 4.0, 5.0]) for _ in range(400)]
    same = compare_pairs([(score, score + draw.choice([-0.1, 0.1])) for score in before])
    worse = compare_pairs([(score, score - draw.choice([0.0, 1.0])) for score in before])
    few = compare_pairs([(4.0, 4.0), (5.0, 5.0)])
    assert (same.verdict, worse.verdict, few.verdict) == ("supports", "against", "open")
    assert same.table is None
    assert few.more == 28


def test_scores_that_never_differ_prove_nothing_in_a_small_sample() -> None:
    scores = [(float(place % 5), float(place % 5)) for place in range(40)]
    assert compare_pairs(scores).verdict == "open"
    assert compare_pairs(scores * 20).verdict == "supports"
    assert compare_pairs([(5.0, 5.0)] * 900).verdict == "open"


def test_csv_and_json_lines_are_read_alike_and_extra_columns_left_out() -> None:
    rows = [("a, b", True, False), ("c", False, True), ("d", True, True)]
    lines = [f'"{prompt}",{one},{two},"the answer: 7",12' for prompt, one, two in rows]
    csv = "\n".join(["prompt,gpt-4o,gpt-4o-mini,gpt-4o_response,seconds", *lines])
    jsonl = "\n".join(
        json.dumps({"prompt": prompt, "gpt-4o": one, "gpt-4o-mini": two, "gpt-4o response": "7"})
        for prompt, one, two in rows
    )
    semicolons = csv.replace("a, b", "a b").replace(",", ";").replace("True", "1").replace("False", "wrong")
    read = [read_evaluation(text) for text in (csv, jsonl, semicolons)]
    assert [model.id for model in read[0].models] == ["gpt-4o", "gpt-4o-mini"]
    assert read[0] == read[1] == read[2]


def test_prompts_of_another_feature_do_not_count() -> None:
    rows = ["chat,true,true"] * 3 + ["tickets,true,false"] * 2 + [",true,true"]
    evaluation = read_evaluation("\n".join(["feature,gpt-4o,gpt-4o-mini", *rows]))
    before, after = _model("gpt-4o"), _model("gpt-4o-mini")
    counts = [len(evaluation.pairs(before, after, name, exact=False)) for name in ("chat", "tickets", "mail", None)]
    assert counts == [4, 3, 1, 6]
    assert evaluation.tells_features


def test_prompts_that_one_model_did_not_answer_are_no_pair() -> None:
    evaluation = read_evaluation("gpt-4o,gpt-4o-mini\ntrue,\n,true\ntrue,false\n")
    assert evaluation.pairs(_model("gpt-4o"), _model("gpt-4o-mini"), None, exact=False) == [(1.0, 0.0)]


def test_the_same_model_at_two_hosts_is_two_models_only_where_that_is_requested() -> None:
    evaluation = read_evaluation("groq/openai/gpt-oss-120b,together/openai/gpt-oss-120b\ntrue,false\n")
    groq, together = evaluation.models
    assert (groq.provider, together.provider) == ("groq", "together")
    assert evaluation.pairs(groq, together, None, exact=True) == [(1.0, 0.0)]
    assert evaluation.pairs(_model("gpt-4o"), together, None, exact=False) == []


def test_the_same_file_twice_counts_once(tmp_path: Path) -> None:
    copy = tmp_path / "copy.csv"
    copy.write_bytes(FIXTURE.read_bytes())
    assert len(read_evaluations([FIXTURE, copy]).files) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no columns of two known models"),
        ("prompt,gpt-4o\na,true\n", "no columns of two known models"),
        ("gpt-4o,gpt-4o-2024-08-06\ntrue,true\n", "are the same model"),
        ("gpt-4o,gpt-4o-mini\ntrue,The answer is 7\n", "line 2, column gpt-4o-mini: 'The answer is 7' is neither"),
        ("gpt-4o,gpt-4o-mini\ntrue,nan\n", "neither right or wrong nor a score"),
        ("gpt-4o,gpt-4o-mini\ntrue\n", "Line 2 of the evaluation has 1 cells, not 2"),
        ("gpt-4o,gpt-4o-mini\ntrue,\n", "No prompt of the evaluation has the verdict on two models"),
        ('{"gpt-4o": true, "gpt-4o-mini": true}\nnot json', "Line 2 of the evaluation is no JSON object"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(text: str, reason: str) -> None:
    with pytest.raises(EvaluationError, match=reason):
        read_evaluation(text)
