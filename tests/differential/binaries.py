# SPDX-License-Identifier: Apache-2.0
"""Real programs and profiles of them: what symbols, sources and instructions are compared on.

A Go program (programs/go) is built as usual and stripped, and run once for its profiles. A C++
program (programs/cpp) is built in several ways; its profiles are made here, of random addresses of
its instructions. The pprof that Go's own is made of, which asks binutils for inlined calls, is
built from the sources that come with Go.
"""

from __future__ import annotations

import hashlib
import os
import pathlib
import random
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field

from wire import Encoder, Label, Location, Mapping, Profile, Sample, Style

HERE = pathlib.Path(__file__).resolve().parent
PROGRAMS = HERE / "programs"
VENDORED = "src/cmd/vendor/github.com"
# Name, flags of the compiler, base address of the process.
CPP_BUILDS = [
    ("cpp-pie", ["-O2", "-g"], 0x555555554000),
    ("cpp-fixed", ["-O2", "-g", "-no-pie"], 0),
    ("cpp-packed", ["-O2", "-g", "-gz=zlib", "-gdwarf-4"], 0x7F1234560000),
    ("cpp-plain", ["-O1", "-fno-inline"], 0x555555554000),
]
# What is not the program's own; and what lies where pprof looks in front of the code.
NOT_TO_SAMPLE = r"(?!main|_start|_dl_|_?_?(de)?register|__do_|frame_|.*\.cold)"
GO_BUILDS = [("busy", []), ("busy-stripped", ["-ldflags=-s -w"])]


@dataclass
class Inputs:
    """What was built; all names are relative to `folder`."""

    folder: pathlib.Path
    go_profiles: list[str] = field(default_factory=list)
    go_addresses: list[str] = field(default_factory=list)  # The same without names, of a binary.
    cpp_profiles: list[str] = field(default_factory=list)
    binutils_pprof: str = ""  # Empty: it could not be built.


def build(go: str, cache: pathlib.Path, seed: int) -> Inputs:
    """Builds all, or finds it in `cache`."""
    digest = hashlib.sha256(f"{seed}/{HERE}".encode())
    for file in sorted([*PROGRAMS.rglob("*"), pathlib.Path(__file__)]):
        if file.is_file():
            digest.update(file.read_bytes())
    for compiler in ([go, "version"], ["c++", "--version"]):
        digest.update(subprocess.run(compiler, capture_output=True, check=True).stdout)
    folder = cache / f"programs-{digest.hexdigest()[:16]}"
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _build_go(go, folder, seed)
        _build_cpp(folder, seed)
        (folder / "done").touch()
    return Inputs(folder,
                  go_profiles=sorted(file.name for file in folder.glob("go.*.pb.gz")),
                  go_addresses=sorted(file.name for file in folder.glob("bare.*.pb.gz")),
                  cpp_profiles=sorted(file.name for file in folder.glob("cpp-*.pb.gz")),
                  binutils_pprof=_build_pprof(go, cache))


def _run(*command: str, folder: pathlib.Path = HERE) -> bytes:
    environment = os.environ | {"GOFLAGS": "-mod=mod", "GOPROXY": "off", "GOTOOLCHAIN": "local",
                                "LC_ALL": "C.UTF-8"}
    return subprocess.run(command, cwd=folder, env=environment, check=True, timeout=900,
                          stdout=subprocess.PIPE).stdout


def _build_go(go: str, folder: pathlib.Path, seed: int) -> None:
    for name, flags in GO_BUILDS:
        _run(go, "build", "-buildvcs=false", *flags, "-o", str(folder / name), ".",
             folder=PROGRAMS / "go")
        # Where instructions start is asked of the whole binary; the stripped one has no symbols.
        code = _instructions(folder / "busy", r"main\.|.*/shapes\.|strconv\.|fmt\.\(\*pp\)")
        _write_profile(folder, f"bare.{name}", name, code, 0, seed)
    with tempfile.TemporaryDirectory() as recorded:
        _run(str(folder / "busy"), recorded)
        for file in pathlib.Path(recorded).iterdir():
            shutil.copy(file, folder / f"go.{file.name}")


def _build_cpp(folder: pathlib.Path, seed: int) -> None:
    for name, flags, base in CPP_BUILDS:
        _run("c++", "-std=c++17", *flags, "-o", str(folder / name), "busy.cc",
             folder=PROGRAMS / "cpp")
        code = _instructions(folder / name, NOT_TO_SAMPLE)
        _write_profile(folder, name, name, code, base, seed)


