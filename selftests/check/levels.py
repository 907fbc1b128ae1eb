#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Checks that the sources of a folder depend on each other in one direction.

Usage: levels.py FOLDER LEVELS [OBJECTS]
	FOLDER	has the sources, in folders or directly in it
	LEVELS	folders of FOLDER, the lowest first; "." are its own files.  What a
		comma joins is on the same level.  A file may be named, too: its level
		is then not that of its folder.
	OBJECTS	has the objects: OBJECTS/folder/file.o of FOLDER/folder/file.c

A file may include, call or refer to another one only in its own folder or on a
lower level.  Two folders of the same level must not use each other.  Files must
not form a circle; X.c and X.h are one file here.

Example: levels.py tools "base read model show,term check,export verbs top ."

Prints a line for each finding.  The exit status is 1 if there is one.
"""
import collections
import os
import re
import subprocess
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
SOURCES = (".c", ".h", ".S")


class Tree:
    """The sources, and the level of each."""

    def __init__(self, top, levels):
        self.top = top
        self.findings = []
        self.rank = {}          # of a folder or a file: its level
        for nr, names in enumerate(levels.split()):
            for name in names.split(","):
                self.rank[os.path.normpath(name)] = nr
        self.files = sorted(self.find_files())
        for file in self.files:
            self.place(file)
        for place in list(self.rank):
            if not any(place in (f, os.path.dirname(f) or ".") for f in self.files):
                self.tell(f"{place}: a level without a source")

    def tell(self, text):
        if text not in self.findings:
            self.findings.append(text)

    def find_files(self):
        for path, folders, names in os.walk(self.top):
            folders[:] = [f for f in folders if not f.startswith(".")]
            for name in names:
                if name.endswith(SOURCES) and not name.endswith(".mod.c"):
                    yield os.path.relpath(os.path.join(path, name), self.top)

    def place(self, file):
        """The entry of LEVELS that a file belongs to."""
        if file in self.rank:
            return file
        folder = os.path.dirname(file) or "."
        if folder not in self.rank:
            self.tell(f"{folder}: a folder without a level")
            self.rank[folder] = len(self.rank)
        return folder

    def check(self, user, used, how):
        """One file may use another in its own place or on a lower level."""
        a, b = self.place(user), self.place(used)
        if a != b and self.rank[b] >= self.rank[a]:
            word = "upward" if self.rank[b] > self.rank[a] else "same level"
            self.tell(f"{word}: {user} {how}")

    def resolve(self, file, name):
        """The source that FILE includes as NAME; None: it is of another tree."""
        for base in ("", os.path.dirname(file)):
            path = os.path.normpath(os.path.join(base, name))
            if os.path.exists(os.path.join(self.top, path)):
                return path
        return None


def includes(tree):
    """(user, used, how) of each include"""
    for file in tree.files:
        with open(os.path.join(tree.top, file), encoding="utf-8") as f:
            for name in INCLUDE.findall(f.read()):
                used = tree.resolve(file, name)
                if used:
                    yield file, used, f"includes {name}"


def symbols(path):
    """The names that an object defines, and those that it needs"""
    out = subprocess.run(["nm", "-P", path], check=True, capture_output=True,
                         text=True).stdout
    words = [line.split() for line in out.splitlines()]
    # Lower case are local ones; w and v are weak and not defined here.
    return ({w[0] for w in words if w[1].isupper() and w[1] != "U"},
            {w[0] for w in words if w[1] in "Uwv"})


def references(tree, objects):
    """(user, used, how) of each name that one object needs and another defines"""
    defined = collections.defaultdict(list)
    needed = {}
    for file in tree.files:
        if not file.endswith((".c", ".S")):
            continue
        path = os.path.join(objects, os.path.splitext(file)[0] + ".o")
        if not os.path.exists(path):
            tree.tell(f"{file}: no object {path}")
            continue
        here, needed[file] = symbols(path)
        for name in here:
            defined[name].append(file)
    for file, names in needed.items():
        for name in sorted(names):
            for used in defined.get(name, ()):
                yield file, used, f"uses {name} of {used}"


def unit(file):
    return os.path.splitext(file)[0]


def find_path(graph, start, goal):
    """A shortest list of edges from START to GOAL, or None"""
    came = {start: None}
    queue = collections.deque([start])
    while queue:
        at = queue.popleft()
        if at == goal:
            edges = []
            while came[at]:
                edges.append((came[at], at))
                at = came[at]
            return edges[::-1]
        for other in sorted(graph[at]):
            if other not in came:
                came[other] = at
                queue.append(other)
    return None


def check_circles(tree, graph):
    """Tells the shortest circles, and no second one of the same files."""
    circles = []
    for start in sorted(graph):
        for other in sorted(graph[start]):
            back = find_path(graph, other, start)
            if back is not None:
                circles.append([(start, other)] + back)
    told = set()
    for circle in sorted(circles, key=len):
        members = {a for a, _ in circle}
        if not told & members:
            tree.tell("circle: " + "; ".join(graph[a][b] for a, b in circle))
            told |= members


def main(arguments):
    if len(arguments) not in (2, 3):
        sys.exit(__doc__.strip())
    tree = Tree(*arguments[:2])
    edges = list(includes(tree))
    if len(arguments) == 3:
        edges += references(tree, arguments[2])
    graph = collections.defaultdict(dict)
    for user, used, how in edges:
        tree.check(user, used, how)
        if unit(user) != unit(used):
            graph[unit(user)].setdefault(unit(used), f"{user} {how}")
            graph.setdefault(unit(used), {})
    check_circles(tree, graph)
    for finding in tree.findings:
        print(finding)
    return bool(tree.findings)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
