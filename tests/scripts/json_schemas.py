#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares docs/JSON.md with the JSON that plumb prints: every key has its row, every row its key.

    json_schemas.py --plumb PROGRAM
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SAMPLES = "tests/data/go-samples/go1.26dev/"
HEAP = SAMPLES + "heap.pb.gz"
DUMP = SAMPLES + "goroutine.debug2.txt"
PROTO = SAMPLES + "goroutine.debug0.pb.gz"
COUNT_TEXT = SAMPLES + "goroutine.debug1.txt"
COLUMNS = "tests/data/app/columns.pb"  # With columns, and a frame without a name.
LEAKY = "examples/profiles/leaky.pb.gz"  # With inlined calls; its binary is nowhere.
OLD_DUMP = "tests/data/go-samples/go1.23/goroutine.debug2.txt"

COMMANDS = [
    ["top", HEAP],
    ["text", HEAP],
    ["tags", DUMP],
    ["tree", "-addresses", HEAP],
    ["tree", "-lines", "-showcolumns", COLUMNS],
    ["dot", PROTO],
    ["traces", DUMP],
    ["traces", COUNT_TEXT],
    ["folded", PROTO],
    ["flamegraph", HEAP],
    ["raw", HEAP],
    ["raw", DUMP],
    ["comments", SAMPLES + "crash/crash.panic.txt"],
    ["diff", "-min_change=0", "-nodecount=0", DUMP, DUMP],
    ["diff", "-min_change=0", "-nodecount=0", COLUMNS, COLUMNS],
    ["diff", "-nodecount=0", OLD_DUMP, DUMP],
    ["diff", SAMPLES + "heap.gc1.pb.gz", HEAP],
    ["list", "main", LEAKY],
    ["weblist", "main", LEAKY],
]
# The same keys under another name.
SAME = {"plumb.peek/1": "plumb.tree/1", "plumb.dot/1": "plumb.tree/1"}


def commands_with_files(program, folder):
    """What shows a source file and a binary: this script, and plumb itself."""
    source = folder / "source.txt"
    source.write_text("goroutine profile: total 3\n3 @ 0x1001 0x2001\n"
                      f"#\t0x1000\tmain.work+0x0\t{pathlib.Path(__file__).resolve()}:3\n"
                      "#\t0x2000\tmain.main+0x0\t/nowhere/main.go:3\n\n")
    symbols = subprocess.run(["nm", program], capture_output=True, text=True, check=True).stdout
    entry = re.search(r"(?m)^([0-9a-f]+) T main$", symbols)
    if entry is None:
        return [["list", "main", source]]  # A program without symbols.
    address = int(entry.group(1), 16)
    headers = subprocess.run(["readelf", "-lW", program], capture_output=True, text=True,
                             check=True).stdout
    offset, start, size = (int(word, 16) for word in re.search(
        r"LOAD +(0x\w+) (0x\w+) 0x\w+ 0x\w+ (0x\w+) R E", headers).groups())
    binary = folder / "binary.txt"
    binary.write_text("heap profile: 1: 8 [1: 8] @ heapprofile\n"
                      f"1: 8 [1: 8] @ {address + 5:#x}\n\nMAPPED_LIBRARIES:\n"
                      f"{start:08x}-{start + size:08x} r-xp {offset:08x} 08:01 1 "
                      f"{pathlib.Path(program).resolve()}\n")
    return [["list", "main", source], ["disasm", "^main$", binary]]


def key_paths(value, prefix=""):
    """The paths of all keys in a document, and of its arrays."""
    if isinstance(value, dict):
        for key, inner in value.items():
            path = f"{prefix}.{key}" if prefix else key
            yield path if not isinstance(inner, list) else path + "[]"
            yield from key_paths(inner, path)
    elif isinstance(value, list):
        for inner in value:
            yield from key_paths(inner, prefix + "[]")


def documented():
    """The keys of each schema: by path, whether they are always there."""
    schemas = {}
    for section in re.split(r"(?m)^## ", (ROOT / "docs/JSON.md").read_text())[1:]:
        rows = schemas.setdefault(section.split("\n")[0].strip(), {})
        for row in re.findall(r"(?m)^\| (`.*?) \|(.*)\|$", section):
            for path in re.findall(r"`([^`]+)`", row[0]):
                rows[path] = "*sometimes*" not in row[1]
    return schemas


def with_parents(paths):
    """`paths` and what they imply: `rows[].function` that there is a `rows[]`."""
    every = set(paths)
    for path in paths:
        parts = path.split(".")
        for count in range(1, len(parts)):
            every.add(".".join(parts[:count]))
    return every


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--plumb", required=True)
    options = parser.parse_args()
    schemas = documented()
    met = {}
    problems = []
    answers = []
    with tempfile.TemporaryDirectory() as folder:
        for command in COMMANDS + commands_with_files(options.plumb, pathlib.Path(folder)):
            words = [command[0], "-json", *map(str, command[1:])]
            answer = subprocess.run([options.plumb, *words], cwd=ROOT, capture_output=True,
                                    check=True)
            answers.append((words, json.loads(answer.stdout)))
    for words, document in answers:
        schema = document.pop("schema")
        rows = schemas.get(SAME.get(schema, schema))
        if rows is None:
            problems.append(f"{schema} is not described")
            continue
        found = set(key_paths(document))
        met.setdefault(SAME.get(schema, schema), set()).update(found)
        for path in sorted(found - with_parents(rows)):
            problems.append(f"{schema}: {path} is not described ({' '.join(words)})")
    for schema, found in met.items():
        for path in sorted(set(schemas[schema]) - found):
            if schemas[schema][path] or ".tags[]" not in path:
                problems.append(f"{schema}: {path} is described and not printed")
    print("\n".join(problems) or f"{len(met)} schemas are as docs/JSON.md says")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
