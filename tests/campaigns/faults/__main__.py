"""`python -m tests.campaigns.faults --rounds N --seed S [--users K] [--plant NAME] [--json]`: the fault campaign.

Exit code 0: nothing was lost, duplicated, reordered, stuck, billed twice or leaked, and, from 1,000 rounds on, every
point was struck. `--round K` plays one round of a seed again; `--at POINT` kills there instead of where chance says.
"""

import argparse
import faulthandler
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from emulators.platform import api
from emulators.platform.api import Stack
from emulators.platform.errors import PlatformError
from tests.campaigns.faults import report
from tests.campaigns.faults.campaign import Campaign, CampaignResults, CampaignScope
from tests.campaigns.faults.pace import measured_pace
from tests.campaigns.faults.place import FUNCTIONS, board, layout, plant_file
from tests.campaigns.faults.plants import PLANTS
from tests.campaigns.faults.scan import points
from tests.campaigns.faults.unreachable import required

_ALL_POINTS_FROM = 1_000
_REPORT_S = 5.0
_ENDING_S, _LOOK_S = 15.0, 0.2
_SILENT_S = 240.0
"""A campaign in which no round ends for so long hangs: it shows where each of its threads waits, and ends."""


def main(argv: list[str]) -> int:
    """Run the campaign; 0 when nothing went wrong, 1 when something did, 2 for wrong use."""
    options = _options(argv)
    scope = CampaignScope(
        rounds=options.rounds,
        seed=options.seed,
        users=options.users,
        lanes=options.lanes,
        only=options.round,
        at=tuple(options.at),
    )
    try:
        with _stack(options.plant) as stack:
            return _run(stack, scope, options)
    except PlatformError as error:
        report.say(f"error: {error}")
        return 1


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns.faults", description=__doc__)
    parser.add_argument("--rounds", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--users", type=int, default=2, help="users of a round, who act at the same time")
    parser.add_argument("--lanes", type=int, default=8, help="rounds at the same time")
    parser.add_argument("--plant", choices=sorted(PLANTS), help="plant a bug, which the campaign must find")
    parser.add_argument("--round", type=int, help="only this round of the seed")
    parser.add_argument("--at", action="append", default=[], metavar="POINT", help="kill here")
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object")
    return parser.parse_args(argv)


@contextmanager
def _stack(plant: str | None) -> Iterator[Stack]:
    """A stack of its own, started for this campaign, because the planted bug is read at the start."""
    place = layout()
    give_up = time.monotonic() + _ENDING_S
    while api.running(place.environment, layout=place) and time.monotonic() < give_up:
        time.sleep(_LOOK_S)  # one that was broken off is just ending
    if api.running(place.environment, layout=place):
        raise PlatformError("Another campaign runs in this checkout. Wait for its end, or end it.")
    shutil.rmtree(place.root / "boards", ignore_errors=True)
    plant_file().unlink(missing_ok=True)
    if plant:
        plant_file().parent.mkdir(parents=True, exist_ok=True)
        plant_file().write_text(plant, encoding="utf-8")
    owner = os.getpid()
    try:
        stack, _ = api.ensure_up(place.environment, owner_pid=owner, layout=place)
        yield stack
    finally:
        api.stop(place.environment, owner_pid=owner, layout=place)


def _run(stack: Stack, scope: CampaignScope, options: argparse.Namespace) -> int:
    boards = {function: board(function) for function in FUNCTIONS}
    began = reported = time.monotonic()
    shown = 0

    def report_progress(results: CampaignResults) -> None:
        nonlocal reported, shown
        faulthandler.dump_traceback_later(_SILENT_S, exit=True)
        for plan, log, what in results.violations[shown:]:
            report.say(report.violation(scope.seed, plan, log, what))
        shown = len(results.violations)
        if time.monotonic() - reported > _REPORT_S:
            reported = time.monotonic()
            report.say(report.progress(results, points(), scope.rounds, reported - began))

    faulthandler.dump_traceback_later(_SILENT_S, exit=True)
    with measured_pace() as pace:
        campaign = Campaign(stack, boards, points(), scope, pace)
        campaign.run(report_progress, stop_at_first=options.plant is not None)
    faulthandler.cancel_dump_traceback_later()
    seconds = time.monotonic() - began
    report.say(report.table(campaign.results, points(), boards, seconds))
    if options.json:
        sys.stdout.write(f"{report.as_json(campaign.results, points(), scope.seed, seconds)}\n")
    everything = scope.only is None and scope.rounds >= _ALL_POINTS_FROM
    unhit = required(points()) - campaign.results.struck.keys() if everything else frozenset()
    return int(bool(campaign.results.violations or unhit))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
