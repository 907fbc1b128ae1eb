#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Run bochs within a limit of CPU time: take its output apart, or make it save its state.

  bochs.py save STATE FACTOR START_LIMIT -- BOCHS...
  bochs.py run  DIR FACTOR START_LIMIT LIMIT -- BOCHS...

"run" prints what the command in the L1 prints and leaves in DIR: kmsg (the
kernel's log as the L1 saw it at the end), out.tar (what was in /out), chatter
(what bochs itself said), times (the CPU seconds of each part, see Meter).  It
exits with the command's status, 124 when that took more than LIMIT seconds,
125 when there is no status.

Limits are seconds of the CPU time that bochs takes, times FACTOR: however busy
the machine is, a run needs no more of it.  An L1 that idles takes CPU time as
well; a bochs that takes none hangs.
"""
import os
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import time

MAGIC = b"\xe9KV"  # see e9.c
TICK = os.sysconf("SC_CLK_TCK")
# of the clock: a machine may be busy, but not that busy
STUCK = 300
# what lockdep and spinlocks say, on the console, before a CPU waits for itself; then
# the command has so many seconds left
DEADLOCK = re.compile(rb"\*\*\* DEADLOCK \*\*\*|BUG: spinlock recursion")
LAST_SECONDS = 10


def start(cmd):
    return subprocess.Popen(cmd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


class Meter:
    """CPU seconds of a process, and whether they are more than they may be.

    The L1 may say that a part of the command begins, with a limit of its own
    ("SECONDS NAME").
    """

    def __init__(self, pid, factor, limit):
        self.pid = pid
        self.factor = factor
        self.last = 0.0
        self.moved = time.monotonic()
        self.parts = []
        self.shown = 0
        self.told = False
        self.allow(limit)

    def used(self):
        with open(f"/proc/{self.pid}/stat", encoding="latin1") as f:
            user, system = f.read().rsplit(")", 1)[1].split()[11:13]
        used = (int(user) + int(system)) / TICK
        if used - self.last > 0.1:
            self.last = used
            self.moved = time.monotonic()
        return used

    def allow(self, seconds):
        self.limit = seconds * self.factor
        self.begin = self.used()

    def part(self, name, seconds):
        self.parts.append((name, self.used()))
        self.allow(seconds)

    def show(self, disk):
        """Tell the L1, which has no clock of this machine: see run."""
        used = int(self.used() * 100)
        if used - self.shown >= 10:
            self.shown = used
            os.pwrite(disk, f"{used}\n".encode().ljust(512), 512)

    def hurry(self, console):
        """A kernel that tells of a deadlock may stand still."""
        if not self.told and DEADLOCK.search(console.read()):
            self.told = True
            self.allow(LAST_SECONDS)

    def over(self):
        """Why to end it, or nothing."""
        if self.used() - self.begin > self.limit:
            return f"more than {self.limit:g} s of CPU time"
        if time.monotonic() - self.moved > STUCK:
            return f"{STUCK} s without any CPU time"
        return None

    def times(self):
        """ "NAME SECONDS" of each part."""
        ends = [begin for _, begin in self.parts[1:]] + [self.used()]
        return "".join(f"{name} {end - begin:.1f}\n" for (name, begin), end in zip(self.parts, ends))


def frames(bochs, chatter):
    """Yield (tag, data); a tag of None when nothing came for a while; end when bochs ends."""
    buf = b""
    while True:
        if not select.select([bochs.stdout], [], [], 0.2)[0]:
            yield None, b""
            continue
        new = os.read(bochs.stdout.fileno(), 65536)
        if not new:
            chatter.write(buf)
            return
        buf += new
        while True:
            k = buf.find(MAGIC)
            if k < 0:
                # bochs' own words; the end may be half a magic number
                chatter.write(buf[:-2])
                buf = buf[-2:]
                break
            chatter.write(buf[:k])
            buf = buf[k:]
            if len(buf) < 8:
                break
            size = struct.unpack_from("<I", buf, 4)[0]
            if len(buf) < 8 + size:
                break
            yield buf[3:4], buf[8 : 8 + size]
            buf = buf[8 + size :]
        yield None, b""


def run(bochs, folder, factor, start_limit, limit):
    meter = Meter(bochs.pid, factor, start_limit)
    started = False
    disk = os.open(f"{folder}/in.img", os.O_WRONLY)
    console = open(f"{folder}/serial", "rb")
    files = {tag: open(f"{folder}/{name}", "wb") for tag, name in ((b"k", "kmsg"), (b"t", "out.tar"))}
    with open(f"{folder}/chatter", "wb", 0) as chatter, open(f"{folder}/times", "w", encoding="ascii") as times:
        for tag, data in frames(bochs, chatter):
            if tag == b"s":
                started = True
                # what the console said before that is the boot's
                with open(f"{folder}/boot_size", "w", encoding="ascii") as f:
                    print(console.seek(0, os.SEEK_END), file=f)
                meter.allow(limit)
            elif tag == b"o":
                sys.stdout.buffer.write(data)
                sys.stdout.flush()
            elif tag == b"p":
                seconds, name = data.decode("ascii").split()
                meter.part(name, float(seconds))
            elif tag == b"x":
                times.write(meter.times())
                return int(data)
            elif tag in files:
                files[tag].write(data)
                files[tag].flush()
            if started:
                meter.show(disk)
                meter.hurry(console)
            over = meter.over()
            if over and started:
                times.write(meter.times())
                print(f"run: time-out: the command took {over}", file=sys.stderr)
                return 124
            if over:
                print(f"run: the L1 was not ready: {over}", file=sys.stderr)
                return 125
    print("run: the L1 died", "while running the command" if started else "before the command", file=sys.stderr)
    return 125 if started else last_words(folder)


def last_words(folder):
    """What bochs said when it ended, as to why."""
    with open(f"{folder}/chatter", "rb") as f:
        said = f.read().decode("latin1").splitlines()
    print("\n".join(["--- bochs:", *said[-6:]]), file=sys.stderr)
    return 125


def press_suspend():
    """Bochs saves its state by a button on its display only, here a VNC one: click on it."""
    vnc = socket.create_connection(("127.0.0.1", 5900))
    replies = vnc.makefile("rb")
    replies.read(12)  # its version
    vnc.sendall(b"RFB 003.003\n")
    replies.read(4)  # no password
    vnc.sendall(b"\1")  # the display may be shared
    name = struct.unpack_from(">I", replies.read(24), 20)[0]
    replies.read(name)
    for buttons in 1, 0:
        vnc.sendall(struct.pack(">BBHH", 5, buttons, 672, 16))
    return vnc


def save(bochs, state, factor, start_limit):
    meter = Meter(bochs.pid, factor, start_limit)
    vnc = over = None
    with open(f"{state}/chatter", "wb", 0) as chatter:
        for tag, _ in frames(bochs, chatter):
            if tag == b"r":
                # it will ask for a folder, and whether to go on (its prompts are not flushed)
                bochs.stdin.write(state.encode() + b"\nno\n")
                bochs.stdin.flush()
                vnc = press_suspend()
            over = meter.over()
            if over:
                break
    if not over and vnc and bochs.wait() is not None:
        if os.path.exists(f"{state}/cpu0") and os.path.exists(f"{state}/memory.ram"):
            return 0
    print("run: the L1 could not be started and saved:", over or "bochs ended", file=sys.stderr)
    return last_words(state)


def main():
    split = sys.argv.index("--")
    mode, folder, *limits = sys.argv[1:split]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    bochs = start(sys.argv[split + 1 :])
    try:
        return {"run": run, "save": save}[mode](bochs, folder, *map(float, limits))
    finally:
        bochs.kill()
        bochs.wait()


sys.exit(main())
