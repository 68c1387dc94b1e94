"""The arguments that say which logs are read, and at which prices: the same for each command that reads logs."""

import argparse
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from common.spend.cli.plan_options import known_model_name
from common.spend.logs.detect.notation import NOTHING_DECLARED, Declared
from common.spend.logs.fields.notation import MARKS, ORDERS
from common.spend.logs.formats import FORMATS, GENERIC


@dataclass(frozen=True, slots=True)
class FileOptions:
    """How logs are to be read, as the Importer takes it."""

    model: str | None = None
    wanted: str = ""
    mapping: dict[str, str] = field(default_factory=dict)
    """Field -> column."""
    declared: Declared = NOTHING_DECLARED


class FileOptionError(Exception):
    """Options that contradict each other; `str` says which."""


def add_file_options(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="usage logs, packed or not, or folders")
    add_reading_options(parser)


def add_reading_options(parser: argparse.ArgumentParser) -> None:
    """Those on how logs are read, and priced."""
    parser.add_argument("--model", type=known_model_name, metavar="M", help="of rows that name none")
    names = [GENERIC, *(each.name for each in FORMATS)]
    text = f"instead of what the file looks like: {', '.join(names)}"
    parser.add_argument("--format", choices=names, default="", metavar="F", help=text)
    text = "a column that holds a field, such as tok_in=input or usage.in=input; repeatable"
    parser.add_argument("--map", action="append", default=[], type=_mapped, metavar="COLUMN=FIELD", help=text)
    text = "order of dates that can be read in two ways (11/5/2026): the month first, or the day"
    parser.add_argument("--dates", choices=ORDERS, default="", help=text)
    text = "what stands before the decimals of numbers that can be read in two ways (1.234)"
    parser.add_argument("--decimal", choices=MARKS, default="", help=text)
    parser.add_argument(
        "--price-date", type=date.fromisoformat, metavar="D", help="price all rows as of this day (2026-11-22)"
    )
    parser.add_argument("--contract", type=Path, metavar="FILE", help="negotiated prices and discounts, JSON")


def file_options_of(options: argparse.Namespace) -> FileOptions:
    """What was given. Raises FileOptionError for a field in two columns."""
    mapping: dict[str, str] = {}
    for column, name in options.map:
        if name in mapping:
            raise FileOptionError(f"--map gives {name} two columns, {mapping[name]} and {column}.")
        mapping[name] = column
    return FileOptions(options.model, options.format, mapping, Declared(options.dates, options.decimal))


def _mapped(text: str) -> tuple[str, str]:
    """(column, field); a name of a column may have equals signs in it."""
    column, sign, name = text.rpartition("=")
    if not (sign and column.strip() and name.strip()):
        raise argparse.ArgumentTypeError(f"{text!r} is not COLUMN=FIELD, such as tok_in=input")
    return column.strip(), name.strip()
