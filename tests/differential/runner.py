# SPDX-License-Identifier: Apache-2.0
"""Runs plumb and `go tool pprof` on the same command lines, and remembers what pprof said."""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
from dataclasses import dataclass

from compare import Peer
from wire import Encoder, Label, Profile, Sample, Style

# Zones for the Time line; most profiles are shown in the first.
ZONES = ["UTC", "America/New_York", "Asia/Kolkata", "America/Sao_Paulo", "Australia/Lord_Howe"]


@dataclass
class Answer:
    status: int
    stdout: bytes
    stderr: bytes


class Runner:
    """Runs both programs in an environment of their own."""

    def __init__(self, plumb: str, pprof: str, home: pathlib.Path, cache: pathlib.Path | None):
        self._programs = {"plumb": plumb, "pprof": pprof}
        self._environment = {"HOME": str(home), "LC_ALL": "C.UTF-8",
                             "PPROF_TMPDIR": str(home), "XDG_CONFIG_HOME": str(home),
                             "PLUMB_NAMES": "off", "PATH": os.environ.get("PATH", "")}
        self._home = home
        self._cache = cache
        if cache:
            cache.mkdir(parents=True, exist_ok=True)

    def pprof(self, report: str, options: list[str], file: pathlib.Path) -> Answer:
        return self._run("pprof", ["-" + report, *with_symbols(options), file.name], file)

    def plumb(self, report: str, options: list[str], file: pathlib.Path, form: str) -> Answer:
        """Runs plumb in one of the forms of its command line."""
        options = with_symbols(options)
        arguments = {
            "flag": ["-" + report, *options, file.name],
            "flag behind": ["-" + report, file.name, *options],
            "command": [*report.split("=", 1), *options, file.name],
            "pipe": [report, *options, "-"],
        }[form]
        return self._run("plumb", arguments, file, form == "pipe")

    def _run(self, program: str, arguments: list[str], file: pathlib.Path, pipe: bool = False) \
            -> Answer:
        # Relative name and working directory, so that messages do not depend on the place.
        done = subprocess.run([self._programs[program], *arguments], cwd=file.parent,
                              env=self._environment | {"TZ": zone_of(file)}, timeout=120,
                              capture_output=True, check=False,
                              input=file.read_bytes() if pipe else b"")
        return Answer(done.returncode, done.stdout, done.stderr)

    def pprof_answers(self, file: pathlib.Path, wanted: list[tuple[str, list[str]]],
                      attempt: int = 0) -> list[Answer]:
        """pprof's answers to all of `wanted`, from the cache where it has them."""
        known = self._load(file)
        keys = [json.dumps([report, options] + [attempt] * (attempt > 0))
                for report, options in wanted]
        missing = [i for i, key in enumerate(keys) if key not in known]
        for i in missing:
            known[keys[i]] = self.pprof(*wanted[i], file)
        if missing:
            self._store(file, known)
        return [known[key] for key in keys]

    def _cache_file(self, file: pathlib.Path) -> pathlib.Path:
        pprof = pathlib.Path(self._programs["pprof"]).stat()
        place = f"{pprof.st_size}/{pprof.st_mtime_ns}/{file.name}/"
        content = place.encode() + file.read_bytes()
        return self._cache / (hashlib.sha256(content).hexdigest() + ".json")

    def _load(self, file: pathlib.Path) -> dict[str, Answer]:
        if not self._cache or not self._cache_file(file).exists():
            return {}
        stored = json.loads(self._cache_file(file).read_text(encoding="latin-1"))
        return {key: Answer(status, out.encode("latin-1"), err.encode("latin-1"))
                for key, (status, out, err) in stored.items()}

    def _store(self, file: pathlib.Path, answers: dict[str, Answer]) -> None:
        if not self._cache:
            return
        plain = {key: [a.status, a.stdout.decode("latin-1"), a.stderr.decode("latin-1")]
                 for key, a in answers.items()}
        target = self._cache_file(file)
        draft = target.with_suffix(f".{os.getpid()}.tmp")
        draft.write_text(json.dumps(plain, ensure_ascii=False), encoding="latin-1")
        draft.replace(target)


def with_symbols(options: list[str]) -> list[str]:
    """Names are those in the profile, unless the options say otherwise."""
    is_said = any(option.startswith("-symbolize") for option in options)
    return options if is_said else ["-symbolize=none", *options]


def zone_of(file: pathlib.Path) -> str:
    """The time zone in which this file is shown, the same in every run."""
    rng = random.Random("zone/" + file.name)
    zone = rng.choice(ZONES) if rng.random() < 0.4 else ZONES[0]
    return zone if pathlib.Path("/usr/share/zoneinfo", zone).exists() else ZONES[0]


def find_go() -> str | None:
    """The go command."""
    for go in ["go", "/usr/local/go/bin/go", "/usr/lib/go-1.19/bin/go"]:
        if found := shutil.which(go):
            return found
    return None


# The release whose pprof is followed. Older ones print times, tags, columns and more otherwise.
FOLLOWED = (1, 26)


