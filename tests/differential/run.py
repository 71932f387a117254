#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares plumb with the installed `go tool pprof`, byte for byte.

    run.py --plumb build/plumb --cache build/differential [--seed 1 --count 200]

Every generated and recorded profile goes through every report with several sets of options;
invalid ones must be refused by both. Prints what was compared, what was equal, what was skipped and
why, and the first differences. Exit status 0: all equal; 1: a difference; 77: no pprof here.

pprof's answers are kept in --cache, by content, so that only plumb runs the second time.
"""

from __future__ import annotations

import argparse
import difflib
import os
import pathlib
import random
import re
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import graphs
import invalid
import legacy
from compare import SKIPS, Peer, reason_to_skip, same
from filters import notices, random_filters
from generate import Case, generate
from runner import Answer, Runner, find_pprof, probe

REPORTS = ["top", "traces", "tags", "raw", "comments", "proto"]

# Options for any report; a profile gets every report plain and some of these at random.
OPTION_SETS = [
    ("top", ["-cum"]),
    ("top", ["-cum", "-nodecount=5"]),
    ("top", ["-nodecount=3"]),
    ("top", ["-nodecount", "12", "-nodefraction=0.02"]),
    ("top", ["-nodefraction=0.1"]),
    ("top", ["-nodefraction=0"]),
    ("top", ["-edgefraction=0.2"]),
    ("top", ["-nodecount=4", "-edgefraction=0.05", "-cum"]),
    ("top", ["-trim=false"]),
    ("top", ["-unit=ms"]),
    ("top", ["-unit=auto"]),
    ("top", ["-unit=kb", "-cum"]),
    ("top", ["-unit=widgets"]),
    ("top", ["-sample_index=0"]),
    ("top", ["-sample_index=1"]),
    ("top", ["-sample_index=7"]),
    ("top", ["-sample_index=nothing"]),
    ("top", ["-mean"]),
    ("top", ["-mean", "-sample_index=0", "-cum"]),
    ("top", ["-divide_by=7"]),
    ("top", ["-divide_by=0.25", "-unit=s"]),
    ("top", ["-divide_by=-2"]),
    ("top", ["-compact_labels"]),
    ("top", ["-drop_negative"]),
    ("top", ["-drop_negative", "-nodecount=6"]),
    ("top", ["-inuse_space"]),
    ("top", ["-alloc_objects", "-nodefraction=0.05"]),
    ("top", ["-mean_delay"]),
    ("top", ["-contentions"]),
    ("top", ["--nodecount=0x5", "-cum=true", "-flat=false"]),
    ("top", ["-nodecount=0", "-nodefraction=1e-2"]),
    ("top", ["-nodecount=-5", "-trim=1"]),
    ("top", ["-nodefraction=1"]),
    ("top", ["-nodefraction=2.5"]),
    ("top", ["-nodefraction=-0.1"]),
    ("top", ["-nodefraction=.015625", "-edgefraction=1"]),
    ("top", ["-edgefraction=-0.3", "-nodecount=7"]),
    ("top", ["-unit="]),
    ("top", ["-unit=count"]),
    ("top", ["-unit=us", "-mean"]),
    ("top", ["-unit=hr"]),
    ("top", ["-unit=seconds", "-cum"]),
    ("top", ["-unit=GCU"]),
    ("top", ["-unit=minimum", "-divide_by=1000"]),
    ("top", ["-divide_by=0"]),
    ("top", ["-divide_by=1e-300"]),
    ("top", ["-divide_by=1e300"]),
    ("top", ["-divide_by=inf"]),
    ("top", ["-divide_by=NaN"]),
    ("top", ["-nodefraction=0x1p-4"]),
    ("top", ["-nodefraction=inf", "-edgefraction=-Inf"]),
    ("top", ["-nodefraction=nan"]),
    ("top", ["-nodefraction=1_0.5"]),
    ("top", ["-nodefraction=1e-400"]),
    ("top", ["-divide_by=1e-400"]),
    ("top", ["-flat", "-cum"]),
    ("top", ["-nodecount=many"]),
    ("top", ["-nodecount=99999999999999999999"]),
    ("top", ["-nodefraction=half"]),
    ("top", ["-cum=maybe"]),
    ("top", ["-no_such_flag"]),
    ("top", ["-sample_index=+1"]),
    ("top", ["-sample_index=-1"]),
    ("top", ["-sample_index=inuse_space", "-inuse_objects"]),
    ("top", ["-sample_index=inuse_objects"]),
    ("top", ["-total_delay", "-drop_negative"]),
    ("top", ["-drop_negative", "-mean", "-cum"]),
    ("traces", ["-unit=", "-mean"]),
    ("traces", ["-sample_index=0"]),
    ("traces", ["-mean"]),
    ("traces", ["-unit=kb", "-divide_by=3"]),
    ("traces", ["-compact_labels"]),
    ("raw", ["-noinlines"]),
    ("raw", ["-noinlines", "-showcolumns"]),
    ("raw", ["-sample_index=7"]),
    ("raw", ["-focus=a"]),
    ("raw", ["-ignore=o", "-noinlines"]),
    ("raw", ["-hide=r"]),
    ("raw", ["-show_from=e"]),
    ("raw", ["-tagfocus=bytes=1:"]),
    ("raw", ["-tagshow=e"]),
    ("raw", ["-tagroot=request,bytes"]),
    ("raw", ["-tagleaf=k,request"]),
    ("proto", ["-focus=a", "-hide=e"]),
    ("proto", ["-prune_from=a", "-taghide=e"]),
    ("proto", ["-tagroot=bytes", "-tagignore=a"]),
    ("raw", ["-divide_by=3", "-mean"]),
    ("proto", ["-divide_by=3"]),
    ("proto", ["-divide_by=0.37", "-noinlines"]),
    ("comments", ["-compact_labels"]),
    ("comments", ["-divide_by=0"]),
    ("tags", ["-sample_index=0"]),
    ("tags", ["-mean"]),
    ("tags", ["-unit=ms"]),
    ("tags", ["-unit=auto", "-divide_by=10"]),
    ("top", ["-symbolize="]),
    ("top", ["-symbolize=demangle=full", "-cum"]),
    ("traces", ["-symbolize=demangle=none"]),
    ("traces", ["-symbolize=Force:demangle=templates"]),
    ("raw", ["-symbolize=fastlocal"]),
    ("proto", ["-symbolize=remote"]),
    ("top", ["-symbolize=local:bogus"]),
]
OPTIONS_PER_PROFILE = 12
FILTERS_PER_PROFILE = 8
LARGE_BYTES = 100_000
COMPARED_LINES = 400
# How often pprof is asked again where it differs: a tie that it leaves to chance may fall the same
# way a few times.
USUAL_ATTEMPTS = 5
MOST_ATTEMPTS = 100


@dataclass
class Totals:
    compared: int = 0
    equal: int = 0
    refused: int = 0
    random: int = 0  # Of those that are equal: where pprof answers otherwise each time.
    skipped: Counter = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def wanted_reports(case: Case, seed: int) -> list[tuple[str, list[str]]]:
    rng = random.Random(f"options/{seed}/{case.name}")
    chosen = rng.sample(OPTION_SETS, OPTIONS_PER_PROFILE)
    for name in case.sample_types[:2]:
        if name and rng.random() < 0.3:
            chosen.append((rng.choice(REPORTS), [f"-sample_index={name}"]))
    for _ in range(FILTERS_PER_PROFILE):
        chosen.append((rng.choice(REPORTS), random_filters(rng)))
    return [(report, []) for report in REPORTS] + chosen + graphs.requests(
        rng, case.functions, len(case.data) > LARGE_BYTES)


def same_graph(runner: Runner, file: pathlib.Path, request: tuple[str, list[str]], ours: Answer,
               theirs: Answer, totals: Totals) -> bool:
    """True if ours is an answer that pprof gives, or the same in an order it leaves to chance."""
    report = request[0]
    if ours.status != theirs.status:
        return False
    if graphs.same(report, ours.stdout, theirs.stdout):
        return True
    if graphs.same_tree(report, request[1], ours.stdout, theirs.stdout):
        totals.random += 1
        return True
    others = [theirs.stdout]
    is_cut_at_random = False
    for attempt in range(1, MOST_ATTEMPTS):
        others.append(runner.pprof_answers(file, [request], attempt)[0].stdout)
        is_random = any(other != theirs.stdout for other in others)
        if is_random and any(graphs.same(report, ours.stdout, other)
                             or graphs.alike(report, ours.stdout, other) for other in others):
            totals.random += 1
            return True
        # Which of several equal nodes it shows is left to chance as well: nothing can be said.
        is_cut_at_random = not all(graphs.alike(report, other, theirs.stdout) for other in others)
        if attempt >= USUAL_ATTEMPTS and is_cut_at_random:
            break
    if not is_cut_at_random:
        return False
    totals.equal -= 1
    totals.compared -= 1
    totals.skipped["random_cut"] += 1
    return True


def check_valid(runner: Runner, peer: Peer, case: Case, file: pathlib.Path, seed: int) -> Totals:
    """All reports on one profile."""
    totals = Totals()
    rng = random.Random(f"forms/{seed}/{case.name}")
    wanted = wanted_reports(case, seed)
    answers = runner.pprof_answers(file, wanted)
    for (report, options), theirs in zip(wanted, answers):
        reason = reason_to_skip(peer, report, options, case.features)
        if reason:
            totals.skipped[reason] += 1
            continue
        for form in forms(rng, report):
            ours = runner.plumb(report, plain(case) + options, file, form)
            totals.compared += 1
            if ours.status == theirs.status and same(
                    peer, report, case.features, ours.stdout.decode("latin-1"),
                    theirs.stdout.decode("latin-1")) and same_notices(options, ours, theirs):
                totals.equal += 1
            elif (graphs.is_graph(report) or report == "top") and same_graph(
                    runner, file, (report, options), ours, theirs, totals):
                totals.equal += 1
            else:
                totals.failures.append(describe(case, report, options, form, ours, theirs))
    return totals


def same_notices(options: list[str], ours: Answer, theirs: Answer) -> bool:
    """True if both told the person the same about filters."""
    asked = any(re.match("-(tag|focus|ignore|hide|show|prune)", option) for option in options)
    return not asked or notices(ours.stderr) == notices(theirs.stderr)


def plain(case: Case) -> list[str]:
    """What turns off labels of goroutines that pprof does not have."""
    is_goroutine = any("goroutine" in name for name in [case.name, *case.sample_types])
    return ["-derive=false"] if is_goroutine else []


def forms(rng: random.Random, report: str) -> list[str]:
    """How to call plumb. top has one way for files, which can be read twice, and one for pipes."""
    form = rng.choice(["flag", "flag behind", "command"])
    return [form, "pipe"] if report == "top" else [form]


def describe(case: Case, report: str, options: list[str], form: str, ours: Answer,
             theirs: Answer) -> str:
    """A difference as a person wants to see it."""
    head = f"{case.name}: {' '.join([report, *options])} ({form})  {sorted(case.features)}"
    if ours.status != theirs.status:
        head += f"\n  exit status {ours.status}, pprof {theirs.status}"
        head += f"\n  plumb: {ours.stderr[:300]!r}\n  pprof: {theirs.stderr[:300]!r}"
    if notices(ours.stderr) != notices(theirs.stderr):
        head += f"\n  plumb said {notices(ours.stderr)}\n  pprof said {notices(theirs.stderr)}"
    # Only the start: difflib takes minutes for large reports.
    lines = difflib.unified_diff(
        *(answer.stdout.decode("utf-8", "backslashreplace").splitlines()[:COMPARED_LINES]
          for answer in (theirs, ours)), "pprof", "plumb", n=1, lineterm="")
    return "\n  ".join([head, *list(lines)[:14]])


def check_invalid(runner: Runner, peer: Peer, case: invalid.InvalidCase, file: pathlib.Path) \
        -> Totals:
    """An input both have to refuse, for the same reason."""
    totals = Totals()
    if case.needs in peer.lacks:
        totals.skipped["old_common_types"] += 1
        return totals
    theirs = runner.pprof_answers(file, [("top", [])])[0]
    if theirs.status != 2 or not re.search(case.theirs, theirs.stderr.decode("utf-8", "replace")):
        totals.failures.append(f"{case.name}: pprof does not say /{case.theirs}/\n"
                               f"  pprof: {theirs.stderr[:300]!r}")
    for form in ["flag", "pipe"]:
        ours = runner.plumb("top", [], file, form)
        totals.compared += 1
        problems = []
        if ours.status != 2 or ours.stdout:
            problems.append(f"exit status {ours.status}, {len(ours.stdout)} bytes on stdout")
        if not re.search(case.ours, ours.stderr.decode("utf-8", "replace"), re.I):
            problems.append(f"plumb does not say /{case.ours}/")
        if problems:
            totals.failures.append(f"{case.name} ({form}): {'; '.join(problems)}\n"
                                   f"  plumb: {ours.stderr[:300]!r}\n"
                                   f"  pprof: {theirs.stderr[:300]!r}")
        else:
            totals.equal += 1
            totals.refused += 1
    return totals


def legacy_cases(options: argparse.Namespace, work: pathlib.Path) \
        -> list[tuple[Case, pathlib.Path]]:
    """Profiles in the older formats: generated, and the texts recorded from Go."""
    cases = [legacy.generate_legacy(options.seed, index) for index in range(options.legacy)]
    if options.recorded:
        recorded = sorted(options.recorded.rglob("*.debug1.txt"))
        recorded += sorted((options.recorded.parent / "legacy").glob("*"))
        for file in recorded:
            data = file.read_bytes()
            if not re.match(rb"\w+ profile: total", data):  # Those have tests of their own.
                cases.append(legacy.stripped(str(file.relative_to(options.recorded.parent)), data))
    written = []
    for case in cases:
        file = work / case.name
        file.write_bytes(case.data)
        written.append((case, file))
    return written


def recorded_cases(folder: pathlib.Path) -> list[tuple[Case, pathlib.Path]]:
    """Profiles recorded from real programs."""
    cases = []
    for file in sorted(folder.rglob("*.pb.gz")):
        if file.read_bytes()[:2] == b"\x1f\x8b":
            # Heap profiles have samples of the same stack with other sizes, some with zeros only.
            heap = "heap" in file.name or "allocs" in file.name
            features = {"equal_samples", "zero_samples"} if heap else set()
            cases.append((Case(str(file.relative_to(folder)), b"", features), file))
    return cases


def run_all(runner: Runner, peer: Peer, options: argparse.Namespace, work: pathlib.Path) -> Totals:
    jobs = []
    for index in range(options.count):
        case = generate(options.seed, index)
        file = work / f"{case.name}.pb"
        file.write_bytes(case.data)
        jobs.append((check_valid, (runner, peer, case, file, options.seed)))
    for case, file in recorded_cases(options.recorded) if options.recorded else []:
        jobs.append((check_valid, (runner, peer, case, file, options.seed)))
    for case, file in legacy_cases(options, work):
        jobs.append((check_valid, (runner, peer, case, file, options.seed)))
    for broken in invalid.all_cases() + legacy.invalid_cases():
        file = work / f"invalid-{broken.name}"
        file.write_bytes(broken.data)
        jobs.append((check_invalid, (runner, peer, broken, file)))
    totals = Totals()
    with ThreadPoolExecutor(options.jobs) as pool:
        for part in pool.map(lambda job: job[0](*job[1]), jobs):
            totals.compared += part.compared
            totals.equal += part.equal
            totals.refused += part.refused
            totals.random += part.random
            totals.skipped += part.skipped
            totals.failures += part.failures
    return totals


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plumb", required=True, help="the program under test")
    parser.add_argument("--pprof", help="pprof itself; default: the one of the installed go")
    parser.add_argument("--cache", type=pathlib.Path, help="where pprof's answers are kept")
    parser.add_argument("--recorded", type=pathlib.Path, help="folder of recorded *.pb.gz")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=220)
    parser.add_argument("--legacy", type=int, default=150, help="profiles in older formats")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--show", type=int, default=10, help="differences to print")
    parser.add_argument("--keep", type=pathlib.Path, help="write the inputs here and keep them")
    return parser.parse_args()


def main() -> int:
    options = parse_arguments()
    pprof = find_pprof(options.pprof)
    if pprof is None:
        print("no go tool pprof here: nothing compared")
        return 77
    with tempfile.TemporaryDirectory(prefix="plumb-differential-") as temporary:
        home = pathlib.Path(temporary)
        work = options.keep or home / "inputs"
        work.mkdir(parents=True, exist_ok=True)
        runner = Runner(os.path.abspath(options.plumb), pprof, home, options.cache)
        peer = probe(runner, pprof, home)
        print(f"pprof of {peer.describe()}")
        totals = run_all(runner, peer, options, work)
    for failure in totals.failures[:options.show]:
        print("\n" + failure)
    print(f"\n{totals.compared} compared, {totals.equal} equal, "
          f"{len(totals.failures)} different; {totals.refused} refused by both")
    if totals.random:
        print(f"{totals.random} where pprof's own answers differ from run to run: one of them, or "
              "the same lines in another order")
    for reason, count in sorted(totals.skipped.items()):
        print(f"{count} skipped: {SKIPS[reason]}")
    return 1 if totals.failures else 0


if __name__ == "__main__":
    sys.exit(main())
