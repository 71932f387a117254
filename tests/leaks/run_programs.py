#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the leaking programs of programs/ under the Go that is installed, and checks the verdicts.

    tests/leaks/run_programs.py --plumb PLUMB --programs BINARY

Each program runs leaky and fixed, at GOMAXPROCS 1 and 2. Of the leaky ones the place, a level of
possible or above, the pattern and a fix are expected; of the fixed ones nothing at likely or above.
Level, pattern and fix have to be right for nine in ten."""

import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

LEVELS = ["benign", "watch", "possible", "likely", "confirmed"]

# Program: function that is blocked, patterns that explain it, the least level.
EXPECTED = {
    "google/cadvisor#2549": ("init.0", "L2", "likely"),
    "codeskyblue/go-sh#26": ("init.0", "L1 L2", "likely"),
    "ansible/receptor#436": ("init.0", "L1 L2", "likely"),
    "prometheus/prometheus#213": ("appendSamples", "L1 L3", "likely"),
    "kubevirt/kubevirt#6168": ("proxy", "L1 L3", "likely"),
    "PaesslerAG/gval#107": ("evaluate", "L2", "likely"),
    "enobufs/go-nats#2": ("init.0", "L4", "likely"),
    "apache/pulsar-client-go#473": ("runConnection", "L5", "likely"),
    "bsv-blockchain/teranode#1107": ("init.0", "L5 L20", "likely"),
    "moby/moby#37182": ("waitExit", "L20", "likely"),
    "istio/istio#8967": ("(*source).start", "L17", "confirmed"),
    "m3db/m3cluster#163": ("(*watcher).run", "L6", "likely"),
    "cockroachdb/cockroach#584": ("(*gossip).manage", "L11", "likely"),
    "moby/moby#25384": ("enablePlugins", "L15", "likely"),
    "moby/moby#30408": ("activate", "L16", "likely"),
    "moby/moby#28462": ("(*daemon)", "L14", "likely"),
    "RichardKnop/machinery#546": ("(*Pool).Get", "L18", "likely"),
    "opensearch-project/opensearch-go#777": ("(*hostPool)", "L12", "likely"),
    "golang/go#16953": ("persistConn).readLoop", "L8", "likely"),
    "distribution/distribution#473": ("persistConn).readLoop", "L9", "possible"),
    "cockroachdb/cockroach#13755": ("awaitDone", "L7", "likely"),
    "minus5/gofreetds#64": ("newConnPool", "L21", "possible"),
    "i-love-flamingo/flamingo-commerce#290": ("init.1", "L21", "likely"),
}
RIGHT = 0.9


def judge(options, name, variant, processors):
    """Runs a program and returns the groups of its verdict."""
    with tempfile.TemporaryDirectory(prefix="plumb_leaks") as folder:
        environment = dict(os.environ, GOMAXPROCS=str(processors))
        subprocess.run(
            [options.programs, name, variant, folder], env=environment, check=True, timeout=60
        )
        dumps = [os.path.join(folder, f"{i}.2.txt") for i in (0, 1)]
        command = [options.plumb, "leaks", "-json", "-every=60s", *dumps]
        done = subprocess.run(command, capture_output=True, check=True)
        return json.loads(done.stdout)["groups"]


def describe(group):
    place = group["blocked"]["function"] if group["blocked"] else "?"
    return f"{group['level']} {group['pattern']} {group['count']} {group['state']} {place}"


def mistake_of_leaky(name, groups):
    function, patterns, least = EXPECTED[name]
    found = [
        g
        for g in groups
        if g["level"] != "benign" and any(function in f.get("function", "") for f in g["frames"])
    ]
    for group in found:
        if LEVELS.index(group["level"]) < LEVELS.index(least) or not group["fix"]:
            continue
        if group["pattern"] in patterns.split():
            return None
    return "; ".join(describe(g) for g in found) or "not found"


def mistake_of_fixed(groups):
    wrong = [g for g in groups if LEVELS.index(g["level"]) >= LEVELS.index("likely")]
    return "; ".join(describe(g) for g in wrong) or None


def run(options, job):
    name, variant, processors = job
    groups = judge(options, name, variant, processors)
    return mistake_of_leaky(name, groups) if variant == "leaky" else mistake_of_fixed(groups)


class Server:
    """A program that serves its profiles while this lives."""

    def __init__(self, options, name, variant):
        self.process = subprocess.Popen(
            [options.programs, name, variant], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.address = self.process.stdout.readline().decode().strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(10)


def check(condition, what):
    if not condition:
        sys.exit(f"live: {what}")


def watch_live(options):
    """A leaking server is watched, recorded, and guarded by a baseline."""
    name = "google/cadvisor#2549"
    with tempfile.TemporaryDirectory(prefix="plumb_live") as folder, Server(
        options, name, "leaky"
    ) as server:
        plumb = [options.plumb, "leaks", "-for=2s", server.address]
        text = subprocess.run(plumb, capture_output=True, text=True, check=True)
        check("taking 2 dumps with ids" in text.stderr, "what is taken is said: " + text.stderr)
        check("LIKELY: they come and none leaves" in text.stdout, "the leak: " + text.stdout)
        check("L2 timeout leak" in text.stdout, "the pattern, told from the source: " + text.stdout)
        check("done <- slowly()" in text.stdout, "the blocked line: " + text.stdout)
        series = os.path.join(folder, "series")
        record = ["record", "-every=500ms", "-for=2s", "-keep=4", f"-output={series}"]
        subprocess.run([options.plumb, *record, server.address], capture_output=True, check=True)
        files = sorted(f for f in os.listdir(series) if not f.startswith("."))
        check(len(files) == 4, f"the last four of five snapshots: {files}")
        baseline = os.path.join(folder, "known.json")
        fail = [options.plumb, "leaks", "-fail_on=likely", series]
        first = subprocess.run([*fail, f"-write_baseline={baseline}"], capture_output=True)
        check(first.returncode == 1, "a leak fails: " + first.stdout.decode())
        second = subprocess.run([*fail, f"-baseline={baseline}"], capture_output=True)
        check(second.returncode == 0, "a known one does not: " + second.stdout.decode())
    with Server(options, name, "fixed") as server:
        command = [options.plumb, "leaks", "-for=2s", "-fail_on=likely", server.address]
        fixed = subprocess.run(command, capture_output=True)
        check(fixed.returncode == 0, "the fixed one passes: " + fixed.stdout.decode())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plumb", required=True, type=pathlib.Path)
    parser.add_argument("--programs", required=True, type=pathlib.Path)
    options = parser.parse_args()
    names = subprocess.run([options.programs], capture_output=True, check=True, text=True)
    if sorted(names.stdout.split("\n")[:-1]) != sorted(EXPECTED):
        sys.exit("the programs are not those that are expected here")
    watch_live(options)
    jobs = [(n, v, p) for n in sorted(EXPECTED) for v in ("leaky", "fixed") for p in (1, 2)]
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        mistakes = list(pool.map(lambda job: run(options, job), jobs))
    bad = {}
    for (name, variant, processors), mistake in zip(jobs, mistakes):
        if mistake:
            print(f"{name} {variant}, GOMAXPROCS={processors}: {mistake}")
            bad.setdefault(variant, set()).add(name)
    right = len(EXPECTED) - len(bad.get("leaky", ()))
    print(f"{right} of {len(EXPECTED)} leaky programs are explained at both settings; "
          f"{len(bad.get('fixed', ()))} fixed ones are suspected")
    return 1 if right < RIGHT * len(EXPECTED) or bad.get("fixed") else 0


if __name__ == "__main__":
    sys.exit(main())
