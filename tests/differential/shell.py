#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Types the same lines into the shells of plumb and `go tool pprof`, through pseudo terminals.

    shell.py --plumb build/plumb --recorded tests/data/go-samples

Standard output is a pipe, and has to be equal byte for byte after each line; what is said on the
terminal has to be equal without its escape sequences. What only plumb's shell can do is tried after
that. Exit status 0: all equal; 1: a difference; 77: no pprof here, the rest is fine.
"""

from __future__ import annotations

import argparse
import difflib
import fcntl
import gzip
import os
import pathlib
import pty
import re
import selectors
import struct
import subprocess
import sys
import tempfile
import termios
import time
from dataclasses import dataclass, field

from runner import find_pprof
from shell_lines import BEYOND, SESSIONS, SAID_OTHERWISE

PROMPT = "(pprof) "
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>()][0B]?|\r")
WAIT_SECONDS = 60


@dataclass
class Reaction:
    """What a line led to."""

    line: str
    stdout: str = ""
    said: str = ""


@dataclass
class Terminal:
    """A program with a pseudo terminal for what is typed and said, and a pipe for reports."""

    command: list[str]
    folder: pathlib.Path
    environment: dict[str, str]
    text: str = ""  # Of the terminal, as it came.
    output: bytes = b""
    is_over: bool = False
    _selector: selectors.DefaultSelector = field(default_factory=selectors.DefaultSelector)

    def __post_init__(self) -> None:
        self._terminal, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 500, 0, 0))
        self._process = subprocess.Popen(
            self.command, stdin=inner, stdout=subprocess.PIPE, stderr=inner, cwd=self.folder,
            env=self.environment, start_new_session=True)
        os.close(inner)
        self._selector.register(self._terminal, selectors.EVENT_READ)
        self._selector.register(self._process.stdout, selectors.EVENT_READ)

    def read_until_prompt(self) -> None:
        """Reads until the program waits for the next line, or has ended."""
        end = time.monotonic() + WAIT_SECONDS
        while not self.is_over and not plain(self.text).endswith("\n" + PROMPT):
            if not self._read(end - time.monotonic()):
                raise TimeoutError(f"{self.command}: no prompt behind {self.text[-200:]!r}")
        self._read(0)

    def _read(self, seconds: float) -> bool:
        ready = self._selector.select(max(seconds, 0))
        for key, _ in ready:
            if key.fileobj == self._terminal:
                try:
                    data = os.read(self._terminal, 65536)
                except OSError:  # The other side is closed.
                    data = b""
                self.text += data.decode("utf-8", "replace")
                self.is_over = self.is_over or not data
            else:
                data = os.read(self._process.stdout.fileno(), 65536)
                self.output += data
                if not data:
                    self._selector.unregister(self._process.stdout)
        return bool(ready)

    def type(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def react(self, line: str) -> Reaction:
        """What follows after a line was typed."""
        self.text, self.output = "", b""
        self.type(line + "\r")
        self.read_until_prompt()
        said = plain(self.text).removesuffix(PROMPT)
        said = said[said.find("\n") + 1:]  # Behind what was typed.
        return Reaction(line, self.output.decode("utf-8", "replace"), said)

    def end(self) -> int:
        """The exit status, after the end of input if that is needed."""
        if not self.is_over:
            self.type("\x04")
            end = time.monotonic() + 10
            while not self.is_over and time.monotonic() < end:
                self._read(1)
        os.close(self._terminal)
        try:
            return self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()
        finally:
            self._process.stdout.close()


def plain(text: str) -> str:
    return ESCAPES.sub("", text)


def environment_of(home: pathlib.Path) -> dict[str, str]:
    return {"HOME": str(home), "TERM": "xterm", "LC_ALL": "C.UTF-8", "TZ": "UTC",
            "XDG_STATE_HOME": str(home / "state"), "XDG_CONFIG_HOME": str(home),
            "PPROF_TMPDIR": str(home), "TMPDIR": str(home), "PLUMB_NAMES": "off",
            "PATH": os.environ.get("PATH", "/usr/bin:/bin")}


def session(program: list[str], lines: list[str], home: pathlib.Path, folder: pathlib.Path) \
        -> list[Reaction]:
    """The greeting, and what follows each line."""
    folder.mkdir()
    terminal = Terminal(program, folder, environment_of(home))
    try:
        terminal.read_until_prompt()
        reactions = [Reaction("", terminal.output.decode("utf-8", "replace"),
                              plain(terminal.text).removesuffix(PROMPT))]
        for line in lines:
            reactions.append(terminal.react(line))
            if terminal.is_over:
                break
    finally:
        status = terminal.end()
    reactions.append(Reaction("(the end)", f"{len(reactions)} lines, exit status {status}"))
    for file in sorted(folder.iterdir()):  # What was redirected.
        reactions.append(Reaction(file.name, content(file)))
    return reactions


def content(file: pathlib.Path) -> str:
    data = file.read_bytes()
    return (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("latin-1")


def differences(name: str, ours: list[Reaction], theirs: list[Reaction]) -> list[str]:
    found = []
    for left, right in zip(ours, theirs):
        if left.stdout != right.stdout:
            found.append(explain(f"{name}: {left.line!r}: stdout", left.stdout, right.stdout))
        if normal(left) != normal(right):
            found.append(explain(f"{name}: {left.line!r}: said", normal(left), normal(right)))
    if len(ours) != len(theirs):
        found.append(f"{name}: {len(ours)} reactions, pprof {len(theirs)}")
    return found


def normal(reaction: Reaction) -> str:
    """What is said, without what is meant to differ."""
    # What is typed while the terminal changes its mode is shown twice.
    said = reaction.said.removeprefix(reaction.line + "\n")
    if re.match(r"help(?! zzz| top tree)", reaction.line):
        return "help" if said else ""  # In words of its own.
    for pattern, replacement in SAID_OTHERWISE:
        said = re.sub(pattern, replacement, said, flags=re.M)
    return said


def explain(head: str, ours: str, theirs: str) -> str:
    lines = difflib.unified_diff(theirs.split("\n"), ours.split("\n"), "pprof", "plumb", n=0,
                                 lineterm="")
    return "\n  ".join([head, *list(lines)[:20]])


def try_beyond(plumb: str, home: pathlib.Path, profile: str) -> tuple[int, list[str]]:
    """What only plumb can do: each case is typed, and its expression has to be found in what
    follows."""
    failures = []
    for number, case in enumerate(BEYOND):
        folder = home / f"beyond-{number}"
        folder.mkdir()
        (folder / "script").write_text(case.script)
        terminal = Terminal([plumb, "-symbolize=none", profile], folder, environment_of(home))
        try:
            terminal.read_until_prompt()
            for keys in case.keys[:-1]:
                terminal.react(keys)
            reaction = terminal.react(case.keys[-1])
            whole = plain(terminal.text) + reaction.stdout
            if case.file:
                whole += (folder / case.file).read_text()
        finally:
            terminal.end()
        if not re.search(case.expected, whole, re.S):
            failures.append(f"{case.name}: typed {case.keys!r}, no /{case.expected}/ in\n  "
                            + whole.replace("\n", "\n  "))
    return len(BEYOND), failures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plumb", required=True, type=pathlib.Path)
    parser.add_argument("--recorded", required=True, type=pathlib.Path)
    parser.add_argument("--show", type=int, default=10, help="differences to print")
    options = parser.parse_args()
    plumb, recorded = str(options.plumb.resolve()), options.recorded.resolve()
    pprof = find_pprof(None)
    compared, failures = 0, []
    with tempfile.TemporaryDirectory(prefix="plumb-shell-") as temporary:
        home = pathlib.Path(temporary)
        for name, (flags, files, lines) in SESSIONS.items() if pprof else []:
            sides = []
            for program in (plumb, pprof):
                own = ["-derive=false"] if program == plumb else []
                place = home / f"{name}-{pathlib.Path(program).name}"
                words = [file if file.startswith("-") else str(recorded / file) for file in files]
                sides.append(session([program, *own, "-symbolize=none", *flags, *words], lines,
                                     home, place))
            compared += len(lines) + 1
            failures += differences(name, *sides)
        tried, more = try_beyond(plumb, home, str(recorded / "go1.23/heap.pb.gz"))
    for failure in (failures + more)[:options.show]:
        print(failure + "\n")
    print(f"{compared} lines compared, {len(failures)} differences; {tried} of plumb alone, "
          f"{len(more)} failures")
    if failures or more:
        return 1
    return 0 if pprof else 77


if __name__ == "__main__":
    sys.exit(main())
