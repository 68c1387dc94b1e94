"""The arguments, and what they lead to."""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from common.errors import SPECS
from common.spend.command.document import document_of
from common.spend.command.reading import read_files
from common.spend.command.verifying import add_verify, run_verify
from common.spend.formats import FORMATS, GENERIC
from common.spend.importing import ImportFailed
from common.spend.model import Unanswerable
from common.spend.prices import PriceBook, known_model
from common.spend.prices.contract import ContractError, read_contract


def main(arguments: Sequence[str]) -> int:
    """0 when all files were read, 1 when one was not, or not to its end (standard error says why), 2 for wrong use."""
    options = _parser().parse_args(arguments)
    try:
        book = _book(options.contract, options.price_date)
        if options.command == "verify":
            return run_verify(options, book)
        findings = read_files(options.files, model=options.model, wanted=options.format, book=book)
    except ImportFailed as error:
        return _failed(SPECS[error.code].message.format(**error.details))
    except (OSError, ContractError, Unanswerable) as error:
        return _failed(str(error))
    if options.json:
        sys.stdout.write(f"{json.dumps(document_of(findings), ensure_ascii=False)}\n")
    else:
        from common.spend.command.report import show  # noqa: PLC0415 - rich takes a tenth of a second

        show(findings)
    return max([0, *(_failed(f"{file.name}: {file.broken}") for file in findings.files if file.broken)])


def _failed(reason: str) -> int:
    sys.stderr.write(f"{reason}\n")
    return 1


def _book(contract: Path | None, price_date: date | None) -> PriceBook:
    if contract is None:
        return PriceBook(price_date=price_date)
    return read_contract(contract.read_text(encoding="utf-8"), price_date)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m common.spend", description="What is in usage logs of LLM calls.")
    commands = parser.add_subparsers(required=True, dest="command", metavar="COMMAND")
    analyze = commands.add_parser("analyze", help="cost by model, feature, user and day, and what stands out")
    analyze.add_argument("files", nargs="+", type=Path, metavar="FILE", help="usage logs, packed or not")
    analyze.add_argument("--model", type=_model, metavar="M", help="of rows that name none")
    names = [GENERIC, *(each.name for each in FORMATS)]
    told = f"instead of what the file looks like: {', '.join(names)}"
    analyze.add_argument("--format", choices=names, default="", metavar="F", help=told)
    analyze.add_argument(
        "--price-date", type=date.fromisoformat, metavar="D", help="price all rows as of this day (2026-11-22)"
    )
    analyze.add_argument("--contract", type=Path, metavar="FILE", help="negotiated prices and discounts, JSON")
    analyze.add_argument("--json", action="store_true", help="one JSON object instead of a report")
    add_verify(commands)
    return parser


def _model(name: str) -> str:
    if known_model(name) is None:
        raise argparse.ArgumentTypeError(f"no price is known for the model {name!r}")
    return name
