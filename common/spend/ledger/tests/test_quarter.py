"""A simulated quarter: what the ledger measures against what is true, row by row (see quarter.py)."""

import pytest

from common.spend.ledger import Verification, fee, statement
from common.spend.ledger.tests.cases import accepted_in, rollup_of_story
from common.spend.ledger.tests.quarter import BACKFIRE, BEGINS, CONTRACT, STORED, SWAP, Story, simulated
