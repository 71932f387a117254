# SPDX-License-Identifier: Apache-2.0
"""Random small profiles in the older formats of pprof, each legal and each odd in its own way.

Heap, contention and thread texts of C++ and Go, CPU profiles in binary words, the profiles of Java,
with memory maps in every dialect. The same seed and index give the same bytes.
"""

from __future__ import annotations

import random
import struct

from generate import Case
from invalid import UNRECOGNIZED, InvalidCase

PROGRAMS = ["/usr/bin/server", "/srv/app/leaky", "/home/dev/a b", "bin", "/opt/x.son"]
LIBRARIES = ["/lib/libc.so.6", "/lib/libm.so", "/usr/lib/libfoo.so_1", "[vdso]", "[vsyscall]",
             "/lib/ld-2.36.so"]
MARKERS = ("--- Memory map: ---", "MAPPED_LIBRARIES:", "xx MAPPED_LIBRARIES: yy")
JAVA_FRAMES = ["com.example.Server.handle (Server.java:123)", "Foo.bar (Foo.java:-1)",
               "com.example.Pool.run (Pool.java:77)", "malloc (/lib/libc.so.6)",
               "free (/lib/x/libc.so)", "pthread_cond_wait (/lib/libpthread.so.0)",
               "generated stub/JIT at 0x77", "GC", "VM operation", "f (g) (h:5)", "spaced   (A:9)",
               "runtime.call32 (x:1)", "runtime.newobject (malloc.go:2)", "runtime.x (y)",
               "MutexLock::~MutexLock(int) (m.cc:4)", "__restore (s.c:1)", "operator new(long) ()",
               "Foo.bar (Other.java:9)", "a.b.C.lambda$0 (C.java:1)", "odd (", "odd )", "(x:1)",
               "trailing/ (/a/b/)", "nameless (:12)", "Mutex::Unlock (u.cc:08)"]
GO_FRAMES = ["main.f+0x1d\tmain.go:7", "main.(*T).run+0x2\t/srv/a b.go:99", "runtime.main+0x5\t"
             "runtime/proc.go:1"]


