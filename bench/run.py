#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures plumb against its bars and prints a table of ratios.

    run.py --build build [--quick] [--only debug2] [--write bench/RESULTS.md]

Every bar is a ratio of two programs that run in turn on the same machine, so that it means the same
on another one. A round is one run of the slower program and a few of the faster; the result is the
median of the rounds' ratios. Inputs are made on first use and kept in --data. See README.md.
"""

from __future__ import annotations

import argparse
import gzip
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass, field

from shell_session import ShellSession

HERE = pathlib.Path(__file__).resolve().parent


@dataclass
class Run:
    """What one run of a program cost."""

    wall: float  # Seconds, as is the next.
    cpu: float
    peak_mb: float


@dataclass
class Row:
    """One bar and what was measured for it."""

    name: str
    values: list[float]  # One per round.
    limit: float
    at_least: bool  # The limit is a minimum, else a maximum.
    unit: str
    detail: str

    @property
    def measured(self) -> float:
        return statistics.median(self.values)

    @property
    def passed(self) -> bool:
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit


@dataclass
class Bench:
    """The programs, the inputs and the rows so far."""

    options: argparse.Namespace
    pprof: str
    rows: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tools = self.options.build / "bench"
        self.data = self.options.data or self.options.build / "bench-data"
        self.data.mkdir(parents=True, exist_ok=True)
        # As installed: a file that a linker wrote piece by piece takes a tenth of a millisecond
        # longer to start, as the kernel has it in small pieces.
        self.plumb = str(self.copy(self.options.plumb or self.options.build / "plumb", "plumb"))
        self.pprof = str(self.copy(self.pprof, "pprof"))
        self.rounds = 1 if self.options.quick else self.options.rounds

    def copy(self, program: str | pathlib.Path, name: str) -> pathlib.Path:
        """Installs `program` beside the inputs."""
        to = self.data / "bin" / name
        to.parent.mkdir(exist_ok=True)
        to.unlink(missing_ok=True)
        return pathlib.Path(shutil.copy(program, to))

    def measure(self, command: list[str], times: int = 1) -> list[Run]:
        """Runs `command` `times` times. A command that fails ends the benchmark."""
        memory = ["memory"] if "grep" in command else []
        done = subprocess.run([str(self.tools / "measure"), *memory, str(times), *command],
                              check=True, capture_output=True, text=True,
                              env=quiet_environment(self.data))
        runs = []
        for line in done.stdout.splitlines():
            wall, user, system, peak, status = map(int, line.split())
            if status != 0:
                sys.exit(f"{' '.join(command)}: status {status}\n{done.stderr}")
            runs.append(Run(wall / 1e6, (user + system) / 1e6, peak / 1024))
        return runs

    def rounds_of(self, ours: list[str], theirs: list[str], our_times: int = 3,
                  their_times: int = 1, rounds: int | None = None) -> list[tuple[Run, Run]]:
        """Both commands in turn; of each round the median run of either."""
        self.measure(ours)  # Warms the page cache.
        return [(median_run(self.measure(ours, our_times)),
                 median_run(self.measure(theirs, their_times)))
                for _ in range(rounds or self.rounds)]

    def add(self, name: str, values: list[float], limit: float, at_least: bool = False,
            unit: str = "x", detail: str = "") -> None:
        row = Row(name, values, limit, at_least, unit, detail)
        self.rows.append(row)
        print(markdown_row(row), flush=True)

    def profile(self, samples: int, labels: int = 0, depth: int = 30, functions: int = 50_000) \
            -> pathlib.Path:
        """A generated profile, compressed as Go does."""
        file = self.data / f"profile-{samples}-{depth}-{labels}-{functions}.pb.gz"
        if not file.exists():
            raw = file.with_suffix("")
            say(f"making {file.name}")
            subprocess.run([self.tools / "generate_profile", "--samples", str(samples), "--depth",
                            str(depth), "--labels", str(labels), "--functions", str(functions),
                            "--locations", str(4 * functions), "--out", raw],
                           check=True, stderr=subprocess.DEVNULL)
            with open(raw, "rb") as source, open(file, "wb") as target:
                subprocess.run([self.go_gzip()], stdin=source, stdout=target, check=True)
            raw.unlink()
        return file

    def go_gzip(self) -> str:
        program = self.data / "gzip_like_go"
        if not program.exists():
            subprocess.run([find_go(), "build", "-o", program, HERE / "go" / "gzip_like_go.go"],
                           check=True, env=go_environment())
        return str(program)

    def goroutine_series(self, snapshots: int, groups: int) -> pathlib.Path:
        """A folder of goroutine profiles that a Go program took of itself."""
        folder = self.data / f"series-{snapshots}-{groups}"
        if folder.exists():
            return folder
        say(f"making {folder.name}")
        source = self.data / "goroutine_series"
        source.mkdir(exist_ok=True)
        shutil.copy(HERE / "go" / "goroutine_series.go", source)
        (source / "steps.go").write_text(steps_in_go(400))
        draft = folder.with_suffix(".tmp")
        draft.mkdir(exist_ok=True)
        subprocess.run([find_go(), "run", *sorted(source.glob("*.go")), draft, str(snapshots),
                        str(groups)], check=True, env=go_environment())
        draft.rename(folder)
        return folder

    def text(self, name: str, *arguments: str) -> pathlib.Path:
        """A generated dump."""
        file = self.data / name
        if not file.exists():
            say(f"making {file.name}")
            draft = file.with_suffix(".tmp")
            subprocess.run([self.tools / "generate_goroutine_text", *arguments, "--out", draft],
                           check=True, stderr=subprocess.DEVNULL)
            draft.rename(file)
        return file


def proto_top(bench: Bench) -> None:
    """One million samples: against pprof, against inflation alone, and in memory."""
    size = 100_000 if bench.options.quick else 1_000_000
    plain, labelled = bench.profile(size), bench.profile(size, labels=100)
    slow_rounds = min(bench.rounds, 3)
    pairs = bench.rounds_of(plumb_top(bench, plain), pprof_top(bench, plain), 5,
                            rounds=slow_rounds)
    bench.add("top, no labels: pprof's time / ours", [b.wall / a.wall for a, b in pairs], 80, True,
              detail=times(pairs))
    bench.add("top, no labels: pprof's CPU time / ours", [b.cpu / a.cpu for a, b in pairs], 45,
              True, detail=cpu_times(pairs))
    bench.add("top, no labels: peak memory", [a.peak_mb for a, _ in pairs], 32, unit=" MB",
              detail=f"pprof {max(b.peak_mb for _, b in pairs):.0f} MB")
    pairs = bench.rounds_of(plumb_top(bench, labelled), pprof_top(bench, labelled), 5,
                            rounds=1 if bench.options.quick else min(slow_rounds, 2))
    bench.add("top, labels: pprof's time / ours", [b.wall / a.wall for a, b in pairs], 200, True,
              detail=times(pairs))
    bench.add("top, labels: peak memory", [a.peak_mb for a, _ in pairs], 32, unit=" MB",
              detail=f"pprof {max(b.peak_mb for _, b in pairs):.0f} MB")


def proto_limits(bench: Bench) -> None:
    """How near top comes to the time of inflation, and how both grow."""
    size = 100_000 if bench.options.quick else 1_000_000
    plain = bench.profile(size)
    inflate = [str(bench.tools / "inflate_only"), str(plain)]
    for labels in (0, 100):
        file = bench.profile(size, labels)
        pairs = bench.rounds_of(plumb_top(bench, file), [*inflate[:1], str(file)], 5, 5,
                                max(bench.rounds, 5))
        bench.add(f"top, {'labels' if labels else 'no labels'}: time / inflation alone",
                  [a.wall / b.wall for a, b in pairs], 1.6, detail=times(pairs, "inflation"))
    ten = bench.profile(10 * size)
    pairs = bench.rounds_of(plumb_top(bench, ten), plumb_top(bench, plain), 1, 3,
                            max(bench.rounds, 3))
    bench.add("top: ten times the samples, time", [a.wall / b.wall for a, b in pairs], 10.5,
              detail=times(pairs, "a tenth"))
    bench.add("top: ten times the samples, peak memory", [a.peak_mb for a, _ in pairs], 32,
              unit=" MB")


def debug2(bench: Bench) -> None:
    """Stack dumps, on one core, against grep; and one with many groups."""
    size = 100_000 if bench.options.quick else 1_000_000
    dump = bench.text(f"debug2-{size}.txt", "--debug", "2", "--goroutines", str(size))
    one_core = ["taskset", "-c", "0"]
    grep = [*one_core, "grep", "-c", "^goroutine ", str(dump)]
    pairs = bench.rounds_of([*one_core, bench.plumb, "leaks", str(dump)], grep, 1, 1,
                            max(bench.rounds, 3))
    bench.add("leaks on debug=2: time / grep -c", [a.wall / b.wall for a, b in pairs], 1,
              detail=times(pairs, "grep"))
    # 16 MB, and 300 B for each of the 1,300 places in its stacks that differ.
    bench.add("leaks on debug=2: peak memory", [a.peak_mb for a, _ in pairs],
              16 + 300 * 1300 / 2**20, unit=" MB")
    many = bench.text("debug2-15k-groups.txt", "--debug", "2", "--goroutines", "100000",
                      "--templates", "20000")
    group = [bench.tools / "group_dump", str(many)]
    pairs = bench.rounds_of([bench.plumb, "leaks", str(many)], group, 3, 3)
    size_gb = many.stat().st_size / 1e9
    bench.add("debug=2 with 15,000 groups, to their table: speed",
              [size_gb / b.wall for _, b in pairs], 1, True, " GB/s",
              f"{size_gb * 1e3:.0f} MB, peak {pairs[0][1].peak_mb:.0f} MB")
    # Not asked for by anybody: that the verdict on each group stays within reach of the reading.
    bench.add("leaks, with the verdict on each of them: time / to their table",
              [a.wall / b.wall for a, b in pairs], 3,
              detail=f"{times(pairs, 'table')}, peak {pairs[0][0].peak_mb:.0f} MB")


def series(bench: Bench) -> None:
    """The verdict on many small snapshots, and on two dumps with ids."""
    snapshots = 100 if bench.options.quick else 1000
    folder = bench.goroutine_series(snapshots, 300)
    command = [bench.plumb, "leaks", "-every=5s", str(folder)]
    bench.measure(command)
    runs = [median_run(bench.measure(command, 3)) for _ in range(bench.rounds)]
    bench.add(f"leaks on {snapshots} profiles of 300 groups: time", [r.wall for r in runs], 2,
              unit=" s", detail=f"CPU {seconds(runs[0].cpu)}, peak {runs[0].peak_mb:.0f} MB")
    size = 100_000 if bench.options.quick else 1_000_000
    dumps = [bench.text(f"debug2-{count}.txt", "--debug", "2", "--goroutines", str(count))
             for count in (size, size + 200)]
    command = [bench.plumb, "leaks", "-every=60s", *map(str, dumps)]
    bench.measure(command)
    runs = [median_run(bench.measure(command, 3)) for _ in range(bench.rounds)]
    bench.add(f"leaks on two dumps of {size:,} goroutines: time", [r.wall for r in runs], 2,
              unit=" s", detail=f"CPU {seconds(runs[0].cpu)}")
    bench.add("leaks on two dumps: peak memory", [r.peak_mb for r in runs], 256, unit=" MB")


def debug1(bench: Bench) -> None:
    """A count profile with 100,000 groups."""
    groups = 20_000 if bench.options.quick else 100_000
    file = bench.text(f"debug1-{groups}.txt", "--debug", "1", "--groups", str(groups))
    pairs = bench.rounds_of(plumb_top(bench, file), pprof_top(bench, file), 5)
    bench.add("top on debug=1: pprof's time / ours", [b.wall / a.wall for a, b in pairs], 20, True,
              detail=times(pairs))
    bench.add("top on debug=1: peak memory", [a.peak_mb for a, _ in pairs], 32, unit=" MB",
              detail=f"pprof {max(b.peak_mb for _, b in pairs):.0f} MB")


def outputs(bench: Bench) -> None:
    """Reports that write every sample, and the flame graph."""
    plain = bench.profile(100_000 if bench.options.quick else 1_000_000)
    for report, limit in (("raw", 40), ("proto", 15), ("traces", 40)):
        pairs = bench.rounds_of([bench.plumb, report, str(plain)],
                                [bench.pprof, "-" + report, "-symbolize=none", str(plain)], 3,
                                rounds=min(bench.rounds, 2))
        bench.add(f"{report}: pprof's CPU time / ours", [b.cpu / a.cpu for a, b in pairs], limit,
                  True, detail=cpu_times(pairs))
    runs = [median_run(bench.measure([bench.plumb, "flamegraph", str(plain)], 3))
            for _ in range(bench.rounds)]
    bench.add("flamegraph: time", [run.wall for run in runs], 1, unit=" s",
              detail=f"peak {max(run.peak_mb for run in runs):.0f} MB")


def graphs(bench: Bench) -> None:
    """Reports that need the whole graph, and a difference."""
    plain = bench.profile(100_000 if bench.options.quick else 1_000_000)
    base = bench.profile(10_000 if bench.options.quick else 100_000)
    # What peek and list show of one function.
    only = f"^{re.escape(largest_function(bench, plain))}$"
    for name, arguments in (("tree", ["-tree"]), ("dot", ["-dot"]), ("peek", [f"-peek={only}"]),
                            ("list", [f"-list={only}"]), ("top -base", ["-top", f"-base={base}"])):
        pairs = bench.rounds_of([bench.plumb, *arguments, str(plain)],
                                [bench.pprof, *arguments, "-symbolize=none", str(plain)], 3,
                                rounds=min(bench.rounds, 2))
        bench.add(f"{name}: pprof's CPU time / ours", [b.cpu / a.cpu for a, b in pairs], 40, True,
                  detail=cpu_times(pairs))
        sizes = inflated_mb(plain) + (inflated_mb(base) if "-base" in name else 0)
        bench.add(f"{name}: peak memory / size of the input inflated, less 32 MB",
                  [(a.peak_mb - 32) / sizes for a, _ in pairs], 1.2,
                  detail=f"{pairs[0][0].peak_mb:.0f} MB, pprof {pairs[0][1].peak_mb:.0f} MB")


def session(bench: Bench) -> None:
    """What a command of the shell takes once the profile is loaded. No pattern comes twice."""
    plain = bench.profile(100_000 if bench.options.quick else 1_000_000)
    largest = largest_function(bench, plain)
    shell = ShellSession(bench.plumb, plain, bench.data)
    shell.seconds("top 5")
    runs = range(max(bench.rounds, 5))
    for name, command, limit in (
            ("the same report again", "top 5", 5),
            ("a new -focus that keeps most", "top 5 -focus=Server|no{}", 100),
            ("a new -focus that keeps few", f"top 5 -focus={largest}|no{{}}", 100),
            ("a new peek", f"peek ^{largest}$|no{{}}", 100),
            ("all added up anew", "top 5 -nodefraction=0.01{:02}", 150)):
        times = []
        for run in runs:
            if "anew" in name:  # Sums of the same nodes are remembered.
                shell.seconds(f"top 5 -lines -nodefraction=0.02{run:02}")
            times.append(1e3 * shell.seconds(command.format(run)))
        bench.add(f"shell: {name}", times, limit, unit=" ms")
    shell.close()


def largest_function(bench: Bench, profile: pathlib.Path) -> str:
    """The name in the first line of its top."""
    return subprocess.run([bench.plumb, "top", "-nodecount=1", str(profile)], check=True,
                          capture_output=True, text=True).stdout.split()[-1]


def symbols(bench: Bench) -> None:
    """Names and lines of 2,000 addresses of a large C++ program."""
    program = bench.data / "many_inlines"
    if not program.exists():
        say("making many_inlines (some minutes)")
        subprocess.run([sys.executable, HERE / "make_many_inlines.py", program], check=True)
    profile = program.with_suffix(".pb.gz")
    command = [bench.plumb, "top", str(profile)]
    first = [*environment_of(PLUMB_NAMES="off"), *command]
    again = [*environment_of(PLUMB_NAMES=str(bench.data / "names")), *command]
    bench.measure(again)
    size_mb = program.stat().st_size / 1e6
    runs = [median_run(bench.measure(first, 3)) for _ in range(bench.rounds)]
    bench.add("2,000 addresses of a C++ program: time", [r.wall for r in runs], 1, unit=" s",
              detail=f"{size_mb:.0f} MB program")
    bench.add("2,000 addresses: peak memory", [r.peak_mb for r in runs], 300, unit=" MB")
    runs = [median_run(bench.measure(again, 5)) for _ in range(bench.rounds)]
    bench.add("2,000 addresses, the next time: time", [r.wall * 1e3 for r in runs], 20,
              unit=" ms")


def start(bench: Bench) -> None:
    """Start to finish on a tiny profile."""
    tiny = bench.profile(50, depth=12, functions=60)
    pairs = bench.rounds_of(plumb_top(bench, tiny), pprof_top(bench, tiny), 20, 20,
                            max(bench.rounds, 7))
    bench.add("tiny profile: time / pprof's", [a.wall / b.wall for a, b in pairs], 1 / 3,
              detail=times(pairs))


def picture(bench: Bench) -> None:
    """The picture of a call graph, all of plumb against graphviz's layout alone."""
    if not shutil.which("dot"):
        say("picture: left out, graphviz is not installed")
        return
    file = bench.profile(20_000, depth=12, functions=400)
    graph = bench.data / "graph.dot"
    graph.write_bytes(subprocess.run([bench.plumb, "dot", str(file)], check=True,
                                     capture_output=True).stdout)
    # Without a PATH there is no graphviz for plumb.
    svg = ["env", "PATH=/nonexistent", bench.plumb, "svg", str(file)]
    pairs = bench.rounds_of(svg, ["dot", "-Tsvg", str(graph)], 5, 1, max(bench.rounds, 3))
    bench.add("svg: time / dot -Tsvg alone", [a.wall / b.wall for a, b in pairs], 0.5,
              detail=times(pairs, "dot"))
    many = bench.profile(20_000, depth=12, functions=2_000)
    all_of_it = [*svg[:-1], "-trim=false", str(many)]
    pairs = bench.rounds_of(all_of_it, svg, 1, 5)
    bench.add("svg: 2,000 functions / 80 functions", [a.wall / b.wall for a, b in pairs], 50,
              detail=times(pairs, "80"))


