"""Whatever order the RPCs of two operations come in: the invariants hold, and nothing waits for the sweeper."""

import itertools
import sys

import pytest

from tests.campaigns.model_check import operations as op
from tests.campaigns.model_check import scenes
from tests.campaigns.model_check.background import BackgroundLoop
from tests.campaigns.model_check.explore import Explorer
from tests.campaigns.model_check.meeting import Meeting
from tests.campaigns.model_check.operations import Operation
from tests.campaigns.model_check.place import Place

_SAMPLE = 12
"""Orders of a meeting that are drawn; with `--every-order` all of them are played."""
_SAMPLE_WITH_DELETION = 30
"""And those of a meeting with a deletion, even then: it makes so many RPCs that all orders would take an hour."""

_ANYTIME = (op.accept_next, op.claim, op.cancel, op.sweep, op.ensure_head, op.delete)
_WORK = (op.commit, op.hand_over, op.hand_on, op.end)
_HEIRS = (op.heir_commit, op.heir_hand_over, op.heir_end)
_ARRIVALS = (op.accept_first, op.accept_other_body, op.cancel)

Meet = tuple[Operation, Operation, Operation]
"""The scene, and who meets there."""
_MEETINGS: list[Meet] = [
    *((scenes.nobody, op.accept_first, other) for other in (*_ARRIVALS, op.deliver_enqueued)),
    (scenes.nobody, op.cancel, op.cancel),
    *(
        (scene, *pair)
        for scene in (scenes.accepted, scenes.lost, scenes.lapsed)
        for pair in itertools.combinations_with_replacement(_ANYTIME, 2)
    ),
    *((scene, *pair) for scene in (scenes.working, scenes.lapsed) for pair in itertools.product(_WORK, _ANYTIME)),
    *((scenes.succeeded, *pair) for pair in itertools.product(_WORK, _HEIRS)),
    *(
        (scenes.followed, *pair)
        for pair in itertools.product(
            (op.end, op.cancel, op.delete), (op.cancel_second, op.claim_second, op.sweep, op.accept_next)
        )
    ),
]


def _name(meet: Meet) -> str:
    return "-".join(part.__name__ for part in meet)


@pytest.mark.parametrize("meet", _MEETINGS, ids=_name)
def test_no_order_of_two_operations_breaks_an_invariant(
    background: BackgroundLoop, place: Place, meet: Meet, pytestconfig: pytest.Config
) -> None:
    scene, first, second = meet
    most = _SAMPLE_WITH_DELETION if op.delete in meet else None
    sample = most if pytestconfig.getoption("--every-order") else _SAMPLE
    explorer = Explorer(lambda: Meeting(background, place, scene, (first, second)), sample=sample)
    explorer.run()
    sys.stdout.write(f"{explorer.played} orders{' of many' if sample else ''}: {_name(meet)}\n")
