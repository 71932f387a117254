#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random small profiles of every kind, each legal and each odd in its own way.

    generate.py --seed 7 --count 20 --out DIR

A case is a base of some kind (cpu, heap, goroutine, C++, ...) with a few twists on top: negative
values, sparse ids, locations without lines, and so on. The twists that matter to whoever compares
reports are in `Case.features`. The same seed and index give the same bytes.
"""

from __future__ import annotations

import argparse
import pathlib
import random
from dataclasses import dataclass, field

from wire import Encoder, Function, Label, Line, Location, Mapping, Profile, Sample, Style

INT64_MAX = (1 << 63) - 1
INT64_MIN = -(1 << 63)

# name: sample types, period type, default sample type
KINDS = {
    "cpu": ([("samples", "count"), ("cpu", "nanoseconds")], ("cpu", "nanoseconds"), ""),
    "heap": ([("alloc_objects", "count"), ("alloc_space", "bytes"), ("inuse_objects", "count"),
              ("inuse_space", "bytes")], ("space", "bytes"), "inuse_space"),
    "allocs": ([("alloc_objects", "count"), ("alloc_space", "bytes"), ("inuse_objects", "count"),
                ("inuse_space", "bytes")], ("space", "bytes"), "alloc_space"),
    "goroutine": ([("goroutine", "count")], ("goroutine", "count"), ""),
    "block": ([("contentions", "count"), ("delay", "nanoseconds")], ("contentions", "count"), ""),
    "mutex": ([("contentions", "count"), ("delay", "nanoseconds")], ("contentions", "count"), ""),
    "threadcreate": ([("threadcreate", "count")], ("threadcreate", "count"), ""),
    "cpp": ([("samples", "count"), ("cpu", "microseconds")], ("cpu", "microseconds"), ""),
    "strange": ([], None, ""),
}

UNITS = ["nanoseconds", "microseconds", "milliseconds", "seconds", "us", "sec", "hours", "hr",
         "bytes", "kilobytes", "mb", "B", "gcu", "nanogcu", "kilogcu", "count", "objects",
         "samples", "sample", "unit", "", "Count", "widgets", "BYTES", "bs", "\u03bcs", "auto"]

GO_NAMES = ["main.main", "main.worker", "main.(*pool).run", "main.(*pool).run.func1",
            "runtime.gopark", "runtime.chansend1", "runtime.mallocgc", "runtime.goexit",
            "net/http.(*conn).serve", "net/http.HandlerFunc.ServeHTTP", "sync.(*Mutex).Lock",
            "example.com/a/v2/b.Map[go.shape.int,go.shape.string]", "internal/poll.(*FD).Read"]
CPP_NAMES = ["std::vector<int>::push_back(int const&)", "(anonymous namespace)::work(int)",
             "foo::Bar::operator()(long)", "ns::f<ns::T<1> >", "main", "__libc_start_main",
             ".ppc_entry", "operator new(unsigned long)", "_ZN3foo3barEv", "malloc"]
ODD_NAMES = ["", "%s %d 100%", "a b  c", "\u540d\u524d", "na\u00efve", "<script>", "x" * 300,
             "f(", ")(", "\U0001f994", "trailing ", " leading", "[brackets]", "0", "\\n",
             "a\"quoted\"", "-top", "a/b/c.d"]
FILES = ["/usr/bin/server", "/srv/app/leaky", "bin", "/", "dir/", "[vdso]", "/lib/libc.so.6",
         "", "/tmp/na\u00efve", "a b", "//anon", "http://host/bin", "c:/windows/x.exe", "foo:bar"]
SOURCES = ["main.go", "/srv/app/main.go", "../x/./y.cc", "", "/usr/src/libc/malloc.c", "\u00fc.go"]
LABEL_KEYS = ["tenant", "req", "handler", "latency", "bytes", "request", "alignment", "\u540d",
              "", "a key with spaces", "longer-than-ten-characters"]
LABEL_TEXTS = ["a", "b", "/index", "42", "\u00fcn\u00ef", "two words", "x" * 60, "%d",
               "key:value", "<i>"]
LABEL_UNITS = ["", "", "bytes", "kilobytes", "nanoseconds", "seconds", "count", "widgets",
               "\u03bcs"]
DROP_FRAMES = [("runtime\\..*", ""), ("runtime\\..*|main\\..*", "main\\.main"), ("(", ""),
               (".*", "runtime.*"), ("malloc|operator new", ""), ("main\\.worker", "("),
               ("", ".*"), ("std::.*|ns::f.*", "ns::.*"), ("ppc_entry", ""), ("f", "")]
COMMENTS = ["built by hand", "#hidden", "", "two\nlines", "\u00fcn\u00ef %s", " spaces "]


@dataclass
class Case:
    """One input for the reports, valid or not."""

    name: str
    data: bytes
    features: set[str] = field(default_factory=set)
    sample_types: list[str] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)  # Some names.


class Builder:
    """Makes one valid case from its own random numbers."""

    def __init__(self, seed: int, index: int):
        self.rng = random.Random(f"{seed}/{index}")
        self.index = index
        self.large = False
        self.features: set[str] = set()
        self.profile = Profile()

    def build(self) -> Case:
        kind = self.rng.choice(list(KINDS))
        self.large = self.index % 40 == 39  # More than a reader takes in one piece.
        self._header(kind)
        self._mappings()
        self._functions(kind)
        self._locations()
        self._samples()
        self._labels()
        self._ids()
        style = self._style()
        data = Encoder(self.profile, style, self.rng.getrandbits(32)).encode()
        self._note_what_is_special()
        types = [name for name, _ in self.profile.sample_types]
        names = [f.name for f in self.profile.functions if isinstance(f.name, str) and f.name]
        return Case(f"{self.index:04d}-{kind}", data, self.features, types, names[:8])

    def _chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def _header(self, kind: str) -> None:
        p, rng = self.profile, self.rng
        types, p.period_type, p.default_sample_type = KINDS[kind]
        p.sample_types = list(types)
        if kind == "strange":
            names = ["alpha", "beta", "inuse_space", "space", "objects", "delay",
                     "\u00fcn\u00ef", ""]
            rng.shuffle(names)
            p.sample_types = [(n, rng.choice(UNITS)) for n in names[:rng.randint(1, 4)]]
            if self._chance(0.15):
                p.sample_types.append((p.sample_types[0][0], rng.choice(UNITS)))
                self.features.add("repeated_types")
        if self._chance(0.1):
            p.default_sample_type = rng.choice(["nonsense", p.sample_types[0][0]])
        p.period = rng.choice([0, 1, 100, 10_000_000, 524288])
        if self._chance(0.8):
            p.time_nanos = rng.choice([1, rng.randrange(1 << 61), 1_700_000_000_123_456_789])
            if self._chance(0.05):
                p.time_nanos = -rng.randrange(1 << 60)
        if self._chance(0.5):
            p.duration_nanos = rng.choice([1, 999, 30_000_000_000, rng.randrange(1 << 45), -5])
        if self._chance(0.3):
            p.comments = rng.choices(COMMENTS, k=rng.randint(1, 3))
            if len(set(p.comments)) != len(p.comments):
                self.features.add("repeated_comments")
        if self._chance(0.15):
            p.doc_url = rng.choice(["https://example.com/doc", "not a url"])
        if self._chance(0.25):
            p.drop_frames, p.keep_frames = rng.choice(DROP_FRAMES)

    def _mappings(self) -> None:
        rng = self.rng
        for i in range(rng.choice([0, 1, 1, 2, 3, 5])):
            start = 0x400000 + i * 0x1000000
            build_id = rng.choice(["", "ab", rng.randbytes(20).hex()])
            flags = tuple(self._chance(0.8) for _ in range(4))
            self.profile.mappings.append(Mapping(i + 1, start, start + rng.randrange(1 << 20),
                                                 rng.choice([0, 4096]), rng.choice(FILES),
                                                 build_id, flags))

    def _functions(self, kind: str) -> None:
        rng = self.rng
        base = CPP_NAMES if kind == "cpp" else GO_NAMES
        names: list[str | bytes] = list(base)
        if self._chance(0.3):
            names += ODD_NAMES
        if self._chance(0.1):
            names += [b"broken \xc3 utf-8", b"\xf0\x9f"]
        names += [f"pkg{i}.f{rng.randrange(1000)}" for i in range(rng.choice([0, 5, 40]))]
        rng.shuffle(names)
        for i in range(rng.randint(1, len(names))):
            name = names[i]
            if self.profile.functions and self._chance(0.08):  # The same name elsewhere.
                name = rng.choice(self.profile.functions).name
            system = rng.choice([name, name, "", "_ZN3foo3barEv"])
            line = rng.choice([0, 1, rng.randrange(5000)])
            self.profile.functions.append(Function(i + 1, name, system, rng.choice(SOURCES), line))

    def _locations(self) -> None:
        rng, p = self.rng, self.profile
        inlined = self._chance(0.6)
        bare = 0.1 if self._chance(0.4) else 0
        for i in range(4000 if self.large else rng.choice([1, 3, 20, 60])):
            count = 0 if self._chance(bare) else 1
            while inlined and count and count < 5 and self._chance(0.3):
                count += 1
            lines = [Line(rng.choice(p.functions).id, rng.choice([0, rng.randrange(900)]),
                          rng.choice([0, 0, rng.randrange(80)])) for _ in range(count)]
            mapping = rng.choice(p.mappings).id if p.mappings and self._chance(0.9) else 0
            if mapping and self._chance(0.01):
                mapping = 77777  # There is no such mapping, and nobody minds.
            p.locations.append(Location(i + 1, mapping, rng.getrandbits(40), lines,
                                        self._chance(0.05)))

    def _samples(self) -> None:
        rng, p = self.rng, self.profile
        width = len(p.sample_types)
        number = self._number_source()
        pool = [location.id for location in p.locations]
        deepest = rng.choice([1, 3, 12, 40]) if not self.large else 60
        common = 300 if self.large else 7
        for _ in range(12_000 if self.large else rng.choice([0, 1, 2, 10, 50, 150])):
            depth = rng.randint(0 if self._chance(0.1) else 1, deepest)
            if depth == 0:
                stack = []
            else:  # A few roots, many leaves; now and then recursion.
                stack = [pool[min(int(rng.expovariate(1 / common)), len(pool) - 1)]
                         for _ in range(depth)]
            if stack and self._chance(0.1):
                stack += stack[-2:] * rng.randint(1, 3)
            p.samples.append(Sample(stack, [number() for _ in range(width)]))
            if self._chance(0.05):
                p.samples.append(Sample(list(stack), [number() for _ in range(width)]))

    def _number_source(self):
        """A function that gives the values of this profile."""
        rng = self.rng
        choice = rng.choice(["small", "ties", "tail", "tail", "big", "signed", "extreme", "zeros"])
        if choice == "signed":
            self.features.add("negative")
            return lambda: rng.choice([-1, 1]) * int(rng.paretovariate(0.5)) % (1 << 50)\
                if self._chance(0.5) else -rng.randrange(1000)
        if choice == "extreme":
            self.features |= {"negative", "extreme"}
            edges = [INT64_MAX, INT64_MIN, INT64_MAX - 1, -INT64_MAX, (1 << 53) + 1, -1, 0, 1]
            return lambda: rng.choice(edges)
        return {
            "small": lambda: rng.randrange(10),
            "ties": lambda: rng.choice([1, 1, 2]),
            "tail": lambda: int(rng.paretovariate(0.4)) % (1 << 50),
            "big": lambda: rng.randrange(1 << 44),
            "zeros": lambda: rng.choice([0, 0, 0, 5]),
        }[choice]

    def _labels(self) -> None:
        if self._chance(0.4):
            return
        rng = self.rng
        keys = rng.sample(LABEL_KEYS, rng.randint(1, 4))
        mixed_units = self._chance(0.2)
        unit_of = {key: rng.choice(LABEL_UNITS) for key in keys}
        for sample in self.profile.samples:
            for _ in range(rng.choice([0, 0, 1, 2, 3])):
                key = rng.choice(keys)
                if self._chance(0.5):
                    sample.labels.append(Label(key, rng.choice(LABEL_TEXTS)))
                    continue
                unit = rng.choice(LABEL_UNITS) if mixed_units else unit_of[key]
                num = rng.choice([0, 1, 1023, 1024, -7, rng.randrange(1 << 40), INT64_MAX])
                sample.labels.append(Label(key, None, num, unit))
        if self.profile.samples and self._chance(0.1):
            self.features.add("blank_labels")
            sample = rng.choice(self.profile.samples)
            sample.labels += [Label(keys[0], ""), Label(keys[0], None, 0, "", True)]
        if self.profile.samples and self._chance(0.05):
            rng.choice(self.profile.samples).labels.append(Label("pprof::base", "true"))

    def _ids(self) -> None:
        """Renumbers the tables: with gaps, from nowhere, or anywhere in 64 bits."""
        rng, p = self.rng, self.profile
        kind = rng.choice(["dense", "dense", "shuffled", "gaps", "huge"])
        if kind == "dense":
            return
        self.features.add("ids_" + kind)

        def new_ids(table) -> dict[int, int]:
            count = len(table)
            if kind == "shuffled":
                ids = rng.sample(range(1, count + 1), count)
            elif kind == "gaps":
                ids = rng.sample(range(1, 10 * count + 2), count)
            else:
                ids = [rng.getrandbits(64) | 1 << rng.randrange(64) for _ in range(count)]
            return {row.id: new for row, new in zip(table, ids)}

        mapping, location = new_ids(p.mappings), new_ids(p.locations)
        function = new_ids(p.functions)
        for row in p.mappings:
            row.id = mapping[row.id]
        for row in p.functions:
            row.id = function[row.id]
        for row in p.locations:
            row.id = location[row.id]
            row.mapping = mapping.get(row.mapping, row.mapping if row.mapping > 70000 else 0)
            for line in row.lines:
                line.function = function[line.function]
        for sample in p.samples:
            sample.locations = [location[i] for i in sample.locations]

    def _style(self) -> Style:
        rng = self.rng
        return Style(
            packed=rng.choice(["always", "never", "go", "split"]),
            order=rng.choice(["canonical", "go", "strings_first", "tables_first", "mixed"]),
            unknown_fields=self._chance(0.25),
            explicit_zeros=self._chance(0.15),
            padded_varints=self._chance(0.15),
            repeated_strings=self._chance(0.2),
            gzip=rng.choice(["raw", "plain", "plain", "members", "stored", "header",
                             "empty_members"]))

    def _note_what_is_special(self) -> None:
        """Adds the features that follow from the finished profile."""
        p = self.profile
        if len({s.id for s in p.functions}) != len(p.functions):
            raise AssertionError("two functions got one id")
        if any(not any(s.values) for s in p.samples):
            self.features.add("zero_samples")
        if any(not s.locations for s in p.samples):
            self.features.add("empty_stacks")
        keys = [(tuple(s.locations), frozenset((x.key, x.text, x.num) for x in s.labels
                                               if x.text or x.num or x.unit)) for s in p.samples]
        if len(set(keys)) != len(keys):
            self.features.add("equal_samples")
        if len(p.mappings) > 1:
            self.features.add("several_mappings")
        if self._unnamed_nodes() > 1:
            self.features.add("equal_printed_names")

    def _unnamed_nodes(self) -> int:
        """How many nodes a report names after a file or after nothing; they may look alike."""
        p = self.profile
        file_of = {m.id: m.file for m in p.mappings}
        function = {f.id: f for f in p.functions}
        nodes = set()
        for location in p.locations:
            if not location.lines:
                nodes.add((file_of.get(location.mapping, ""), 0))
            for line in location.lines:
                if not function[line.function].name:
                    nodes.add((file_of.get(location.mapping, ""),
                               function[line.function].start_line))
        return len(nodes)


def generate(seed: int, index: int) -> Case:
    """The `index`th valid case of `seed`."""
    return Builder(seed, index).build()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for index in range(options.count):
        case = generate(options.seed, index)
        (options.out / f"{case.name}.pb").write_bytes(case.data)
        print(case.name, len(case.data), *sorted(case.features))


if __name__ == "__main__":
    main()
