#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares plumb::rt with Go and Boost.Fiber: CPU time, and how many times cheaper ours is.

    cmake --preset bench && cmake --build build/bench --target bench_rt
    bench/rt/run.py [--build build/bench] [--tasks 1000000]"""

import argparse
import pathlib
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
CASES = ("switch", "create", "chan", "chan2", "select")


def numbers(command):
    """{name: value} of what a benchmark prints."""
    run = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                         check=True)
    pairs = (line.split() for line in run.stdout.splitlines())
    return {name: float(value) for name, value in pairs}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "bench")
    parser.add_argument("--tasks", type=int, default=1_000_000)
    args = parser.parse_args()
    ours = args.build / "bench" / "rt" / "rt_bench"
    fiber = args.build / "bench" / "rt" / "fiber_bench"
    with tempfile.TemporaryDirectory() as directory:
        theirs = pathlib.Path(directory) / "rt_bench"
        go = shutil.which("go") or "/usr/local/go/bin/go"
        source = ROOT / "bench" / "rt" / "rt_bench.go"
        subprocess.run([go, "build", "-o", theirs, source], check=True)
        print(f"{'ns':16} {'plumb::rt':>10} {'Go':>10} {'ratio':>6} {'Boost.Fiber':>12} ratio")
        for case in CASES:
            mine = numbers([ours, case])[case]
            gos = numbers([theirs, case])[case]
            line = f"{case:16} {mine:10.1f} {gos:10.1f} {gos / mine:6.1f}"
            if case in ("switch", "create", "chan") and fiber.exists():
                fibers = numbers([fiber, case])[case]
                line += f" {fibers:12.1f} {fibers / mine:6.1f}"
            print(line, flush=True)
        mine = numbers([ours, "parked", args.tasks])
        gos = numbers([theirs, "parked", args.tasks])
        for name, value in mine.items():
            of_go = f"{gos[name]:10.0f} {gos[name] / value:6.1f}" if name in gos else ""
            print(f"{name:16} {value:10.{1 if value < 1000 else 0}f} {of_go}")


if __name__ == "__main__":
    main()
