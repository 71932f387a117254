# SPDX-License-Identifier: Apache-2.0
"""Which graph reports are compared, and how where pprof answers at random.

pprof sorts nodes of the same name and weight (call trees have many), edges of the same weight and
names, and weights that differ in the sign only, by nothing: their order is that of Go's maps. It
also sums floating-point numbers in that order. Where its answers differ from run to run, ours must
be one of them, or hold the same lines in another order.

What differs on purpose: pprof draws arrows to a node N0, which does not exist, where the callee was
left out for its weight; plumb leaves them out. Of the smallest integer pprof makes a font size
below zero; plumb takes the smallest font.
"""

from __future__ import annotations

import gzip
import random
import re
import struct

GRAPH_REPORTS = ("tree", "peek", "dot", "callgrind", "topproto")
RANDOM_REPORTS = ("tree", "tree", "peek", "dot", "dot", "dot", "callgrind", "topproto", "top")
REQUESTS_PER_PROFILE = 10

# One value of each is drawn for a request; "" is no option.
CHOICES = [
    ["", "", "-functions", "-filefunctions", "-files", "-lines", "-lines", "-addresses"],
    ["", "", "-noinlines"],
    ["", "", "-showcolumns"],
    ["", "-call_tree"],
    ["", "", "", "-nodecount=4", "-nodecount=11", "-nodecount=0", "-nodecount=30"],
    ["", "", "", "-nodefraction=0", "-nodefraction=0.05", "-nodefraction=0.2"],
    ["", "", "", "-edgefraction=0", "-edgefraction=0.05", "-edgefraction=0.3"],
    ["", "", "", "", "-trim=false"],
    ["", "", "", "-drop_negative"],
    ["", "", "", "-mean"],
    ["", "", "", "-sample_index=0"],
    ["", "", "", "-unit=ms", "-unit=kb", "-unit=auto", "-unit=", "-unit=widgets"],
    ["", "", "", "", "-divide_by=7", "-divide_by=0.25"],
    ["", "", "-cum"],
    ["", "", "-compact_labels"],
]


def requests(rng: random.Random, names: list[str], is_large: bool) -> list[tuple[str, list[str]]]:
    """Every report plain, and some with options in combination. `names`: of functions. pprof takes
    minutes for the call trees of large profiles."""
    wanted: list[tuple[str, list[str]]] = [(peek(rng, names) if report == "peek" else report, [])
                                           for report in GRAPH_REPORTS]
    for _ in range(REQUESTS_PER_PROFILE):
        report = rng.choice(RANDOM_REPORTS)
        options = [rng.choice(choice) for choice in CHOICES]
        if is_large:
            options = [option for option in options if option != "-call_tree"]
        wanted.append((peek(rng, names) if report == "peek" else report,
                       [option for option in options if option]))
    return wanted


