#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A Go program and its C++ twin in the same situation: what their debug servers answer has the same
shape, line by line; errors are equal to the byte.

    twin_test.py --twin PROGRAM        skipped without a Go of at least 1.23"""

import argparse
import collections
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ARGS = None
FOLDER = pathlib.Path(__file__).resolve().parent / "twin"

# To the byte, but for the date.
SAME = ("/debug/pprof/nosuch", "/debug/pprof/heap?seconds=x", "/debug/pprof/goroutine?seconds=-1",
        "/debug/pprof/block?seconds=1&debug=1", "/debug/pprof", "/debug/pprof/symbol",
        "/debug/pprof/symbol?0x0+12", "/nosuch")
HEADERS_OF = ("/debug/pprof/", "/debug/pprof/goroutine", "/debug/pprof/goroutine?debug=1",
              "/debug/pprof/goroutine?debug=2", "/debug/pprof/heap", "/debug/pprof/cmdline",
              "/debug/pprof/mutex?seconds=1", "/debug/pprof/threadcreate")


def find_go():
    for go in (shutil.which("go"), "/usr/local/go/bin/go"):
        if go and pathlib.Path(go).exists():
            version = subprocess.run([go, "version"], capture_output=True, text=True, check=True)
            found = re.search(r"go1\.(\d+)", version.stdout)
            if found and int(found.group(1)) >= 23:
                return go
    return None


class Program:
    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)
        self.address = self.process.stdout.readline().strip()

    def get(self, target, *options):
        """Status line, headers without those that differ by nature, and body."""
        command = ["curl", "-sS", "-i", *options, f"http://{self.address}{target}"]
        text = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
        head, _, body = text.decode("latin-1").partition("\r\n\r\n")
        lines = head.split("\r\n")
        by_nature = ("Date:", "Content-Length:", "Transfer-Encoding:")
        return lines[0], [line for line in lines[1:] if not line.startswith(by_nature)], body

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=20)
        self.process.stdout.close()


def shape_of_dump(text):
    """How often each goroutine of a debug=2 text occurs, without what names things."""
    shapes = collections.Counter()
    for block in text.rstrip("\n").split("\n\n"):
        lines = []
        for line in block.split("\n"):
            line = re.sub(r"^goroutine \d+ ", "goroutine N ", line)
            line = re.sub(r"^\t.*:\d+( \+0x[0-9a-f]+)?$", "\tPLACE", line)
            line = re.sub(r"^created by \S+ in goroutine \d+$", "created by F in goroutine N", line)
            line = re.sub(r"^\S.*\(.*\)$", "CALL", line)
            lines.append(line)
        shapes["\n".join(lines)] += 1
    return shapes


def shape_of_text(text):
    """The same for the records of a debug=1 text."""
    shapes = collections.Counter()
    for record in text.split("\n", 1)[1].rstrip("\n").split("\n\n"):
        record = re.sub(r"( 0x[0-9a-f]+)+", " PCS", record)
        record = re.sub(r"#\t0x[0-9a-f]+\t\S+\+0x[0-9a-f]+\t+\S+:\d+", "# FRAME", record)
        shapes[record] += 1
    return shapes


class Twins(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        go = find_go()
        if not go:
            raise unittest.SkipTest("no Go of at least 1.23")
        cls.folder = tempfile.TemporaryDirectory()
        program = pathlib.Path(cls.folder.name) / "twin"
        subprocess.run([go, "build", "-o", program, "."], cwd=FOLDER, check=True,
                       env={**os.environ, "GOFLAGS": "", "GOWORK": "off", "GOTOOLCHAIN": "local"})
        cls.go = Program(program)
        cls.ours = Program(ARGS.twin)

    @classmethod
    def tearDownClass(cls):
        cls.go.stop()
        cls.ours.stop()
        cls.folder.cleanup()

    def test_errors_are_equal(self):
        for target in SAME:
            with self.subTest(target):
                self.assertEqual(self.go.get(target), self.ours.get(target))
        self.assertEqual(self.go.get("/debug/pprof/cmdline", "-X", "POST"),
                         self.ours.get("/debug/pprof/cmdline", "-X", "POST"))

    def test_addresses_may_be_posted(self):
        """Go's server of today refuses it, whose profiles have all names; pprof asks for those of
        C++ programs that have none."""
        answer = self.ours.get("/debug/pprof/symbol", "-X", "POST", "-d", "0x1")
        self.assertEqual(answer[0], "HTTP/1.1 200 OK")
        self.assertEqual(answer[2], "num_symbols: 1\n")

    def test_headers_are_equal(self):
        for target in HEADERS_OF:
            with self.subTest(target):
                self.assertEqual(self.go.get(target)[:2], self.ours.get(target)[:2])
                self.assertEqual(self.go.get(target, "-I")[:2], self.ours.get(target, "-I")[:2])

    def test_dumps_have_the_same_tasks(self):
        target = "/debug/pprof/goroutine?debug=2"
        # sleep() of ours is hidden, as all of the library at the leaf.
        theirs = shape_of_dump(re.sub(r"(?m)^time\.Sleep\(.*\n\t.*\n", "", self.go.get(target)[2]))
        ours = shape_of_dump(re.sub(r" \(leaked\)| \{[^}]*\}(?=:)", "", self.ours.get(target)[2]))
        for shape, count in ours.items():
            if "locked to thread" not in shape:
                self.assertEqual(theirs[shape], count, shape)
        self.assertEqual(sum(ours.values()), 8)

    def test_texts_have_the_same_records(self):
        target = "/debug/pprof/goroutine?debug=1"
        theirs = shape_of_text(self.go.get(target)[2])
        # Each record of ours tells its state by a label.
        ours = self.ours.get(target)[2]
        ours = re.sub(r'# labels: {"state":"[^"]*"}\n|, "state":"[^"]*"', "", ours)
        ours = shape_of_text(ours)
        for record in ("3 @ PCS\n# FRAME\n# FRAME",
                       '2 @ PCS\n# labels: {"job":"x y", "tenant":"acme"}\n# FRAME\n# FRAME'):
            self.assertEqual(theirs[record], 1, theirs)
            self.assertEqual(ours[record], 1, ours)

    def test_index_is_equal(self):
        def rows(program):
            html = program.get("/debug/pprof/")[2]
            html = re.sub(r"<tr><td>\d+", "<tr><td>N", html)
            return [line for line in html.split("\n")
                    if not re.search(r"'(trace|goroutineleak)\?|(trace|goroutineleak): <", line)]
        self.assertEqual(rows(self.go), rows(self.ours))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--twin", required=True)
    ARGS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
