#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that every include in src/ follows the arrows of docs/ARCHITECTURE.md, and that only
app/main.cc prints or ends the process. Prints FILE:LINE for each that does not."""

import pathlib
import re
import sys

# Layer: the layers that it may include besides itself.
ARROWS = {
    "base": set(),
    "model": {"base"},
    "formats": {"base", "model"},
    "symbols": {"base", "model"},
    "graph": {"base", "model"},
    "leak": {"base", "model"},
    "layout": {"base"},
    "rt": {"base", "model", "formats", "symbols"},
    "report": {"symbols", "base", "model", "formats", "graph", "leak", "layout"},
    "fetch": {"base"},
    "web": {"base", "model", "formats", "symbols", "graph", "leak", "layout", "report"},
    "app": {"base", "model", "formats", "graph", "leak", "report", "symbols", "fetch", "web"},
}

INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
PROCESS = re.compile(
    r"\b(?:std::)?(?:cout|cerr|clog)\b"
    r"|(?<![\w.>:])(?:std::)?(?:v?printf|puts|putchar|perror)\s*\("
    r"|(?<![\w.>:])(?:std::)?(?:exit|_exit|quick_exit|abort|terminate)\s*\("
    r"|\b(?:std::)?v?f(?:printf|puts)\s*\(\s*std(?:out|err)\b"
)
LINE_COMMENT = re.compile(r"//.*")
STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def check_include(src, path, layer, bracket, target):
    """Returns what is wrong with one include, or None."""
    if bracket == "<":
        if target.startswith("plumb/") and layer != "rt":
            return f"{layer} must not include rt (<{target}>)"
        return f"<{target}> is ours: use quotes" if (src / target).is_file() else None
    first = target.split("/", 1)[0]
    if first not in ARROWS:
        return f'"{target}" names no layer: include from src/, as "base/result.h"'
    if not (src / target).is_file():
        return f'"{target}" does not exist'
    if first != layer and first not in ARROWS[layer]:
        return f"{layer} must not include {first} (\"{target}\")"
    return None


def check_file(src, path):
    layer = path.relative_to(src).parts[0]
    if layer not in ARROWS:
        yield 1, f"{layer}/ is not a layer"
        return
    is_main = path.relative_to(src).as_posix() == "app/main.cc"
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        include = INCLUDE.match(line)
        if include:
            wrong = check_include(src, path, layer, *include.groups())
            if wrong:
                yield number, wrong
        elif not is_main and PROCESS.search(STRING.sub('""', LINE_COMMENT.sub("", line))):
            yield number, "only app/main.cc prints or ends the process"


def check_public(include):
    """Headers that are installed know only each other and the standard library; an adapter knows
    the framework it is for."""
    for path in sorted(include.rglob("*.h")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            bracket, target = found.groups()
            is_ours = target.startswith("plumb/") and (include / target).is_file()
            is_system = "/" not in target or target.startswith("sys/")
            is_framework = path.parent.name == "adapters" and target.startswith("boost/asio/")
            if bracket == '"' or not (is_ours or is_system or is_framework):
                yield path, number, f"an installed header must not include {target}"


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    src = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else root / "src"
    bad = 0
    for path in sorted(src.rglob("*.[ch]*")):
        for number, wrong in check_file(src, path):
            print(f"{path.relative_to(src.parent)}:{number}: {wrong}")
            bad += 1
    for path, number, wrong in check_public(src.parent / "include"):
        print(f"{path.relative_to(src.parent)}:{number}: {wrong}")
        bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