PARTS = {"picture": picture, "start": start, "limits": proto_limits,
         "debug2": debug2, "series": series, "debug1": debug1,
         "top": proto_top, "outputs": outputs, "graphs": graphs, "session": session,
         "symbols": symbols}


def steps_in_go(count: int) -> str:
    """The functions that goroutine_series.go has on its stacks."""
    names = "".join(f"\t\tstep{i},\n" for i in range(count))
    head = ("package main\n\nimport \"runtime\"\n\nvar steps []func([]int)\n\n"
            f"func init() {{\n\tsteps = []func([]int){{\n{names}\t}}\n}}\n")
    return head + "".join(STEP_IN_GO.replace("NUMBER", str(i)) for i in range(count))


# Two places where the next function is called, as distinct lines.
STEP_IN_GO = (
    "\n//go:noinline\nfunc stepNUMBER(path []int) {\n\tswitch {\n"
    "\tcase len(path) == 0:\n\t\twait(NUMBER)\n"
    "\tcase path[0]%2 == 0:\n\t\tsteps[path[0]](path[1:])\n"
    "\tdefault:\n\t\tsteps[path[0]](path[1:])\n\t}\n\truntime.KeepAlive(path)\n}\n")


def plumb_top(bench: Bench, file: pathlib.Path) -> list[str]:
    return [bench.plumb, "top", str(file)]


