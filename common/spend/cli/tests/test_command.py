"""`python -m common.spend analyze`, as a person or a script runs it."""

import gzip
import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from common.spend.cli import main
from common.spend.model import BUCKETS
from data import sample_path

HEADER = "timestamp,model,prompt_tokens,completion_tokens,feature,user"
LOG = f"{HEADER}\n2026-11-01T10:00:00Z,gpt-4o,1000,100,chat,ann\nnot a time,gpt-4o,1,1,chat,ann\n"
NAMELESS = "TIMESTAMP,ContextTokens,GeneratedTokens\n" + "2023-11-16 18:17:03.9799600,4808,10\n" * 3


@dataclass(frozen=True)
class Done:
    """How the command ended, and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: str | Path) -> Done:
    """In this process: to start another one takes longer than most of what is tested."""
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as errors:
        try:
            code = main(["analyze", *map(str, arguments)])
        except SystemExit as ended:
            code = int(ended.code or 0)
    return Done(code, out.getvalue(), errors.getvalue())


def analyzed(*arguments: str | Path) -> dict[str, Any]:
    done = run(*arguments, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    document: dict[str, Any] = json.loads(done.stdout)
    return document


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    path.write_text(LOG, encoding="utf-8")
    return path


def test_one_json_object_holds_totals_and_shares_that_add_up() -> None:
    found = analyzed(sample_path())
    assert (found["format"], found["rows"], found["rejects"]) == ("generic", 28_452, 0)
    assert found["totals"]["requests"] == 28_452
    assert set(found["totals"]["tokens"]) == set(BUCKETS)
    for by in ("model", "feature", "user", "day"):
        shares = found[f"by_{by}"]
        assert sum(share["cost_usd"] for share in shares) == pytest.approx(found["totals"]["cost_usd"])
        assert all(share[by] for share in shares)
    assert found["anomalies"][0]["day"] == "2026-10-29"


def test_rejected_rows_are_reported_with_line_and_reason(log: Path) -> None:
    found = analyzed(log)
    assert (found["rows"], found["rejects"]) == (1, 1)
    assert (found["rejected"][0]["file"], found["rejected"][0]["line"]) == ("log.csv", 3)
    assert "is not a time" in found["rejected"][0]["reason"]


def test_what_rejected_rows_cost_is_summed_over_the_files(tmp_path: Path) -> None:
    for name, cost in (("a.csv", "1.25"), ("b.csv", "2.5")):
        (tmp_path / name).write_text(
            f"{HEADER},cost\n2026-11-01,gpt-4o,9,9,chat,ann,9\nnever,gpt-4o,9,9,chat,ann,{cost}\n"
        )
    paths = (tmp_path / "a.csv", tmp_path / "b.csv")
    assert analyzed(*paths)["unread_usd"] == 3.75
    assert "3.75 USD could not be read: rejected rows cost so much." in run(*paths).stdout


def test_several_files_are_one_bill(log: Path, tmp_path: Path) -> None:
    packed = tmp_path / "more.csv.gz"
    packed.write_bytes(gzip.compress(LOG.replace("ann", "bob").encode()))
    found = analyzed(log, packed)
    assert [file["name"] for file in found["files"]] == ["log.csv", "more.csv.gz"]
    assert (found["totals"]["requests"], found["shared"]) == (2, 0)


def test_rows_that_an_earlier_file_has_count_once_and_are_reported(log: Path, tmp_path: Path) -> None:
    archive, more = tmp_path / "both.zip", "2026-11-02T10:00:00Z,gpt-4o,1000,100,chat,ann\n"
    with ZipFile(archive, "w") as files:
        files.writestr("again.csv", LOG)
        files.writestr("overlapping.csv", LOG + more + more)
    found = analyzed(log, archive)
    assert (found["totals"]["requests"], found["rows"], found["shared"]) == (3, 3, 2)
    assert [file["shared"] for file in found["files"]] == [0, 1, 1]
    note = "1 row of this file is in log.csv too, and is counted once."
    assert [note in file["notes"] for file in found["files"]] == [False, True, True]
    assert note in run(log, archive).stdout


def test_a_log_without_models_and_dates_is_priced_by_the_options(tmp_path: Path) -> None:
    path = tmp_path / "trace.csv"
    path.write_text(NAMELESS, encoding="utf-8")
    found = analyzed(path, "--model", "gpt-4o", "--price-date", "2026-11-22")
    assert found["totals"]["cost_usd"] == pytest.approx(3 * (4808 * 2.5 + 10 * 10) / 1e6, abs=1e-9)
    assert found["prices"]["price_date"] == "2026-11-22"


def test_the_report_names_files_sums_and_what_cost_most(log: Path) -> None:
    done = run(log)
    assert done.returncode == 0
    for words in ("log.csv", "1 row, 1 rejected", "line 3: the timestamp 'not a time'", "By model", "gpt-4o", "chat"):
        assert words in done.stdout


def test_a_report_says_what_other_currencies_were_billed(log: Path, tmp_path: Path) -> None:
    bill = tmp_path / "bill.csv"
    head = "Date,MeterCategory,MeterSubCategory,MeterName,Quantity,UnitOfMeasure,CostInBillingCurrency,BillingCurrency"
    row = "11/16/2026,Cognitive Services,Azure OpenAI,gpt-4o-0806-Inp-glbl Tokens,4000,1K"
    bill.write_text(f"{head}\n{row},9.20,EUR\n{row},1.84,EUR\n{row},3.00,GBP\n", encoding="utf-8")
    alone, both = run(bill).stdout, run(bill, log).stdout
    assert "11.04 EUR and 3.00 GBP as billed: no count of requests" in alone
    assert "0.000000 USD at" not in alone
    assert "The files also have" not in alone
    assert "The files also have costs of 11.04 EUR and 3.00 GBP, in no sum here" in both
    assert "USD at each day's list price" in both


def test_what_is_before_a_cut_is_counted_and_the_cut_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "cut.csv.gz"
    rows = "".join(
        f"2026-11-01T10:00:{n % 60:02}Z,gpt-4o,{n * 7919 % 9973},{n * 104729 % 997},c,u{n}\n" for n in range(9_000)
    )
    path.write_bytes(gzip.compress(f"{HEADER}\n{rows}".encode())[:-5_000])
    command = [sys.executable, "-m", "common.spend", "analyze", str(path), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - this interpreter
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert "cut.csv.gz" in done.stderr
    assert found["rows"] > 1_000
    assert found["errors"][0]["file"] == "cut.csv.gz"


@pytest.mark.parametrize(
    ("content", "words"),
    [("", "empty"), ("a,b\n1,2\n", "its columns are: a, b"), ("%PDF-1.7 ...", "PDF"), (NAMELESS, "model")],
)
def test_a_file_of_no_use_is_refused_with_the_reason(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "file"
    path.write_text(content, encoding="utf-8")
    done = run(path)
    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr


def test_columns_and_dates_of_an_unknown_log_are_given_on_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("when,llm,tok=a,tok_b\n11/5/2026,gpt-4o,1000,100\n", encoding="utf-8")
    given = ["--map", "when=ts", "--map", "llm=model", "--map", "tok=a=input", "--map", "tok_b=output"]
    open_dates = run(path, *given)
    assert (open_dates.returncode, open_dates.stdout) == (1, "")
    assert "--dates mdy or --dates dmy" in open_dates.stderr
    found = analyzed(path, *given, "--dates", "dmy")
    assert (found["totals"]["input_tokens"], found["by_day"][0]["day"]) == (1000, "2026-05-11")
    twice = run(path, *given, "--map", "when=input")
    assert (twice.returncode, twice.stderr) == (2, "--map gives input two columns, tok=a and when.\n")
    wrong = run(path, "--map", "when")
    assert (wrong.returncode, "'when' is not COLUMN=FIELD" in wrong.stderr) == (2, True)


@pytest.mark.parametrize("several", [False, True])
def test_the_last_date_of_a_long_file_settles_all(tmp_path: Path, *, several: bool) -> None:
    path, other = tmp_path / "long.csv", tmp_path / "other.csv"
    lines = [f"{1 + n % 12}/11/2026 9:{n % 60:02},gpt-4o,1000,100,chat,user-{n}" for n in range(30_000)]
    path.write_text("\n".join([HEADER, *lines, "24/11/2026 9:00,gpt-4o,1000,100,chat,ann", ""]))
    other.write_text(f"{HEADER}\n2026-11-01,gpt-4o,1000,100,chat,ann\n")
    found = analyzed(path, *([other] if several else []))
    assert found["rows"] == 30_001 + several
    assert {day["day"][:7] for day in found["by_day"]} == {"2026-11"}
    assert "24/11/2026 9:00 can be nothing else" in found["files"][0]["notes"][0]


def test_decimals_that_can_be_read_in_two_ways_are_given_on_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("timestamp;model;prompt_tokens;completion_tokens;cost\n2026-11-05;gpt-4o;10;1;1.234\n")
    costs = [analyzed(path, "--decimal", mark)["totals"]["reported_usd"] for mark in ("point", "comma")]
    assert costs == [1.234, 1234]


def test_a_missing_file_and_an_unknown_model_are_reported(tmp_path: Path) -> None:
    assert run(tmp_path / "nowhere.csv").returncode == 1
    unknown = run(tmp_path / "nowhere.csv", "--model", "gpt-99")
    assert unknown.returncode == 2
    assert "no price is known for the model 'gpt-99'" in unknown.stderr


def test_a_report_can_be_of_some_requests_only(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    rows = [
        "2026-11-01T10:00:00Z,gpt-4o,400000,0,chat,ann",
        "2026-11-02T10:00:00Z,gpt-4o,800000,0,chat,ann",
        "2026-11-02T11:00:00Z,gpt-4o,400000,0,search,bob",
    ]
    path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    document = analyzed(path, "--where", "feature=chat", "--last", "1d")
    assert document["totals"]["cost_usd"] == pytest.approx(2)
    assert document["totals"]["users"] == 1
    assert document["where"] == [{"dimension": "feature", "values": ["chat"], "negated": False}]
    done = run(path, "--where", "feature=chat")
    assert "3.00 USD" in done.stdout
    assert "only where feature is chat" in done.stdout.replace("\n", " ")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--where", "feature=chta"), 1, "The data have no feature 'chta'; the nearest is chat."),
        (("--where", "feature"), 2, "'feature' is no condition"),
        (("--where", "colour=red"), 2, "There is no dimension 'colour'"),
        (("--where", "user=ann"), 1, "Requests cannot be taken apart by user"),
        (("--last", "1d", "--period", "today"), 2, "Say the period once"),
        (("--from", "2026-11-02", "--to", "2026-11-01"), 2, "the first day is after the last one"),
    ],
)
def test_a_scope_that_the_data_do_not_have_is_refused(
    log: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    done = run(log, *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
