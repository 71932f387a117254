# SPDX-License-Identifier: Apache-2.0
"""What may differ between two outputs, and how it is taken out before they are compared.

Two kinds of difference are known. Where pprof itself answers at random (rows that it sorts by
nothing), both outputs are put in one order. Where the installed pprof is older than the one we
follow, our output is rewritten the way the old one prints, or the case is skipped and counted.
Everything else must be equal byte for byte.
"""

from __future__ import annotations

import datetime
import gzip
import re
import zlib
from dataclasses import dataclass, field
from itertools import groupby

# Reasons a comparison is left out. The suite prints how often each was used.
SKIPS = {
    "symbols": "plumb keeps the symbols of Go's texts, which pprof does not read",
    "random_cut": "pprof cuts the list inside rows that it sorts at random",
    "old_merge": "this pprof merges equal samples, mappings and comments first",
    "old_filter": "this pprof drops samples without frames before tags",
    "old_common_types": "this pprof keeps sample types that occur twice",
    "old_tags_divide": "this pprof does not apply divide_by to tags",
    "old_copy": "this pprof loses labels with an empty value",
    "empty_labels": "pprof loses labels with an empty value when it writes a profile",
}


@dataclass
class Peer:
    """The pprof at hand and in what it differs from the one we follow."""

    path: str
    version: str
    old_time: bool = False  # `Time: Nov 22, 2026 at 5:55pm (UTC)`
    old_tags: bool = False  # `Total 40.0`, percent of the key's total.
    merges_always: bool = False
    lacks: set[str] = field(default_factory=set)  # doc_url, common_types

    def describe(self) -> str:
        notes = []
        if self.old_time:
            notes.append("Time lines rewritten")
        if self.old_tags:
            notes.append("-tags compared by keys, values and order")
        if self.merges_always:
            notes.append("profiles that it merges differently skipped")
        if "doc_url" in self.lacks:
            notes.append("Doc lines left out")
        return f"{self.version}" + (f" ({'; '.join(notes)})" if notes else "")


def reason_to_skip(peer: Peer, report: str, options: list[str], features: set[str]) -> str:
    """A key of SKIPS if this comparison cannot say anything, else ""."""
    filters = any(re.match("-(focus|ignore|hide|show|show_from|prune_from)=", o) for o in options)
    if "symbols" in features and (report != "tags" or filters):
        return "symbols"
    if "equal_printed_names" in features and any("nodecount" in o for o in options):
        return "random_cut"
    if "repeated_types" in features and "common_types" in peer.lacks:
        return "old_common_types"
    if report == "proto" and "blank_labels" in features:
        return "empty_labels"
    if peer.merges_always:
        if features & {"equal_samples", "zero_samples"} and report != "top":
            return "old_merge"
        if {"equal_samples", "negative"} <= features:
            return "old_merge"
        if "repeated_comments" in features and report != "tags":
            return "old_merge"
        if "empty_stacks" in features and report == "tags":
            return "old_filter"
        if {"several_mappings", "equal_printed_names"} <= features:
            return "old_merge"
        if "blank_labels" in features and report != "top":
            return "old_copy"
    if peer.old_tags and report == "tags" and any("divide_by" in o for o in options):
        return "old_tags_divide"
    return ""


def same(peer: Peer, report: str, features: set[str], ours: str, theirs: str) -> bool:
    """True if the outputs differ in nothing but the known differences."""
    if report == "proto":
        ours, theirs = inflated(ours), inflated(theirs)
    if ours == theirs:
        return True
    if report == "proto":
        return False
    if peer.old_time and report != "raw":
        ours = re.sub(r"^Time: (.*) (\S+)$", _old_time, ours, count=1, flags=re.M)
    if "doc_url" in peer.lacks:
        ours = re.sub(r"^Doc: .*\n", "", ours, count=1, flags=re.M)
    if report == "tags" and peer.old_tags:
        return _same_tags(ours, theirs, "negative" in features)
    if report == "tags" and "negative" in features:
        ours, theirs = _sort_equal_tags(ours), _sort_equal_tags(theirs)
    if report == "top" and "equal_printed_names" in features:
        ours, theirs = _sort_equal_rows(ours), _sort_equal_rows(theirs)
    return ours == theirs


def inflated(text: str) -> str:
    """The message in a compressed profile; what is none stays as it is."""
    try:
        return gzip.decompress(text.encode("latin-1")).decode("latin-1")
    except (OSError, EOFError, zlib.error):
        return text


def _old_time(match: re.Match) -> str:
    try:
        when = datetime.datetime.strptime(match[1], "%Y-%m-%d %H:%M:%S")
    except ValueError:
        return match[0]
    hour = when.hour % 12 or 12
    half = "am" if when.hour < 12 else "pm"
    return f"Time: {when:%b} {when.day}, {when.year} at {hour}:{when:%M}{half} ({match[2]})"


def _sort_equal_rows(text: str) -> str:
    """Sorts neighbouring rows of top that print the same name."""
    row = re.compile(r"^(.{10,} +\S+%) +(\S+%)( .{10,} +\S+%)  (.*?)( \((?:partial-)?inline\))?$")

    def name_of(line: str) -> tuple:
        match = row.match(line)
        return (match[4],) if match else (line, "not a row")

    out: list[str] = []
    for _, group in groupby(text.split("\n"), name_of):
        lines = list(group)
        if len(lines) > 1 and row.match(lines[0]):
            # The running sum depends on the order: leave it out.
            lines = sorted("{0[0]} {0[2]} {0[3]} {0[4]}".format(row.match(line).groups())
                           for line in lines)
        out += lines
    return "\n".join(out)


def _sort_equal_tags(text: str) -> str:
    """Sorts neighbouring rows of tags whose sums differ at most in the sign."""
    def size_of(line: str) -> str:
        return line.strip().split(":")[0].split(" ")[0].lstrip("-")

    out: list[str] = []
    for _, group in groupby(text.split("\n"), size_of):
        out += sorted(group)
    return "\n".join(out)


def _same_tags(ours: str, theirs: str, any_order: bool) -> bool:
    """Compares what the old and the new layout of tags share: keys, order, values, names."""
    left, right = _tag_rows(ours), _tag_rows(theirs)
    if any_order:
        left, right = sorted(left), sorted(right)
    if [(kind, name) for kind, name, _, _ in left] != [(kind, name) for kind, name, _, _ in right]:
        return False
    for (_, _, new, new_unit), (_, _, old, old_unit) in zip(left, right):
        # The new text has two decimals, the old one has one.
        if abs(new - old) > 0.056 + abs(new) * 1e-9 or (new != 0 and new_unit != old_unit):
            return False
    return True


def _tag_rows(text: str) -> list[tuple[str, str, float, str]]:
    rows = []
    for line in text.split("\n"):
        key = re.match(r"^ *(.*): Total (-?[\d.]+)(\S*)", line)
        value = re.match(r"^ *(-?[\d.]+)(\S*?)(?: \(.*?%\))?: (.*)$", line)
        if key:
            rows.append(("key", key[1], float(key[2]), key[3]))
        elif value:
            rows.append(("value", value[3], float(value[1]), value[2]))
        elif line.strip():
            rows.append(("rest", line, 0.0, ""))
    return rows
