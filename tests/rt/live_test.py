#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads every endpoint of a live C++ program with `go tool pprof` and with plumb, and compares.

    live_test.py --live PROGRAM --plumb PROGRAM --examples DIRECTORY

Without a Go that has pprof only plumb is asked."""

import argparse
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

ARGS = None

# Endpoint: a function that must be there, and what pprof calls the type.
ENDPOINTS = {
    "goroutine": ("block_on_send", "goroutine"),
    "goroutineleak": ("plumb::rt::detail::ChanCore::send", "goroutineleak"),
    "heap": ("keep_memory", "inuse_space"),
    "allocs": ("keep_memory", "alloc_space"),
    "block": ("fight_for", "delay"),
    "mutex": ("fight_for", "delay"),
    "threadcreate": ("main", "threadcreate"),
    "profile?seconds=1": ("burn", "cpu"),
    "goroutine?seconds=1": (None, "goroutine"),
}


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)


def find_go():
    for go in (shutil.which("go"), "/usr/local/go/bin/go"):
        if go and pathlib.Path(go).exists():
            return go
    return None


def without_time(report):
    """A report without its time, which releases of pprof print differently."""
    return re.sub(r"(?m)^Time: .*\n", "", report)


class Live(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.process = subprocess.Popen([ARGS.live], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                       text=True)
        cls.address = cls.process.stdout.readline().strip()
        cls.folder = tempfile.TemporaryDirectory()

    @classmethod
    def tearDownClass(cls):
        cls.process.stdin.close()
        cls.process.wait(timeout=20)
        cls.process.stdout.close()
        cls.folder.cleanup()

    def fetch(self, endpoint):
        path = pathlib.Path(self.folder.name) / re.sub(r"\W", "_", endpoint)
        url = f"http://{self.address}/debug/pprof/{endpoint}"
        run("curl", "-sS", "--fail", "-o", path, url)
        return path

    def test_pprof_and_plumb_agree_on_every_endpoint(self):
        go = find_go()
        for endpoint, (function, kind) in ENDPOINTS.items():
            with self.subTest(endpoint):
                path = self.fetch(endpoint)
                ours = run(ARGS.plumb, "top", "-nodecount=1000", "-nodefraction=0", path).stdout
                self.assertIn(f"Type: {kind}\n", ours)
                if function:
                    self.assertRegex(ours, rf"(?m) {re.escape(function)}( \(inline\))?$")
                if not go:
                    continue
                theirs = run(go, "tool", "pprof", "-top", "-nodecount=1000", "-nodefraction=0",
                             "-symbolize=none", path).stdout
                self.assertEqual(without_time(theirs), without_time(ours))

    def test_pprof_reads_the_server_itself(self):
        go = find_go()
        if not go:
            self.skipTest("no Go")
        url = f"http://{self.address}/debug/pprof/goroutine"
        text = run(go, "tool", "pprof", "-traces", url).stdout
        self.assertRegex(text, r"tenant:\s*acme")
        self.assertRegex(text, r"\n +20 +plumb::rt::")
        self.assertIn("block_on_send\n", text)

    def test_pprof_lists_the_source(self):
        go = find_go()
        if not go:
            self.skipTest("no Go")
        # Not in a folder called rt: pprof would cut the path of the source there.
        text = run(go, "tool", "pprof", "-list=block_on_send", "-source_path=/", "-trim_path=/none",
                   self.fetch("goroutine")).stdout
        self.assertRegex(text, r"\. +20 +\d+: +ch\.send\(1\);")

    def test_plumb_sees_the_leak(self):
        run_leaks = subprocess.run([ARGS.plumb, "leaks", self.address], capture_output=True,
                                   text=True, check=False, timeout=60)
        self.assertRegex(run_leaks.stdout, r"5 +[0-9.]+% +chan send, leaked")
        self.assertRegex(run_leaks.stdout, r"live\.cc:\d+")

    def test_profile_tells_states(self):
        text = run(ARGS.plumb, "leaks", "-n=0", self.fetch("goroutine")).stdout
        for state, function in (("chan send", "block_on_send"), ("syscall", "wait_in_call")):
            self.assertRegex(text, rf"(?m)^ +\d+ .*%  {state}\b.*\n +(blocked )?at +{function}\b")

    def test_text_says_states(self):
        text = run(ARGS.plumb, "leaks", "-n=0", self.fetch("goroutine?debug=1")).stdout
        for state, function in (("chan send", "block_on_send"), ("syscall", "wait_in_call")):
            self.assertRegex(text, rf"(?m)^ +\d+ .*%  {state}\b.*\n +blocked at +{function}\b")
        self.assertNotIn("inferred", text)

    def test_text_is_read_by_plumb(self):
        for endpoint in ("goroutine?debug=1", "goroutineleak?debug=1", "threadcreate?debug=1",
                         "heap?debug=1", "block?debug=1", "mutex?debug=1"):
            with self.subTest(endpoint):
                text = run(ARGS.plumb, "top", "-nodecount=1000", self.fetch(endpoint))
                self.assertIn("flat%", text.stdout)
                self.assertNotIn("skipped", text.stderr)


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        folder = pathlib.Path(cls.folder.name)
        cls.cert, cls.key = folder / "cert.pem", folder / "key.pem"
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
            "subjectAltName=DNS:localhost", "-keyout", cls.key, "-out", cls.cert)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def serve(self, cert, key):
        process = subprocess.Popen([ARGS.live, cert, key], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)
        self.addCleanup(lambda: process.communicate("", timeout=60))
        process.stdout.readline()
        return process.stdout.readline().strip()

    def get(self, port, path):
        trusted = ssl.create_default_context(cafile=self.cert)
        url = f"https://localhost:{port}/debug/pprof/{path}"
        with urllib.request.urlopen(url, context=trusted, timeout=30) as answer:
            return answer.read().decode()

    def test_serves_by_tls_who_knows_the_token(self):
        port = self.serve(self.cert, self.key).rsplit(":", 1)[1]
        for _ in range(3):
            text = self.get(port, "goroutine?debug=2&token=secret")
            self.assertIn("block_on_send", text)
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.get(port, "goroutine?debug=2")
        self.assertEqual(401, refused.exception.code)
        refused.exception.close()
        for plain in (b"GET / HTTP/1.1\r\n\r\n", b""):  # Who speaks no TLS, or says nothing.
            with socket.create_connection(("127.0.0.1", int(port)), timeout=30) as client:
                client.sendall(plain)
        # Who goes away in the middle of a long answer.
        trusted = ssl.create_default_context(cafile=self.cert)
        with socket.create_connection(("127.0.0.1", int(port)), timeout=30) as client:
            with trusted.wrap_socket(client, server_hostname="localhost") as by_tls:
                by_tls.sendall(b"GET /debug/pprof/goroutine?debug=2&token=secret HTTP/1.1\r\n\r\n")
        self.assertIn("block_on_send", self.get(port, "goroutine?debug=2&token=secret"))

    def test_says_what_is_wrong_with_the_files(self):
        self.assertRegex(self.serve("/none.pem", self.key), r"^/none\.pem: error:")
        self.assertRegex(self.serve(self.cert, self.cert), r"cert\.pem: error:")


class Examples(unittest.TestCase):
    def count_lines(self, name):
        """The first three counts that the example prints."""
        process = subprocess.Popen([pathlib.Path(ARGS.examples) / name, "127.0.0.1:0"],
                                   stdout=subprocess.PIPE, text=True)
        lines = [process.stdout.readline().strip() for _ in range(3)]
        process.kill()
        process.wait()
        process.stdout.close()
        self.assertRegex(lines[0], r"\[PPROF\] http://127\.0\.0\.1:\d+/debug/pprof/")
        return lines[1:]

    def test_leaky_leaks_fifty_a_second(self):
        self.assertEqual(["[START] Goroutines: 1", "[AFTER 2s] Goroutines: 101"],
                         self.count_lines("leaky"))

    def output_of(self, name, *arguments, text=None):
        return subprocess.run([pathlib.Path(ARGS.examples) / name, *arguments], input=text,
                              capture_output=True, text=True, check=True, timeout=60).stdout

    def test_echo_server_has_many_connections_at_once(self):
        self.assertIn("400 of 400 connections echoed\n",
                      self.output_of("echo_server", "--self-test", "400"))

    def test_pool_and_pipeline_leave_nothing(self):
        self.assertEqual("1000 jobs, total 167167000\n", self.output_of("worker_pool"))
        self.assertEqual("the 100th prime is 541; 102 tasks\ncancelled: 1 task\n",
                         self.output_of("pipeline"))

    def test_three_of_the_six_leaks_are_proved_by_count(self):
        ways = ("send", "receive", "select", "mutex", "wait_group", "context")
        lines = self.output_of("six_leaks", "127.0.0.1:0",
                               text="".join(f"{way} 2\n" for way in ways)).splitlines()
        proved = [int(line.rsplit(" ", 1)[1]) for line in lines[1:]]
        self.assertEqual([2, 4, 6, 6, 6, 6], proved)

    def ask(self, name, *expected):
        """Starts an example that ends with its input, and looks for texts in its dump."""
        process = subprocess.Popen([pathlib.Path(ARGS.examples) / name, "127.0.0.1:0"],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        url = process.stdout.readline().split()[1]
        for _ in range(50):
            text = run("curl", "-sS", "--fail", f"{url}goroutine?debug=2").stdout
            if all(re.search(one, text) for one in expected):
                break
        rest = process.communicate("", timeout=60)[0]
        for one in expected:
            self.assertRegex(text, one)
        return rest

    def test_coroutines_show_their_callers(self):
        rest = self.ask("coroutines",
                        r"goroutine \d+ \[sync\.Cond\.Wait\] \{framework: plain\}:\n"
                        r"load\(\)\n.*coroutines\.cc:\d+.*\nhandle_request\(\)\n.*\n"
                        r"created by main\n",
                        r"\[syscall, locked to thread\] \{thread: coroutines\}:")
        self.assertEqual("5 requests served\n", rest)

    def test_coroutines_of_asio_are_shown(self):
        self.ask("asio_coroutines",
                 r"\[IO wait\] \{framework: asio\}:\nlisten\(\)\n.*asio_coroutines\.cc:\d+.*\n"
                 r"created by main\n")

    def test_threads_are_shown(self):
        self.ask("threads",
                 r"\[sync\.Cond\.Wait, locked to thread\] \{thread: indexer\}:\nwait_for_the_end",
                 r"\{thread: threads\}:\n(.*\n)*know_nothing\(\)\n")

    def test_fixed_returns_to_its_base(self):
        self.assertEqual(["[START] Goroutines: 1", "[AFTER 2s] Goroutines: 1"],
                         self.count_lines("fixed"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--live", required=True)
    parser.add_argument("--plumb", required=True)
    parser.add_argument("--examples", required=True)
    ARGS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