def peek(rng: random.Random, names: list[str]) -> str:
    """A peek at functions that the profile has, or not."""
    general = ["main", ".", "^runtime", "(", "f1+", "no such function", "\\.go:1", "un.*own"]
    if not names or rng.random() < 0.3:
        return "peek=" + rng.choice(general)
    name = rng.choice(names)
    part = name[rng.randrange(max(len(name) // 2, 1)):][:40]
    return "peek=" + rng.choice([re.escape(part), re.escape(name) + "$", "^" + re.escape(name[:3])])


def is_graph(report: str) -> bool:
    return report.split("=")[0] in GRAPH_REPORTS


def same(report: str, ours: bytes, theirs: bytes) -> bool:
    """True if the answers differ in nothing but what is meant to differ."""
    if ours == theirs:
        return True
    if report == "dot":
        return ours == without_n0(theirs)
    return report == "topproto" and decode(ours) == decode(theirs)


def alike(report: str, ours: bytes, theirs: bytes) -> bool:
    """True if the answers say the same in another order."""
    kind = report.split("=")[0]
    if kind == "topproto":
        left, right = decode(ours), decode(theirs)
        return left[0] == right[0] and sorted(left[1]) == sorted(right[1])
    spread = {"tree": tree_lines, "peek": tree_lines, "dot": dot_lines,
              "callgrind": callgrind_lines, "top": top_lines}[kind]
    return sorted(spread(ours.decode("latin-1"))) == sorted(spread(theirs.decode("latin-1")))


def without_n0(text: bytes) -> bytes:
    text = re.sub(rb" fontsize=-\d+ ", b" fontsize=8 ", text)
    return re.sub(rb"^N\d+ -> N0 \[.*\n", b"", text, flags=re.M)


def top_lines(text: str) -> list[str]:
    """Rows without the running sum."""
    return [re.sub(r"^(.{10,} +\S+%) +\S+%( .{10,} +\S+%  )", r"\1\2", line)
            for line in text.split("\n")]


def tree_lines(text: str) -> list[str]:
    """One string for each entry, its callers and callees sorted, without the running sum."""
    entries = []
    for block in re.split(r"^-{58}\+-{13}\n", text, flags=re.M):
        lines = block.split("\n")
        own = [i for i, line in enumerate(lines) if "                | " in line]
        if not own:
            entries.append(block)
            continue
        name = re.sub(r"^(.{10,} +\S+%) +\S+%( )", r"\1\2", lines[own[0]])
        entries.append("\n".join(sorted(lines[:own[0]]) + [name] + sorted(lines[own[0] + 1:])))
    return entries


def dot_lines(text: str) -> list[str]:
    """Lines without the numbers of nodes."""
    text = without_n0(text.encode("latin-1")).decode("latin-1")
    text = re.sub(r'id="(node|N+)[\d_]+"', "", text)
    return [re.sub(r"^(N+)\d+(?:_\d+)*(?: -> (N+)\d+(?:_\d+)*)?(?= )", r"\1 \2", line)
            for line in text.split("\n")]


def callgrind_lines(text: str) -> list[str]:
    """Every cost and call by itself, with whole names and addresses."""
    names: dict[str, dict[str, str]] = {"ob": {}, "fl": {}, "fn": {}}
    state = {"ob": "", "fl": "", "fn": ""}
    call = {"fl": "", "fn": ""}
    rows, address, previous = [], 0, 0

    def whole(kind: str, word: str) -> str:
        found = re.match(r"\((\d+)\)(?: (.*))?$", word, flags=re.S)
        if not found:
            return word
        if found[2] is not None:
            names[kind][found[1]] = found[2]
        return re.sub(r" \[\d+/\d+\]$", "", names[kind].get(found[1], "?"))

    def absolute(word: str) -> int:
        if word == "*":
            return previous
        return previous + int(word) if word[0] in "+-" else int(word, 16)

    is_cost_of_call = False
    for line in text.split("\n"):
        key, _, rest = line.partition("=")
        if key in state:
            state[key] = whole(key, rest)
        elif key in ("cfl", "cfn"):
            call[key[1:]] = whole(key[1:], rest)
        elif key == "calls":
            _, where, number = rest.split(" ")
            rows.append(f"{state} {address:x} {call} {absolute(where):x} {number}")
            is_cost_of_call = True
        elif is_cost_of_call:
            rows[-1] += " " + line.split(" ")[2]
            is_cost_of_call = False
        elif re.match(r"^(\*|[+-]?\d+|0x[0-9a-f]+) -?\d+ -?\d+$", line):
            where, number, value = line.split(" ")
            # Calls are written relative to the node before, and so is this.
            previous, address = address, absolute_from(address, where)
            rows.append(f"{state} {address:x} {number} {value}")
        elif line:
            rows.append(line)
    return rows


def absolute_from(previous: int, word: str) -> int:
    if word == "*":
        return previous
    return previous + int(word) if word[0] in "+-" else int(word, 16)


def fields(data: bytes) -> list[tuple[int, int | bytes]]:
    """The fields of one message of protobuf."""
    out, at = [], 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        key = varint()
        if key & 7 == 0:
            out.append((key >> 3, varint()))
        else:
            size = varint()
            out.append((key >> 3, data[at:at + size]))
            at += size
    return out


def numbers(data: bytes, field: int) -> list[int]:
    """A repeated integer, packed or not."""
    found: list[int] = []
    for number, value in fields(data):
        if number == field and isinstance(value, int):
            found.append(value)
        elif number == field:
            message = b"".join(b"\x08" + part for part in split_varints(value))
            found += [v for _, v in fields(message)]
    return [struct.unpack("q", struct.pack("Q", value & (1 << 64) - 1))[0] for value in found]


def split_varints(data: bytes) -> list[bytes]:
    return re.findall(rb"[\x80-\xff]*[\x00-\x7f]", data)


def decode(answer: bytes) -> tuple[list, list]:
    """A topproto profile as its header and its rows, with strings in place of numbers."""
    if not answer:
        return ([], [])
    data = gzip.decompress(answer)
    parts = fields(data)
    strings = [value for number, value in parts if number == 6]

    def message(value: bytes) -> dict[int, int]:
        return {number: part for number, part in fields(value) if isinstance(part, int)}

    header = [(number, value) for number, value in parts if number in (9, 10, 12)]
    for number, value in parts:
        if number in (1, 11):
            pair = message(value)
            header.append((number, strings[pair.get(1, 0)], strings[pair.get(2, 0)]))
    functions = {message(v)[1]: message(v) for number, v in parts if number == 5}
    locations = {}
    for number, value in parts:
        if number == 4:
            line = next(message(part) for n, part in fields(value) if n == 4)
            function = functions[line[1]]
            locations[message(value)[1]] = (
                message(value).get(3, 0), strings[function.get(2, 0)],
                strings[function.get(4, 0)], function.get(5, 0), line.get(2, 0), line.get(3, 0))
    rows = [(locations[numbers(value, 1)[0]], numbers(value, 2))
            for number, value in parts if number == 2]
    return (header, rows)


def same_tree(report: str, options: list[str], ours: bytes, theirs: bytes) -> bool:
    """True if the answers are one call tree whose nodes of one name and weight are numbered in
    another order."""
    if report != "dot" or "-call_tree" not in options:
        return False
    return unnumbered(ours) == unnumbered(theirs)


def unnumbered(dot: bytes) -> list[bytes]:
    """The lines of a graph without the numbers of its nodes."""
    return sorted(re.sub(rb"\bN+\d+(_\d+)*\b", b"N", re.sub(rb"\bnode\d+\b", b"node", line))
                  for line in without_n0(dot).splitlines())
