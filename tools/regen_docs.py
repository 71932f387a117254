#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs every `$ plumb ...` of the ```console blocks in the documents and compares what it prints.

    tools/regen_docs.py [--plumb PROGRAM] [--write]

Without --write, prints the differences and exits with 1 if there are any; with it, puts the real
output into the documents. Commands run in the top folder of the checkout, with stderr in between.
A line `...` in a block stands for any lines."""

import argparse
import difflib
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENTS = ("README.md", "docs/MANUAL.md", "docs/FORMATS.md", "docs/LEAKS.md")
BLOCK = re.compile(r"(?m)^```console\n(.*?)^```$", re.DOTALL)


def run(command, plumb):
    environment = dict(os.environ, PATH=f"{plumb.parent}:{os.environ['PATH']}", LC_ALL="C",
                       TZ="UTC", NO_COLOR="1")
    answer = subprocess.run(["bash", "-c", command], cwd=ROOT, env=environment, timeout=60,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, check=False)
    return answer.stdout.decode("utf-8", "replace")


def matches(shown, real):
    """True if `shown` is `real`, where a line `...` in `shown` stands for any lines."""
    parts = [re.escape(part) for part in re.split(r"(?m)^\.\.\.\n", shown)]
    return re.fullmatch("(?s:.*)".join(parts), real) is not None


def renew(block, plumb):
    """Returns the text of a block with the real output of its commands."""
    renewed = ""
    for shown in re.split(r"(?m)^(?=\$ )", block):
        command, _, old = shown.partition("\n")
        if not command.startswith("$ "):
            renewed += shown
            continue
        real = run(command[2:], plumb)
        gap = "\n" if old.endswith("\n\n") and not real.endswith("\n\n") else ""
        kept = old if matches(old, real + gap) else real + gap
        renewed += f"{command}\n{kept}"
    return renewed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--plumb", type=pathlib.Path, default=ROOT / "build" / "plumb")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    stale = 0
    for name in DOCUMENTS:
        path = ROOT / name
        old = path.read_text()
        new = BLOCK.sub(
            lambda match: f"```console\n{renew(match[1], options.plumb.resolve())}```", old)
        if new == old:
            continue
        stale += 1
        if options.write:
            path.write_text(new)
        else:
            sys.stdout.writelines(difflib.unified_diff(
                old.splitlines(True), new.splitlines(True), name, f"{name} as it should be"))
    if stale and not options.write:
        print("run tools/regen_docs.py --write and look at the difference")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
