"""The subcommands: each module adds its arguments, and the function that runs it with a price book."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from common.errors import SPECS
from common.spend.cli.analyze import add_analyze
from common.spend.cli.file_options import FileOptionError
from common.spend.cli.plan_options import PlanOptionError
from common.spend.cli.query import add_query
from common.spend.cli.query_options import QueryOptionError
from common.spend.cli.scope_options import ScopeOptionError
from common.spend.cli.verify import add_verify
from common.spend.logs import ImportFailed
from common.spend.model import Unanswerable
from common.spend.prices import PriceBook
from common.spend.prices.contract import ContractError, read_contract
from common.spend.quality import EvaluationError
from common.spend.semantics.names import UnknownNameError


def main(arguments: Sequence[str]) -> int:
    """0 when all files were read, 1 when one was not, or not to its end (standard error says why), 2 for wrong use."""
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace, PriceBook], int] = options.run
    try:
        return run(options, _book(options.contract, options.price_date))
    except ImportFailed as error:
        return _failed(SPECS[error.code].message.format(**error.details))
    except (OSError, ContractError, EvaluationError, Unanswerable) as error:
        return _failed(str(error))
    except (FileOptionError, PlanOptionError, QueryOptionError, ScopeOptionError, UnknownNameError) as error:
        return _failed(str(error), 2)


def _failed(reason: str, code: int = 1) -> int:
    sys.stderr.write(f"{reason}\n")
    return code


def _book(contract: Path | None, price_date: date | None) -> PriceBook:
    if contract is None:
        return PriceBook(price_date=price_date)
    return read_contract(contract.read_text(encoding="utf-8"), price_date)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m common.spend", description="What is in usage logs of LLM calls.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add_analyze(commands)
    add_query(commands)
    add_verify(commands)
    return parser
