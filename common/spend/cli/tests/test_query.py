"""`python -m common.spend query`, as a person or a script runs it."""

import json
import shlex
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
        (("--hour", "17-29"), "the hours of a day are 0 to 23"),
        (("--query", '{"measures":["cost"]}', "--last", "7d"), "no other option of a query goes with it"),
        (("--by", "user", "--threshold", "cost>=1", "--threshold", "cost>=2"), "thresholds on one measure"),
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


def test_no_column_is_left_out_however_narrow_the_terminal_is(query: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    names = ["requests", "cost", "error_rate", "input_tokens", "output_tokens", "unpriced_requests"]
    code, output, _ = query.run("--measure", ",".join(names), "--by", "feature", "--versus", "previous", "--last", "1d")
    (line,) = [line for line in output.splitlines() if line.strip().startswith("search")]
    assert code == 0
    assert len([cell for cell in line.split() if cell[0] in "-+0123456789" or cell == "known"]) == 3 * len(names)


def test_rows_that_were_rejected_are_said_to_be_in_no_figure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(f"{LOG}2026-11-02T14:00:00Z,gpt-4o,many,9,chat,bob,ok\n", encoding="utf-8")
    query = Command(path, capsys)
    (note,) = [note for note in query.answer()["coverage"]["notes"] if "rejected" in note]
    assert note.startswith("bad.csv: 1 row was rejected, and in no figure. The first is line 7: ")
    assert "1 row was rejected" in query.run()[1].replace("\n", " ")


def test_values_with_commas_spaces_and_apostrophes_are_asked_for_in_quotation_marks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "odd.csv"
    names = ['"a,b"', "my chat", "it's", "a\\b"]
    rows = "".join(f"2026-11-0{n + 1}T10:00:00Z,gpt-4o,400000,0,{name},ada,ok\n" for n, name in enumerate(names))
    path.write_text(f"{HEADER}\n{rows}", encoding="utf-8")
    query = Command(path, capsys)
    for value in ('"a,b"', '"my chat"', '"it\'s"', "a\\b"):
        assert query.answer("--where", f"feature={value}")["total"] == {"cost": 1.0}
    assert query.answer("--where", 'feature="a,b","my chat"')["total"] == {"cost": 2.0}


def test_a_nearest_query_can_be_pasted_into_a_shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "odd.csv"
    path.write_text(f"{HEADER}\n2026-11-01T10:00:00Z,gpt-4o,400000,0,it's,ada,ok\n", encoding="utf-8")
    _, _, errors = Command(path, capsys).run("--where", 'feature="it\'s"', "--by", "user,model")
    *_, flag, given = shlex.split(errors.splitlines()[-1])
    assert flag == "--query"
    assert UsageQuery.model_validate_json(given).where[0].values == ("it's",)


def test_ranges_of_hours_and_weekdays(query: Command) -> None:
    requests = ("--measure", "requests")
    assert query.answer(*requests, "--weekday", "weekend")["total"] == {"requests": 2}
    assert query.answer(*requests, "--where", "weekday=sat-mon")["total"] == {"requests": 5}
    assert query.answer(*requests, "--where", "hour=12-10")["total"] == {"requests": 4}


def test_hours_of_sums_by_the_day_are_not_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "daily.csv"
    path.write_text("date,model,num_requests,prompt_tokens,completion_tokens\n2026-11-01,gpt-4o,9,400000,0\n")
    assert "tell no hours" in Command(path, capsys).reason("--hour", "9-17")


def test_conditions_that_no_request_meets_are_said_to_be_met_by_none(query: Command) -> None:
    document = query.answer("--where", "feature=chat feature=search")
    assert "No request meets these conditions in this period." in document["coverage"]["notes"]
