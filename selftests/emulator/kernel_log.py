#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Put a run's kernel log together and find in it what a healthy kernel never says.

  kernel_log.py DIR [BOOT_CONSOLE]

Writes DIR/kernel.log: DIR/kmsg (records of /dev/kmsg, the whole log from boot
on) made readable; when the L1 did not live to send it, the serial consoles of
the boot and of the run (DIR/serial), which have warnings and worse.  Exits
with 1 when the run's part of either has an alarm, and prints that.

A warning (WARN) that begins with a text which the run expects, as it said in the
log, is none.
A data race that KCSAN reports is an alarm if kvmhot has a part in it.  The
kernel has many of its own; they are only listed.
"""
import os
import re
import sys

ALARM = re.compile(
    r"WARNING: |BUG: |kernel BUG at|Oops|\[#\d+\]|general protection fault[,:]|Kernel panic"
    r"|unchecked MSR access|soft lockup|hard LOCKUP|rcu.*\bstall|blocked for more than|UBSAN:|KASAN:|KFENCE:"
    r"|refcount_t: |scheduling while atomic|cut here|list_(add|del) corruption|[Tt]rying to vfree|Bad page|[Oo]ut of memory: Killed"
    # of debug kernels
    r"|ODEBUG: |INFO: trying to register non-static key|turning off the locking correctness validator"
    r"|possible (circular|recursive|irq lock)|inconsistent lock state|suspicious RCU usage|bad unlock balance"
    r"|held lock freed|kmemleak: (?!Kernel memory leak detector|Automatic)"
)
RACE = "BUG: KCSAN: "
PART = re.compile(r"\[kvmhot(_\w+)?\]")
RULER = "=" * 30
MARK = "kvmhot-host: "
START = MARK + "start of the run"
EXPECTS = "kvmhot-expects: "
CUT, END = "[ cut here ]", "[ end trace "
# a trace that follows an alarm is shown with it, up to this many lines
TRACE = 150


def read(name, offset=0):
    if not os.path.exists(name):
        return []
    with open(name, "rb") as f:
        f.seek(offset)
        return f.read().replace(b"\0", b"").decode("utf-8", "replace").splitlines()


def readable(record):
    """ "6,339,5140900,-;text" to "<6>[    5.140900] text"; a line that only adds a "KEY=value" to nothing."""
    m = re.match(r"(\d+),\d+,(\d+),[^;]*;(.*)", record)
    if not m:
        return None
    usec = int(m[2])
    text = re.sub(r"\\x([0-9a-f]{2})", lambda x: chr(int(x[1], 16)), m[3])
    return f"<{int(m[1]) & 7}>[{usec // 1000000:5}.{usec % 1000000:06}] {text}"


def blocks(log, begin, end):
    """The log in parts: each from a line that has begin to one that has end, what is between line by line."""
    block = []
    for line in log:
        if block or begin in line:
            block.append(line)
            if end not in line:
                continue
        yield block or [line]
        block = []
    if block:
        yield block


def without_others_races(log):
    """Drop KCSAN's reports without kvmhot; print their titles."""
    kept = []
    for block in blocks(log, RACE, RULER):
        if RACE not in block[0] or any(PART.search(line) for line in block):
            kept += block
        else:
            print("a data race of the kernel's own:", block[0].split(RACE)[1], file=sys.stderr)
    return kept


def without_expected(log, expected):
    """Drop warnings whose first line, after the scissors, has one of these texts."""
    kept = []
    for block in blocks(log, CUT, END):
        if not any(text in line for line in block[1:2] for text in expected):
            kept += block
    return kept


folder, *boot_console = sys.argv[1:]
records = [line for line in map(readable, read(f"{folder}/kmsg")) if line]
serial = read(f"{folder}/serial")
boot = [line for name in boot_console for line in read(name)]
with open(f"{folder}/kernel.log", "w", encoding="utf-8") as out:
    out.writelines(line + "\n" for line in records or boot + serial)

# The boot's own warnings (Linux finds fault with bochs' CPU) are not the run's.
starts = [i for i, line in enumerate(records) if START in line]
if starts:
    records = records[starts[0] + 1 :]
size = read(f"{folder}/boot_size")
if size:
    serial = read(f"{folder}/serial", int(size[0]))
expected_texts = [line.split(EXPECTS)[1] for line in records if EXPECTS in line]
for log in records, serial:
    log = without_expected(without_others_races(log), expected_texts)
    found = [i for i, line in enumerate(log) if ALARM.search(line)]
    if found:
        # which part of the run: it may have said so
        part = [line.split(MARK)[1] for line in log[: found[0]] if MARK in line]
        print(f"--- the kernel warned{' in ' + part[-1] if part else ''}:", file=sys.stderr)
        print("\n".join(log[found[0] : found[0] + TRACE]), file=sys.stderr)
        sys.exit(1)
