# SPDX-License-Identifier: Apache-2.0
"""Random filter options, and which lines of stderr have to be equal."""

from __future__ import annotations

import random
import re

from generate import (CPP_NAMES, FILES, GO_NAMES, LABEL_KEYS, LABEL_TEXTS, LABEL_UNITS,
                      ODD_NAMES, SOURCES)

# Regular expressions that match much, little, nothing, or are none.
PATTERNS = ["main", "runtime", r"\.", "^main\\.", "worker|malloc", "(?i)MAIN", "^$", ".", "none",
            "main\\.go", "server|leaky", "pkg[0-9]\\.", "f[0-9]+$", "std::", "operator\\(\\)",
            "^runtime\\.gopark$", "net/http", "\\(\\*pool\\)", "libc", "^.{0,8}$", "a(", "[",
            "x**", "(?<n>a)", "\\pL", "\u540d", "\ufffd", "handler", "[^a-z]$"]
RANGES = ["1024", "1kb:", ":1kb", "0:1gb", "-7", "1ms:1s", "0ns:", ":2", "1:2:3", "5widgets:",
          "1023:1024", "1b:1mb", "0seconds:1hr", "+1:", "1gcu:", "1kb:5ms", "7x"]
NOTICE = re.compile(r"expression matched no samples$|Interpreted '.*' as range|^For tag "
                    r"|^Multiple value|^Fetched \d+ \w+ profiles out of")


def pattern(rng: random.Random) -> str:
    """A regular expression on frames."""
    if rng.random() < 0.5:
        return rng.choice(PATTERNS)
    words = [w for w in GO_NAMES + CPP_NAMES + ODD_NAMES + FILES + SOURCES if w]
    word = re.escape(rng.choice(words)).replace("\\ ", " ").replace("\\#", "#")
    return rng.choice(["", "^"]) + word + rng.choice(["", "$", ".*", "|main"])


def label_condition(rng: random.Random) -> str:
    """A value of -tagfocus."""
    key = rng.choice(LABEL_KEYS + ["absent"]) + "=" if rng.random() < 0.4 else ""
    if rng.random() < 0.4:
        return key + rng.choice(RANGES)
    words = [re.escape(w).replace("\\ ", " ") for w in LABEL_TEXTS + LABEL_KEYS + LABEL_UNITS]
    return key + ",".join(rng.choice(words + [".", "^", "a|b", "absent"])
                          for _ in range(rng.choice([1, 1, 2, 3])))


def keys(rng: random.Random) -> str:
    """A value of -tagroot."""
    return ",".join(rng.choice(LABEL_KEYS + ["absent"]) for _ in range(rng.choice([1, 1, 2, 3])))


def random_filters(rng: random.Random) -> list[str]:
    """One to three filters."""
    frame = ["focus", "ignore", "hide", "show", "show_from", "prune_from"]
    makers = {**{name: pattern for name in frame}, "tagfocus": label_condition,
              "tagignore": label_condition, "tagroot": keys, "tagleaf": keys,
              "tagshow": lambda r: re.escape(r.choice(LABEL_KEYS)) or "l|r",
              "taghide": lambda r: re.escape(r.choice(LABEL_KEYS)) or "l|r"}
    names = rng.sample(sorted(makers), rng.choice([1, 1, 2, 3]))
    options = [f"-{name}={makers[name](rng)}" for name in names]
    if rng.random() < 0.3:
        options.append("-relative_percentages")
    if rng.random() < 0.2:
        options.append(rng.choice(["-cum", "-unit=kb", "-unit=ms", "-mean", "-nodefraction=0"]))
    return options


def notices(stderr: bytes) -> list[str]:
    """The lines of stderr that both programs have to say, in order."""
    lines = stderr.decode("utf-8", "backslashreplace").split("\n")
    # Which key comes first is random in pprof.
    found = [line for line in lines if NOTICE.search(line)]
    return sorted(line for line in found if line.startswith("For tag ")) + \
        [line for line in found if not line.startswith("For tag ")]