def pprof_top(bench: Bench, file: pathlib.Path) -> list[str]:
    return [bench.pprof, "-top", "-symbolize=none", str(file)]


def inflated_mb(file: pathlib.Path) -> float:
    with gzip.open(file) as source:
        return source.seek(0, os.SEEK_END) / 2**20


def environment_of(**variables: str) -> list[str]:
    """A prefix of a command that sets variables for it."""
    return ["env", *(f"{name}={value}" for name, value in variables.items())]


def median_run(runs: list[Run]) -> Run:
    return Run(statistics.median(r.wall for r in runs), statistics.median(r.cpu for r in runs),
               max(r.peak_mb for r in runs))


def seconds(value: float) -> str:
    return f"{value:.2f} s" if value >= 1 else f"{value * 1e3:.3g} ms"


def times(pairs: list[tuple[Run, Run]], other: str = "pprof") -> str:
    ours, theirs = (statistics.median(pair[i].wall for pair in pairs) for i in (0, 1))
    return f"{seconds(ours)}, {other} {seconds(theirs)}"


def cpu_times(pairs: list[tuple[Run, Run]]) -> str:
    ours, theirs = (statistics.median(pair[i].cpu for pair in pairs) for i in (0, 1))
    return f"{seconds(ours)}, pprof {seconds(theirs)}"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def markdown_row(row: Row) -> str:
    sign = ">=" if row.at_least else "<="
    spread = f"{min(row.values):.3g} .. {max(row.values):.3g}"
    return (f"| {row.name} | {row.measured:.3g}{row.unit} | {spread} | {sign} {row.limit:.3g}"
            f"{row.unit} | {'yes' if row.passed else 'NO'} | {row.detail} |")


