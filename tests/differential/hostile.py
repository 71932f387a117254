#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inputs made to hurt: bombs, absurd lengths, endless nesting, everything cut short.

    hostile.py --plumb build/plumb --data tests/data

plumb has to answer each with a status of its own (never a signal), with a message when it is an
error, inside a small address space. The time limit is only there to catch a program that hangs.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import random
import resource
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from invalid import base_profile, encode, field, submessage
from wire import Function, Label, Sample, encode_varint, gzip_member

ADDRESS_SPACE = 2 << 30
HANGS_AFTER_SECONDS = 60
TEN_GB = 10_000_000_000


@dataclass
class Attack:
    name: str
    write: Callable[[pathlib.Path], None]
    report: str = "top"
    may_succeed: bool = False  # The input is odd but can be answered.


def bomb(path: pathlib.Path, unit: bytes, members: bool) -> None:
    """About 10 MB of gzip that inflate to 10 GB: the same compressed megabytes again and again."""
    data = unit * (10_000_000 // len(unit))
    count = TEN_GB // len(data)
    if members:
        path.write_bytes(gzip_member(data, 9) * count)
        return
    # One member: a full flush ends at a byte and forgets, so that its bytes can be repeated.
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)
    end = b"\x03\0" + struct.pack("<II", 0, TEN_GB & 0xFFFFFFFF)
    path.write_bytes(b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + block * count + end)


def double_bomb(path: pathlib.Path) -> None:
    bomb(path, b"\0", True)
    path.write_bytes(gzip_member(path.read_bytes(), 9))


def nested(number: int, depth: int) -> bytes:
    """`depth` messages, each inside the one before, as field `number`."""
    pieces, size = [], 0
    for _ in range(depth):
        head = field(number, 2) + encode_varint(size)
        pieces.append(head)
        size += len(head)
    return b"".join(reversed(pieces))


