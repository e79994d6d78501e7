"""What ``import tasknb`` costs beside ``import pandas``, which it cannot do without.

    python -m benchmarks.imports [--runs 15]

Each run is a fresh process; the two take turns, so that a slow moment of the machine hits both. Milliseconds on top of
an interpreter that imports nothing. The goal: at most 15 % more than pandas alone.
"""

import argparse
import statistics
import subprocess
import sys
import time

STATEMENTS = {"nothing": "pass", "pandas": "import pandas", "tasknb": "import tasknb"}


def seconds(statement):
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    for statement in STATEMENTS.values():
        seconds(statement)  # the first run compiles and warms the disk's cache
    times = {name: [] for name in STATEMENTS}
    for _ in range(runs):
        for name, statement in STATEMENTS.items():
            times[name].append(seconds(statement))
    medians = {name: statistics.median(values) * 1000 for name, values in times.items()}
    for name in ("pandas", "tasknb"):
        print(f"import {name:10}{medians[name] - medians['nothing']:8.0f} ms")
    ratio = (medians["tasknb"] - medians["nothing"]) / (medians["pandas"] - medians["nothing"])
    print(f"tasknb takes {ratio:.2f} times as long as pandas alone (goal: 1.15)")


if __name__ == "__main__":
    main()
