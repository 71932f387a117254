#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares plumb with `go tool pprof` on several sources, bases, and whole command lines.

    sources.py --plumb build/plumb --cache build/differential --recorded tests/data/go-samples

Recorded and generated profiles are added up and subtracted in random pairs, like and unlike; every
flag is tried, right and wrong; and errors have to be said in the same words. --seed and --count
make other cases. Exit status 0: all equal; 1: a difference; 77: nothing to compare with.
"""

from __future__ import annotations

import argparse
import difflib
import pathlib
import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import graphs
from compare import inflated
from filters import random_filters
from generate import generate
from runner import Answer, Asker, find_pprof

REPORTS = ["top", "top", "traces", "tags", "raw", "proto", "comments", "tree", "peek", "dot",
           "topproto", "callgrind", "list", "text"]
ARGUMENTS = {"peek": ["main", "runtime|\\.", "^$", "none"], "list": ["none", "main", "("]}
EXTRAS = [[], [], [], ["-cum"], ["-sample_index=0"], ["-mean"], ["-unit=ms"], ["-unit=kb"],
          ["-drop_negative"], ["-drop_negative", "-cum"], ["-nodecount=5"], ["-divide_by=3"],
          ["-relative_percentages", "-focus=main"], ["-compact_labels"], ["-lines"],
          ["-nodefraction=0.1"], ["-add_comment=put there"], ["-files"],
          ["-tagroot=bytes"], ["-tagignore=pprof::base=true"], ["-noinlines", "-filefunctions"]]
KINDS = ["heap", "goroutine", "mutex", "block", "profile.cpu1s", "allocs", "threadcreate"]

# Whole command lines in a folder of profiles; each kind of option at least once, right and wrong.
COMMAND_LINES = [
    ["-top", "none.pb.gz"], ["-top", "heap.pb.gz", "none.pb.gz"], ["-top", "none", "nothing"],
    ["-top", "heap.pb.gz", "goroutine.pb.gz"], ["-top", "heap.pb.gz", "allocs.pb.gz"],
    ["-top", "-base=none.pb.gz", "heap.pb.gz"], ["-top", "-diff_base=none", "heap.pb.gz"],
    ["-top", "-base=goroutine.pb.gz", "heap.pb.gz"], ["-top", "-base=", "heap.pb.gz"],
    ["-top", "-base=heap.pb.gz", "-diff_base=heap.pb.gz", "heap.pb.gz"],
    ["-top", "-normalize", "heap.pb.gz"], ["-top", "-normalize", "-base=heap.pb.gz", "heap.pb.gz"],
    ["-top", "-base=heap.pb.gz", "-base=allocs.pb.gz", "heap.pb.gz"],
    ["-top", "text.txt"], ["-top", "empty"], ["-top", "heap.pb.gz", "text.txt"], ["-top", "cut.gz"],
    ["-top", "-base=text.txt", "heap.pb.gz"], ["-top", ""],
    ["-top", "-tree", "heap.pb.gz"], ["-top", "-text", "heap.pb.gz"], ["-top"], ["-raw"],
    ["-top", "-nosuchflag", "heap.pb.gz"], ["-top", "-nodecount=abc", "heap.pb.gz"],
    ["-top", "-nodecount"], ["-top", "-trim=maybe", "heap.pb.gz"], ["-top=maybe", "heap.pb.gz"],
    ["-top=false", "-tree", "heap.pb.gz"], ["-top=true", "heap.pb.gz"], ["--top", "heap.pb.gz"],
    ["-top", "-sample_index=nothing", "heap.pb.gz"], ["-top", "-sample_index=9", "heap.pb.gz"],
    ["-top", "-sample_index", "0", "heap.pb.gz"], ["-top", "-sample_index=space", "heap.pb.gz"],
    ["-top", "-inuse_objects", "heap.pb.gz"], ["-top", "-alloc_space", "heap.pb.gz"],
    ["-top", "-alloc_space", "-inuse_space", "heap.pb.gz"],
    ["-top", "-sample_index=0", "-alloc_space", "heap.pb.gz"],
    ["-top", "-total_delay", "mutex.pb.gz"], ["-top", "-contentions", "mutex.pb.gz"],
    ["-top", "-mean_delay", "mutex.pb.gz"], ["-top", "-mean_delay", "heap.pb.gz"],
    ["-top", "-cum", "-flat", "heap.pb.gz"], ["-top", "-lines", "-files", "heap.pb.gz"],
    ["-top", "-focus=(", "heap.pb.gz"], ["-top", "-ignore=[", "heap.pb.gz"],
    ["-top", "-hide=a**", "heap.pb.gz"], ["-top", "-hide=(?<n", "heap.pb.gz"],
    ["-top", "-show=(?<x>a)", "heap.pb.gz"],
    ["-top", "-show_from=)", "heap.pb.gz"], ["-top", "-prune_from=\\", "heap.pb.gz"],
    ["-top", "-tagfocus=(", "heap.pb.gz"], ["-top", "-tagignore=a=(", "heap.pb.gz"],
    ["-top", "-tagshow=[", "heap.pb.gz"], ["-top", "-taghide=*", "heap.pb.gz"],
    ["-top", "-tagfocus=1kb:2ms", "heap.pb.gz"], ["-top", "-tagfocus=bytes=1kb:", "heap.pb.gz"],
    ["-top", "-divide_by=0", "heap.pb.gz"], ["-top", "-divide_by=x", "heap.pb.gz"],
    ["-peek=(", "heap.pb.gz"], ["-peek=^$", "heap.pb.gz"],
    ["-list=(", "heap.pb.gz"], ["-list=(", "-focus=none", "heap.pb.gz"],
    ["-list=none", "heap.pb.gz"], ["-list", "main", "heap.pb.gz"],
    ["-disasm=none", "heap.pb.gz"], ["-disasm=(", "heap.pb.gz"], ["-disasm=0x1", "heap.pb.gz"],
    ["-weblist=none", "heap.pb.gz"], ["-weblist=(", "heap.pb.gz"],
    ["-top", "-source_path=/nowhere", "-trim_path=/usr", "heap.pb.gz"],
    ["-list=main", "-source_path=/nowhere:/usr/src", "heap.pb.gz"],
    ["-list=main", "-trim_path=/a:/b", "heap.pb.gz"], ["-top", "-intel_syntax", "heap.pb.gz"],
    ["-top", "-buildid=abc", "heap.pb.gz"], ["-top", "-buildid=abc", "goroutine.pb.gz"],
    ["-top", "-tools=/nowhere", "heap.pb.gz"], ["-top", "-seconds=1", "heap.pb.gz"],
    ["-top", "-timeout=1", "heap.pb.gz"], ["-top", "-seconds=x", "heap.pb.gz"],
    ["-top", "-symbolize=bogus", "heap.pb.gz"], ["-top", "-symbolize=none", "heap.pb.gz"],
    ["-comments", "-add_comment=one", "heap.pb.gz"],
    ["-comments", "-add_comment=#two", "heap.pb.gz"], ["-raw", "-add_comment=one", "heap.pb.gz"],
    ["-top", "-add_comment=shown", "heap.pb.gz"], ["-top", "-add_comment=", "heap.pb.gz"],
    ["-comments", "-add_comment=one", "heap.pb.gz", "allocs.pb.gz"],
    ["-proto", "-add_comment=one", "heap.pb.gz"], ["-top", "-tls_ca=", "heap.pb.gz"],
    ["-top", "-no_browser", "heap.pb.gz"],
    ["-top", "-http=:0", "heap.pb.gz"], ["-http=nonsense", "heap.pb.gz"],
    ["-http=host:port", "heap.pb.gz"], ["-http=", "-top", "heap.pb.gz"],
    ["-top", "no_types.pb"], ["-raw", "no_types.pb"],
    ["-top", "-base=no_types.pb", "heap.pb.gz"], ["-top", "no_types.pb", "heap.pb.gz"],
    ["-top", "heap.pb.gz", "heap.pb.gz", "heap.pb.gz"],
    ["-traces", "heap.pb.gz", "heap.pb.gz"], ["-tags", "-diff_base=heap.pb.gz", "allocs.pb.gz"],
    ["-top", "-showcolumns", "-lines", "heap.pb.gz"], ["-top", "-call_tree", "heap.pb.gz"],
    ["-tree", "-call_tree", "heap.pb.gz"], ["-dot", "-tagshow=bytes", "heap.pb.gz"],
    ["-top", "-drop_negative", "-base=allocs.pb.gz", "heap.pb.gz"],
    ["-top", "-noinlines", "-edgefraction=1", "-trim=false", "heap.pb.gz"],
    ["-top", "-granularity=lines", "heap.pb.gz"], ["-top", "-sort=cum", "heap.pb.gz"],
    ["-top", "-output=", "heap.pb.gz"], ["-top", "-output=/dev/stdout", "heap.pb.gz"],
    ["-top", "-output=/nowhere/x", "heap.pb.gz"], ["-top", "---", "heap.pb.gz"],
    ["-top", "-=x", "heap.pb.gz"],
    ["-top", "--", "heap.pb.gz"], ["-proto", "diff.pb.gz"], ["-top", "diff.pb.gz"],
    ["-tags", "diff.pb.gz"], ["-raw", "diff.pb.gz"],
]


@dataclass
class Totals:
    compared: Counter = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    random: int = 0


def make_folder(folder: pathlib.Path, recorded: pathlib.Path, seed: int, count: int) \
        -> dict[str, list[str]]:
    """Profiles by kind, under short names; and some that are none."""
    folder.mkdir()
    by_kind: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for version in sorted(recorded.iterdir()):
        for file in sorted(version.glob("*.pb.gz")) if version.is_dir() else []:
            kind = next((kind for kind in KINDS if file.name.startswith(kind)), None)
            if kind and file.stat().st_size < 30_000 and file.read_bytes()[:2] == b"\x1f\x8b":
                name = f"{version.name}-{file.name}"
                shutil.copy(file, folder / name)
                by_kind[kind].append(name)
    for index in range(count):
        case = generate(seed, index)
        name = f"{case.name}.pb"
        # Which of equal names comes first is left to chance, and labels without text are lost.
        special = {"equal_printed_names", "blank_labels"} & case.features
        if len(case.data) < 30_000 and not special:
            (folder / name).write_bytes(case.data)
            by_kind.setdefault("generated " + case.name.split("-")[1], []).append(name)
    for kind, name in [("heap", "heap"), ("goroutine", "goroutine"), ("allocs", "allocs"),
                       ("mutex", "mutex")]:
        shutil.copy(recorded / f"go1.23/{kind}{'.debug0' * (kind == 'goroutine')}.pb.gz",
                    folder / f"{name}.pb.gz")
    (folder / "text.txt").write_text("this is no profile\n")
    (folder / "empty").write_text("")
    (folder / "no_types.pb").write_bytes(b"\x32\x00")
    (folder / "cut.gz").write_bytes((folder / "heap.pb.gz").read_bytes()[:300])
    return by_kind


def random_command(rng: random.Random, by_kind: dict[str, list[str]]) -> list[str]:
    """A report of sources that go together, or now and then do not, and maybe a base."""
    kinds = [kind for kind, names in by_kind.items() if len(names) > 1]
    kind = rng.choice(kinds)
    other = rng.choice(kinds) if rng.random() < 0.15 else kind
    report = rng.choice(REPORTS)
    words = ["-" + report + ("=" + rng.choice(ARGUMENTS[report]) if report in ARGUMENTS else "")]
    words.append("-symbolize=none")
    words += rng.choice(EXTRAS)
    if rng.random() < 0.2:
        words += random_filters(rng)
    sources = rng.choices(by_kind[kind], k=rng.choice([1, 1, 2, 3]))
    base = rng.random()
    if base < 0.75:
        flag = "-base" if base < 0.4 else "-diff_base"
        words.append(f"{flag}={rng.choice(by_kind[other])}")
        if rng.random() < 0.3:
            words.append("-normalize")
    elif len(sources) == 1:
        sources.append(rng.choice(by_kind[other]))
    return words + sources


# What plumb has beyond pprof, turned off: labels of states, and recursion that counts once.
PLAIN = ["-derive=false", "-recursive_sums"]


def said(answer: Answer) -> list[str]:
    """What is said of errors and sources, without names of programs and what only plumb adds."""
    lines = []
    for line in answer.stderr.decode("utf-8", "backslashreplace").split("\n"):
        line = re.sub(r"^plumb: ", "", line)
        # Errors about files are shorter, and say more about their content.
        line = re.sub(r": stat [^:]*: no such", ": no such", line)
        line = re.sub(r": parsing profile: ", ": ", line)
        line = re.sub(r"(unrecognized profile format): there.*", r"\1", line)
        line = re.sub(r"(incompatible sample types) \[.*", r"\1", line)
        line = re.sub(r"(conflicting options set: ).*", r"\1...", line)  # In any order.
        if not line.strip() or line.startswith(("did you mean", "try: plumb")):
            continue
        if line.startswith(("usage:", "Usage:")):
            # The text of all flags, and then perhaps what is missing.
            last = answer.stderr.decode("utf-8", "backslashreplace").strip().split("\n")[-1]
            lines += [last] if last.startswith("no profile source") else []
            break
        lines.append(line)
    return sorted(lines)


def same(arguments: list[str], ours: Answer, theirs: Answer) -> bool:
    report = arguments[0].lstrip("-")
    left, right = ours.stdout, theirs.stdout
    if ours.status != theirs.status:
        return False
    if left == right:
        return True
    if report == "proto":
        return inflated(left.decode("latin-1")) == inflated(right.decode("latin-1"))
    return graphs.is_graph(report) and graphs.same(report, left, right)


def left_to_chance(pprof: Asker, arguments: list[str], ours: Answer, theirs: Answer) -> bool:
    """True if pprof answers otherwise from time to time, and ours is such an answer, or says the
    same in another order."""
    report = arguments[0].lstrip("-")
    others = [pprof.ask(arguments, attempt) for attempt in range(1, 9)]
    if any(same(arguments, ours, other) for other in others):
        return True
    varies = any(other.stdout != theirs.stdout for other in others)
    known = graphs.is_graph(report) or report in ("top", "text")
    kind = "top" if report == "text" else report
    return varies and known and any(graphs.alike(kind, ours.stdout, other.stdout)
                                    for other in [theirs, *others])


def explain(arguments: list[str], ours: Answer, theirs: Answer) -> str:
    head = f"{' '.join(arguments)}"
    if ours.status != theirs.status or said(ours) != said(theirs):
        head += f"\n  exit status {ours.status}, pprof {theirs.status}"
        head += f"\n  plumb: {said(ours)[:6]}\n  pprof: {said(theirs)[:6]}"
    sides = [inflated(answer.stdout.decode("latin-1")).splitlines()[:400]
             for answer in (theirs, ours)]
    lines = difflib.unified_diff(*sides, "pprof", "plumb", n=1, lineterm="")
    return "\n  ".join([head, *list(lines)[:14]])


def compare_all(pprof: Asker, plumb: Asker, commands: list[tuple[str, list[str]]]) -> Totals:
    totals = Totals()

    def one(job: tuple[str, list[str]]) -> tuple[str, str, bool]:
        group, arguments = job
        theirs = pprof.ask(arguments)
        ours = plumb.ask([*PLAIN, *arguments] if arguments[0] != "-h" else arguments)
        if same(arguments, ours, theirs) and said(ours) == said(theirs):
            return group, "", False
        is_random = said(ours) == said(theirs) and left_to_chance(pprof, arguments, ours, theirs)
        return group, "" if is_random else explain(arguments, ours, theirs), is_random

    with ThreadPoolExecutor(2) as pool:
        for group, failure, is_random in pool.map(one, commands):
            totals.compared[group] += 1
            totals.random += is_random
            if failure:
                totals.failures.append(f"{group}: {failure}")
    return totals


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plumb", required=True, type=pathlib.Path, help="the program under test")
    parser.add_argument("--cache", type=pathlib.Path, help="where pprof's answers are kept")
    parser.add_argument("--recorded", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=400, help="random command lines")
    parser.add_argument("--show", type=int, default=10, help="differences to print")
    options = parser.parse_args()
    program = find_pprof(None)
    if not program:
        print("no go here: nothing compared")
        return 77
    with tempfile.TemporaryDirectory(prefix="plumb-differential-") as temporary:
        place = pathlib.Path(temporary)
        folder = place / "profiles"
        by_kind = make_folder(folder, options.recorded, options.seed, 60)
        pprof = Asker(program, folder, place, options.cache, "sources")
        plumb = Asker(str(options.plumb.resolve()), folder, place)
        # The difference of two profiles as a profile, which remembers what it is.
        (folder / "diff.pb.gz").write_bytes(
            pprof.ask(["-proto", "-diff_base=heap.pb.gz", "allocs.pb.gz"]).stdout)
        rng = random.Random(f"sources/{options.seed}")
        commands = [("command lines", words) for words in COMMAND_LINES]
        commands += [("random sources", random_command(rng, by_kind))
                     for _ in range(options.count)]
        totals = compare_all(pprof, plumb, commands)
        pprof.keep()
    for failure in totals.failures[:options.show]:
        print(failure + "\n")
    failed = Counter(failure.split(":", 1)[0] for failure in totals.failures)
    for group, count in sorted(totals.compared.items()):
        print(f"{group}: {count} compared, {count - failed[group]} equal")
    print(f"{totals.random} where pprof's own answers differ from run to run")
    return 1 if totals.failures else 0


if __name__ == "__main__":
    sys.exit(main())
