"""The ledger: what accepted recommendations really saved, measured on later usage, and the fee of that.

Plain data in, plain data out. Money is USD, days are UTC.

- `transition(status, to)`: a recommendation's life, a closed table (`TRANSITIONS`); raises TransitionError.
- `freeze(rollup, change, at, book) -> Baseline`: at acceptance, for one ProposedChange, from the usage up to the UTC
  day `at`. Raises Unanswerable where there is none. `as_document` and `from_document` are exact and JSON-ready, below
  200 kB as text. A document holds lists in lists, which Firestore does not take: store it as text or blob.
- `verify([Accepted(baseline=..., implemented=..., ended=...), ...], after, book) -> Verification`: give all that was
  accepted together, as they share one effect, and a rollup of all usage since; earlier usage may be in it. Without
  `implemented` its rows are projected. `ended`: the first day on which it is no longer in effect.
- `Verification.rows`: a LedgerRow for each recommendation and UTC day, and one for what is unexplained for each feature
  and day. Ids are deterministic: a row written again replaces the one before, so a verification repeated, or of
  overlapping uploads, counts nothing twice. A day that came in two uploads must be verified on the merge of both.
  `row_document` and `row_of` are flat and JSON-ready; a row takes about 1 kB. `Verification.outcomes` are sums by
  recommendation, `Verification.verified` the ids that may go from implemented to verified: their effect is more
  than chance.
- `fee(rows, tier, verified) -> Fee`, `statement(rows, month, tier, verified) -> Statement`, `statement_csv(statement)
  -> str`: of any rows. Only measured rows of verified recommendations count, netted per month, never below 0. The
  shares are in `FEE_PERCENT`.
- `book` is the customer's PriceBook (`read_contract`), the same for freezing and verifying; without one, list prices.
"""

from common.spend.ledger.baseline import Baseline, ProposedChange, as_document, freeze, from_document
from common.spend.ledger.fees import FEE_PERCENT, Fee, MonthFee, Statement, fee, statement, statement_csv
from common.spend.ledger.life import TRANSITIONS, TransitionError, transition
from common.spend.ledger.rows import LedgerRow, RecommendationOutcome, current, outcomes_of, row_document, row_of
from common.spend.ledger.verification import AcceptedChange, Verification, verify

__all__ = [
    "FEE_PERCENT",
    "TRANSITIONS",
    "AcceptedChange",
    "Baseline",
    "Fee",
    "LedgerRow",
    "MonthFee",
    "ProposedChange",
    "RecommendationOutcome",
    "Statement",
    "TransitionError",
    "Verification",
    "as_document",
    "current",
    "fee",
    "freeze",
    "from_document",
    "outcomes_of",
    "row_document",
    "row_of",
    "statement",
    "statement_csv",
    "transition",
    "verify",
]
