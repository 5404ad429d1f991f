"""Every benchmark, one after the other: `make bench`.

Each runs in a process of its own and prints its figures beside their targets (docs/performance.md
says what they mean). `python -m benchmarks --quick` leaves out the sizes of 100,000 entries.
"""

import argparse
import subprocess
import sys

QUICK = {
    "sdk_overhead": (),
    "network_intake": (),
    "indexing": ("--entries", "10000"),
    "queries": ("--entries", "10000"),
    "live_feed": (),
    "page": ("--entries", "10000"),
    "live_page": (),
    "instrument_overhead": (),
    "footprint": ("--entries", "10000"),
}
WHOLE = {
    **QUICK,
    "indexing": ("--entries", "10000", "100000"),
    "queries": ("--entries", "10000", "100000"),
    "page": ("--entries", "100000"),
    "footprint": (),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--quick", action="store_true", help="10,000 entries at most")
    failed = []
    for name, arguments in (QUICK if parser.parse_args().quick else WHOLE).items():
        print(f"\n== {name} ==", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
        if subprocess.run(command, check=False).returncode:
            failed.append(name)
    if failed:
        print(f"\nThese did not run to their end: {', '.join(failed)}.")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
