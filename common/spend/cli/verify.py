"""`verify BEFORE AFTER`: what the opportunities of one log saved in a later one, if they were taken."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from common.spend.cli.file_options import add_reading_options, file_options_of
from common.spend.cli.proof import Proof, unpriced
from common.spend.cli.read_files import LogFindings, read_files
from common.spend.ledger import AcceptedChange, freeze, row_document, verify
from common.spend.ledger.traffic import price_version
from common.spend.model import Limits, Opportunity, Unanswerable
from common.spend.opportunities import find_opportunities
from common.spend.prices import PriceBook

_LISTED = 6


def add_verify(commands: Any) -> None:
    """The arguments of `verify`, beside those of the other commands."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "verify", help="what was saved since, measured on a later log"
    )
    parser.add_argument("before", type=Path, metavar="BEFORE", help="the log that the opportunities are found in")
    parser.add_argument("after", type=Path, metavar="AFTER", help="a later log; days that BEFORE has are not counted")
    text = "an opportunity that was taken; may be given again (default: every one, so that its trace is looked for)"
    parser.add_argument("--accept", action="append", default=[], metavar="ID", help=text)
    add_reading_options(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a report")
    parser.set_defaults(run=run_verify)


def run_verify(options: argparse.Namespace, book: PriceBook) -> int:
    """0 when both logs were read to their end. Raises ImportFailed, OSError or Unanswerable when none can be used."""
    given = file_options_of(options)
    before, after = (read_files([path], given, book) for path in (options.before, options.after))
    proof = prove(before, after, options.accept)
    if options.json:
        sys.stdout.write(f"{json.dumps(document_of(proof), ensure_ascii=False)}\n")
    else:
        from common.spend.cli.proof_report import show  # noqa: PLC0415 - rich takes a tenth of a second

        show(proof)
    broken = [file for found in (before, after) for file in found.files if file.broken]
    for file in broken:
        sys.stderr.write(f"{file.name}: {file.broken}\n")
    return 1 if broken else 0


def prove(before: LogFindings, after: LogFindings, names: Sequence[str]) -> Proof:
    """The opportunities of `before` (of these ids, or all) taken as accepted on its last day, measured in `after`.

    Raises Unanswerable where there is none, or none of an id.
    """
    if before.rollup.last is None:
        raise Unanswerable("The first log holds no usage, so there is nothing to measure against.")
    last = date.fromordinal(max(key.day for key in before.rollup.cells))
    accepted = tuple(
        AcceptedChange(baseline=freeze(before.rollup, found, last, before.book), implemented=last + timedelta(days=1))
        for found in _accepted(before, names)
    )
    return Proof(before, after, accepted, verify(accepted, after.rollup, before.book))


def _accepted(before: LogFindings, names: Sequence[str]) -> list[Opportunity]:
    """Those of these ids; or all, of two that leave the same trace (batch jobs or flex) the larger."""
    found = {item.id: item for item in find_opportunities(before.rollup, Limits(), before.book).opportunities}
    missing = [name for name in names if name not in found]
    if missing or not found:
        largest = ", ".join(list(found)[:_LISTED])
        known = f" It has {len(found)}; the largest are {largest}." if found else ""
        raise Unanswerable(f"The first log has no opportunity {', '.join(missing) or 'at all'}.{known}")
    if names:
        return [found[name] for name in names]
    first = {(item.kind, item.feature, item.from_model, item.to_model): item for item in reversed(found.values())}
    return list(first.values())


def document_of(proof: Proof) -> dict[str, Any]:
    """What `--json` prints. Money is USD, days are UTC."""
    found = proof.verification
    return {
        "before": _log(proof.before),
        "after": _log(proof.after),
        "prices": {"version": price_version(proof.before.book)},
        "accepted": [
            {
                "recommendation": item.baseline.recommendation,
                "title": item.baseline.title,
                "baseline": item.baseline.id,
                "accepted": item.baseline.accepted,
                "implemented": item.implemented.isoformat() if item.implemented else None,
                "expected_usd": item.baseline.expected_usd,
                "expected_usd_per_request": item.baseline.expected_usd_per_request,
            }
            for item in proof.accepted
        ],
        "totals": {
            "counterfactual_usd": found.counterfactual_usd,
            "actual_usd": found.actual_usd,
            "saved_usd": found.saved_usd,
            "unexplained_usd": sum(row.saved_usd for row in found.rows if row.recommendation is None),
            "price_effect_usd": found.price_effect_usd,
        },
        "outcomes": [asdict(outcome) for outcome in found.outcomes],
        "verified": list(found.verified),
        "skipped_days": list(found.skipped_days),
        "rows": [row_document(row) for row in found.rows],
    }


def _log(findings: LogFindings) -> dict[str, Any]:
    return {
        "files": [{"name": f.name, "format": f.format, "rows": f.rows, "rejects": f.rejected} for f in findings.files],
        "first": findings.rollup.first.isoformat() if findings.rollup.first else None,
        "last": findings.rollup.last.isoformat() if findings.rollup.last else None,
        "unpriced_requests": unpriced(findings),
    }
