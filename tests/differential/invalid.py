# SPDX-License-Identifier: Apache-2.0
"""Inputs that are wrong in exactly one way, with what each tool has to say about it.

pprof answers most damage with "unrecognized profile format", whatever it was, because it tries its
older formats next. `ours` is therefore what a useful message names, `theirs` what pprof prints.
"""

from __future__ import annotations

import copy
import struct
from dataclasses import dataclass

from wire import (Encoder, Function, Label, Line, Location, Mapping, Profile, Sample, Style,
                  encode_varint, gzip_member)

UNRECOGNIZED = r"parsing profile: unrecognized profile format"
MALFORMED = r"malformed profile: "


@dataclass
class InvalidCase:
    """An input that must be refused with exit code 2."""

    name: str
    data: bytes
    theirs: str  # Regular expression pprof's stderr matches.
    ours: str  # Regular expression our stderr matches, whatever the case of the letters.
    needs: str = ""  # What an older pprof may lack: it accepts this input.


def base_profile() -> Profile:
    """A small profile with nothing wrong."""
    return Profile(
        sample_types=[("samples", "count"), ("cpu", "nanoseconds")],
        samples=[Sample([1, 2], [1, 10], [Label("k", "v")]), Sample([2], [2, 20])],
        mappings=[Mapping(1, 0x1000, 0x2000, 0, "/bin/x", "abcd")],
        locations=[Location(1, 1, 0x1100, [Line(1, 3)]), Location(2, 1, 0x1200, [Line(2, 4)])],
        functions=[Function(1, "main.a", "main.a", "a.go", 1),
                   Function(2, "main.b", "main.b", "b.go", 2)],
        time_nanos=1_700_000_000_000_000_000, duration_nanos=1_000_000_000,
        period_type=("cpu", "nanoseconds"), period=1)


def encode(profile: Profile) -> bytes:
    return Encoder(profile, Style(gzip="raw"), 0).encode()


def field(number: int, wire_type: int) -> bytes:
    return encode_varint(number << 3 | wire_type)


def submessage(number: int, body: bytes) -> bytes:
    return field(number, 2) + encode_varint(len(body)) + body


def broken_rules() -> list[InvalidCase]:
    """Profiles that decode and break a rule between their tables."""
    cases = []

    def add(name: str, meaning: str, change) -> None:
        profile = copy.deepcopy(base_profile())
        change(profile)
        cases.append(InvalidCase(name, encode(profile), MALFORMED + meaning, meaning))

    def set_types(p, types):
        p.sample_types = types

    add("no-sample-types", "missing sample type information", lambda p: set_types(p, []))
    add("too-few-types", "mismatch: sample has 2 values vs. 1 types",
        lambda p: set_types(p, p.sample_types[:1]))
    add("too-many-types", "mismatch: sample has 2 values vs. 3 types",
        lambda p: p.sample_types.append(("x", "y")))
    add("sample-without-values", "mismatch: sample has 0 values vs. 2 types",
        lambda p: p.samples[1].values.clear())
    add("last-sample-short", "mismatch: sample has 1 values vs. 2 types",
        lambda p: p.samples[1].values.pop())
    add("unknown-location", "sample has nil location", lambda p: p.samples[0].locations.append(9))
    add("location-zero", "sample has nil location", lambda p: p.samples[0].locations.append(0))
    add("huge-unknown-location", "sample has nil location",
        lambda p: p.samples[0].locations.append((1 << 64) - 1))
    add("mapping-id-zero", "found mapping with reserved ID=0",
        lambda p: p.mappings.append(Mapping(0)))
    add("function-id-zero", "found function with reserved ID=0",
        lambda p: p.functions.append(Function(0, "f")))
    add("location-id-zero", "found location with reserved id=0",
        lambda p: p.locations.append(Location(0)))
    add("mapping-twice", "multiple mappings with same id: 1",
        lambda p: p.mappings.append(Mapping(1)))
    add("function-twice", "multiple functions with same id: 2",
        lambda p: p.functions.append(Function(2, "again")))
    add("location-twice", "multiple locations with same id: 2",
        lambda p: p.locations.append(Location(2)))
    add("huge-id-twice", "multiple functions with same id: 18446744073709551615",
        lambda p: p.functions.extend([Function((1 << 64) - 1), Function((1 << 64) - 1)]))
    add("unknown-function", "location id: 2 has a line with nil function",
        lambda p: p.locations[1].lines.append(Line(7)))
    add("line-without-function", "location id: 3 has a line with nil function",
        lambda p: p.locations.append(Location(3, 0, 0, [Line(0, 5)])))
    return cases


