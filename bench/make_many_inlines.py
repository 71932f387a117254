#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles a large C++ program with many inlined calls, and makes a profile of it.

    make_many_inlines.py PROGRAM

Writes PROGRAM (some 60 MB with its debug information) and PROGRAM.pb.gz, a profile of 2,000 of its
instructions that has addresses alone.
"""

from __future__ import annotations

import gzip
import pathlib
import random
import re
import subprocess
import sys
import tempfile

FILES = 4
TYPES = 60  # In each file.
SAMPLES = 2_000
LOADED_AT = 0x555555554000

HEAD = "".join(f"#include <{name}>\n" for name in
               ("algorithm", "map", "string", "unordered_map", "vector"))

TYPE = """
namespace n@F {
struct S@T {
  int number;
  std::string text;
  std::map<std::string, int> counts;
  bool operator<(const S@T& other) const { return text < other.text; }
};
inline int sum@T(const S@T& s, int x) {
  int sum = 0;
  for (const auto& [name, count] : s.counts) sum += count * x + int(name.size());
  return sum;
}
int work@T(std::vector<S@T>& all, int x) {
  std::sort(all.begin(), all.end());
  std::unordered_map<std::string, S@T> by_text;
  for (auto& s : all) by_text[s.text] = s;
  int sum = 0;
  for (auto& [text, s] : by_text) sum += sum@T(s, x);
  all.emplace_back().counts["k"] = sum;
  return sum;
}
}
"""

CALL = """  {
    std::vector<n@F::S@T> all(x);
    for (auto& s : all) s.counts[s.text = std::to_string(x)] = x;
    sum += n@F::work@T(all, x);
  }
"""


def source_of(file: int) -> str:
    fill = [(lambda text, t=t: text.replace("@F", str(file)).replace("@T", str(t)))
            for t in range(TYPES)]
    calls = "".join(f(CALL) for f in fill)
    types = "".join(f(TYPE) for f in fill)
    return f"{HEAD}{types}int run{file}(int x) {{\n  int sum = 0;\n{calls}  return sum;\n}}\n"


def build(program: pathlib.Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        objects = []
        for file in range(FILES):
            (folder / f"{file}.cc").write_text(source_of(file))
            objects.append(f"{file}.o")
            subprocess.run(["g++", "-std=c++20", "-O2", "-g", "-c", f"{file}.cc"], check=True,
                           cwd=folder)
        declared = "".join(f"int run{file}(int);\n" for file in range(FILES))
        summed = " + ".join(f"run{file}(count)" for file in range(FILES))
        (folder / "main.cc").write_text(
            f"{declared}int main(int count, char**) {{ return ({summed}) == 1; }}\n")
        subprocess.run(["g++", "-std=c++20", "-g", "main.cc", *objects, "-Wl,--build-id", "-o",
                        program.absolute()], check=True, cwd=folder)


def output_of(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def message(field: int, content: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(content)) + content


def profile_of(program: pathlib.Path) -> bytes:
    code = output_of("objdump", "-d", "--no-show-raw-insn", str(program))
    addresses = [int(found, 16) for found in re.findall(r"^ +([0-9a-f]+):", code, re.MULTILINE)]
    addresses = random.Random(1).sample(addresses, SAMPLES)
    headers = output_of("readelf", "-lW", str(program))
    code_header = re.search(r"LOAD +(0x\w+) (0x\w+) 0x\w+ 0x\w+ (0x\w+) R E", headers)
    offset, address, size = (int(text, 16) for text in code_header.groups())
    build_id = re.search(r"Build ID: (\w+)", output_of("readelf", "-n", str(program))).group(1)
    page = 4096
    limit = (LOADED_AT + address + size + page - 1) // page * page
    out = message(1, number(1, 1) + number(2, 2))
    for i in range(SAMPLES):
        out += message(2, message(1, varint(i + 1)) + message(2, varint(1000 + i)))
    out += message(3, number(1, 1) + number(2, LOADED_AT + address) + number(3, limit) +
                   number(4, offset) + number(5, 3) + number(6, 4))
    for i, at in enumerate(addresses):
        out += message(4, number(1, i + 1) + number(2, 1) + number(3, LOADED_AT + at))
    for text in ("", "cpu", "nanoseconds", str(program.absolute()), build_id):
        out += message(6, text.encode())
    return out


def main() -> int:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    program = pathlib.Path(sys.argv[1])
    build(program)
    program.with_suffix(".pb.gz").write_bytes(gzip.compress(profile_of(program)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
