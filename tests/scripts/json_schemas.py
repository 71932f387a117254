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

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SAMPLES = "tests/data/go-samples/go1.26dev/"
HEAP = SAMPLES + "heap.pb.gz"
DUMP = SAMPLES + "goroutine.debug2.txt"
PROTO = SAMPLES + "goroutine.debug0.pb.gz"
COUNT_TEXT = SAMPLES + "goroutine.debug1.txt"
COLUMNS = "tests/data/app/columns.pb"  # With columns, and a frame without a name.
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
]
# The same keys under another name.
SAME = {"plumb.peek/1": "plumb.tree/1", "plumb.dot/1": "plumb.tree/1"}


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
    for command in COMMANDS:
        words = [command[0], "-json", *command[1:]]
        answer = subprocess.run([options.plumb, *words], cwd=ROOT, capture_output=True, check=True)
        document = json.loads(answer.stdout)
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
