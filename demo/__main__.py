"""`python -m demo`, which is what `make demo` runs."""

import sys

from demo.stage import main

if __name__ == "__main__":
    sys.exit(main())
