#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Installs the runtime library and builds a program on it, by CMake and by pkg-config.

    install_test.py --build DIRECTORY"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ARGS = None
CONSUMER = pathlib.Path(__file__).resolve().parent / "consumer"


def run(*command, **options):
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                            check=False, timeout=300, **options)
    assert result.returncode == 0, f"{command}: {result.stdout}{result.stderr}"
    return result.stdout


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.folder.name)
        cls.prefix = cls.root / "prefix"
        run("cmake", "--install", ARGS.build, "--component", "rt", "--prefix", cls.prefix)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def check_program(self, program):
        text = run(program)
        self.assertTrue(text.startswith("200\ngoroutine 1 ["), text)
        self.assertIn("[chan send]:\n", text)
        self.assertIn("main.cc:", text)

    def test_find_package(self):
        build = self.root / "cmake"
        run("cmake", "-G", "Ninja", "-S", CONSUMER, "-B", build,
            f"-DCMAKE_PREFIX_PATH={self.prefix}", "-DCMAKE_CXX_FLAGS=-g1")
        run("cmake", "--build", build)
        self.check_program(build / "consumer")

    def test_pkg_config(self):
        if not shutil.which("pkg-config"):
            self.skipTest("no pkg-config")
        path = next(self.prefix.glob("lib*/**/pkgconfig"))
        environment = {**os.environ, "PKG_CONFIG_PATH": str(path)}
        flags = run("pkg-config", "--cflags", "--libs", "plumb-rt", env=environment).split()
        program = self.root / "by_pkg_config"
        run("c++", "-o", program, CONSUMER / "small.cc", *flags)
        self.assertEqual("1 7\n", run(program))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    ARGS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