def is_followed(go: str) -> bool:
    """True if the pprof of this Go prints what is expected of ours."""
    done = subprocess.run([go, "version"], capture_output=True, text=True, timeout=60, check=False)
    found = re.search(r"go(\d+)\.(\d+)", done.stdout)
    if not found or (int(found[1]), int(found[2])) >= FOLLOWED:
        return True
    print(f"not compared: {go} is Go {found[1]}.{found[2]}, not {FOLLOWED[0]}.{FOLLOWED[1]}")
    return False


def find_pprof(given: str | None) -> str | None:
    """The pprof program itself; `go tool` in front of it costs 100 ms a call."""
    if given:
        return given
    environment = {k: v for k, v in os.environ.items() if k not in ("GOFLAGS", "GOTOOLCHAIN")}
    for go in ["go", "/usr/local/go/bin/go", "/usr/lib/go-1.19/bin/go"]:
        if not shutil.which(go) or not is_followed(go):
            continue
        done = subprocess.run([go, "tool", "-n", "pprof"], env=environment, capture_output=True,
                              text=True, timeout=300, check=False)
        path = done.stdout.strip()
        if done.returncode == 0 and os.access(path, os.X_OK):
            return path
    return None


def probe(runner: Runner, pprof: str, home: pathlib.Path) -> Peer:
    """Finds out by asking in what this pprof differs from the one we follow."""
    twice = [("n", "count"), ("twice", "count"), ("twice", "count")]
    profile = Profile(sample_types=twice, time_nanos=1_700_000_000_000_000_000, doc_url="http://d",
                      samples=[Sample([], [1, 1, 1], [Label("k", "v")])] * 2)
    file = home / "probe.pb.gz"
    file.write_bytes(Encoder(profile, Style(), 0).encode())
    top = runner.pprof("top", ["-sample_index=0"], file).stdout.decode()
    tags = runner.pprof("tags", ["-sample_index=0"], file).stdout.decode()
    found = re.search(r"go1[.\d]+\S*", pprof_version(pprof))
    peer = Peer(pprof, found[0] if found else "unknown version")
    peer.old_time = "Time: Nov 14, 2023 at" in top
    peer.old_tags = " of " not in tags
    if "Doc: http://d" not in top:
        peer.lacks.add("doc_url")
    last = runner.pprof("top", ["-sample_index=2"], file)
    if last.status == 0:
        peer.lacks.add("common_types")
        peer.merges_always = True  # Both came with the same change.
    return peer


def pprof_version(pprof: str) -> str:
    for go in ["go", "/usr/local/go/bin/go", "/usr/lib/go-1.19/bin/go"]:
        if shutil.which(go):
            done = subprocess.run([go, "version", pprof], capture_output=True, text=True,
                                  timeout=60, check=False)
            if done.returncode == 0:
                return done.stdout
    return ""


class Asker:
    """Asks one program whole command lines in one folder, whose content the cache goes by."""

    def __init__(self, program: str, folder: pathlib.Path, home: pathlib.Path,
                 cache: pathlib.Path | None = None, name: str = ""):
        self._program = program
        self._folder = folder
        self._environment = {"HOME": str(home), "LC_ALL": "C.UTF-8", "PPROF_TMPDIR": str(home),
                             "XDG_CONFIG_HOME": str(home), "PLUMB_NAMES": "off",
                             "PATH": os.environ.get("PATH", ""),
                             "TZ": "UTC"}
        self._known: dict[str, list] = {}
        self._file = cache / f"{self._stamp(name)}.json" if cache else None
        self._is_changed = False
        if self._file and self._file.exists():
            self._known = json.loads(self._file.read_text(encoding="latin-1"))

    def set_path(self, path: str) -> None:
        """Where the program finds its tools."""
        self._environment["PATH"] = path

    def _stamp(self, name: str) -> str:
        program = pathlib.Path(self._program).stat()
        digest = hashlib.sha256(f"placed/{name}/{program.st_size}/{program.st_mtime_ns}".encode())
        for file in sorted(self._folder.iterdir()):
            if file.is_file():
                digest.update(file.name.encode() + b"/" + file.read_bytes())
        return digest.hexdigest()

    def ask(self, arguments: list[str], attempt: int = 0) -> Answer:
        """The answer, from the cache if there is one. `attempt`: asks again for another."""
        key = json.dumps([arguments, attempt])
        if key not in self._known:
            done = subprocess.run([self._program, *arguments], cwd=self._folder, input=b"",
                                  env=self._environment, timeout=300, capture_output=True,
                                  check=False)
            self._known[key] = [done.returncode, self._placed(done.stdout),
                                self._placed(done.stderr)]
            self._is_changed = True
        status, out, err = self._known[key]
        return Answer(status, out.encode("latin-1"), err.encode("latin-1"))

    def _placed(self, text: bytes) -> str:
        """A text without the place of the folder, which is another one in the next run."""
        return text.decode("latin-1").replace(str(self._folder), "<folder>")

    def keep(self) -> None:
        """Writes the answers down."""
        if self._file and self._is_changed:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            draft = self._file.with_suffix(f".{os.getpid()}.tmp")
            draft.write_text(json.dumps(self._known, ensure_ascii=False), encoding="latin-1")
            draft.replace(self._file)