def _instructions(binary: pathlib.Path, wanted: str) -> list[tuple[int, int]]:
    """Addresses of instructions of functions like `wanted`, each with that of the next."""
    listing = _run("objdump", "-d", "--no-show-raw-insn", "-j.text", str(binary))
    found: list[tuple[int, int]] = []
    inside, previous = False, 0
    for line in listing.decode("latin-1").split("\n"):
        head = re.match(r"^[0-9a-f]+ <(.*)>:$", line)
        row = re.match(r"^ *([0-9a-f]+):\t(?!.*nop|xchg +%ax,%ax|int3|ud2|data16)", line)
        if head:
            inside = re.match(wanted, head[1]) is not None
            previous = 0
        elif row and inside:
            address = int(row[1], 16)
            if previous:
                found.append((previous, address))
            previous = address
    return found


def _executable_segment(binary: pathlib.Path) -> tuple[int, int, int]:
    """File offset, address and size of the code."""
    for line in _run("readelf", "-lW", str(binary)).decode().split("\n"):
        words = line.split()
        if words and words[0] == "LOAD" and "E" in "".join(words[6:-1]):
            return int(words[1], 16), int(words[2], 16), int(words[5], 16)
    raise AssertionError(f"{binary} has no code")


def _write_profile(folder: pathlib.Path, name: str, binary: str, code: list[tuple[int, int]],
                   base: int, seed: int) -> None:
    """Stacks of random instructions: the leaf as it is, callers at the end of their call."""
    rng = random.Random(f"{seed}/{name}")
    offset, address, size = _executable_segment(folder / binary)
    page = address & 0xFFF
    start = base + address - page
    limit = (start + size + page + 0xFFF) & ~0xFFF
    profile = Profile(sample_types=[("samples", "count"), ("cpu", "nanoseconds")],
                      period_type=("cpu", "nanoseconds"), period=10_000_000,
                      time_nanos=1_700_000_000_000_000_000, duration_nanos=3_000_000_000)
    build_id = re.search(rb"Build ID: ([0-9a-f]+)", _run("readelf", "-n", str(folder / binary)))
    profile.mappings.append(Mapping(1, start, limit, offset - page, str(folder / binary),
                                    build_id[1].decode() if build_id else "", (False,) * 4))
    ids: dict[int, int] = {}

    def location(at: int) -> int:
        if at not in ids:
            ids[at] = len(ids) + 1
            profile.locations.append(Location(ids[at], 1, base + at))
        return ids[at]

    hot = rng.sample(code, min(len(code), 120))
    for _ in range(300):
        leaf, _next = rng.choice(hot)
        stack = [location(leaf)]
        for _ in range(rng.randrange(8)):
            stack.append(location(rng.choice(hot)[1] - 1))
        count = rng.choice([1, 1, 1, 2, 5])
        labels = [Label("thread", rng.choice(["a", "b"]))] if rng.random() < 0.5 else []
        profile.samples.append(Sample(stack, [count, count * 10_000_000], labels))
    data = Encoder(profile, Style(), seed).encode()
    (folder / f"{name}.pb.gz").write_bytes(data)


def _build_pprof(go: str, cache: pathlib.Path) -> str:
    """The pprof that asks binutils; "" where Go came without its sources, or binutils are missing.
    """
    if not all(shutil.which(tool) for tool in ["objdump", "nm", "addr2line"]):
        return ""
    root = pathlib.Path(_run(go, "env", "GOROOT").decode().strip())
    version = _run(go, "env", "GOVERSION").decode().strip()
    sources = [root / VENDORED / "google/pprof", root / VENDORED / "ianlancetaylor/demangle"]
    if not all(source.is_dir() for source in sources):
        return ""
    program = cache / f"pprof-{version}"
    if program.exists():
        return str(program)
    module = cache / f"pprof-{version}-source"
    shutil.rmtree(module, ignore_errors=True)
    shutil.copytree(PROGRAMS / "pprof", module)
    for source in sources:
        shutil.copytree(source, module / source.name)
        path = f"github.com/{source.parent.name}/{source.name}"
        (module / source.name / "go.mod").write_text(f"module {path}\n\ngo 1.21\n")
    _run(go, "build", "-o", str(program), ".", folder=module)
    return str(program)