class LegacyBuilder:
    """Makes one case from its own random numbers."""

    def __init__(self, seed: int, index: int):
        self.rng = random.Random(f"legacy/{seed}/{index}")
        self.index = index
        self.features: set[str] = {"legacy"}
        self.maps: list[tuple[int, int]] = []  # Start and limit of what the map will show.
        self.files: list[str] = []

    def build(self) -> Case:
        makers = [self.heap, self.heap, self.contention, self.contention, self.threads, self.cpu,
                  self.cpu, self.java_cpu, self.java_heap, self.java_contention]
        maker = makers[self.index % len(makers)]
        self._plan_maps()
        data = maker()
        if "heap" in maker.__name__:
            self.features.add("blank_labels")  # Of samples without objects: their size is 0.
        if len({name.rsplit("/", 1)[-1] for name in self.files}) != len(set(self.files)):
            self.features.add("equal_printed_names")
        return Case(f"legacy-{self.index:04d}-{maker.__name__}", data, self.features)

    def _chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    # --- Memory maps ---------------------------------------------------------------------------

    def _plan_maps(self) -> None:
        rng = self.rng
        start = rng.choice([0x400000, 0x10000, 0x7F0000000000 >> 16, 0x40000000])
        for _ in range(rng.choice([0, 1, 2, 4])):
            size = rng.choice([0x1000, 0x20000, 0x100001])
            self.maps.append((start, start + size))
            start += size + rng.choice([0, 0, 0x1000, 0x100000])
        if len(self.maps) > 1 and self._chance(0.2):  # Ranges that overlap.
            first = self.maps[0]
            self.maps.append((first[0] + 0x800, first[1] + 0x800))

    def _file(self) -> str:
        rng = self.rng
        name = rng.choice(PROGRAMS if self._chance(0.5) else LIBRARIES)
        if name == "/home/dev/a b" or self._chance(0.1):
            name = rng.choice(["/anon_hugepage", "", "/usr/bin/server(deleted)", "//anon"])
        self.files.append(name)
        return name

    def memory_map(self, markers: tuple[str, ...] = MARKERS) -> list[str]:
        rng = self.rng
        lines = [rng.choice(markers)] if markers else []
        if self._chance(0.3):
            lines += [rng.choice(["  build=/home/dev/server", "build = /opt/my/server  "])]
            lines += ["build=never-used", "b=x"] if self._chance(0.5) else []
        dialect = rng.choice(["proc", "brief", "brief_hex", "proc_short", "mixed"])
        for start, limit in self.maps:
            one = rng.choice(["proc", "brief", "brief_hex", "proc_short"]) \
                if dialect == "mixed" else dialect
            file = self._file()
            if self._chance(0.1):
                file = "$build"
                self.files += ["/home/dev/server", "/opt/my/server"]
            lines.append(self._map_line(one, start, limit, file))
            if self._chance(0.2):
                lines.append(f"{limit:08x}-{limit + 0x1000:08x} rw-p 00000000 08:01 77  /data")
        if self._chance(0.15):
            lines += rng.choice([["not a line of a map"], ["", "zzz = $nothing"],
                                 ["ffffffffffffffffff-2 r-xp 0 0:0 0 x"], ["12 "], ["abcd"]])
        if self._chance(0.2):
            lines = [rng.choice(["I0102 03:04:05.678 99 m.cc:12] ", "x:1] ", "[x:1] "]) + line
                     if i > 0 or not markers else line for i, line in enumerate(lines)]
        return lines

    def _map_line(self, dialect: str, start: int, limit: int, file: str) -> str:
        rng = self.rng
        offset = rng.choice([0, 0, 0x1000, start - 0x400000 if start > 0x400000 else 0, 0x800])
        permissions = rng.choice(["r-xp", "r-xp", "rwxp", "--xp"])
        if dialect == "proc":
            return f"{start:08x}-{limit:08x} {permissions} {offset:08x} 08:01 1234    {file}"
        if dialect == "proc_short":
            return f"{start:x}-{limit:x}: {permissions} {offset:x} fd:00 0 {file}"
        build_id = rng.choice(["", " abc123456", " 00ff"])
        at = f" (@{offset:x})" if self._chance(0.5) else ""
        file = file or "x"
        if dialect == "brief":
            return f"{start:x}-{limit:x} {file}{at}{build_id}"
        return f"  0x{start:x} 0x{limit:x}: {permissions} {file}{at}{build_id}"

    # --- Parts of all --------------------------------------------------------------------------

    def address(self) -> int:
        rng = self.rng
        if self.maps and self._chance(0.8):
            start, limit = rng.choice(self.maps)
            return rng.choice([rng.randrange(start, limit), start, limit, start + 1, start - 0x700])
        return rng.choice([rng.getrandbits(40), rng.getrandbits(22), 0, 1, 2])

    def addresses(self) -> list[list[int]]:
        """Stacks of a few samples that share most of their addresses."""
        rng = self.rng
        pool = [self.address() for _ in range(rng.choice([1, 4, 30]))]
        return [[rng.choice(pool) for _ in range(rng.choice([0, 1, 2, 3, 8, 20]))]
                for _ in range(rng.choice([0, 1, 2, 10, 60, 100]))]

    def pcs(self, stack: list[int]) -> str:
        form = self.rng.choice(["0x{:x}", "0x{:08x}", "0x{:x}"])
        return "".join(" " + form.format(pc) for pc in stack)

    def text(self, lines: list[str]) -> bytes:
        end = "\r\n" if self._chance(0.1) else "\n"
        return "".join(line + end for line in lines).encode()

    def _maybe_map(self, markers: tuple[str, ...]) -> list[str]:
        return [] if self._chance(0.2) else self.memory_map(markers)

    # --- Kinds ---------------------------------------------------------------------------------

    def heap(self) -> bytes:
        rng = self.rng
        kind = rng.choice(["heapz_v2/524288", "heap_v2/1048576", "heapprofile", "heap/1048576",
                           "heap/2", "heap", "heap_v2/", "heap_v2/1", "growthz", "growth",
                           "fragmentationz", "heap/524288"])
        with_alloc = self._chance(0.6)
        negative = self._chance(0.1)
        if negative:
            self.features.add("negative")
        go = kind.startswith("heap/") and self._chance(0.5)
        lines, totals = [], [0, 0, 0, 0]
        for stack in self.addresses():
            values = self._heap_values(with_alloc, negative)
            totals = [a + b for a, b in zip(totals, values)]
            space = " " * rng.choice([0, 1, 1, 3])
            lines.append(f"{' ' * rng.choice([0, 5])}{values[0]}:{space}{values[1]} "
                         f"[{space}{values[2]}: {values[3]}] @{self.pcs(stack)}")
            lines += self._go_lines(stack) if go else []
        totals = [abs(t) for t in totals]
        if not with_alloc and self._chance(0.3):
            totals[2:] = [0, 0]
        at = "] @ " if "z" in kind or "growth" in kind else rng.choice(["] @ ", "]@", "] @"])
        head = f"heap profile: {totals[0]:6d}: {totals[1]:8d} [{totals[2]:6d}: {totals[3]:8d}{at}"
        if go:
            lines += ["", "# runtime.MemStats", "# Alloc = 12", "# PauseNs = [1 0 0]"]
        return self.text([head + kind, *lines, *self._maybe_map(MARKERS)])

    def _heap_values(self, with_alloc: bool, negative: bool) -> list[int]:
        rng = self.rng
        count = rng.choice([0, 1, 1, 2, 17, rng.randrange(1 << 20)])
        size = count * rng.choice([0, 8, 48, 4096, 1 << 20]) + (count and rng.randrange(7))
        if negative and self._chance(0.4):
            count, size = -count, -size
        if not with_alloc:
            return [count, size, max(count, 0), max(size, 0)]
        more = rng.choice([0, 0, 5, rng.randrange(1 << 20)])
        total = max(count, 0) + more
        return [count, size, total, (max(size, 0) + more * 64) if total else 0]

    def _go_lines(self, stack: list[int]) -> list[str]:
        self.features.add("symbols")
        hidden = min(self.rng.choice([0, 1, 2]), len(stack))
        return [f"#\t0x{pc - 1:x}\t\t{self.rng.choice(GO_FRAMES)}"
                for pc in stack[hidden:-1] if pc > 0] + [""]

    def contention(self) -> bytes:
        rng = self.rng
        go = self._chance(0.4)
        first = rng.choice(["--- mutex:", "--- contention:"] if go else
                           ["--- contentionz 1 ---", "--- contentionz 12 ---"])
        attributes = {
            "cycles/second": rng.choice(["2299999879", "1000000000", "0x3b9aca00", "1", "-5"]),
            "sampling period": rng.choice(["1", "100", "0", "-1", "010"]),
            "ms since reset": str(rng.randrange(1 << 30)),
            "discarded samples": rng.choice(["0", "many"])}
        equals = rng.choice(["=", " = ", "= "])
        chosen = rng.sample(sorted(attributes), rng.randrange(5))
        lines = [first] + [name + equals + attributes[name] for name in chosen]
        lines += [""] if self._chance(0.2) else []
        for stack in self.addresses():
            delay = rng.choice([0, 1, 12, rng.randrange(1 << 40), rng.randrange(1 << 20)])
            indent = " " * rng.choice([0, 0, 9])
            lines.append(f"{indent}{delay}{' ' * rng.choice([1, 1, 4])}{rng.randrange(5000)} @"
                         f"{self.pcs(stack)}")
            lines += self._go_lines(stack) if go and self._chance(0.5) else []
        if self._chance(0.1):
            lines += ["--- some other section ---", "whatever 12 = 5"]
            return self.text(lines + self._maybe_map(MARKERS))
        return self.text(lines + self._maybe_map(MARKERS[:1]))  # Another would be no sample.

    def threads(self) -> bytes:
        rng = self.rng
        lines = []
        if self._chance(0.7):
            lines = ["# comment"] * rng.randrange(2) + ["--- threadz 1 ---"]
            lines += rng.choice([[], ["", "total threads: 5"]])
        for number, stack in enumerate(self.addresses() or [[0x1234]]):
            lines.append(f"--- Thread 7f79{number:x} (name: w/o/{number}) stack: ---")
            if self._chance(0.2):
                lines.append("  [same as previous thread]")
            for place, pc in enumerate(stack):
                form = rng.choice(["  0x{:08x}", "  PC: 0x{:x}: helper(arg *)", "    0x{:x}: f"])
                lines.append(form.format(pc))
                if place == 0 and self._chance(0.2):
                    lines.append(f"   0x{pc:x}")  # Taken twice.
            lines += [""] if self._chance(0.2) else []
        if self._chance(0.3):
            lines.append("---- no stack trace for 3 threads ----")
        # Nothing else ends the last stack.
        return self.text(lines + self.memory_map(MARKERS[:1]))

    def cpu(self) -> bytes:
        stacks = self.addresses()
        handler = [self.address(), self.address()]
        share = self.rng.choice([0, 0, 0.5, 0.98, 1])
        for stack in stacks:
            if len(stack) > 1 and self._chance(share):
                stack[1:1] = handler[:self.rng.choice([1, 2, 2])]
            if stack and self._chance(0.1):
                stack.insert(1, stack[0])  # Taken twice.
        if self._chance(0.2):
            return self._words(0, stacks, self._chance(0.5))
        text = self.memory_map(MARKERS if self._chance(0.3) else ())
        return self._words(0, stacks, True) + self.text(text)

    def java_cpu(self) -> bytes:
        stacks = self.addresses()
        return self._words(1, stacks, True) + self.text(self._java_lines(stacks))

    def _words(self, third: int, stacks: list[list[int]], has_end: bool) -> bytes:
        """Without the end marker nothing may follow."""
        rng = self.rng
        form = rng.choice(["<I", ">I", "<Q", ">Q"])
        words = [0, 3, third, rng.choice([10000, 1, 1000, 4_000_000_000]), 0]
        for stack in stacks:
            words += [rng.choice([1, 1, 2, 100]), len(stack), *stack]
        words += [0, 1, 0] if has_end else []
        mask = 0xFFFFFFFF if form[1] == "I" else (1 << 64) - 1
        return b"".join(struct.pack(form, word & mask) for word in words)

    def _java_lines(self, stacks: list[list[int]]) -> list[str]:
        rng = self.rng
        known = sorted({pc for stack in stacks for pc in stack if self._chance(0.9)})
        rng.shuffle(known)
        lines = [f"{' ' * rng.choice([0, 2])}0x{pc:x} {rng.choice(JAVA_FRAMES)}" for pc in known]
        lines += [f"0x{rng.getrandbits(30):x} unused (U.java:1)", ""] if self._chance(0.5) else []
        if lines and self._chance(0.2):
            lines.append(rng.choice(lines))
        return lines

    def java_heap(self) -> bytes:
        rng = self.rng
        stacks = self.addresses()
        lines = ["--- heapz 1 ---", "format = java",
                 "resolution = " + rng.choice(["bytes", "kilobytes", "widgets"])]
        for stack in stacks:
            count = rng.choice([1, 1, 2, 17, 1000])
            size = count * rng.choice([0, 8, 64, 4096, 1 << 20]) + rng.randrange(3)
            lines.append(f"{size:12d} {count} @ {self.pcs(stack)}")
        return self.text(lines + self._java_lines(stacks))

    def java_contention(self) -> bytes:
        rng = self.rng
        stacks = self.addresses()
        lines = ["--- contentionz 1 ---", "format = java",
                 "resolution = " + rng.choice(["microseconds", "nanoseconds"])]
        lines += [f"sampling period = {rng.choice([1, 100, 0])}"] if self._chance(0.7) else []
        lines += [f"ms since reset = {rng.randrange(1 << 30)}"] if self._chance(0.7) else []
        lines += [""] if self._chance(0.3) else []
        for stack in stacks:
            lines.append(f"{rng.randrange(1 << 30):15d} {rng.randrange(100)} @ {self.pcs(stack)}")
        return self.text(lines + self._java_lines(stacks))


