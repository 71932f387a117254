#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Scores the verdicts of `plumb leaks` on recorded programs whose leaks are known.

    tools/score_leaks.py programs DIR TRUTH.tsv
    tools/score_leaks.py service DIR
    tools/score_leaks.py runtime-service MAIN.go
    tools/score_leaks.py runtime-programs

`programs`: a folder for each program with snapshots N.2.txt (debug=2), N.1.txt and N.pb.gz, and a
table of the `go` lines and entry functions that leak. `service`: a folder for each scenario with a
series NNN.2.txt, NNN.1.txt and NNN.pb.gz; functions whose names begin with `leak` leak. DIR may be
a .tar.xz with such folders. Other methods are scored in the same run, on the same groups.

The last two score Go's own goroutineleak profile, which no recording has: they build the program
that the service's recordings are from, or the programs of tests/leaks, with
GOEXPERIMENT=goroutineleakprofile, which the Go that is installed has to know, and run them live."""

import argparse
import collections
import concurrent.futures
import importlib.util
import json
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

LEVELS = ["benign", "watch", "possible", "likely", "confirmed"]
CHANNEL_OR_LOCK = ("chan", "select", "semacquire", "sync.")
CERTAIN = ("chan receive (nil chan)", "chan send (nil chan)", "select (no cases)")


def run_plumb(plumb, files, every=None):
    """Returns the groups of the report on `files`, with their verdicts."""
    command = [plumb, "leaks", "-json", "-n=0"]
    if every:
        command.append(f"-every={every}s")
    done = subprocess.run(command + [str(f) for f in files], capture_output=True)
    if done.returncode == 2:
        sys.exit(f"{' '.join(command)}: {done.stderr.decode()}")
    return json.loads(done.stdout)["groups"]


def at_least(group, level):
    return LEVELS.index(group["level"]) >= LEVELS.index(level)


def key_of(group):
    """What a group is in every snapshot."""
    creator = group["created_by"] or {}
    frames = tuple(
        (f["function"], f["line"])
        for f in group["frames"]
        if f.get("owner") != "runtime" and "elided" not in f
    )
    return (group["state"], frames, creator.get("function", ""), creator.get("line", 0))


def functions_of(group):
    creator = group["created_by"] or {}
    names = [f["function"] for f in group["frames"] if "elided" not in f]
    return names + ([creator["function"]] if creator.get("function") else [])


def is_waiting(state):
    return state.startswith(CHANNEL_OR_LOCK)


def unpack(path):
    """Returns the folder `path`, or what the archive `path` holds."""
    path = pathlib.Path(path)
    if path.is_dir():
        return path
    folder = tempfile.TemporaryDirectory(prefix="score_leaks")
    unpack.folders.append(folder)
    with tarfile.open(path) as archive:
        archive.extractall(folder.name)
    return pathlib.Path(folder.name)


unpack.folders = []


class Score:
    def __init__(self):
        self.found = self.false = self.missed = 0
        self.false_places = collections.Counter()
        self.missed_places = collections.Counter()

    def add(self, is_leak, is_flagged, place):
        if is_leak and is_flagged:
            self.found += 1
        elif is_leak:
            self.missed += 1
            self.missed_places[place] += 1
        elif is_flagged:
            self.false += 1
            self.false_places[place] += 1

    def row(self, name):
        flagged = self.found + self.false
        real = self.found + self.missed
        precision = f"{self.found / flagged:9.2f}" if flagged else "        -"
        recall = f"{self.found / real:6.2f}" if real else "     -"
        return f"{name:44} {self.found:5} {self.false:5} {self.missed:6} {precision} {recall}"


HEADING = f"{'':44} {'found':>5} {'false':>5} {'missed':>6} {'precision':>9} {'recall':>6}"


# ---- programs


def read_truth(path):
    truth = collections.defaultdict(list)
    for line in pathlib.Path(path).read_text().splitlines()[1:]:
        program, kind, value, leaks, *_ = line.split("\t")
        truth[program].append((kind, value, leaks == "1"))
    return truth


def site_of(group, sites):
    """The row of the truth that a group belongs to."""
    creator = group["created_by"] or {}
    line = str(creator.get("line", ""))
    if creator.get("file", "").endswith("main.go"):
        for site in sites:
            if site[0] == "go" and site[1] == line:
                return site
    mine = [f["function"] for f in group["frames"] if f.get("function", "").startswith("main.")]
    entry = re.sub(r".*[.)]", "", mine[-1]) if mine else ""
    return next((s for s in sites if s[0] == "fn" and s[1] == entry), None)


def is_first(group):
    return group["first_goroutine"] == 1 or group["is_profiler"]


def count_goroutines(program):
    """The most goroutines beside the first that any dump of a program has."""
    texts = (file.read_text(errors="replace") for file in program.glob("*.2.txt"))
    return max((len(re.findall(r"^goroutine (?!1 )", text, re.M)) for text in texts), default=0)


def score_programs(options):
    folder = unpack(options.data)
    truth = read_truth(options.truth)
    tables = collections.defaultdict(Score)
    alive = collections.Counter()
    programs = collections.Counter()
    wrong = []
    silent = []
    for name in sorted(truth):
        kind = name.split("_")[0]
        snapshots = [folder / name / f"{i}.2.txt" for i in (1, 2)]
        if not all(s.exists() for s in snapshots):
            continue
        groups = run_plumb(options.plumb, snapshots, every=65)
        best = {}
        for group in groups:
            if is_first(group):
                continue
            site = site_of(group, truth[name])
            if kind == "false-negative" and site:
                site = (site[0], site[1], True)
            key = site or (group["state"], group["blocked"] and group["blocked"]["function"])
            if key not in best or at_least(group, best[key]):
                best[key] = group["level"]
        leaks = 0
        for key, level in best.items():
            is_leak = len(key) == 3 and key[2]
            for wanted in ("possible", "likely", "confirmed"):
                flagged = LEVELS.index(level) >= LEVELS.index(wanted)
                tables[wanted].add(is_leak, flagged, (name, key))
            leaks += is_leak
            if not is_leak and kind == "correct" and LEVELS.index(level) >= 3:
                wrong.append((name, key, level))
            if is_leak:
                alive[kind + " sites"] += 1
                alive[kind + " found"] += LEVELS.index(level) >= 2
        absent = sum(s[2] for s in truth[name]) - leaks if kind != "false-negative" else 0
        if absent > 0:
            alive[kind + " sites without a goroutine"] += absent
            silent.append((name, absent, count_goroutines(folder / name)))
        if leaks:
            programs[kind + " programs with leaks"] += 1
            programs[kind + " programs found"] += any(
                len(k) == 3 and k[2] and LEVELS.index(v) >= 2 for k, v in best.items()
            )
    print("Two debug=2 snapshots, 65 s apart:")
    print(HEADING)
    for wanted, score in tables.items():
        print(score.row(wanted + " and above"))
    for key, value in sorted({**alive, **programs}.items()):
        print(f"  {key}: {value}")
    for name, absent, others in silent:
        print(f"  {name}: {absent} sites have no goroutine; of all its snapshots the fullest has "
              f"{others} beside the first")
    for row in wrong:
        print("  correct program at likely or above:", *row)
    if options.check:
        possible = tables["possible"]
        recall = possible.found / max(possible.found + possible.missed, 1)
        missed = alive["false-negative sites"] - alive["false-negative found"]
        return 1 if wrong or missed or recall < 0.98 else 0
    if options.verbose:
        for wanted, score in tables.items():
            print(wanted, "missed:", *score.missed_places, sep="\n    ")
            print(wanted, "false:", *score.false_places, sep="\n    ")


# ---- service


def service_truth(group, scenario):
    """True, False, or None where the scenario does not tell."""
    names = functions_of(group)
    if any("main.leak" in n for n in names):
        return True
    if "body" not in scenario:
        return False
    if any("persistConn).readLoop" in n for n in names):
        return True if group["state"] == "select" else None
    if any("persistConn).writeLoop" in n for n in names):
        return None
    writes = any("ResponseWriter" in n or "http.(*response)" in n for n in names)
    if any(n.startswith("main.main.func") for n in names) and writes:
        return True
    return None if any("http.(*conn).serve" in n for n in names) else False


def is_real(group, truth, counts, scenario):
    """A leak that is on its way to its place is none yet; one of one goroutine only where the
    scenario says so."""
    states = ("sleep", "runnable", "running", "IO wait", "syscall")
    names = functions_of(group)
    by_design = any("leakSleeper" in n or "leakConn" in n for n in names) or "body" in scenario
    if group["state"] in states and not by_design and max(counts) <= 2:
        return None
    single = "once" in scenario or "mutex" in scenario
    return True if truth and (counts[-1] >= 2 or single) else None


def mann_kendall(values):
    n = len(values)
    score = sum(
        (values[j] > values[i]) - (values[j] < values[i]) for i in range(n) for j in range(i + 1, n)
    )
    ties = collections.Counter(values)
    variance = n * (n - 1) * (2 * n + 5) - sum(c * (c - 1) * (2 * c + 5) for c in ties.values())
    if variance <= 0 or score == 0:
        return score, 1.0
    z = (score - math.copysign(1, score)) / math.sqrt(variance / 18)
    return score, 0.5 * math.erfc(z / math.sqrt(2))


def other_methods(group, counts):
    waits = is_waiting(group["state"])
    score, p = mann_kendall(counts)
    trend = score > 0 and p < 0.05
    return {
        "threshold of 10000 (LeakProf)": waits and counts[-1] >= 10000,
        "threshold of 100": waits and counts[-1] >= 100,
        "threshold of 20": waits and counts[-1] >= 20,
        "growth: last > first (goroscope)": counts[-1] > counts[0],
        "recurrence in all snapshots (goleaked)": all(counts),
        "recurrence, channels and locks only": all(counts) and waits,
        "Mann-Kendall p < .05": trend,
        "Mann-Kendall p < .05, channels and locks only": trend and waits,
    }


def place_of(group):
    mine = [f for f in group["frames"] if f.get("function", "").startswith("main.")]
    frame = mine[0] if mine else (group["blocked"] or {"function": "?", "line": 0})
    return (group["state"], frame["function"], frame["line"])


def count_series(plumb, folder, files, cache):
    """Counts of each group in each of `files`."""
    series = []
    for file in files:
        if file not in cache:
            cache[file] = {key_of(g): g["count"] for g in run_plumb(plumb, [file])}
        series.append(cache[file])
    return series


def score_snapshots(options, scenario, files, every, tables, prefix, cache):
    groups = run_plumb(options.plumb, files, every)
    series = count_series(options.plumb, scenario, files, cache)
    for group in groups:
        names = functions_of(group)
        if is_first(group) or ("main.main" in names[:-1] and not group["created_by"]):
            continue
        truth = service_truth(group, scenario.name)
        if truth is None:
            continue
        counts = [s.get(key_of(group), 0) for s in series]
        real = is_real(group, truth, counts, scenario.name) if truth else False
        if truth and real is None:
            continue
        place = (scenario.name[:40],) + place_of(group)
        for level in ("possible", "likely", "confirmed"):
            tables[f"{prefix}: {level}+"].add(real, at_least(group, level), place)
        if prefix.startswith("20 debug=2") or prefix.startswith("20 proto"):
            suffix = ", by proto" if prefix.startswith("20 proto") else ""
            for method, flagged in other_methods(group, counts).items():
                tables[method + suffix].add(real, flagged, place)


def score_service(options):
    folder = unpack(options.data)
    tables = collections.defaultdict(Score)
    scenarios = sorted(p for p in folder.iterdir() if p.is_dir())
    for scenario in scenarios:
        cache = {}
        text = sorted(scenario.glob("*.2.txt"))
        proto = sorted(scenario.glob("*.pb*"))
        old = sorted(scenario.glob("*.1.txt"))
        plans = [
            ("1 debug=2 at 100 s", text[-1:]),
            ("2 debug=2, 60 s apart", [text[-13] if len(text) > 13 else text[0], text[-1]]),
            ("5 debug=2, 15 s apart", text[-13::3] if len(text) > 13 else []),
            ("20 debug=2, 5 s apart", text if len(text) > 13 else []),
            ("1 proto at 100 s", proto[-1:]),
            ("2 proto, 60 s apart", [proto[-13], proto[-1]] if proto else []),
            ("20 proto, 5 s apart", proto),
            ("20 debug=1, 5 s apart", old),
        ]
        if options.pairs:
            plans = [(f"pair {i}", [text[i], text[i + 12]]) for i in range(8)]
        for prefix, files in plans:
            if not files:
                continue
            every = {2: 60, 5: 15, 20: 5}.get(len(files))
            score_snapshots(options, scenario, files, every, tables, prefix, cache)
    print(HEADING)
    for name, score in tables.items():
        print(score.row(name))
    if options.verbose:
        for name, score in tables.items():
            if ":" not in name or options.verbose not in name:
                continue
            print(name, "\n  missed:", *score.missed_places.items(), sep="\n    ")
            print("  false:", *score.false_places.items(), sep="\n    ")
    return 1 if options.check and below_bars(tables) else 0


# ---- Go's own leak profile

# Beside the service's main.go: after a while its goroutines are dumped with the mark of the leaked.
LEAK_DUMPER = """package main

