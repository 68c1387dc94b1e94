"""What a plan asks of a customer, as one whole number that adds up over its steps.

Plans are compared by their number of high-risk steps first, then of medium-risk ones, then by effort, then by the
number of steps. Risk comes first because it reaches the customer's users and no saved work makes up for it; effort is
the customer's own; of two plans alike in both, the shorter one has less to watch. Each of the four has 16 bits of the
number, so that numbers compare as the four do in this order, and the sum over steps is the sum of each of the four.
Adding the same steps to two plans never changes which of them asks less.
"""

from common.spend.opportunities.finding import Finding

COMPONENTS = 4
_BITS = 16
_HIGH, _MEDIUM = 2, 1


def burden_of(finding: Finding) -> int:
    """Of one step; effort counts 0 points when it is low, 1 when medium, 2 when high."""
    counts = (int(finding.risk == _HIGH), int(finding.risk == _MEDIUM), finding.effort, 1)
    packed = 0
    for count in counts:
        packed = (packed << _BITS) + count
    return packed


def first_of(burden: int, levels: int) -> int:
    """The first `levels` of the four components, 0 to COMPONENTS."""
    return burden >> (_BITS * (COMPONENTS - levels))


def risky_steps(burden: int) -> int:
    """The number of high-risk steps."""
    return first_of(burden, 1)
