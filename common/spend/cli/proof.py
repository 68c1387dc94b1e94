"""What `verify` finds out."""

from dataclasses import dataclass

from common.spend.cli.read_files import LogFindings
from common.spend.ledger import AcceptedChange, Verification
from common.spend.rollup.cells import UNPRICED


@dataclass(frozen=True, slots=True)
class Proof:
    """Two logs, the baselines of the first, and what the second one shows of them."""

    before: LogFindings
    after: LogFindings
    accepted: tuple[AcceptedChange, ...]
    verification: Verification


def unpriced(findings: LogFindings) -> int:
    """Requests of a log without a price, which are in no figure."""
    return sum(cell[UNPRICED] for cell in findings.rollup.cells.values())
