"""`python -m tests.campaigns.queries [--n 5000] [--seed 1]`: random queries, each answer against SQL over the rows.

Exit code 0: every number is right, and every refusal gives a true reason and names a query that can be answered. 1:
some are not; they are printed.
"""

import argparse
import sys

from tests.campaigns.queries.campaign import logs, summary, verdicts


def main(argv: list[str]) -> int:
    """Ask, judge, and print what is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns.queries", description="The engine against DuckDB.")
    parser.add_argument("--n", type=int, default=5_000, help="how many queries")
    parser.add_argument("--seed", type=int, default=1, help="the queries of a seed are the same every time")
    options = parser.parse_args(argv)
    found = []
    for verdict in verdicts(logs(), options.n, options.seed):
        found.append(verdict)
        if verdict.fault:
            sys.stdout.write(f"{verdict}\n")
    sys.stdout.write(f"{summary(found)}\n")
    return 1 if any(verdict.fault for verdict in found) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