def generate_legacy(seed: int, index: int) -> Case:
    """The `index`th legal case of `seed`."""
    return LegacyBuilder(seed, index).build()


def stripped(name: str, data: bytes) -> Case:
    """A recorded text without the lines whose symbols pprof does not read and plumb keeps."""
    lines = [line for line in data.split(b"\n") if not line.startswith(b"#")]
    features = {"legacy", "equal_samples", "zero_samples"}
    if b"heap profile" in data[:100]:
        features.add("blank_labels")
    return Case("stripped-" + name.replace("/", "-"), b"\n".join(lines), features)


def invalid_cases() -> list[InvalidCase]:
    """Inputs both have to refuse."""
    heap = b"heap profile: 1: 2 [3: 4] @ heap_v2/524288\n"
    words = struct.pack("<5Q", 0, 3, 0, 100, 0)
    java = b"--- heapz 1 ---\nformat = java\nresolution = bytes\n"
    rows = [
        ("heap-line", heap + b"what?\n", r"unexpected number of sample values: got 0, want 6",
         r"unexpected number of sample values: got 0, want 6"),
        ("heap-zero-count", heap + b"0: 5 [1: 2] @ 0x1\n",
         r"inuse count was 0 but inuse bytes was 5", r"inuse count was 0 but inuse bytes was 5"),
        ("heap-zero-alloc", heap + b"1: 5 [0: 2] @ 0x1\n",
         r"allocation count was 0 but allocation bytes was 2",
         r"allocation count was 0 but allocation bytes was 2"),
        ("heap-range", heap + b"99999999999999999999: 5 [1: 2] @ 0x1\n", r"malformed sample: 9",
         r"malformed sample: 9.*out of range"),
        ("heap-address", heap + b"1: 5 [1: 2] @ 0x10000000000000000\n", r"malformed sample: 1: 5",
         r"malformed sample: 1: 5.*64-bit"),
        ("heap-kind", b"heap profile: 1: 2 [3: 4] @ heapster/1\n", UNRECOGNIZED, "unrecognized"),
        ("contention-line", b"--- contentionz 2 ---\nwhat?\n", UNRECOGNIZED, "malformed sample"),
        ("contention-attribute", b"--- mutex:\nfoo=1\n", UNRECOGNIZED, "unknown attribute"),
        ("contention-number", b"--- mutex:\ncycles/second=x\n", UNRECOGNIZED, "64-bit number"),
        ("contention-address", b"--- mutex:\n1 2 @ 0x10000000000000000\n", r"malformed sample: 1 2",
         r"malformed sample: 1 2.*64-bit"),
        ("thread-line", b"--- threadz 1 ---\n--- what? ---\n--- Memory map: ---\n", UNRECOGNIZED,
         "no thread starts here"),
        ("cpu-depth", words + struct.pack("<2Q", 1, 1 << 60), UNRECOGNIZED, "stack of more than"),
        ("java-format", b"--- heapz 1 ---\nformat = c\n", UNRECOGNIZED, "not of Java"),
        ("java-attribute", b"--- heapz 1 ---\nfoo = 1\n", UNRECOGNIZED, "unknown attribute"),
        ("java-zero", java + b"5 0 @ 0x1\n", r"second value must be non-zero",
         r"second value must be non-zero"),
        ("java-octal", java + b"08 1 @ 0x1\n", r"parsing sample 08 1", r"malformed sample: 08 1"),
        ("java-address", java + b"5 1 @ 0x1\n0x10000000000000000 x\n", r"parsing sample 0x1",
         r"malformed sample: 0x1"),
        ("java-types", b"--- heapz 1 ---\nformat = java\n5 1 @ 0x1\n",
         r"parsing profile: missing sample type information",
         r"malformed profile: missing sample type information"),
    ]
    # Without its converter; from a pipe it could not be converted anyway.
    rows.append(("perf-data", b"PERFILE2" + bytes(100), "failed to convert perf.data file",
                 "failed to convert perf.data file|this looks like perf.data of Linux perf"))
    return [InvalidCase("legacy-" + name, data, theirs, ours) for name, data, theirs, ours in rows]
