"""Dates and numbers as spreadsheets write them are settled for the file as a whole, or the file is refused.

The shapes are those of tables that Excel saved: US dates of ISO times (wireservice/csvkit #280, dannymcc/may #250), and
German CSV, with semicolons, decimal commas and dots between thousands (jpatokal/openflights #11).
"""

import random
from datetime import date, datetime, timedelta

import pytest

from common.errors import SPECS, ErrorCode
from common.spend import Importer, ImportFailed, totals
from common.spend.logs.detect.discover import MOST_OPEN
from common.spend.logs.detect.notation import NOTHING_DECLARED, Declared
from common.spend.logs.importer import ImportBatch
from common.spend.model import Totals

_HEAD = "timestamp,model,prompt_tokens,completion_tokens"


def _batch(text: str, declared: Declared = NOTHING_DECLARED) -> ImportBatch:
    importer = Importer(declared=declared)
    importer.feed(text.encode())
    importer.finish()
    return importer.take()


def _dated(*times: str, declared: Declared = NOTHING_DECLARED) -> ImportBatch:
    return _batch("\n".join([_HEAD, *(f'"{time}",gpt-4o,1000,100' for time in times), ""]), declared)


def _days(batch: ImportBatch) -> list[str]:
    return sorted({date.fromordinal(key.day).isoformat() for key in batch.rollup.cells})


def _refusal(text: str, declared: Declared = NOTHING_DECLARED) -> str:
    with pytest.raises(ImportFailed) as caught:
        _batch(text, declared)
    assert caught.value.code == ErrorCode.NOTATION_OPEN
    return SPECS[caught.value.code].message.format(**caught.value.details)


def _numbers(*lines: str, head: str = "timestamp;model;prompt_tokens;completion_tokens;cost") -> Totals:
    at = "2026-11-04T09:30:00Z"
    mark = ";" if ";" in head else ","
    return totals(_batch("\n".join([head, *(f"{at}{mark}gpt-4o{mark}{line}" for line in lines), ""])).rollup)


@pytest.mark.parametrize(
    ("times", "days"),
    [
        (("11/5/2026 9:05", "11/24/2026 10:15"), ["2026-11-05", "2026-11-24"]),
        (("5/11/2026 9:05", "24/11/2026 10:15"), ["2026-11-05", "2026-11-24"]),
        (("11/5/26", "11/24/26"), ["2026-11-05", "2026-11-24"]),
        (("05-11-2026 09:05:10", "24-11-2026 10:15:00"), ["2026-11-05", "2026-11-24"]),
        (("05.11.2026 09:05", "06.11.2026 10:15"), ["2026-11-05", "2026-11-06"]),
        (("05.11.2026", "11.24.2026"), ["2026-05-11", "2026-11-24"]),
        (("2026/11/5 9:05", "2026/11/24 10:15"), ["2026-11-05", "2026-11-24"]),
        (("5-Nov-26", "24-Nov-26"), ["2026-11-05", "2026-11-24"]),
        (("Nov 5, 2026 9:05 AM", "Thu, 24 Nov 2026 10:15:00 GMT"), ["2026-11-05", "2026-11-24"]),
        (("46331", "46350.4271"), ["2026-11-05", "2026-11-24"]),
        (("46331,5", "46350,4271"), ["2026-11-05", "2026-11-24"]),
    ],
)
def test_dates_of_spreadsheets_are_read_in_the_order_that_the_file_shows(
    times: tuple[str, ...], days: list[str]
) -> None:
    assert _days(_dated(*times)) == days


@pytest.mark.parametrize(
    ("time", "hour"),
    [
        ("11/24/2026 12:05 AM", 0),
        ("11/24/2026 9:05:30 am", 9),
        ("11/24/2026, 12:05 PM", 12),
        ("11/24/26 9:05 p.m.", 21),
    ],
)
def test_hours_are_read_by_am_and_pm(time: str, hour: int) -> None:
    first = _dated(time).rollup.first
    assert first is not None
    assert (first.hour, first.minute) == (hour, 5)


