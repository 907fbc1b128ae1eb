#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Run bochs within a time limit: take its output apart, or make it save its state.

  bochs.py save STATE START_LIMIT -- BOCHS...
  bochs.py run  DIR START_LIMIT LIMIT -- BOCHS...

"run" prints what the command in the L1 prints and leaves in DIR: kmsg (the
kernel's log as the L1 saw it at the end), out.tar (what was in /out), chatter
(what bochs itself said).  It exits with the command's status, 124 when that
took more than LIMIT seconds, 125 when there is no status.
"""
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time

MAGIC = b"\xe9KV"  # see e9.c


def start(cmd):
    return subprocess.Popen(cmd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


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


def run(bochs, folder, start_limit, limit):
    deadline = time.monotonic() + start_limit
    started = False
    files = {tag: open(f"{folder}/{name}", "wb") for tag, name in ((b"k", "kmsg"), (b"t", "out.tar"))}
    with open(f"{folder}/chatter", "wb", 0) as chatter:
        for tag, data in frames(bochs, chatter):
            if tag == b"s":
                started = True
                # what the console said before that is the boot's
                with open(f"{folder}/boot_size", "w", encoding="ascii") as f:
                    print(os.path.getsize(f"{folder}/serial"), file=f)
                deadline = time.monotonic() + limit
            elif tag == b"o":
                sys.stdout.buffer.write(data)
                sys.stdout.flush()
            elif tag == b"x":
                return int(data)
            elif tag in files:
                files[tag].write(data)
                files[tag].flush()
            if time.monotonic() > deadline:
                if started:
                    print(f"run: time-out: the command took more than {limit:g} s", file=sys.stderr)
                    return 124
                print(f"run: the L1 was not ready in {start_limit:g} s", file=sys.stderr)
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
    vnc.sendall(b"RFB 003.003\n\1")  # the version, and that the display may be shared
    time.sleep(0.3)
    for buttons in 1, 0:
        vnc.sendall(struct.pack(">BBHH", 5, buttons, 672, 16))
    return vnc


def save(bochs, state, start_limit):
    deadline = time.monotonic() + start_limit
    vnc = None
    with open(f"{state}/chatter", "wb", 0) as chatter:
        for tag, _ in frames(bochs, chatter):
            if tag == b"r":
                vnc = press_suspend()
                time.sleep(0.5)
                # it asks for a folder, and whether to go on (its prompts are not flushed)
                bochs.stdin.write(state.encode() + b"\nno\n")
                bochs.stdin.flush()
            if time.monotonic() > deadline:
                break
    if vnc and bochs.wait() is not None and os.path.exists(f"{state}/cpu0") and os.path.exists(f"{state}/memory.ram"):
        return 0
    print("run: the L1 could not be started and saved", file=sys.stderr)
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
