"""The arguments that say which logs are read, and at which prices: the same for each command that reads logs."""

import argparse
from datetime import date
from pathlib import Path

from common.spend.cli.plan_options import known_model_name
from common.spend.logs.formats import FORMATS, GENERIC


def add_file_options(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="usage logs, packed or not")
    parser.add_argument("--model", type=known_model_name, metavar="M", help="of rows that name none")
    names = [GENERIC, *(each.name for each in FORMATS)]
    text = f"instead of what the file looks like: {', '.join(names)}"
    parser.add_argument("--format", choices=names, default="", metavar="F", help=text)
    parser.add_argument(
        "--price-date", type=date.fromisoformat, metavar="D", help="price all rows as of this day (2026-11-22)"
    )
    parser.add_argument("--contract", type=Path, metavar="FILE", help="negotiated prices and discounts, JSON")
