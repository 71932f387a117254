# SPDX-License-Identifier: Apache-2.0
"""A profile in memory and an encoder of profile.proto that can write it in every legal way.

The encoder is made for tests: the same profile can be written packed or unpacked, with its tables
in any order, the string table first, last or in pieces, with unknown fields, padded varints, and in
any number of gzip members. `Style` says which. Field numbers: profile.proto of google/pprof.
"""

from __future__ import annotations

import random
import struct
import zlib
from dataclasses import dataclass, field


@dataclass
class Label:
    """A label of a sample: a string label if `text` is not None, else a numeric one."""

    key: str | bytes
    text: str | bytes | None = None
    num: int = 0
    unit: str = ""
    blank_unit: bool = False  # The unit is an index other than 0 of an empty string.


@dataclass
class Sample:
    locations: list[int]
    values: list[int]
    labels: list[Label] = field(default_factory=list)


@dataclass
class Mapping:
    id: int
    start: int = 0
    limit: int = 0
    offset: int = 0
    file: str = ""
    build_id: str = ""
    flags: tuple[bool, bool, bool, bool] = (True, True, True, True)


@dataclass
class Line:
    function: int
    line: int = 0
    column: int = 0


@dataclass
class Location:
    id: int
    mapping: int = 0
    address: int = 0
    lines: list[Line] = field(default_factory=list)
    folded: bool = False


@dataclass
class Function:
    id: int
    name: str | bytes = ""
    system_name: str | bytes = ""
    file: str = ""
    start_line: int = 0


@dataclass
class Profile:
    sample_types: list[tuple[str, str]] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    mappings: list[Mapping] = field(default_factory=list)
    locations: list[Location] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    drop_frames: str = ""
    keep_frames: str = ""
    time_nanos: int = 0
    duration_nanos: int = 0
    period_type: tuple[str, str] | None = None
    period: int = 0
    comments: list[str] = field(default_factory=list)
    default_sample_type: str = ""
    doc_url: str = ""


@dataclass
class Style:
    """How to write a profile down."""

    packed: str = "go"  # always | never | go (more than two) | split (in two pieces)
    order: str = "canonical"  # canonical | go | strings_first | tables_first | mixed
    unknown_fields: bool = False
    explicit_zeros: bool = False
    padded_varints: bool = False
    repeated_strings: bool = False  # Equal strings under several indexes.
    gzip: str = "plain"  # raw | plain | members | stored | header | empty_members


class StringTable:
    """Gives strings their indexes. Index 0 is the empty string."""

    def __init__(self, rng: random.Random, repeat: bool):
        self.items: list[bytes] = [b""]
        self._index: dict[bytes, int] = {b"": 0}
        self._rng = rng
        self._repeat = repeat

    def add(self, text: str | bytes) -> int:
        raw = text.encode() if isinstance(text, str) else text
        known = self._index.get(raw)
        if known is not None and not (self._repeat and raw and self._rng.random() < 0.3):
            return known
        return self._append(raw)

    def add_nonzero(self, text: str | bytes) -> int:
        """Like add(), but never index 0, not even for the empty string."""
        return self.add(text) or self._append(b"")

    def _append(self, raw: bytes) -> int:
        self.items.append(raw)
        self._index.setdefault(raw, len(self.items) - 1)
        return len(self.items) - 1


