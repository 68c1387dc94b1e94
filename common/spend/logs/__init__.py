"""Usage logs in, rollups out: every known format and any CSV or JSON; bad rows are reported and skipped."""

from common.spend.logs.detect.discover import propose_mapping
from common.spend.logs.detect.mapping import Proposal
from common.spend.logs.fields.errors import BrokenOffError, ImportFailed
from common.spend.logs.importer import ImportBatch, Importer

__all__ = ["BrokenOffError", "ImportBatch", "ImportFailed", "Importer", "Proposal", "propose_mapping"]
