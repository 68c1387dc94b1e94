"""`analyze FILE...`: what the logs cost, what stands out, what could be saved, and a plan."""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from common.spend.cli.file_options import add_file_options, file_options_of
from common.spend.cli.json_output import document_of
from common.spend.cli.plan_options import add_plan_options, limits_of
from common.spend.cli.read_files import read_files
from common.spend.cli.scope_options import add_scope_options, scope_of
from common.spend.opportunities import find_opportunities
from common.spend.planning import combined_plan
from common.spend.prices import PriceBook
from common.spend.quality import read_evaluations
from common.spend.semantics.narrowing import narrowed


def add_analyze(commands: Any) -> None:
    """The arguments of `analyze`, beside those of the other commands."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "analyze", help="what was spent on what, what stands out, and what could be saved"
    )
    add_file_options(parser)
    parser.add_argument(
        "--evaluation",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="prompts that several models answered, a column per model with true or false or a score; repeatable",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a report")
    add_scope_options(parser)
    add_plan_options(parser)
    parser.set_defaults(run=run_analyze)


def run_analyze(options: argparse.Namespace, book: PriceBook) -> int:
    """0 when all files were read to their end, else 1.

    Raises ImportFailed, OSError, EvaluationError, ScopeOptionError, UnknownNameError, PlanOptionError for a limit that
    does not fit the data, or Unanswerable for requests that these do not tell apart.
    """
    where, period = scope_of(options)
    findings = read_files(options.files, file_options_of(options), book)
    findings = replace(findings, rollup=narrowed(findings.rollup, where, period), where=where, period=period)
    limits = limits_of(options, findings.rollup)
    evaluations = read_evaluations(options.evaluation)
    savings = find_opportunities(findings.rollup, limits, book, evaluations=evaluations)
    plan = combined_plan(findings.rollup, limits, options.target, book=book, evaluations=evaluations)
    if options.json:
        document = document_of(findings, evaluations, savings, plan)
        sys.stdout.write(f"{json.dumps(document, ensure_ascii=False)}\n")
    else:
        from common.spend.cli.report import show  # noqa: PLC0415 - rich takes a tenth of a second

        show(findings, evaluations, savings, plan)
    broken = [file for file in findings.files if file.broken]
    for file in broken:
        sys.stderr.write(f"{file.name}: {file.broken}\n")
    return 1 if broken else 0