class Message:
    """Bytes of one message, written field by field."""

    def __init__(self, rng: random.Random, style: Style):
        self.data = bytearray()
        self._rng = rng
        self._style = style

    def varint(self, value: int) -> None:
        out = encode_varint(value)
        if self._style.padded_varints and self._rng.random() < 0.2 and len(out) < 9:
            padding = self._rng.randint(1, 9 - len(out))
            out = out[:-1] + bytes([out[-1] | 0x80]) + b"\x80" * (padding - 1) + b"\0"
        self.data += out

    def number(self, field_number: int, value: int) -> None:
        if value or self._style.explicit_zeros:
            self.varint(field_number << 3)
            self.varint(value)

    def bytes(self, field_number: int, value: bytes | bytearray) -> None:
        self.varint(field_number << 3 | 2)
        self.varint(len(value))
        self.data += value

    def numbers(self, field_number: int, values: list[int]) -> None:
        mode = self._style.packed
        if mode == "split" and len(values) > 1:
            cut = self._rng.randint(1, len(values) - 1)
            self._packed(field_number, values[:cut])
            for value in values[cut:]:
                self._single(field_number, value)
        elif mode == "always" or (mode != "never" and len(values) > 2):
            self._packed(field_number, values)
        else:
            for value in values:
                self._single(field_number, value)

    def unknown(self) -> None:
        """Writes now and then a field that no version of the format has."""
        if not self._style.unknown_fields or self._rng.random() > 0.3:
            return
        number = self._rng.choice([100, 1000, 1 << 20, (1 << 29) - 1])
        wire_type = self._rng.choice([0, 1, 2, 5])
        self.varint(number << 3 | wire_type)
        if wire_type == 0:
            self.varint(self._rng.getrandbits(64))
        elif wire_type == 1:
            self.data += struct.pack("<Q", self._rng.getrandbits(64))
        elif wire_type == 2:
            size = self._rng.choice([0, 1, 7, 300])
            self.varint(size)
            self.data += self._rng.randbytes(size)
        else:
            self.data += struct.pack("<I", self._rng.getrandbits(32))

    def _packed(self, field_number: int, values: list[int]) -> None:
        inner = Message(self._rng, self._style)
        for value in values:
            inner.varint(value)
        self.bytes(field_number, inner.data)

    def _single(self, field_number: int, value: int) -> None:
        self.varint(field_number << 3)
        self.varint(value)


def encode_varint(value: int) -> bytes:
    """The shortest varint of `value` modulo 2^64."""
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