import (
    "os"
    "path/filepath"
    "runtime/pprof"
    "time"
)

func init() {
    go func() {
        time.Sleep(SECONDS * time.Second)
        os.MkdirAll(os.Getenv("ZZOUT"), 0o755)
        file, err := os.Create(filepath.Join(os.Getenv("ZZOUT"), "leaked.2.txt"))
        if err != nil {
            panic(err)
        }
        pprof.Lookup("goroutineleak").WriteTo(file, 2)
        file.Close()
        os.Exit(0)
    }()
}
"""
HERE = pathlib.Path(__file__).resolve().parent
SCENARIOS = (
    "body conn ctx ctx+slow+ramp+season+sessions healthy healthy+ramp "
    "healthy+ramp+season+sessions healthy+season healthy+sessions mutex nil once range sleeper "
    "slow timeout timeout+ramp+season+sessions wg "
    "timeout+range+ctx+mutex+wg+nil+slow+once+conn+body+sleeper+ramp+sessions+season"
)


def build_with_leak_profile(source, program):
    environment = dict(os.environ, GOEXPERIMENT="goroutineleakprofile", CGO_ENABLED="0")
    environment.update(GOFLAGS="", GOTOOLCHAIN="local", GOWORK="off")
    if not (source / "go.mod").exists():
        (source / "go.mod").write_text("module service\n\ngo 1.21\n")
    done = subprocess.run(["go", "build", "-o", program, "."], cwd=source, env=environment)
    if done.returncode != 0:
        sys.exit("the installed Go does not build it with GOEXPERIMENT=goroutineleakprofile")


def score_runtime_service(options):
    """The groups of each scenario, as the runtime marks them."""
    score = Score()
    with tempfile.TemporaryDirectory(prefix="score_leaks") as folder:
        source = pathlib.Path(folder) / "service"
        source.mkdir()
        shutil.copy(options.data, source / "main.go")
        dumper = LEAK_DUMPER.replace("SECONDS", str(options.seconds))
        (source / "leak_dumper.go").write_text(dumper)
        program = pathlib.Path(folder) / "program"
        build_with_leak_profile(source, program)

        def run(scenario):
            out = pathlib.Path(folder) / scenario
            subprocess.run([program, scenario], env=dict(os.environ, ZZOUT=str(out)), timeout=300)
            return scenario, run_plumb(options.plumb, [out / "leaked.2.txt"])

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            results = list(pool.map(run, options.scenarios))
    for scenario, groups in results:
        for group in groups:
            names = functions_of(group)
            if is_first(group) or ("main.main" in names[:-1] and not group["created_by"]):
                continue
            truth = service_truth(group, scenario)
            real = is_real(group, truth, [group["count"]], scenario) if truth else False
            if truth is None or real is None:
                continue
            score.add(real, group["leaked"] > 0, (scenario,) + place_of(group))
    print(HEADING)
    print(score.row(f"goroutineleak after {options.seconds} s"))
    print("  missed:", *sorted(score.missed_places.items()), sep="\n    ")
    print("  false:", *sorted(score.false_places.items()), sep="\n    ")


def score_runtime_programs(options):
    """Which of the programs of tests/leaks the runtime proves to leak, and plumb from two dumps."""
    tests = HERE.parent / "tests" / "leaks"
    spec = importlib.util.spec_from_file_location("run_programs", tests / "run_programs.py")
    expected = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(expected)
    tables = collections.defaultdict(Score)
    with tempfile.TemporaryDirectory(prefix="score_leaks") as folder:
        program = pathlib.Path(folder) / "program"
        build_with_leak_profile(tests / "programs", program)
        names = sorted(expected.EXPECTED)
        jobs = [(n, v, p) for n in names for v in ("leaky", "fixed") for p in "12"]

        def run(job):
            out = pathlib.Path(folder) / "-".join(job).replace("/", "-")
            out.mkdir()
            environment = dict(os.environ, GOMAXPROCS=job[2])
            subprocess.run([program, job[0], job[1], out], env=environment, check=True, timeout=120)
            verdict = run_plumb(options.plumb, [out / "0.2.txt", out / "1.2.txt"], every=60)
            return job, verdict, run_plumb(options.plumb, [out / "leaked.2.txt"])

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            results = list(pool.map(run, jobs))
    for (name, variant, processors), verdict, leaked in results:
        function = expected.EXPECTED[name][0]
        is_leaky = variant == "leaky"

        def is_flagged(groups, holds):
            return any(
                holds(g) and (not is_leaky or any(function in n for n in functions_of(g)))
                for g in groups
            )

        place = (name, "GOMAXPROCS=" + processors)
        proves = is_flagged(leaked, lambda g: g["leaked"] > 0)
        tables["goroutineleak"].add(is_leaky, proves, place)
        for level in ("possible", "likely"):
            found = is_flagged(verdict, lambda g, level=level: at_least(g, level))
            tables[f"plumb, two dumps: {level}+"].add(is_leaky, found, place)
    print(HEADING)
    for name, score in tables.items():
        print(score.row(name))
        print("  missed:", *sorted(score.missed_places), sep="\n    ")
        print("  false:", *sorted(score.false_places), sep="\n    ")


# Tables of the service: least precision and recall.
SERVICE_BARS = {
    "2 debug=2, 60 s apart: likely+": (1.0, 0.75),
    "2 debug=2, 60 s apart: possible+": (0.9, 1.0),
    "20 debug=2, 5 s apart: possible+": (0.9, 1.0),
    "20 proto, 5 s apart: likely+": (1.0, 0.7),
}


def below_bars(tables):
    """True if a table that there is misses its bar."""
    missed = False
    for name, (precision, recall) in SERVICE_BARS.items():
        score = tables.get(name)
        if score is None:
            continue
        flagged = max(score.found + score.false, 1)
        real = max(score.found + score.missed, 1)
        if score.found / flagged < precision or score.found / real < recall:
            print("below the bar:", name)
            missed = True
    return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plumb", default=os.environ.get("PLUMB", "build/plumb"))
    parser.add_argument("--verbose", default="", help="list mistakes of tables so named")
    parser.add_argument("--check", action="store_true", help="exit 1 below the bars")
    commands = parser.add_subparsers(dest="command", required=True)
    programs = commands.add_parser("programs")
    programs.add_argument("data")
    programs.add_argument("truth")
    service = commands.add_parser("service")
    service.add_argument("data")
    service.add_argument("--pairs", action="store_true", help="all pairs of dumps 60 s apart")
    runtime = commands.add_parser("runtime-service")
    runtime.add_argument("data")
    runtime.add_argument("--seconds", type=int, default=60)
    runtime.add_argument("--scenarios", nargs="+", default=SCENARIOS.split())
    commands.add_parser("runtime-programs")
    options = parser.parse_args()
    scores = {
        "programs": score_programs,
        "service": score_service,
        "runtime-service": score_runtime_service,
        "runtime-programs": score_runtime_programs,
    }
    sys.exit(scores[options.command](options))


if __name__ == "__main__":
    main()