def test_a_note_says_how_the_dates_were_read_and_what_shows_it() -> None:
    assert _dated("11/5/2026", "11/24/2026").notes == (
        "The dates in timestamp were read as month/day/year: 11/24/2026 can be nothing else.",
    )


def test_dates_that_no_day_settles_are_refused_with_the_reason_and_both_ways_to_say_it() -> None:
    words = _refusal(f"{_HEAD}\n11/5/2026 9:05,gpt-4o,1,1\n12/6/2026 9:05,gpt-4o,1,1\n")
    assert "the dates in timestamp can be month/day or day/month, such as 11/5/2026 9:05: no day is above 12" in words
    assert "--dates mdy or --dates dmy" in words


def test_dates_in_both_orders_are_refused_with_one_of_each() -> None:
    words = _refusal(f"{_HEAD}\n11/24/2026,gpt-4o,1,1\n24/11/2026,gpt-4o,1,1\n")
    assert "with the month first (11/24/2026) and with the day first (24/11/2026)" in words


def test_years_of_two_digits_that_may_stand_first_are_refused() -> None:
    lines = "".join(f"26/11/{day:02},gpt-4o,1,1\n" for day in range(20, 30))
    assert "their first number may be the year" in _refusal(f"{_HEAD}\n{lines}")


def test_what_the_customer_says_settles_the_order_and_a_date_against_it_is_rejected_by_its_line() -> None:
    assert _days(_dated("11/5/2026", declared=Declared(order="mdy"))) == ["2026-11-05"]
    batch = _dated("11/5/2026", "11/24/2026", declared=Declared(order="dmy"))
    assert (_days(batch), [reject.line for reject in batch.rejects]) == (["2026-05-11"], [3])
    assert "no month 24" in batch.rejects[0].reason


def _long(last: str, rows: int) -> str:
    lines = [f"{1 + n % 12}/11/2026 9:{n % 60:02},gpt-4o,1000,100" for n in range(rows)]
    return "\n".join([_HEAD, *lines, f"{last},gpt-4o,1000,100", ""])


def test_a_date_far_behind_the_first_rows_settles_all_also_over_parts_of_an_upload() -> None:
    text = _long("24/11/2026 9:00", 9_000).encode()
    importer, batches = Importer(), []
    for start in range(0, len(text), 50_000):
        importer.feed(text[start : start + 50_000])
        state = importer.state()
        assert len(state) < 900_000
        batches.append(importer.take())
        importer = Importer(state=state)
    importer.finish()
    batches.append(importer.take())
    months = {date.fromordinal(key.day).month for batch in batches for key in batch.rollup.cells}
    assert (sum(batch.rows for batch in batches), months) == (9_001, {11})


def test_dates_that_stay_open_in_a_long_file_are_refused_before_more_of_it_is_kept_than_a_state_holds() -> None:
    draw = random.Random(3)  # noqa: S311 - names
    line = "1/11/2026 9:00,gpt-4o,1000,100,{:032x}\n"
    importer = Importer()
    importer.feed(f"{_HEAD},user\n".encode())
    fed = 0
    with pytest.raises(ImportFailed) as caught:  # noqa: PT012 - the loop feeds until it is refused
        while fed <= 2 * MOST_OPEN:
            piece = "".join(line.format(draw.getrandbits(128)) for _ in range(1_000)).encode()
            importer.feed(piece)
            fed += len(piece)
            assert len(importer.state()) < 900_000
    assert caught.value.code == ErrorCode.NOTATION_OPEN
    assert fed <= MOST_OPEN * 1.3


def test_a_late_date_against_the_settled_order_is_rejected_and_never_swapped() -> None:
    lines = [f"{1 + n % 28:02}/11/2026 9:00,gpt-4o,1000,100" for n in range(4_000)]
    batch = _batch("\n".join([_HEAD, *lines, "11/24/2026 9:00,gpt-4o,1000,100", ""]))
    assert (batch.rows, [reject.line for reject in batch.rejects]) == (4_000, [4_002])