TABLE_HEAD = ("| measurement | median | min .. max | bar | met | medians |\n"
              "| --- | --- | --- | --- | --- | --- |")


def machine() -> str:
    """The processor and the versions compared."""
    model = "unknown processor"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":")[1].strip()
            break
    go = subprocess.run([find_go(), "version"], capture_output=True, text=True, check=True,
                        env=go_environment()).stdout.split()[2]
    return f"{os.cpu_count()} cores of {model}; pprof of {go}"


def find_go() -> str:
    for go in ["go", "/usr/local/go/bin/go", "/usr/lib/go-1.19/bin/go"]:
        if shutil.which(go):
            return go
    sys.exit("the benchmarks compare with go tool pprof and need a Go")


def go_environment() -> dict[str, str]:
    dropped = ("GOFLAGS", "GOTOOLCHAIN")
    return {k: v for k, v in os.environ.items() if k not in dropped} | {"GO111MODULE": "off"}


def quiet_environment(home: pathlib.Path) -> dict[str, str]:
    """pprof writes counters and settings under HOME."""
    return os.environ | {"HOME": str(home), "PPROF_TMPDIR": str(home), "LC_ALL": "C", "TZ": "UTC"}


def find_pprof(given: str | None) -> str:
    """The program itself: `go tool` in front of it costs more than a tiny profile."""
    if given:
        return given
    done = subprocess.run([find_go(), "tool", "-n", "pprof"], capture_output=True, text=True,
                          check=True, env=go_environment())
    return done.stdout.strip()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, required=True, help="a Release build")
    parser.add_argument("--plumb", help="the program; default: the one of the build")
    parser.add_argument("--pprof", help="pprof itself; default: the one of the installed go")
    parser.add_argument("--data", type=pathlib.Path, help="where inputs are kept")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="a tenth of the size, one round")
    parser.add_argument("--only", choices=PARTS, help="one part")
    parser.add_argument("--write", type=pathlib.Path, help="write the table to this file")
    options = parser.parse_args()
    options.build = options.build.resolve()
    bench = Bench(options, find_pprof(options.pprof))
    head = f"Measured on {machine()}."
    print(f"{head}\n\n{TABLE_HEAD}", flush=True)
    for name, part in PARTS.items():
        if options.only in (None, name):
            part(bench)
    if options.write:
        table = "\n".join([TABLE_HEAD, *map(markdown_row, bench.rows)])
        options.write.write_text(f"# Results\n\nWritten by `bench/run.py`. {head}\n\n{table}\n")
    return 0 if all(row.passed for row in bench.rows) else 1


if __name__ == "__main__":
    sys.exit(main())