def deep_stack(frames: int) -> bytes:
    profile = base_profile()
    profile.samples[0].locations = [1, 2] * (frames // 2)
    return encode(profile)


def many(record: bytes, count: int) -> bytes:
    return encode(base_profile()) + record * count


def regexes(pattern: str) -> bytes:
    profile = base_profile()
    profile.drop_frames = pattern
    profile.functions[0].name = "a" * 100_000
    return encode(profile)


def long_names() -> bytes:
    profile = base_profile()
    profile.functions.append(Function(3, "n" * 20_000_000))
    profile.locations[0].lines[0].function = 3
    profile.samples.append(Sample([1], [5, 5], [Label("k" * 5_000_000, "v" * 5_000_000)]))
    return encode(profile)


def attacks() -> list[Attack]:
    good = encode(base_profile())
    huge = encode_varint(1 << 60)
    contents = {
        "nested-samples": nested(2, 1_000_000),
        "nested-locations": nested(4, 1_000_000),
        "million-empty-samples": many(submessage(2, b""), 1_000_000),
        "million-locations-without-id": many(submessage(4, b""), 1_000_000),
        "length-2-60-string": field(6, 2) + huge,
        "length-2-60-unknown": good + field(99, 2) + huge + b"x" * 100,
        "length-2-60-packed": good + submessage(2, field(1, 2) + huge),
        "length-2-63-sample": good + field(2, 2) + encode_varint(1 << 63),
        "length-2-60-in-gzip": gzip_member(good + field(6, 2) + huge + b"y" * 5000),
        "million-types": submessage(6, b"") + submessage(1, b"") * 1_000_000 +
                         submessage(2, submessage(2, b"\1" * 1_000_000)) * 3,
        "text-one-long-line": b"goroutine 1 [" + b"x" * 100_000_000,
        "text-headers-only": b"goroutine 1 [running]:\n" * 500_000,
        "text-huge-numbers": b"goroutine 99999999999999999999 [chan send, 9223372036854775807 "
                             b"minutes]:\nmain.f(...)\n\tx.go:99999999999999999999 +0x1\n\n",
        "text-endless-frames": b"goroutine 1 [select]:\n" +
                               b"main.f()\n\ta.go:1 +0x1\n" * 2_000_000,
        "debug1-huge-counts": b"goroutine profile: total 9223372036854775807\n" +
                              b"9223372036854775807 @ 0x1 0x2\n" * 3 +
                              b"99999999999999999999 @ 0x1\n",
        "debug1-endless-record": b"goroutine profile: total 1\n1 @" + b" 0x1234567" * 3_000_000,
        "binary-noise": random.Random(1).randbytes(3_000_000),
        "gzip-of-noise": gzip_member(random.Random(2).randbytes(3_000_000)),
    }
    answerable = {
        "nested-unknown": good + nested(50, 1_000_000),
        "deep-stack": deep_stack(900_000),
        "too-deep-stack": deep_stack(3_000_000),
        "million-empty-strings": many(submessage(6, b""), 1_000_000),
        "million-comments": many(field(13, 0) + b"\1", 1_000_000),
        "regex-exponential": regexes("(((a*)*)*)*b"),
        "regex-repeats": regexes("((((a{100}){100}){100}){100})"),
        "regex-broken": regexes("((((((("),
        "long-names": long_names(),
        "empty-gzip-members": gzip_member(b"") * 200_000 + gzip_member(good),
    }

    def writer(data: bytes) -> Callable[[pathlib.Path], None]:
        return lambda path: path.write_bytes(data)

    rows = [Attack(name, writer(data), "leaks" if name.startswith(("text", "debug1")) else "top",
                   name.startswith(("text", "debug1")))
            for name, data in contents.items()]
    rows += [Attack(name, writer(data), may_succeed=True) for name, data in answerable.items()]
    rows += [
        Attack("bomb-of-zeros", lambda path: bomb(path, b"\0", False)),
        Attack("bomb-in-members", lambda path: bomb(path, b"\0", True)),
        Attack("bomb-of-lines", lambda path: bomb(path, b"\n", False), "leaks"),
        Attack("bomb-of-samples", lambda path: bomb(path, submessage(2, b""), False)),
        Attack("bomb-of-strings", lambda path: bomb(path, submessage(6, b"abc"), True)),
        Attack("bomb-in-bomb", double_bomb),
    ]
    return rows


def cut_files(data: pathlib.Path, cuts: int) -> Iterator[Attack]:
    """Recorded files, each cut at some places."""
    rng = random.Random(3)
    for file in sorted(p for p in data.rglob("*") if p.suffix in (".gz", ".txt")):
        content = file.read_bytes()
        if len(content) < 100 or len(content) > 5_000_000:
            continue
        for at in sorted(rng.sample(range(1, len(content)), cuts)):
            yield Attack(f"{file.relative_to(data)} cut at {at}",
                         lambda path, c=content, n=at: path.write_bytes(c[:n]),
                         "leaks" if file.suffix == ".txt" else "top", True)


def limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run(plumb: str, attack: Attack, path: pathlib.Path, limited: bool) -> str:
    """What went wrong, or ""."""
    try:
        done = subprocess.run([plumb, attack.report, path.name], cwd=path.parent,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False,
                              timeout=HANGS_AFTER_SECONDS,
                              preexec_fn=limit_memory if limited else None)
    except subprocess.TimeoutExpired:
        return f"no answer after {HANGS_AFTER_SECONDS} seconds"
    allowed = (0, 2) if attack.may_succeed else (2,)
    if done.returncode not in allowed:
        return f"status {done.returncode}: {done.stderr[-400:]!r}"
    if done.returncode == 2 and not done.stderr.strip():
        return "an error without a message"
    for word in (b"Sanitizer", b"terminate called", b"Assertion"):
        if word in done.stderr:
            return f"{done.stderr[:600]!r}"
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plumb", required=True)
    parser.add_argument("--data", type=pathlib.Path, help="recorded files to cut")
    parser.add_argument("--cuts", type=int, default=4, help="places per recorded file")
    parser.add_argument("--only", default="", help="run the attacks whose name contains this")
    parser.add_argument("--no-memory-limit", action="store_true", help="for sanitizer builds")
    parser.add_argument("--verbose", action="store_true", help="print time and message of each")
    options = parser.parse_args()
    plumb = os.path.abspath(options.plumb)
    rows = attacks() + (list(cut_files(options.data, options.cuts)) if options.data else [])
    rows = [row for row in rows if options.only in row.name]
    failed = 0
    with tempfile.TemporaryDirectory(prefix="plumb-hostile-") as folder:
        for attack in rows:
            path = pathlib.Path(folder) / "input"
            attack.write(path)
            before = time.monotonic()
            problem = run(plumb, attack, path, not options.no_memory_limit)
            seconds = time.monotonic() - before
            failed += bool(problem)
            if problem or options.verbose:
                print(f"{attack.name}: {problem or 'ok'} ({seconds:.2f} s)", flush=True)
            path.unlink()
    print(f"{len(rows)} hostile inputs, {failed} answered badly")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
