"""The spend library: usage files to rollups, rollups to totals, opportunities and plans. Plain data in and out."""

from common.spend.logs import ImportBatch, Importer, ImportFailed, Proposal, propose_mapping
from common.spend.measures.breakdowns import breakdown
from common.spend.measures.totals import distribution, totals
from common.spend.model import (
    BUCKETS,
    By,
    Distribution,
    Limits,
    Measure,
    Opportunity,
    OpportunityKind,
    OpportunityReport,
    Plan,
    PlanStep,
    Quality,
    Reject,
    Share,
    Speed,
    Totals,
    Unanswerable,
    Unavailable,
    UsageRow,
)
from common.spend.opportunities import find_opportunities
from common.spend.planning import combined_plan
from common.spend.prices import cost_of_model_call, find_models, known_model, priced_models, prices_as_of
from common.spend.rollup.rollup import Rollup

__all__ = [
    "BUCKETS",
    "By",
    "Distribution",
    "ImportBatch",
    "ImportFailed",
    "Importer",
    "Limits",
    "Measure",
    "Opportunity",
    "OpportunityKind",
    "OpportunityReport",
    "Plan",
    "PlanStep",
    "Proposal",
    "Quality",
    "Reject",
    "Rollup",
    "Share",
    "Speed",
    "Totals",
    "Unanswerable",
    "Unavailable",
    "UsageRow",
    "breakdown",
    "combined_plan",
    "cost_of_model_call",
    "distribution",
    "find_models",
    "find_opportunities",
    "known_model",
    "priced_models",
    "prices_as_of",
    "propose_mapping",
    "totals",
]