class Encoder:
    """Turns a Profile into bytes. One use only."""

    def __init__(self, profile: Profile, style: Style, seed: int):
        self._profile = profile
        self._style = style
        self._rng = random.Random(seed)
        self._strings = StringTable(self._rng, style.repeated_strings)

    def encode(self) -> bytes:
        return self._compress(self.encode_raw())

    def encode_raw(self) -> bytes:
        p = self._profile
        records = {
            "types": [(1, self._value_type(t)) for t in p.sample_types],
            "samples": [(2, self._sample(s)) for s in p.samples],
            "mappings": [(3, self._mapping(m)) for m in p.mappings],
            "locations": [(4, self._location(item)) for item in p.locations],
            "functions": [(5, self._function(f)) for f in p.functions],
            "header": [(0, self._header())],
        }
        records["strings"] = [(6, s) for s in self._strings.items]
        out = self._message()
        for number, data in self._ordered(records):
            out.unknown()
            if number:
                out.bytes(number, data)
            else:
                out.data += data
        return bytes(out.data)

    def _ordered(self, records: dict[str, list[tuple[int, bytes]]]) -> list[tuple[int, bytes]]:
        orders = {
            "canonical": "types samples mappings locations functions strings header",
            "strings_first": "strings header types mappings functions locations samples",
            "tables_first": "header functions locations mappings types samples strings",
        }
        if self._style.order in orders:
            return [r for name in orders[self._style.order].split() for r in records[name]]
        if self._style.order == "go":
            first_use = self._in_order_of_use(records)
            return records["types"] + first_use + records["mappings"] + records["strings"] + \
                records["header"]
        # Mixed: any order that keeps the order inside each table.
        names = [name for name, items in records.items() for _ in items]
        self._rng.shuffle(names)
        queues = {name: iter(items) for name, items in records.items()}
        return [next(queues[name]) for name in names]

    def _in_order_of_use(self, records: dict[str, list[tuple[int, bytes]]]) \
            -> list[tuple[int, bytes]]:
        """As Go's runtime writes: each function and location right before its first sample."""
        p = self._profile
        location_at = {location.id: i for i, location in enumerate(p.locations)}
        function_at = {function.id: i for i, function in enumerate(p.functions)}
        out: list[tuple[int, bytes]] = []

        def use_location(index: int) -> None:
            for line in p.locations[index].lines:
                at = function_at.pop(line.function, None)
                if at is not None:
                    out.append(records["functions"][at])
            out.append(records["locations"][index])

        for sample, record in zip(p.samples, records["samples"]):
            for location in sample.locations:
                if location in location_at:
                    use_location(location_at.pop(location))
            out.append(record)
        for index in location_at.values():
            use_location(index)
        return out + [records["functions"][at] for at in function_at.values()]

    def _message(self) -> Message:
        return Message(self._rng, self._style)

    def _value_type(self, value_type: tuple[str, str]) -> bytes:
        out = self._message()
        out.number(1, self._strings.add(value_type[0]))
        out.unknown()
        out.number(2, self._strings.add(value_type[1]))
        return bytes(out.data)

    def _sample(self, sample: Sample) -> bytes:
        out = self._message()
        parts = [lambda: out.numbers(1, sample.locations), lambda: out.numbers(2, sample.values)]
        parts += [lambda label=label: out.bytes(3, self._label(label)) for label in sample.labels]
        if self._style.order == "mixed" and len(parts) > 2:
            parts = parts[2:] + parts[:2]
        for part in parts:
            part()
            out.unknown()
        return bytes(out.data)

    def _label(self, label: Label) -> bytes:
        out = self._message()
        out.number(1, self._strings.add(label.key))
        out.unknown()
        if label.text is not None:
            out.number(2, self._strings.add_nonzero(label.text))
            return bytes(out.data)
        out.number(3, label.num)
        blank = label.blank_unit
        out.number(4, self._strings.add_nonzero("") if blank else self._strings.add(label.unit))
        return bytes(out.data)

    def _mapping(self, mapping: Mapping) -> bytes:
        out = self._message()
        out.number(1, mapping.id)
        out.number(2, mapping.start)
        out.number(3, mapping.limit)
        out.number(4, mapping.offset)
        out.number(5, self._strings.add(mapping.file))
        out.number(6, self._strings.add(mapping.build_id))
        for i, flag in enumerate(mapping.flags):
            out.number(7 + i, int(flag))
        out.unknown()
        return bytes(out.data)

    def _location(self, location: Location) -> bytes:
        out = self._message()
        out.number(1, location.id)
        out.number(2, location.mapping)
        out.number(3, location.address)
        for line in location.lines:
            inner = self._message()
            inner.number(1, line.function)
            inner.unknown()
            inner.number(2, line.line)
            inner.number(3, line.column)
            out.bytes(4, inner.data)
            out.unknown()
        out.number(5, int(location.folded))
        return bytes(out.data)

    def _function(self, function: Function) -> bytes:
        out = self._message()
        out.number(1, function.id)
        out.number(2, self._strings.add(function.name))
        out.number(3, self._strings.add(function.system_name))
        out.number(4, self._strings.add(function.file))
        out.unknown()
        out.number(5, function.start_line)
        return bytes(out.data)

    def _header(self) -> bytes:
        p = self._profile
        out = self._message()
        out.number(7, self._strings.add(p.drop_frames))
        out.number(8, self._strings.add(p.keep_frames))
        out.number(9, p.time_nanos)
        out.number(10, p.duration_nanos)
        if p.period_type is not None:
            out.bytes(11, self._value_type(p.period_type))
        out.number(12, p.period)
        if p.comments:
            out.numbers(13, [self._strings.add(c) for c in p.comments])
        out.number(14, self._strings.add(p.default_sample_type))
        out.number(15, self._strings.add(p.doc_url))
        return bytes(out.data)

    def _compress(self, raw: bytes) -> bytes:
        mode = self._style.gzip
        if mode == "raw":
            return raw
        if mode == "members":
            cuts = sorted(self._rng.randrange(len(raw) + 1) for _ in range(self._rng.randint(1, 5)))
            ends = cuts + [len(raw)]
            return b"".join(gzip_member(raw[a:b]) for a, b in zip([0] + cuts, ends))
        if mode == "empty_members":
            return gzip_member(b"") + gzip_member(raw) + gzip_member(b"")
        if mode == "stored":
            return gzip_member(raw, level=0)
        if mode == "header":
            return gzip_member(raw, extras=True)
        return gzip_member(raw, level=self._rng.choice([1, 6, 9]))


def gzip_member(data: bytes, level: int = 6, extras: bool = False) -> bytes:
    """One gzip member of `data`; with `extras` every optional header field is there."""
    flags = 2 | 4 | 8 | 16 if extras else 0
    header = b"\x1f\x8b\x08" + bytes([flags]) + b"\0\0\0\0\0\xff"
    if extras:
        header += struct.pack("<H", 5) + b"extra" + b"file name\0" + b"a comment\0"
        header += struct.pack("<H", zlib.crc32(header) & 0xFFFF)
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    body = packer.compress(data) + packer.flush()
    return header + body + struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)
