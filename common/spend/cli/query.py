"""`query FILE...`: any question that the sums of a log can answer."""

import argparse
import shlex
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from common.spend.cli.file_options import add_file_options, file_options_of
from common.spend.cli.log_sources import sources_of
from common.spend.cli.query_options import add_query_options, query_of
from common.spend.cli.read_files import LogFindings, read_files
from common.spend.prices import PriceBook
from common.spend.semantics import Result, Unanswerable, run
from common.spend.semantics.names import UnknownNameError
from common.spend.semantics.reply import reply_of


def add_query(commands: Any) -> None:
    """The arguments of `query`, beside those of the other commands."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "query", help="measures of requests that meet conditions, in a period, by up to two dimensions"
    )
    add_file_options(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    add_query_options(parser)
    parser.set_defaults(run=run_query)


def run_query(options: argparse.Namespace, book: PriceBook) -> int:
    """0 when there is an answer, and all files were read to their end; else 1. Raises ImportFailed, OSError or
    QueryOptionError.
    """
    try:
        query = query_of(options)
    except UnknownNameError as error:
        return _refuse(Unanswerable(str(error), None), as_json=options.json)
    findings = read_files(options.files, file_options_of(options), book)
    outcome = run(query, findings.rollup)
    if isinstance(outcome, Unanswerable):
        return _refuse(outcome, as_json=options.json) or _broken(findings)
    notes = (*outcome.coverage.notes, *_of_files(findings))
    _print(replace(outcome, coverage=replace(outcome.coverage, notes=notes)), findings, as_json=options.json)
    return _broken(findings)


def _of_files(findings: LogFindings) -> Iterator[str]:
    """What is to be said of the logs: above all, which of their rows are in no figure."""
    for source in sources_of(findings):
        yield from (f"{note.place}: {note.text}" for note in source.notes)
        if source.rejected:
            rows = "1 row was" if source.rejected == 1 else f"{source.rejected:,} rows were"
            place, first = source.rejects[0]
            text = f"line {first.line}: {first.reason}" + (f" ({place})" if place != source.name else "")
            yield f"{source.name}: {rows} rejected, and in no figure. The first is {text}"
        yield from (f"{source.name}: {text}" for text in source.unread)


def _print(result: Result, findings: LogFindings, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(f"{reply_of(result).model_dump_json()}\n")
        return
    from common.spend.cli.query_report import show  # noqa: PLC0415 - rich takes a tenth of a second

    show(result, findings)


def _refuse(outcome: Unanswerable, *, as_json: bool) -> int:
    if as_json:
        sys.stdout.write(f"{reply_of(outcome).model_dump_json()}\n")
        return 1
    sys.stderr.write(f"{outcome.reason}\n")
    if outcome.nearest is not None:
        nearest = outcome.nearest.model_dump_json(exclude_defaults=True)
        sys.stderr.write(f"The nearest that can be answered: --query {shlex.quote(nearest)}\n")
    return 1


def _broken(findings: LogFindings) -> int:
    broken = [file for file in findings.files if file.broken]
    for file in broken:
        sys.stderr.write(f"{file.name}: {file.broken}\n")
    return 1 if broken else 0
