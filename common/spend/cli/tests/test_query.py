"""`python -m common.spend query`, as a person or a script runs it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from common.spend.cli import main
from common.spend.semantics import MEASURES, UsageQuery

HEADER = "timestamp,model,prompt_tokens,completion_tokens,feature,user,status"
LOG = f"""{HEADER}
2026-11-01T10:00:00Z,gpt-4o,400000,0,chat,ada,ok
2026-11-01T11:00:00Z,gpt-4o,400000,0,search,bob,timeout
2026-11-02T10:00:00Z,gpt-4o,800000,0,chat,ada,ok
2026-11-02T12:00:00Z,gpt-4o,400000,0,[red]batch,bob,ok
2026-11-02T13:00:00Z,acme-llm-7b,9,9,chat,bob,ok
"""


class Command:
    """`query` in this process; what it prints is of the last run."""

    def __init__(self, log: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._log, self._capsys = log, capsys

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """(exit code, output, errors)."""
        try:
            code = main(["query", str(self._log), *arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        printed = self._capsys.readouterr()
        return code, printed.out, printed.err

    def answer(self, *arguments: str) -> dict[str, Any]:
        """The object that --json prints."""
        code, output, errors = self.run(*arguments, "--json")
        assert (code, errors) == (0, "")
        document: dict[str, Any] = json.loads(output)
        return document

    def reason(self, *arguments: str) -> str:
        """The same with and without --json."""
        code, output, errors = self.run(*arguments)
        assert (code, output) == (1, "")
        code, output, _ = self.run(*arguments, "--json")
        reason = str(json.loads(output)["unanswerable"]["reason"])
        assert errors.startswith(reason)
        return reason


@pytest.fixture
def query(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    path = tmp_path / "log.csv"
    path.write_text(LOG, encoding="utf-8")
    return Command(path, capsys)


def values(document: dict[str, Any], by: str, measure: str = "cost") -> dict[str, float | None]:
    return {row["keys"][by]: row["values"][measure] for row in document["rows"]}


def test_filters_periods_and_a_comparison_are_in_the_object(query: Command) -> None:
    document = query.answer(
        "--by", "feature", "--where", "model=gpt-4o,acme-llm-7b feature!=search", "--last", "1d", "--versus", "previous"
    )
    assert values(document, "feature") == {"chat": 2.0, "[red]batch": 1.0}
    assert (document["total"], document["versus"]["total"]) == ({"cost": 3.0}, {"cost": 1.0})
    assert document["rows"][0]["differences"] == {"cost": 1.0}
    assert document["coverage"]["unpriced_requests"] == 1
    assert set(document) == {"query", "rows", "total", "rest", "versus", "coverage"}


def test_several_measures_order_threshold_and_top(query: Command) -> None:
    ordered = ("--measure", "requests,cost", "--by", "user", "--order", "cost:asc", "--threshold", "requests>=1")
    document = query.answer(*ordered, "--top", "1")
    assert [row["keys"]["user"] for row in document["rows"]] == ["bob"]
    assert document["rest"]["values"] == {"requests": 2, "cost": 3.0}


def test_weekdays_hours_and_days_filter(query: Command) -> None:
    assert query.answer("--weekday", "sun", "--measure", "requests")["total"] == {"requests": 2}
    assert query.answer("--hour", "10-11", "--measure", "requests")["total"] == {"requests": 3}
    between = ("--from", "2026-11-02", "--to", "2026-11-02")
    assert query.answer(*between, "--measure", "error_rate")["total"] == {"error_rate": 0.0}
    compared = query.answer(*between, "--versus", "2026-11-01..2026-11-01")
    assert compared["versus"]["differences"] == {"cost": 1.0}


def test_the_query_of_an_answer_can_be_asked_again(query: Command) -> None:
    first = query.answer("--by", "feature", "--where", "model=openai/gpt-4o", "--period", "today")
    again = query.answer("--query", json.dumps(first["query"]))
    assert again == first
    assert UsageQuery.model_validate_json(json.dumps(first["query"])).where[0].values == ("gpt-4o",)


def test_the_table_has_bars_totals_and_what_is_to_be_said(query: Command) -> None:
    code, output, _ = query.run("--measure", "cost,requests", "--by", "feature")
    assert code == 0
    for words in (
        "Cost, Requests by feature, 2026-11-01 to 2026-11-02",
        "[red]batch",
        "█",
        "all",
        "1 request has no price",
    ):
        assert words in output
    assert max(map(len, output.splitlines())) <= 80


def test_a_value_that_the_rows_do_not_say_is_not_zero(query: Command) -> None:
    assert values(query.answer("--by", "model"), "model") == {"gpt-4o": 5.0, "acme-llm-7b": None}
    assert "not known" in query.run("--by", "model")[1]


def test_what_cannot_be_answered_exits_with_the_reason_and_the_nearest(query: Command) -> None:
    assert query.reason("--by", "user,model") == "Apex holds no sums by model and user together."
    nearest = '{"measures":["cost"],"by":["user"]}'
    assert f"--query '{nearest}'" in query.run("--by", "user,model")[2]


def test_unknown_names_are_refused_with_the_nearest(query: Command) -> None:
    assert "the nearest is error_rate" in query.reason("--measure", "eror_rate")
    assert "the nearest is feature" in query.reason("--by", "featur")
    assert "the nearest is ada" in query.reason("--where", "user=adda")
    assert "the nearest is last_week" in query.reason("--period", "last weak")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--last", "soon"), "no number of days or weeks"),
        (("--last", "7d", "--period", "today"), "Say the period once"),
        (("--where", "chat"), "is no condition"),
        (("--where", "user='ada"), "without its other half"),
        (("--hour", "17-9"), "the first hour is after the last one"),
        (("--top", "0", "--by", "user"), "greater than or equal to 1"),
        (("--threshold", "cost", "--by", "user"), "is no threshold"),
        (("--order", "cost:up", "--by", "user"), "not :up"),
        (("--by", "user", "--by", "day,hour"), "at most 2 items"),
        (("--query", "{}"), "measures: Field required"),
        (("--versus", "a..b"), "is no period"),
    ],
)
def test_arguments_that_make_no_query_are_wrong_use(query: Command, arguments: tuple[str, ...], words: str) -> None:
    code, _, errors = query.run(*arguments)
    assert code == 2
    assert words in errors


def test_the_help_lists_every_measure(query: Command) -> None:
    text = "".join(query.run("--help")[1].split())
    assert all(name.value in text for name in MEASURES)


def test_it_is_a_command_of_the_library(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(LOG, encoding="utf-8")
    command = (sys.executable, "-m", "common.spend", "query", str(path), "--by", "feature")
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - this interpreter
    assert (done.returncode, done.stderr) == (0, "")
    assert "█" in done.stdout
