#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs clang-tidy on the sources of the library and the program, as many at a time as there are
processors.

    tools/tidy.py BUILD_DIR [FILE...]

BUILD_DIR has compile_commands.json, made with PLUMB_UNITY=OFF. A file that passed is not looked at
again until it, a header of ours that it includes, its compile command or .clang-tidy changes."""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SRC = ROOT / "src"
CONFIGS = [ROOT / ".clang-tidy", ROOT / "include/.clang-tidy", SRC / "rt/.clang-tidy"]
CLANG_TIDY = "clang-tidy-14"
INCLUDE = re.compile(rb'^\s*#\s*include\s*["<]([^">]+)[">]', re.MULTILINE)


def ours_in(path, seen):
    """Adds `path` and every header of ours that it includes, directly or not, to `seen`."""
    todo = [path]
    while todo:
        current = todo.pop()
        if current in seen or not current.is_file():
            continue
        seen[current] = current.read_bytes()
        todo += [folder / name.decode() for name in INCLUDE.findall(seen[current])
                 for folder in (SRC, ROOT / "include")]
    return seen


def fingerprint(entry):
    digest = hashlib.sha256(entry["command"].encode())
    for config in CONFIGS:
        digest.update(config.read_bytes())
    for path, data in sorted(ours_in(pathlib.Path(entry["file"]), {}).items()):
        digest.update(str(path).encode() + b"\0" + data)
    return digest.hexdigest()


def check(entry, build, stamps):
    """Returns what clang-tidy says about one file; empty if it is content."""
    stamp = stamps / pathlib.Path(entry["file"]).relative_to(ROOT).as_posix().replace("/", "_")
    mark = fingerprint(entry)
    if stamp.is_file() and stamp.read_text() == mark:
        return ""
    run = subprocess.run(
        [CLANG_TIDY, "-p", build, "--quiet", "--warnings-as-errors=*",
         "--extra-arg=-Wno-unknown-warning-option", entry["file"]],
        capture_output=True, text=True, check=False)
    if run.returncode == 0:
        stamp.write_text(mark)
        return ""
    return run.stdout + (run.stderr if not run.stdout else "")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    build = pathlib.Path(sys.argv[1]).resolve()
    only = {str(pathlib.Path(name).resolve()) for name in sys.argv[2:]}
    entries = [entry for entry in json.loads((build / "compile_commands.json").read_text())
               if entry["file"].startswith(str(SRC) + "/") and (not only or entry["file"] in only)]
    stamps = build / "tidy"
    stamps.mkdir(exist_ok=True)
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        answers = pool.map(lambda entry: check(entry, build, stamps), entries)
        for number, (entry, answer) in enumerate(zip(entries, answers), 1):
            print(f"[{number}/{len(entries)}] {os.path.relpath(entry['file'], ROOT)}", flush=True)
            if answer:
                print(answer, flush=True)
                bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
