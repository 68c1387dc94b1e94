"""`python -m tests.campaigns.fuzz --minutes 10 [--seed S] [--case N]`: broken usage files for the importer.

Exit code 0: every case ended in rows and rejects, or in ImportFailed, within the bounds of memory and time. 1: one did
not; its seed and number are printed, and its input is saved. The cases of a seed are the same every time.
"""

import argparse
import multiprocessing
import sys
import time
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from tempfile import gettempdir

from tests.campaigns.fuzz.mutations import case
from tests.campaigns.fuzz.player import play


def main(argv: list[str]) -> int:
    """Play cases until the time is over; 0 when all ended as they may, 1 otherwise."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.campaigns.fuzz", description="Broken files against the importing."
    )
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--case", type=int, help="play this case of the seed only")
    options = parser.parse_args(argv)
    here = multiprocessing.get_context("spawn")
    reached: Synchronized[int] = here.Value("q", options.case or 0)
    until = time.monotonic() + options.minutes * 60 if options.case is None else 0.0
    player = here.Process(target=play, args=(options.seed, reached, until))
    player.start()
    player.join()
    if player.exitcode == 0:
        return 0
    tell_failure(options.seed, reached.value, player.exitcode or 1)
    return 1


def tell_failure(seed: int, number: int, code: int) -> None:
    """How to play it again, and its bytes."""
    path = Path(gettempdir()) / f"apex-fuzz-{seed}-{number}.bin"
    path.write_bytes(case(seed, number))
    died = f" (ended by signal {-code})" if code < 0 else ""
    sys.stderr.write(f"Case {number} of seed {seed} failed{died}. Its input: {path}\n")
    sys.stderr.write(f"Again: python -m tests.campaigns.fuzz --seed {seed} --case {number}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
