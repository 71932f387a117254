# SPDX-License-Identifier: Apache-2.0
"""What is typed into the shells, and what is known to be said otherwise."""

from __future__ import annotations

from dataclasses import dataclass

HEAP = "go1.23/heap.pb.gz"
CPU = "go1.23/profile.cpu1s.pb.gz"
GOROUTINE = "go1.23/goroutine.debug0.pb.gz"
BLOCK = "go1.26dev/block.pb.gz"
ALLOCS = "go1.25.3-cockroachdb/allocs.pb.gz"

# name: flags, files, lines.
SESSIONS = {
    "reports": ([], [HEAP], [
        "", "top", "top5", "top 3", "top3 -cum", "top 7 --cum", "text", "text2", "tree", "tree 4",
        "tree 3 main", "peek main", "peek main\\..*func", "traces", "tags", "raw", "comments",
        "dot", "dot 4", "callgrind", "proto", "topproto", "list nothing", "list main\\.none",
        "top main", "top main -sort", "top 2 main|runtime", "top main runtime",
        "top -runtime", "top -main -runtime", "tree -runtime 3", "peek runtime -main",
        "   top   2   "]),
    "redirection": ([], [CPU], [
        "top > top.txt", "top3 >three.txt", "tree 3 > tree.txt", "tags > tags.txt",
        "dot > graph.dot", "traces >traces.txt", "raw > raw.txt", "proto > profile.pb.gz",
        "top >", "top 2 > two.txt main", "callgrind > calls.out", "output=named.txt", "top2",
        "output=", "top1", "peek main > peek.txt", "comments > comments.txt"]),
    "assignments": ([], [HEAP], [
        "o", "nodecount=3", "top", "nodecount = 4", "top", "nodecount=-1", "top",
        "focus=main", "top2", "focus = runtime //: of the runtime", "top2", "focus=", "ignore=main",
        "top2", "ignore=", "hide=runtime", "top2", "hide=", "show=main", "top2", "show=",
        "show_from=main", "top2", "show_from=", "prune_from=main", "top2", "prune_from=",
        "call_tree", "o", "call_tree=false", "call_tree=yes", "call_tree=0", "trim=f", "trim=T",
        "cum=true", "top2", "flat=1", "top2", "sort=cum", "top2", "sort=flat", "lines=1", "top2",
        "granularity=files", "top2", "granularity=addresses", "top2", "functions=true", "top2",
        "granularity=", "unit=kb", "top2", "unit=auto", "top2", "unit=minimum",
        "divide_by=3", "top2", "divide_by=inf", "top2", "divide_by=1", "nodefraction=0x1p-4", "o",
        "nodefraction=NaN", "top", "relative_percentages", "top2 main",
        "relative_percentages=false", "noinlines", "top2", "noinlines=no", "nodefraction=0.2",
        "top", "nodefraction=0.005", "edgefraction=0.5", "tree", "edgefraction=0.001",
        "mean", "top2", "mean=0", "compact_labels=false", "top2", "compact_labels",
        "drop_negative=1", "top2", "drop_negative=0", "tagfocus=bytes=1kb:", "top2", "tagfocus=",
        "tagignore=bytes=:1kb", "top2", "tags", "tagignore=", "taghide=bytes", "tags", "taghide=",
        "tagshow=none", "tags", "tagshow=", "tagroot=bytes", "top3", "tagroot=", "tagleaf=bytes",
        "top3", "tagleaf=", "showcolumns", "top2", "showcolumns=0", "intel_syntax", "o",
        "intel_syntax=0", "source_path=/nowhere", "trim_path=/usr", "o", "normalize", "top2",
        "normalize=false", "top2"]),
    "shortcuts": ([], [ALLOCS], [
        "alloc_objects", "top2", "total_alloc_space", "top2", "mean_alloc_space", "o", "top2",
        "inuse_space", "top2", "mean=0", "focus=main", "ignore=x", "tagfocus=y", "hide=z", ":", "o",
        "sample_index=alloc_objects", "top2", "sample_index=1", "o", "sample_index=inuse_space",
        "sample_index=0", "top1", "space", "objects", "total_", "mean_none"]),
    "errors": ([], [HEAP], [
        "bogus", "bogus 1 2", "focus", "focus main", "nodecount", "nodecount 3", "nodecount=x",
        "nodefraction=x", "sort=zzz", "granularity=zzz", "cum", "lines", "sort", "granularity",
        "call_tree=maybe", "trim=2", "sample_index=9", "sample_index=-1", "sample_index=none",
        "sample_index=", "sample_index", "list", "peek", "disasm", "weblist", "list (", "peek [",
        "top >", "top (", "top -(", "focus=(", "top2", "focus=", "tagfocus=(", "tags", "tagfocus=",
        "divide_by=0", "top2", "divide_by=x", "divide_by=1", "unit=widgets", "top2", "unit=minimum",
        "TOP", "Top", "top 99999999999", "top -1", "top 0", "3", "3top", "top3x", "=", "=x", "x=y",
        "help", "help top", "help peek", "help list", "help tree", "help traces", "help tags",
        "help raw", "help comments", "help dot", "help svg", "help proto", "help web", "help text",
        "help disasm", "help weblist", "help callgrind", "help kcachegrind", "help eog",
        "help topproto", "help png", "help o", "help quit", "help help",
        "help focus", "help ignore", "help hide", "help show", "help show_from", "help prune_from",
        "help tagfocus", "help tagignore", "help tagshow", "help taghide", "help tagroot",
        "help tagleaf", "help nodecount", "help nodefraction", "help edgefraction", "help trim",
        "help unit", "help divide_by", "help mean", "help sample_index", "help normalize",
        "help sort", "help cum", "help flat", "help granularity", "help lines", "help files",
        "help functions", "help filefunctions", "help addresses", "help noinlines",
        "help showcolumns", "help call_tree", "help relative_percentages", "help compact_labels",
        "help source_path", "help trim_path", "help intel_syntax", "help drop_negative",
        "help output", "help zzz", "help top tree", "exit now"]),
    "labels": ([], [GOROUTINE], [
        "top 3", "tags", "tags worker", "tags -worker", "tags > tags.txt", "traces", "tagfocus=req",
        "top2", "o", ":", "tagfocus=key=a,b", "top2", "tagfocus=", "tagshow=req", "traces",
        "tagshow=", "tree 3", "quit"]),
    "difference": (["-base"], [BLOCK, "go1.26dev/mutex.pb.gz"], [
        "top 5", "tree 3", "tags", "traces", "drop_negative", "top 5", "delay", "top2",
        "contentions", "top2", "mean_delay", "top 3", "q"]),
    "flags": (["-cum", "-nodecount=4", "-focus=main", "-unit=us"], [CPU], [
        "o", "top", "focus=", "top", "flat=true", "top", "nodecount=-1", "top", "exit"]),
}

