#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tools/check_layers.py notices what it is for."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "tools" / "check_layers.py"


def findings(files):
    """Runs the script on a tree of {name: text}; returns its lines without the folder."""
    with tempfile.TemporaryDirectory() as directory:
        for name, text in files.items():
            path = pathlib.Path(directory) / "src" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        run = subprocess.run([sys.executable, SCRIPT, f"{directory}/src"],
                             capture_output=True, text=True, check=False)
        assert run.returncode == (1 if run.stdout else 0), run.stderr
        return run.stdout.splitlines()


class CheckLayers(unittest.TestCase):
    def test_accepts_an_include_along_an_arrow(self):
        self.assertEqual([], findings({"graph/a.h": '#include "model/b.h"\n', "model/b.h": ""}))

    def test_rejects_an_include_against_an_arrow(self):
        self.assertEqual(
            ['src/model/b.h:2: model must not include graph ("graph/a.h")'],
            findings({"graph/a.h": "", "model/b.h": '\n#include "graph/a.h"\n'}))

    def test_rejects_neighbours(self):
        self.assertEqual(1, len(findings({"graph/a.h": '#include "leak/b.h"\n', "leak/b.h": ""})))

    def test_rejects_an_unknown_layer(self):
        self.assertEqual(["src/utils/a.h:1: utils/ is not a layer"], findings({"utils/a.h": ""}))

    def test_rejects_our_header_in_angle_brackets(self):
        self.assertEqual(1, len(findings({"base/a.h": "#include <base/b.h>\n", "base/b.h": ""})))

    def test_rejects_the_runtime_library_anywhere_else(self):
        files = {"base/a.h": "#include <plumb/rt/go.h>\n", "rt/a.h": "#include <plumb/rt/go.h>\n"}
        self.assertEqual(["src/base/a.h:1: base must not include rt (<plumb/rt/go.h>)"],
                         findings(files))

    def test_rejects_installed_headers_that_need_what_is_not_installed(self):
        for line in ('#include "base/a.h"', "#include <boost/context/fiber.hpp>"):
            self.assertEqual(1, len(findings({"base/a.h": "", "../include/plumb/b.h": line})), line)
        self.assertEqual([], findings({"base/a.h": "", "../include/plumb/b.h": "#include <map>\n"}))
        line = "#include <boost/asio/awaitable.hpp>"
        self.assertEqual([], findings({"base/a.h": "", "../include/plumb/adapters/b.h": line}))

    def test_rejects_printing_and_leaving_below_main(self):
        for line in ("std::cout << 1;", 'printf("x");', 'fprintf(stderr, "x");', "std::exit(2);"):
            self.assertEqual(1, len(findings({"report/a.cc": line + "\n"})), line)
            self.assertEqual([], findings({"app/main.cc": line + "\n"}), line)

    def test_accepts_what_only_looks_like_printing(self):
        for line in ("snprintf(b, 2, f);", "// printf(x)", 'text = "exit(1)";', "scope.exit();"):
            self.assertEqual([], findings({"report/a.cc": line + "\n"}), line)


if __name__ == "__main__":
    unittest.main()
