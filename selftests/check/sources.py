#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What the sources must keep to, of which no compiler tells.

sources.py functions FILE...       functions of more than 60 lines
sources.py pairs FILE...           "Pairs with" of what is not there
sources.py tables FILE...          tables by an enum whose size nothing ties to it
sources.py names FOLDER OBJECTS    symbols without the prefix of their file

Prints what it finds, a line each, and exits with 1 if there is something.
"""
import os
import re
import subprocess
import sys

LINES = 60
PREFIX = "kvmhot_"


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def functions(paths):
    """From the line of its brace to that of the one that ends it."""
    for path in paths:
        begin, name, before = 0, "", ""
        for nr, line in enumerate(read(path).splitlines(), 1):
            if line == "{":
                begin = nr
                found = re.findall(r"(\w+)\(", before)
                name = found[0] if found else "?"
            elif line.startswith("}") and begin:
                if nr - begin - 1 > LINES:
                    yield f"{path}:{begin}: {name}() has {nr - begin - 1} lines, more than {LINES}"
                begin = 0
            if re.match(r"\w.*\(", line):
                before = line


def comments(text):
    for found in re.finditer(r"/\*.*?\*/", text, re.S):
        yield text.count("\n", 0, found.start()) + 1, re.sub(r"\s*\n\s*\*\s*", " ", found.group(0))


def pairs(paths):
    """The kernel's own barriers count as there."""
    texts = {path: read(path) for path in paths}
    code = "\n".join(re.sub(r"/\*.*?\*/", " ", text, flags=re.S) for text in texts.values())
    known = set(re.findall(r"\w+", code))
    for path, text in texts.items():
        for nr, comment in comments(text):
            for said in re.findall(r"[Pp]airs? with ([^.;]*)", comment):
                for name in re.findall(r"(\w+)\(\)", said):
                    if name not in known:
                        yield f"{path}:{nr}: pairs with {name}(), which is not there"


def tables(paths):
    for path in paths:
        text = read(path)
        for found in re.finditer(r"(\w+)\[\] = \{[^}]*\[[A-Za-z_]\w*\]", text):
            name = found.group(1)
            if not re.search(r"static_assert\(ARRAY_SIZE\(%s\) ==" % name, text):
                nr = text.count("\n", 0, found.start()) + 1
                yield f"{path}:{nr}: {name}[] follows an enum, but no static_assert() says so"


def names(folder, objects):
    """Probes are called after what they are put on; hot/probes.h has them all."""
    probes = read(os.path.join(folder, "hot/probes.h"))
    for where, _, files in sorted(os.walk(folder)):
        for file in sorted(files):
            path = os.path.join(where, file)
            if not file.endswith(".c"):
                continue
            stem = os.path.relpath(path, folder)[:-2]
            said = subprocess.run(["nm", "-g", "--defined-only", os.path.join(objects, stem + ".o")],
                                  check=True, capture_output=True, text=True).stdout
            for symbol in (line.split()[-1] for line in said.splitlines()):
                if not symbol.startswith(PREFIX) or re.search(r"\b%s\b" % symbol, probes):
                    continue
                wanted = PREFIX + os.path.basename(stem)
                if symbol != wanted and not symbol.startswith(wanted + "_"):
                    yield f"{path}: {symbol} does not begin with {wanted}"


def main():
    what = {"functions": functions, "pairs": pairs, "tables": tables}
    args = sys.argv[1:]
    if len(args) > 1 and args[0] in what:
        found = list(what[args[0]](args[1:]))
    elif len(args) == 3 and args[0] == "names":
        found = list(names(args[1], args[2]))
    else:
        print(__doc__, file=sys.stderr)
        return 2
    for line in found:
        print(line)
    return 1 if found else 0


sys.exit(main())
