"""`python -m common.spend analyze FILE...`"""

import sys

from common.spend.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
