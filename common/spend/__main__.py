"""`python -m common.spend analyze FILE...`, `query FILE...` and `verify BEFORE AFTER`."""

import sys

from common.spend.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
