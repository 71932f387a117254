#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""plumb's shell on a pseudo terminal: how long it takes from a command to the next prompt."""

from __future__ import annotations

import os
import pathlib
import pty
import select
import time

PROMPT = b"(pprof) "
MOST_SECONDS = 120


class ShellSession:
    """The shell over one profile, from its first prompt until it is closed."""

    def __init__(self, plumb: str, profile: pathlib.Path, home: pathlib.Path) -> None:
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.environ.update(TERM="dumb", HOME=str(home))
            os.execv(plumb, [plumb, str(profile)])
        self.wait_for_prompt()

    def wait_for_prompt(self) -> None:
        """Reads what the shell says until it asks for a command."""
        said = b""
        deadline = time.monotonic() + MOST_SECONDS
        while not said.endswith(PROMPT):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.terminal], [], [], left)[0]:
                raise TimeoutError(f"no prompt, but: {said[-300:]!r}")
            said += os.read(self.terminal, 1 << 16)

    def seconds(self, command: str) -> float:
        """Runs a command and says how long it took."""
        start = time.perf_counter()
        os.write(self.terminal, f"{command}\n".encode())
        self.wait_for_prompt()
        return time.perf_counter() - start

    def close(self) -> None:
        """Ends the shell."""
        os.write(self.terminal, b"quit\n")
        try:
            while os.read(self.terminal, 1 << 16):
                pass
        except OSError:  # It is gone, and its end of the terminal with it.
            pass
        os.waitpid(self.process, 0)
        os.close(self.terminal)
