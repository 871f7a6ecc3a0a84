"""``python -m bench``: every measurement; exit code 1 when a bar is missed."""

import sys

from bench import bulk, check, money, startup

if __name__ == "__main__":
    sys.exit(startup.main() | bulk.main() | money.main() | check.main())