@pytest.mark.parametrize(
    ("time", "words"),
    [
        ("1.79353E+12", "is not a time: it was rounded, as spreadsheets do"),
        ("15:30.1", "a spreadsheet left the minutes only"),
    ],
)
def test_a_time_of_which_a_spreadsheet_kept_a_part_is_rejected_with_that_reason(time: str, words: str) -> None:
    batch = _dated("2026-11-04 09:30:00", time)
    assert (batch.rows, [words in reject.reason for reject in batch.rejects]) == (1, [True])


def test_a_time_in_exponents_with_all_its_digits_is_read() -> None:
    assert _days(_dated("1.793527200123E+12")) == ["2026-11-01"]


def test_small_numbers_from_0_on_stay_times_of_a_trace() -> None:
    first = _dated("0", "46331").rollup.first
    assert first is not None
    assert first.year == 1970


def test_german_numbers_between_semicolons_are_read_by_their_commas_and_dots() -> None:
    whole = _numbers("1.234;100;0,0035", "12.000;1.100;1.234,56")
    assert (whole.input_tokens, whole.output_tokens) == (13_234, 1_200)
    assert whole.reported_usd == pytest.approx(1234.5635)


def test_counts_must_be_whole_and_so_show_what_a_dot_between_three_digits_is() -> None:
    whole = _numbers("1.234;100;2.500", "2.000;100;")
    assert (whole.input_tokens, whole.reported_usd) == (3_234, 2500)


def test_a_decimal_point_makes_commas_stand_between_thousands() -> None:
    head = "timestamp,model,prompt_tokens,completion_tokens,cost"
    whole = _numbers('"1,234",100,0.25', '1000,100,"1,500"', head=head)
    assert (whole.input_tokens, whole.reported_usd) == (2_234, 1500.25)


@pytest.mark.parametrize("gap", [" ", "\u00a0", "\u202f", "'", "\u2019"])
def test_blanks_and_apostrophes_stand_between_thousands_only(gap: str) -> None:
    whole = _numbers(f"1{gap}234;100;0,5", f"9{gap}7;100;0,5")
    assert (whole.requests, whole.input_tokens) == (1, 1_234)


def test_numbers_that_nothing_settles_are_refused_with_the_reason_and_can_be_settled() -> None:
    text = "timestamp;model;prompt_tokens;completion_tokens;cost\n2026-11-04;gpt-4o;100;10;1.234\n"
    words = _refusal(text)
    assert "cost has numbers that can be of thousands or of decimals, such as 1.234" in words
    assert "--decimal point or --decimal comma" in words
    costs = [totals(_batch(text, Declared(decimal=mark)).rollup).reported_usd for mark in ("point", "comma")]
    assert costs == [1.234, 1234]


def test_a_number_against_the_notation_of_the_file_is_reported_and_not_guessed() -> None:
    lines = [f"2026-11-04;gpt-4o;100;10;0,{n:04}" for n in range(1, 4_000)]
    text = "\n".join(
        ["timestamp;model;prompt_tokens;completion_tokens;cost", *lines, "2026-11-04;gpt-4o;100;10;1.5", ""]
    )
    batch = _batch(text)
    assert batch.rows == 4_000
    assert any("1 value of cost could not be used" in note and "no decimal comma" in note for note in batch.notes)


def test_numbers_with_dots_between_commas_stay_decimals_as_programs_write_them() -> None:
    assert _numbers("1000,100,1.234", head=_HEAD + ",cost").reported_usd == 1.234


def test_a_known_format_that_a_spreadsheet_saved_is_read_by_its_notation() -> None:
    """Cursor's columns; see formats/cursor."""
    head = (
        "Date;User;Kind;Model;Input (w/ Cache Write);Input (w/o Cache Write);Cache Read;Output Tokens;Total Tokens;Cost"
    )
    lines = [
        "24.11.2026 10:15;a@b.c;On-Demand;gpt-4o;0;1.234;0;100;1.334;0,05",
        "5.11.2026 9:05;a@b.c;Included;gpt-4o;0;500;0;9;509;Included",
    ]
    batch = _batch("\n".join([head, *lines, ""]))
    assert batch.format_name == "cursor"
    whole = totals(batch.rollup)
    assert (_days(batch), whole.input_tokens, whole.reported_usd) == (["2026-11-05", "2026-11-24"], 1_734, 0.05)