# Lines that differ on purpose: plumb helps where pprof only complains, and knows more.
SAID_OTHERWISE = [
    (r"^did you mean .*\?\n", ""),
    (r"^\n  Beyond pprof:\n(?:  \w+ += .*\n)*", ""),
]


@dataclass
class Beyond:
    """Keys typed in turn, the last followed by return; what has to be seen then."""

    name: str
    keys: list[str]
    expected: str
    script: str = ""
    file: str = ""


TAB = "\t"
UP = "\x1b[A"
BEYOND = [
    Beyond("blanks in quotes", ['tagfocus="chan send"', "o"], r"tagfocus +=  ?chan send"),
    Beyond("a quoted regexp", ["top 2 'main.main'"], r"focus=main\.main"),
    Beyond("a pipe", ["top | head -1"], r"Showing nodes.*total\n$"),
    Beyond("a pipe to two programs", ["top | grep -c flat | sed s/1/one/"], r"one\n$"),
    Beyond("flags in a line", ["top -cum -nodecount=2 -focus=main"], r"focus=main.*Showing nodes"),
    Beyond("flags do not stay", ["top -focus=main", "top1"], r"^(?!.*focus=main)"),
    Beyond("undo", ["focus=main", "undo", "o"], r"focus +=  ?\"\""),
    Beyond("source", ["source script"], r"Showing nodes.*flat", script="focus=main\ntop 2\n"),
    Beyond("a file of the shell", ["top 1 > out.txt"], r"Showing nodes", file="out.txt"),
    Beyond("a suggestion", ["tpo"], r"did you mean top\?"),
    Beyond("a suggested option", ["nodcount=3"], r"did you mean nodecount"),
    Beyond("a comment", ["# top"], r"^[^S]*$"),
    Beyond("completion of a command", ["pee" + TAB + "main"], r"runtime\.main|main\.main"),
    Beyond("completion of an option", ["nodec" + TAB + "7", "o"], r"nodecount +=  ?7"),
    Beyond("completion of a value", ["sample_index=alloc_o" + TAB, "o"],
           r"sample_index +=  ?alloc_objects"),
    Beyond("completion of a choice", ["sort=c" + TAB, "o"], r"sort +=  ?cum"),
    Beyond("completion of a function", ["peek main\\.main\\.func1" + TAB], r"main\.main\.func1"),
    Beyond("completion of a label", ["tagfocus=byt" + TAB + "1kb:", "o"],
           r"tagfocus +=  ?bytes=1kb:"),
    Beyond("completion of a file", ["top 1", "source scr" + TAB], r"Showing nodes",
           script="top 1\n"),
    Beyond("history", ["top 1", "nodecount=5", UP + UP], r"Showing nodes"),
]
