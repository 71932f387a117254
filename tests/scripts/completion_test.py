#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Types words and Tab into the shells that are installed, with plumb's completion loaded.

    completion_test.py --plumb PROGRAM
"""

import argparse
import os
import pathlib
import pty
import select
import shutil
import sys
import tempfile
import time

SHELLS = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "fish": ["fish", "--no-config", "--private"],
    "zsh": ["zsh", "-f", "-i"],
}
BEFORE = {"zsh": "autoload -Uz compinit; compinit -u -D; "}
# What is typed in front of Tab, and the words that are behind it.
CASES = [
    ("lea", "leaks"),
    ("-trac", "-traces"),
    ("--trac", "--traces"),
    ("top -relat", "top -relative_percentages"),
    ("top --relat", "top --relative_percentages"),
    ("-top -relat", "-top -relative_percentages"),
    ("--top --relat", "--top --relative_percentages"),
    ("top --trim --relat", "top --trim --relative_percentages"),
    ("top --unit=mini", "top --unit=minimum"),
    ("-top prof", "-top profile.txt"),
    ("help exi", "help exit-status"),
]
SECONDS = 30
# Stands for plumb on the command line and says what the words became.
SHOW_WORDS = "#!/bin/sh\necho \"words: $*;\"\n"


class Terminal:
    """A shell that believes a person types."""

    def __init__(self, words, environment):
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.execvpe(words[0], words, environment)
        self.seen = ""

    def type(self, text):
        self.seen = ""
        os.write(self.terminal, text.encode())

    def shows(self, text):
        """True as soon as `text` was shown since something was typed."""
        end = time.monotonic() + SECONDS
        while text not in self.seen and time.monotonic() < end:
            if select.select([self.terminal], [], [], 0.1)[0]:
                self.seen += os.read(self.terminal, 4096).decode(errors="replace")
        return text in self.seen

    def close(self):
        os.close(self.terminal)
        os.waitpid(self.process, 0)


def failures(shell, program, environment):
    """A line for each case that `shell` completes otherwise."""
    script = environment["HOME"] + "/completion." + shell
    terminal = Terminal(SHELLS[shell], environment)
    terminal.type(BEFORE.get(shell, "") + f"{program} completion {shell} > {script}; "
                  f"source {script}; cd; plumb loaded\n")
    if not terminal.shows("words: loaded;"):
        return [f"{shell}: {terminal.seen!r}"]
    wrong = []
    for typed, wanted in CASES:
        terminal.type(f"plumb {typed}\t\n")
        if not terminal.shows("words: ") or not terminal.shows(";"):
            return wrong + [f"{shell}: nothing runs at {typed!r}: {terminal.seen!r}"]
        words = terminal.seen.split("words: ")[1].split(";")[0].strip()
        if words != wanted:
            wrong.append(f"{shell}: {typed!r} becomes {words!r}, not {wanted!r}")
    terminal.close()
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plumb", required=True)
    program = pathlib.Path(parser.parse_args().plumb).resolve()
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        stand_in = pathlib.Path(folder) / "plumb"
        stand_in.write_text(SHOW_WORDS)
        stand_in.chmod(0o755)
        (pathlib.Path(folder) / "profile.txt").write_text("")
        environment = dict(os.environ, HOME=folder, TERM="dumb",
                           PATH=folder + ":" + os.environ["PATH"])
        for shell in filter(shutil.which, SHELLS):
            wrong += failures(shell, program, environment)
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