def test_numbers_that_only_the_format_reads_are_made_plain_too() -> None:
    """OpenRouter's charge for keys of one's own; see formats/openrouter."""
    head = "generation_id;created_at;cost_total;byok_usage_inference;tokens_prompt;tokens_completion;model_permaslug"
    batch = _batch(f"{head}\ng1;24.11.2026 10:15;0,00;1.234,50;1.000;100;openai/gpt-4o\n")
    assert (batch.format_name, totals(batch.rollup).reported_usd) == ("openrouter", 1234.5)


def test_the_notation_holds_over_parts_of_an_upload() -> None:
    lines = [f"24.11.2026 9:{n % 60:02};gpt-4o;1.{n % 1000:03};100;0,25" for n in range(6_000)]
    text = "\n".join(["timestamp;model;prompt_tokens;completion_tokens;cost", *lines, ""]).encode()
    importer = Importer()
    importer.feed(text[:100_000])
    before, state = importer.take(), importer.state()
    importer = Importer(state=state)
    importer.feed(text[100_000:])
    importer.finish()
    after = importer.take()
    assert before.rows > 0
    assert (before.rows + after.rows, after.rejected) == (6_000, 0)
    counted = totals(before.rollup).input_tokens + totals(after.rollup).input_tokens
    assert counted == sum(1_000 + n % 1000 for n in range(6_000))


def test_an_amount_in_json_that_can_be_read_in_two_ways_is_reported_and_not_used() -> None:
    row = (
        '{"timestamp": "2026-11-04", "model": "gpt-4o", "prompt_tokens": 9, "completion_tokens": 9, "cost": "1,234"}\n'
    )
    batch = _batch(row)
    assert (batch.rows, totals(batch.rollup).reported_usd) == (1, None)
    assert any("that can be 1.234 or 1234" in note for note in batch.notes)


def test_columns_and_rows_count_thousands_the_same() -> None:
    at = datetime(2026, 11, 1)  # noqa: DTZ001 - its text has no zone
    lines = [f'{at + timedelta(minutes=n)},gpt-4o,"{1 + n % 9},500",100,0.25' for n in range(3_000)]
    head = "timestamp,model,prompt_tokens,completion_tokens,cost"
    whole = totals(_batch("\n".join([head, *lines, ""])).rollup)
    assert whole.input_tokens == sum(1_000 * (1 + n % 9) + 500 for n in range(3_000))
    assert whole.reported_usd == pytest.approx(750)


@pytest.mark.parametrize("cost", ["12.5", "1,00,000.50"])
def test_numbers_in_lakhs_and_crores_are_read(cost: str) -> None:
    """As India groups digits (CLDR, locale en-IN); with a decimal point elsewhere in the file, and without."""
    head = "timestamp,model,prompt_tokens,completion_tokens,cost"
    lines = (f'2026-11-24T10:00:00Z,gpt-4o,"1,23,456","1,000",{cell}' for cell in ("", f'"{cost}"'))
    for line in lines:
        batch = _batch(f"{head}\n{line}\n")
        whole = totals(batch.rollup)
        assert (batch.rejected, whole.input_tokens, whole.output_tokens) == (0, 123_456, 1_000)


@pytest.mark.parametrize("cell", ["1,2,345", "1,23,45", "123,45,678", "0,12,345"])
def test_other_groups_are_no_number(cell: str) -> None:
    batch = _batch(
        f'timestamp,model,prompt_tokens,completion_tokens\n2026-11-24T10:00:00Z,gpt-4o,"{cell}",1\n'
        "2026-11-24T10:00:00Z,gpt-4o,1,1\n"
    )
    assert (batch.rows, batch.rejected) == (1, 1)
