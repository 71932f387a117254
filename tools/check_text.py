#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks what no compiler does: every text file of the project is ASCII without stray blanks,
starts with its licence, stays within the size limits and names no directory of one machine. Prints
FILE:LINE."""

import pathlib
import re
import subprocess
import sys

SOURCES = {".cc", ".h", ".go", ".ts", ".tsx", ".mjs", ".css"}
SCRIPTS = {".sh", ".py"}
# Recorded inputs and outputs: kept byte for byte.
RECORDED = ("tests/data/", "tests/golden/", "tests/fuzz/corpus/", "tests/differential/data/",
            "examples/profiles/", "docs/pictures/")

MAX_LINES = 600
MAX_COLUMNS = 100
README_LINES = 120
MACHINE = re.compile(r"(?<![\w.~-])/(?:root|work)/\w")
LEFTOVER = re.compile(r"\b(?:FIX[M]E|XX[X]|NO[C]OMMIT)\b|<{7}|>{7}")


def tracked_files(root):
    """All files that are or may be committed; the checkout may belong to somebody else."""
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others",
         "--exclude-standard"],
        cwd=root, check=True, capture_output=True)
    names = sorted(set(listing.stdout.decode().split("\0")) - {""})
    return [name for name in names if (root / name).is_file()]


def needs_licence(name, text):
    suffix = pathlib.PurePath(name).suffix
    return suffix in SOURCES | SCRIPTS or text.startswith("#!")


def check_line(line, suffix):
    if not line.isascii():
        yield "not ASCII: " + ascii(next(c for c in line if not c.isascii()))
    if line != line.rstrip():
        yield "blank or carriage return at the end of the line"
    if line.lstrip(" ").startswith("\t") and suffix != ".go":
        yield "indented with a tab"
    if suffix in (SOURCES - {".go"}) | SCRIPTS and len(line) > MAX_COLUMNS:
        yield f"longer than {MAX_COLUMNS} columns"
    if suffix in SOURCES and "using namespace std;" in line:
        yield "using namespace std"
    if MACHINE.search(line):
        yield "names a directory of one machine"
    if LEFTOVER.search(line):
        yield "left over"


def check_file(name, text):
    suffix = pathlib.PurePath(name).suffix
    lines = text.splitlines()
    if not text.endswith("\n") or text.endswith("\n\n"):
        yield len(lines), "must end with one newline"
    has_licence = "SPDX-License-Identifier: Apache-2.0" in "\n".join(lines[:2])
    if needs_licence(name, text) and not has_licence:
        yield 1, "no SPDX line at the top"
    if suffix in SOURCES and len(lines) > MAX_LINES:
        yield MAX_LINES + 1, f"longer than {MAX_LINES} lines"
    if name == "README.md" and len(lines) > README_LINES:
        yield README_LINES + 1, f"longer than {README_LINES} lines"
    for number, line in enumerate(lines, 1):
        for wrong in check_line(line, suffix):
            yield number, wrong


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    bad = 0
    for name in tracked_files(root):
        if name.startswith(RECORDED) or name == "LICENSE":
            continue
        data = (root / name).read_bytes()
        if b"\0" in data:
            print(f"{name}: binary file outside the folders for data")
            bad += 1
            continue
        for number, wrong in check_file(name, data.decode("utf-8", "replace")):
            print(f"{name}:{number}: {wrong}")
            bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