def broken_wire() -> list[InvalidCase]:
    """Bytes that are not a profile message, or one with an index into nothing."""
    good = encode(base_profile())
    index_error = "malformed profile format"
    rows = [
        ("wire-type-3", good + field(20, 3), "unknown wire type"),
        ("wire-type-4", good + field(20, 4), "unknown wire type"),
        ("wire-type-6", good + field(20, 6), "unknown wire type"),
        ("wire-type-7", good + field(20, 7) + b"\0" * 8, "unknown wire type"),
        ("varint-of-11-bytes", good + field(20, 0) + b"\x80" * 10 + b"\x01", "bad varint"),
        ("varint-cut", good + field(20, 0) + b"\xff", "bad varint|ends inside|not enough data"),
        ("tag-cut", good + b"\xa0", "bad varint|ends inside|not enough data"),
        ("length-beyond-end", good + field(20, 2) + b"\x05abc", "too much data|ends inside"),
        ("length-2-to-60", good + field(20, 2) + encode_varint(1 << 60) + b"abc",
         "too much data|ends inside"),
        ("length-2-to-64", good + field(6, 2) + encode_varint((1 << 64) - 1),
         "too much data|ends inside"),
        ("fixed64-cut", good + field(20, 1) + b"1234567", "not enough data|ends inside"),
        ("fixed32-cut", good + field(20, 5) + b"123", "not enough data|ends inside"),
        ("sample-as-number", good + field(2, 0) + b"\x01", "type mismatch"),
        ("string-as-number", good + field(6, 0) + b"\x01", "type mismatch"),
        ("period-as-bytes", good + submessage(12, b"\x01"), "type mismatch"),
        ("duration-as-fixed64", good + field(10, 1) + b"\0" * 8, "type mismatch"),
        ("ids-as-fixed32", good + submessage(2, field(1, 5) + b"\1\0\0\0"), "type mismatch"),
        ("values-as-fixed64", good + submessage(2, field(2, 1) + b"\0" * 8), "type mismatch"),
        ("line-as-number", good + submessage(4, field(4, 0) + b"\1"), "type mismatch"),
        ("flag-as-bytes", good + submessage(3, submessage(7, b"\1")), "type mismatch"),
        ("packed-cut", good + submessage(2, submessage(1, b"\x80")),
         "bad varint|ends inside|not enough data"),
        ("nested-length-too-long", good + submessage(2, field(1, 2) + b"\x7f\1"),
         "too much data|ends inside"),
        ("first-string-not-empty", submessage(6, b"x") + good, r"string_table\[0\] must be ''"),
        ("no-string-table", submessage(1, b""), index_error),
        ("only-unknown-field", field(20, 0) + b"\1", index_error),
        ("name-beyond-table", good + submessage(5, b"\x08\x09\x10" + encode_varint(999)),
         index_error),
        ("file-beyond-table", good + submessage(3, b"\x08\x09\x28" + encode_varint(999)),
         index_error),
        ("type-beyond-table", good + submessage(11, b"\x08" + encode_varint(999)), index_error),
        ("comment-beyond-table", good + field(13, 0) + encode_varint(999), index_error),
        ("negative-index", good + field(14, 0) + encode_varint(-1), index_error),
        ("label-key-beyond-table",
         good + submessage(2, submessage(3, b"\x08" + encode_varint(999))), index_error),
        ("label-text-beyond-table",
         good + submessage(2, submessage(3, b"\x10" + encode_varint(999))), index_error),
        ("label-unit-beyond-table",
         good + submessage(2, submessage(3, b"\x20" + encode_varint(999))), index_error),
    ]
    return [InvalidCase(name, data, UNRECOGNIZED, ours + "|unrecognized profile format")
            for name, data, ours in rows]


def broken_files() -> list[InvalidCase]:
    """Empty, damaged, compressed wrongly, or something else altogether.

    Gzip inside gzip is not here: pprof inflates once, plumb as often as it takes.
    """
    good = encode(base_profile())
    packed = gzip_member(good)
    wrong_crc = packed[:-8] + struct.pack("<I", 1) + packed[-4:]
    wrong_size = packed[:-4] + struct.pack("<I", 1)
    unpacking = "decompressing profile: "
    damage = "gzip|deflate|inflat|compress|ends inside|checksum|truncated"
    rows = [
        ("empty", b"", "parsing profile: empty input file", "empty"),
        ("gzip-of-nothing", gzip_member(b""), "parsing profile: empty input file", "empty"),
        ("gzip-magic-only", b"\x1f\x8b", unpacking + "unexpected EOF", damage),
        ("gzip-cut", packed[:len(packed) // 2], unpacking + "unexpected EOF", damage),
        ("gzip-cut-in-trailer", packed[:-3], unpacking + "unexpected EOF", damage),
        ("gzip-wrong-crc", wrong_crc, unpacking + "gzip: invalid checksum", damage),
        ("gzip-wrong-size", wrong_size, unpacking + "gzip: invalid checksum", damage),
        ("gzip-then-text", packed + b"more", unpacking + "gzip: invalid header|unexpected EOF",
         damage),
        ("gzip-then-zeros", packed + b"\0" * 64, unpacking + "gzip: invalid header", damage),
        ("gzip-bad-block", packed[:10] + b"\xff" + packed[11:], unpacking + "flate", damage),
        ("text", b"this is not a profile\n" * 5, UNRECOGNIZED, "unrecognized|format"),
        ("json", b'{"profile": [1, 2, 3]}', UNRECOGNIZED, "unrecognized|format"),
        ("html", b"<html><body>404</body></html>\n", UNRECOGNIZED, "unrecognized|format"),
        ("zeros", b"\0" * 1000, UNRECOGNIZED, "unrecognized|format"),
        ("proto-cut", good[:-1], UNRECOGNIZED, "too much data|ends inside|unrecognized"),
        ("two-profiles-with-time", good + good, "concatenated profiles detected", "concatenated"),
    ]
    return [InvalidCase(*row) for row in rows]


def no_usable_types() -> list[InvalidCase]:
    """Valid messages from which no column of values is left."""
    empty = Profile(time_nanos=1)
    twice = base_profile()
    twice.sample_types = [("cpu", "count"), ("cpu", "nanoseconds")]
    theirs = "empty common sample type list|profile has no samples"
    return [InvalidCase("no-types-no-samples", encode(empty), theirs, "sample type|no samples"),
            InvalidCase("one-type-twice", encode(twice), theirs, "sample type|no samples",
                        needs="common_types")]


def all_cases() -> list[InvalidCase]:
    return broken_rules() + broken_wire() + broken_files() + no_usable_types()
