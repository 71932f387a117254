#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares what plumb and pprof make of real binaries: sources, instructions, symbols.

    programs.py --plumb build/plumb --cache build/differential [--seed 1]

`go tool pprof` decides for Go programs. It does not know inlined calls and gives C++ functions bare
names; there pprof with binutils decides, which is built from Go's own sources. Exit status 0: all
equal; 1: a difference; 77: nothing to compare with.
"""

from __future__ import annotations

import argparse
import difflib
import html
import pathlib
import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import binaries
import graphs
from compare import inflated
from runner import Answer, Asker, find_go, find_pprof

# For profiles that Go wrote, with names: whose is what `go tool pprof` says.
GO_REQUESTS = [
    ["-list=main"], ["-list=."], ["-list=main\\.sum|square"], ["-list=shapes", "-cum"],
    ["-list=fibonacci", "-noinlines"], ["-list=main", "-unit=us"], ["-list=main", "-divide_by=3"],
    ["-list=At|Fill", "-focus=Total"], ["-list=main", "-ignore=fibonacci"], ["-list=none"],
    ["-list=main", "-sample_index=0"], ["-list=main", "-mean"], ["-list=runtime\\.mallocgc"],
    ["-list=main", "-relative_percentages", "-focus=sum"], ["-list=("],
    ["-list=main", "-trim_path=/nowhere"], ["-list=shapes", "-source_path=/nowhere"],
    ["-list=main", "-tagfocus=tenant=north"], ["-list=Grid", "-show=shapes"],
    ["-disasm=main"], ["-disasm=."], ["-disasm=shapes"], ["-disasm=main\\.sum", "-unit=ms"],
    ["-disasm=fibonacci", "-noinlines"], ["-disasm=none"], ["-disasm=main", "-sample_index=0"],
    ["-disasm=hold", "-divide_by=10"], ["-disasm=main", "-focus=shapes"], ["-disasm=["],
    ["-top"], ["-top", "-lines"], ["-top", "-addresses", "-nodecount=40"],
    ["-top", "-filefunctions"],
    ["-tree", "-lines"], ["-peek=main"], ["-raw"], ["-traces"], ["-proto"], ["-callgrind"],
    ["-top", "-symbolize=fastlocal:force", "-noinlines"],
    ["-top", "-symbolize=force", "-noinlines"],
]
# For addresses without names. Lines of inlined calls are compared with the other pprof.
BARE_REQUESTS = [
    ["-top", "-noinlines"], ["-tree", "-noinlines"], ["-top", "-noinlines", "-cum"],
    ["-disasm=main\\.sum"], ["-disasm=shapes"], ["-peek=fibonacci", "-noinlines"],
    ["-top", "-symbolize=none"], ["-raw", "-symbolize=none"],
    ["-top", "-symbolize=fastlocal", "-noinlines"],
]
BINUTILS_REQUESTS = [
    ["-top"], ["-top", "-lines"], ["-top", "-filefunctions", "-cum"],
    ["-top", "-addresses", "-nodecount=50"], ["-tree", "-lines"], ["-peek=weigh|Fill|sum"],
    ["-raw"], ["-traces"], ["-callgrind"], ["-top", "-noinlines", "-lines"],
    ["-list=descend|fibonacci"], ["-list=weigh|sum"], ["-list=."], ["-list=area|At"],
    ["-list=mix|square", "-noinlines"], ["-list=vector"],
    ["-disasm=descend"], ["-disasm=weigh"], ["-disasm=main"], ["-disasm=."],
    ["-disasm=area", "-intel_syntax"],
    ["-weblist=descend|fibonacci"], ["-weblist=weigh|sum"], ["-weblist=area|Grid"],
    ["-weblist=main"], ["-weblist=.", "-sample_index=0"], ["-weblist=shapes\\.h|shapes\\.go"],
    ["-weblist=weigh", "-focus=descend", "-unit=ms"],
    ["-top", "-symbolize=demangle=full"], ["-top", "-symbolize=demangle=templates"],
    ["-top", "-symbolize=fastlocal"],
    ["-list=area", "-symbolize=demangle=full"],
]
# The other tool names no lines where there is no debug information.
PLAIN_REQUESTS = [
    ["-top"], ["-peek=weigh"], ["-traces"], ["-tree"], ["-disasm=weigh"], ["-disasm=."],
    ["-top", "-symbolize=fastlocal"], ["-top", "-symbolize=demangle=full"],
    ["-top", "-symbolize=demangle=templates"],
]
# For profiles of Go with names: what is found anew. LLVM calls some addresses of an assembly
# routine NAME and some NAME.abi0, which are two nodes then.
NO_ASSEMBLY = "-hide=^(runtime|internal|syscall)"
FORCED_REQUESTS = [
    ["-top", "-symbolize=force", NO_ASSEMBLY],
    ["-top", "-lines", "-symbolize=force:local", NO_ASSEMBLY],
    ["-list=main", "-symbolize=force"],
]
EQUAL_SUMS = "-recursive_sums"  # What plumb counts once, pprof counts each time.


@dataclass
class Totals:
    compared: Counter = field(default_factory=Counter)  # By report and peer.
    failures: list[str] = field(default_factory=list)


def report_of(request: list[str]) -> str:
    return request[0].lstrip("-").split("=")[0]


def rows_of_weblist(page: bytes) -> list[str]:
    """The rows of a page of weblist: line, values, address, place; the text of sources."""
    text = page.decode("utf-8", "replace")
    text = text[text.find("<body>"):]
    text = text.replace('<span class="asm">', "\n").replace("<span class=asm>", "\n")
    text = re.sub(r"<br>|</?h2>|</?div[^>]*>|</?p[^>]*>", "\n", text)
    text = html.unescape(re.sub(r"</?[a-z][^>]*>", "", text))
    rows = [line.rstrip() for line in text.split("\n") if line.strip()]
    # What lies between functions belongs to none.
    return [row for row in rows if not re.match(r" +\. +\. +[0-9a-f]+:(?!.*:[1-9]\d*$)", row)]


def without_text(row: str) -> str:
    """A row of an instruction without the instruction, which is written in other syntaxes."""
    found = re.match(r"^( *\S+ +\S+ +[0-9a-f]+:).*?(?:\s([^\s:]+:\d+))?$", row)
    place = found[2] if found and found[2] and not found[2].endswith(":0") else ""
    return f"{found[1]} {place}" if found else row


def comparable_weblist(page: bytes) -> list[str]:
    """The rows of a page without the text of instructions. Which of several pieces of code below a
    line comes first is left to chance."""
    rows: list[str] = []
    below: list[str] = []
    for row in rows_of_weblist(page):
        if re.match(r" *\S+ +\S+ +[0-9a-f]+:| {20}", row):
            below.append(without_text(row))
        else:
            rows += sorted(set(below)) + [row]
            below = []
    return rows + sorted(set(below))


def disasm_rows(data: bytes, syntax: str) -> list[list[str]]:
    """What is compared of each routine: of instructions their values, address, place and, where
    the syntax is the same or nearly so, what they do. `syntax`: of the peer, go or llvm or gnu."""
    routines: list[list[str]] = []
    place = ""
    for line in data.decode("utf-8", "replace").splitlines():
        row = re.match(r"^( *\S+ +\S+ +)([0-9a-f]+): (\S+)(.*)$", line)
        if not row and line.startswith(" " * 20):  # The place of the instruction below.
            place = (re.search(r"[^\s;]+:\d+$", line) or [place])[0]
        elif not row:
            if line.startswith("    AKA") and syntax != "go":
                continue  # It shows one name of those that match.
            if line.startswith("ROUTINE"):
                routines.append([])
                place = ""
            routines[-1:] = [[*(routines or [[]])[-1], line]]
        elif syntax == "go":
            # Which of the names of one address it takes is left to chance.
            line = re.sub(r"\S+\(SB\)|0x[0-9a-f]+\(IP\)", "NAME", line)
            routines[-1].append(re.sub(r"\s+;", " ;", line))
        else:
            place = (re.search(r"\S+:\d+$", row[4].partition(";")[2]) or [place])[0]
            word = row[3].replace("movd", "movq") if syntax == "llvm" else ""
            routines[-1].append(f"{row[1]}{row[2]} {word} {place}")
    return routines


def same_disasm(ours: bytes, theirs: bytes, syntax: str) -> bool:
    """pprof decodes all but the last byte of a routine, and counts no sample there; and if there is
    room up to the next routine, pprof with binutils goes on."""
    if syntax != "go" and re.search(rb"(?m)^(?!ROUTINE|    AKA).*_Z", ours):
        return False  # Names are readable.
    left, right = disasm_rows(ours, syntax), disasm_rows(theirs, syntax)
    if len(left) != len(right):
        return False
    for i, routine in enumerate(left):
        is_cut = syntax == "go" or len(right[i]) < len(routine)
        rows = len(routine) - (is_cut and len(routine) > 3)
        if rows < len(routine) and not re.match(r" *\. +\. ", routine[-1]):
            routine[1] = right[i][1]
        left[i], right[i] = routine[:rows], right[i][:rows]
    return left == right


def same(request: list[str], ours: Answer, theirs: Answer, syntax: str) -> bool:
    report = report_of(request)
    if ours.status != theirs.status:
        return False
    left, right = ours.stdout, theirs.stdout
    if left == right:
        return True
    if syntax == "llvm":  # It shows what compilers append to names of copies and parts.
        left, right = (re.sub(rb"\.(abi0|(isra|constprop|part)\.\d+)", b"", side)
                       for side in (left, right))
        if left == right:
            return True
    if report == "proto":
        return inflated(left.decode("latin-1")) == inflated(right.decode("latin-1"))
    if report == "weblist":
        return comparable_weblist(left) == comparable_weblist(right)
    if report == "disasm":
        return same_disasm(left, right, syntax)
    return graphs.is_graph(report) and graphs.same(report, left, right)


def difference(name: str, arguments: list[str], ours: Answer, theirs: Answer, syntax: str) -> str:
    head = f"{name}: {' '.join(arguments)}"
    if ours.status != theirs.status or not ours.stdout:
        head += f"\n  exit status {ours.status}, pprof {theirs.status}"
        head += f"\n  plumb: {ours.stderr[:300]!r}\n  pprof: {theirs.stderr[:300]!r}"
    sides = [answer.stdout.decode("utf-8", "backslashreplace") for answer in (theirs, ours)]
    if "weblist" in name:
        sides = ["\n".join(comparable_weblist(side.encode())) for side in sides]
    if "disasm" in name:
        sides = ["\n".join("\n".join(rows) for rows in disasm_rows(side.encode(), syntax))
                 for side in sides]
    lines = difflib.unified_diff(*(side.splitlines()[:3000] for side in sides), "pprof", "plumb",
                                 n=1, lineterm="")
    return "\n  ".join([head, *list(lines)[:24]])


def jobs(inputs: binaries.Inputs, share: float, seed: int) \
        -> list[tuple[str, list[str], list[str]]]:
    """Which peer is asked, the request, and the words behind it."""
    found: list[tuple[str, list[str], list[str]]] = []
    for profile in inputs.go_profiles:
        rng = random.Random(f"requests/{seed}/{profile}")
        asked = rng.sample(GO_REQUESTS, max(1, round(len(GO_REQUESTS) * share)))
        found += [("go", request, [profile]) for request in asked]
    for profile in inputs.go_addresses:
        found += [("go", request, [profile]) for request in BARE_REQUESTS]
    found += [("go", ["-top", "-noinlines"], ["busy-stripped", "bare.busy.pb.gz"])]
    if inputs.binutils_pprof:
        for profile in inputs.cpp_profiles:
            # Where there is no debug information, LLVM takes the name of a file for the place.
            is_plain = "plain" in profile
            peer = "gnu" if is_plain or not shutil.which("llvm-symbolizer") else "llvm"
            found += [(peer, request, [profile])
                      for request in (PLAIN_REQUESTS if is_plain else BINUTILS_REQUESTS)]
        found += [("llvm", request, ["bare.busy.pb.gz"]) for request in BINUTILS_REQUESTS
                  if request[0] != "-top" or len(request) == 1]
        for profile in ["go.cpu.pb.gz", "go.heap.after.pb.gz"]:
            found += [("llvm", request, [profile]) for request in FORCED_REQUESTS]
    return found


def compare_all(wanted: list[tuple[str, list[str], list[str]]], peers: dict[str, Asker],
                plumb: Asker) -> Totals:
    totals = Totals()

    def one(job: tuple[str, list[str], list[str]]) -> tuple[str, str]:
        peer, request, words = job
        if report_of(request) == "weblist":
            request = ["-output=/dev/stdout", *request]
        arguments = [*request, *words]
        theirs = peers[peer].ask(arguments)
        own = [EQUAL_SUMS] if report_of(job[1]) in ("list", "disasm", "weblist") else []
        own += ["-derive=false"] if "goroutine" in words[0] else []
        ours = plumb.ask([*own, *arguments])
        name = f"{report_of(job[1])} ({peer})"
        # The other pprof writes instructions of Go programs as those of others.
        syntax = "gnu" if peer == "llvm" and "bare" in words[0] else peer
        is_same = same(job[1], ours, theirs, syntax)
        return name, "" if is_same else difference(name, arguments, ours, theirs, peer)

    with ThreadPoolExecutor(2) as pool:
        for name, failure in pool.map(one, wanted):
            totals.compared[name] += 1
            if failure:
                totals.failures.append(failure)
    return totals


def only_gnu(home: pathlib.Path) -> str:
    """A PATH on which LLVM's tools are not found."""
    folder = home / "gnu"
    folder.mkdir()
    for tool in ["objdump", "nm", "addr2line"]:
        (folder / tool).symlink_to(shutil.which(tool) or tool)
    return str(folder)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plumb", required=True, type=pathlib.Path, help="the program under test")
    parser.add_argument("--cache", type=pathlib.Path, required=True, help="for builds and answers")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=0.5,
                        help="of the requests on each profile of Go")
    parser.add_argument("--show", type=int, default=10, help="differences to print")
    options = parser.parse_args()
    go, pprof = find_go(), find_pprof(None)
    if not go or not pprof:
        print("no go here: nothing compared")
        return 77
    cache = options.cache.resolve()
    inputs = binaries.build(go, cache, options.seed)
    with tempfile.TemporaryDirectory(prefix="plumb-differential-") as home:
        place = pathlib.Path(home)
        peers = {"go": Asker(pprof, inputs.folder, place, cache, "go")}
        if inputs.binutils_pprof:
            for name in ["llvm", "gnu"]:
                peers[name] = Asker(inputs.binutils_pprof, inputs.folder, place, cache, name)
            peers["gnu"].set_path(only_gnu(place))
        plumb = Asker(str(options.plumb.resolve()), inputs.folder, place)
        totals = compare_all(jobs(inputs, options.share, options.seed), peers, plumb)
        for peer in peers.values():
            peer.keep()
    for failure in totals.failures[:options.show]:
        print("\n" + failure)
    failed = Counter(failure.split(":", 1)[0] for failure in totals.failures)
    print()
    for name, count in sorted(totals.compared.items()):
        print(f"{name}: {count} compared, {count - failed[name]} equal")
    print(f"{totals.compared.total()} compared, {len(totals.failures)} different")
    return 1 if totals.failures else 0


if __name__ == "__main__":
    sys.exit(main())
