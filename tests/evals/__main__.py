"""`python -m tests.evals [--json] [--set NAME] [--kind NAME] [--part develop|report] [--reader rules|ideal]`.

Every written question is read, and judged by what the reading comes to on its data. Exit code 0: it ran; how well is
printed.
"""

import argparse
import json
import sys

from tests.evals.asked import questions
from tests.evals.data import DATA
from tests.evals.readers import READERS, conversation
from tests.evals.report import as_json, misses, table


def main(argv: list[str]) -> int:
    """Read, judge and report."""
    parser = argparse.ArgumentParser(prog="python -m tests.evals", description="How Apex reads questions.")
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument("--set", choices=DATA, help="only questions of this data set")
    parser.add_argument("--kind", help="only questions of this kind")
    parser.add_argument("--part", choices=("develop", "report"), help="only questions of this part")
    parser.add_argument("--reader", choices=tuple(READERS), default="rules")
    options = parser.parse_args(argv)
    wanted = [
        asked
        for asked in questions()
        if options.set in (None, asked.data)
        and options.kind in (None, asked.kind)
        and options.part in (None, asked.whose)
    ]
    found = [judged for asked in wanted for judged in conversation(asked, READERS[options.reader])]
    if options.json:
        sys.stdout.write(json.dumps(as_json(found, options.reader), ensure_ascii=False, indent=1) + "\n")
    else:
        sys.stdout.write(f"{misses(found)}\n\n{table(found, options.reader)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
