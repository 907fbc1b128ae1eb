#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Where the instructions of one exit go, from traces of bochs; see profile.sh.

  profile.py [--csv | --doc | --list] DIR...

A DIR is named after its kernel.  In it: trace, which emulator/run --trace leaves,
stretches of instructions from one magic breakpoint to the next; labels, a line
for each of them, KIND MODE TICKS: what the guest did, what was loaded, and how
long that took by the guest's own measure; kvmhot-guest; kallsyms.MODE and
kprobes.MODE.  The mode "none" is what others are compared with.
"""
import bisect
import collections
import difflib
import gzip
import os
import re
import subprocess
import sys
import textwrap

GUEST_CODE = 0x6000  # see guest.h
GUEST, KERNEL, USER = "0008", "0010", "0033"  # code segments

LINE = re.compile(r"\(0\)\.\[(\d+)\] \[0x[0-9a-f]+\] ([0-9a-f]{4}):([0-9a-f]{16}) \([^)]*\): (.*?) *;")

OWN = ("kvmhot", "kvmhot_floor")  # modules

# What functions of the kernel belong to.
SITES = "tracepoint sites, and KVM"
GROUPS = (
    ("ftrace trampoline", r"ftrace_|arch_ftrace|__fentry__"),
    ("kprobe", r"kprobe_(ftrace|busy|opt|insn)|get_kprobe|aggr_|opt_pre|optimized_call"),
    ("kretprobe", r"pre_handler_kret|kretprobe|(arch_|__)?rethook|objpool|rcu_is_watch|__kretprobe|freelist"),
    ("perf", r"perf_|__perf|msr_(event|read)|native_read_msr|x86_pmu|task_clock|cpu_clock|local_clock|sched_clock"),
    (SITES, ""),
)

Instruction = collections.namedtuple("Instruction", "ticks address text function offset group")


class Symbols:
    """Of kernel and modules, as in /proc/kallsyms."""

    def __init__(self, name):
        found = {}
        with gzip.open(name, "rt", encoding="ascii") as lines:
            for line in lines:
                address, kind, symbol, *module = line.split()
                address = int(address, 16)
                # of several at one address the one that is global
                if kind in "TW" or kind in "tw" and address not in found:
                    found[address] = (symbol, module[0][1:-1] if module else "")
        self.starts, self.symbols = zip(*sorted(found.items()))

    def of(self, segment, address):
        """Function, offset in it, and group of an instruction."""
        if segment == GUEST:
            return "(the guest)", address, SITES
        if segment == USER:
            return "(the VMM)", address, SITES
        at = max(bisect.bisect_right(self.starts, address) - 1, 0)
        function, module = self.symbols[at]
        group = module if module in OWN else next(name for name, pattern in GROUPS if re.match(pattern, function))
        return function, address - self.starts[at], group


def read_stretches(name):
    """For each stretch its instructions: (tick, code segment, address, text)."""
    stretch = None
    with open(name, encoding="latin1") as lines:
        for line in lines:
            if line.startswith("Tracing enabled"):
                stretch = []
            elif line.startswith("Tracing disabled"):
                yield stretch
                stretch = None
            elif stretch is not None:
                match = LINE.match(line)
                if match:
                    tick, segment, address, text = match.groups()
                    stretch.append((int(tick), segment, int(address, 16), text))


def guest_labels(guest):
    """Where the guest has what, by name."""
    at = {}
    for line in subprocess.run(["nm", guest], stdout=subprocess.PIPE, check=True, encoding="ascii").stdout.splitlines():
        words = line.split()
        if len(words) == 3:
            at[words[2]] = int(words[0], 16)
    return {name: address - at["guest_begin"] + GUEST_CODE for name, address in at.items()}


class Trace:
    """One iteration of a kind of exit in a mode."""

    def __init__(self, stretch, start, symbols, measured):
        self.measured = measured
        # From the first magic breakpoint (the next instruction is in the trace)
        # to the second one (which is).  The guest reads its TSC as far ahead of both.
        self.all_ticks = stretch[-1][0] - stretch[0][0] + 1
        begins = [i for i, (_, segment, address, _) in enumerate(stretch) if segment == GUEST and address == start]
        ways = collections.defaultdict(list)
        for first, last in zip(begins, begins[1:]):
            ways[tuple(address for _, _, address, _ in stretch[first:last])].append((first, last))
        if not ways:
            sys.exit("profile.py: no whole iteration in the trace")
        # the most frequent way, of equally frequent ones the shortest
        alike = max(ways.values(), key=lambda at: (len(at), at[0][0] - at[0][1]))
        first, last = alike[-1]
        self.alike, self.of = len(alike), len(begins) - 1
        self.instructions = [
            Instruction(after[0] - now[0], now[2], now[3], *symbols.of(now[1], now[2]))
            for now, after in zip(stretch[first:last], stretch[first + 1 :])
        ]
        self.ticks = sum(i.ticks for i in self.instructions)
        self.counts = collections.Counter()
        for i in self.instructions:
            self.counts[i.group, i.function] += i.ticks

    def sound(self):
        """Is it the processor that was seen, and nothing left out?"""
        return self.all_ticks == self.measured and self.ticks == len(self.instructions)

    def added(self, base):
        return self.ticks - base.ticks

    def in_guest(self, base):
        """What was put in that counts as stage guest: before kvm_exit has read the TSC, and after kvm_entry has."""
        reads = [n for n, i in enumerate(self.instructions) if i.group == "kvmhot" and i.text.startswith("rdtsc")]
        ends = [base.instructions, self.instructions[: reads[0]], self.instructions[reads[-1] + 1 :]]
        all_of, before, after = ([i.address for i in part] for part in ends)

        def kept(part):
            match = difflib.SequenceMatcher(None, all_of, part, autojunk=False)
            return sum(block.size for block in match.get_matching_blocks())

        return len(before) - kept(before) + len(after) - kept(after)

    def changes(self, base):
        """(group, its sum, [(added, function, before, after)]), the greatest first."""
        groups = collections.defaultdict(list)
        for group, function in self.counts.keys() | base.counts.keys():
            a, b = base.counts[group, function], self.counts[group, function]
            if a != b:
                groups[group].append((b - a, function, a, b))
        sums = [(name, sum(r[0] for r in rows), sorted(rows, key=lambda r: (-r[0], r[1]))) for name, rows in groups.items()]
        return sorted(sums, key=lambda g: -g[1])

    def places(self, base):
        """What was put in, in order of time: (function before it, instructions put in, those left out)."""
        match = difflib.SequenceMatcher(
            None, [i.address for i in base.instructions], [i.address for i in self.instructions], autojunk=False
        )
        for what, a1, a2, b1, b2 in match.get_opcodes():
            if what != "equal":
                yield self.instructions[max(b1 - 1, 0)].function, self.instructions[b1:b2], base.instructions[a1:a2]


class Profile:
    """Of one kernel: traces[kind, mode]."""

    def __init__(self, folder):
        self.kernel = os.path.basename(os.path.normpath(folder))
        self.traces, self.hooks, symbols = {}, {}, {}
        labels = guest_labels(os.path.join(folder, "kvmhot-guest"))
        with open(os.path.join(folder, "labels"), encoding="ascii") as lines:
            wanted = [line.split() for line in lines]
        stretches = 0
        for stretch in read_stretches(os.path.join(folder, "trace")):
            kind, mode, ticks = wanted[stretches]
            stretches += 1
            if mode not in symbols:
                symbols[mode] = Symbols(os.path.join(folder, f"kallsyms.{mode}.gz"))
                with open(os.path.join(folder, "kprobes." + mode), encoding="ascii") as lines:
                    self.hooks[mode] = [" ".join(line.split()[1:]) for line in lines]
            self.traces[kind, mode] = Trace(stretch, labels["guest_" + kind], symbols[mode], int(ticks))
        if stretches != len(wanted):
            sys.exit(f"profile.py: {stretches} stretches in the trace, but {len(wanted)} labels")

    def pairs(self):
        """(kind, mode, trace, trace without anything)"""
        for (kind, mode), trace in self.traces.items():
            yield kind, mode, trace, self.traces[kind, "none"]

    def sound(self):
        return all(trace.sound() for trace in self.traces.values())


def print_csv(profile):
    for kind, mode, trace, base in profile.pairs():
        title = f"{profile.kernel} {kind} {mode}"
        rows = [("total", trace.ticks)]
        if mode != "none":
            rows.append(("added", trace.added(base)))
        for group, total, functions in trace.changes(base):
            rows.append((f"group {group.replace(',', '')}", total))
            rows += [(f"function {function}", more) for more, function, _, _ in functions]
        for name, value in rows:
            print(f"profile,{title} {name},{value},instructions")


def print_check(profile):
    for kind, mode, trace, _ in profile.pairs():
        same = "as" if trace.all_ticks == trace.measured else "BUT NOT AS"
        print(
            f"{profile.kernel} {kind}, {mode}: {trace.ticks} ticks for the {len(trace.instructions)} instructions of an iteration "
            f"({trace.alike} of {trace.of} are alike); {trace.all_ticks} ticks for all of them, {same} the guest's TSC: {trace.measured}"
        )


def print_table(kernel, kind, mode, trace, base):
    print(f"{kernel}, {kind}, {mode}: {trace.added(base)} instructions added to {base.ticks}\n")
    print(f"  {'FUNCTION':<40} {'BEFORE':>7} {'AFTER':>7} {'ADDED':>7}")
    for group, total, functions in trace.changes(base):
        print(f"  {group:<40} {'':>7} {'':>7} {total:>7}")
        for more, function, before, after in functions:
            print(f"    {function:<38} {before:>7} {after:>7} {more:>7}")
    print("\n  In order of time:")
    for where, more, less in trace.places(base):
        functions = collections.Counter()
        for i in more:
            functions[i.function] += i.ticks
        ticks = sum(i.ticks for i in more) - sum(i.ticks for i in less)
        own = sum(i.ticks for i in more if i.group in OWN)
        words = f"{ticks:>5} in {where}, {own} of them the module's: "
        words += ", ".join(f"{function}\xa0{n}" for function, n in functions.items()) or "nothing"
        words += f"; {len(less)} are left out" if less else ""
        lines = textwrap.fill(words, 100, initial_indent="  ", subsequent_indent=" " * 11, break_on_hyphens=False)
        print(lines.replace("\xa0", " "))
    print()


def print_list(profile):
    """Instruction by instruction what was put in (+) and left out (-)."""
    for kind, mode, trace, base in profile.pairs():
        if mode == "none":
            continue
        print(f"{profile.kernel}, {kind}, {mode}: {trace.added(base)} instructions added to {base.ticks}")
        for where, more, less in trace.places(base):
            print(f"\n{where}")
            for sign, instructions in ("-", less), ("+", more):
                for i in instructions:
                    print(f"{sign} {i.function + '+' + hex(i.offset):<40} {i.text}")
        print()


def print_text(profile):
    print_check(profile)
    for mode, hooks in profile.hooks.items():
        if mode != "none":
            print(f"{profile.kernel} {mode}: kprobes {'; '.join(hooks) or 'none'}")
    print()
    for kind, mode, trace, base in profile.pairs():
        if mode != "none":
            print_table(profile.kernel, kind, mode, trace, base)


def print_doc(profiles):
    print(
        "What watching one VM exit costs, in instructions, and where they go.  Made by\n\n"
        "\tselftests/bench/profile.sh --doc > selftests/bench/PROFILE\n\n"
        "One iteration of the guest's loop was traced, instruction by instruction, on the\n"
        "emulated host, from the guest's first instruction to the same one again.  A tick of\n"
        "the TSC is an instruction there; that the trace is as long as the guest's own TSC has\n"
        "it is checked.\n"
    )
    kernels = " ".join(f"{p.kernel:>7}" for p in profiles)
    print(f"The least: what handlers that do nothing add (selftests/bench/floor)\n\n  {'MECHANISM':<40} {kernels}")
    kinds = dict.fromkeys(kind for kind, mode in profiles[0].traces if mode == "none")
    for kind, mode in profiles[0].traces:
        if mode.startswith("floor-"):
            name = {"floor-both": "kprobe and kretprobe on one function", "floor-optimised": "kprobe, optimised"}
            row = " ".join(f"{p.traces[kind, mode].added(p.traces[kind, 'none']):>7}" for p in profiles)
            print(f"  {name.get(mode, mode[6:]):<40} {row}")
    print(
        "\nWhat kvmhot adds, how much of that is kvmhot's own code, and how much of all\n"
        "that is added is in stage guest: before kvm_exit has read the TSC and after kvm_entry has\n"
    )
    columns = "".join(f" {p.kernel + ' without':>13} {'added':>7} {'own':>7} {'guest':>7}" for p in profiles)
    print(f"  {'EXIT':<14} {'MODE':<10}{columns}")
    for kind in kinds:
        for mode in dict.fromkeys(mode for _, mode in profiles[0].traces):
            if mode == "none" or mode.startswith("floor-"):
                continue
            row = ""
            for p in profiles:
                base, trace = p.traces[kind, "none"], p.traces[kind, mode]
                own = sum(n for (group, _), n in trace.counts.items() if group == "kvmhot")
                row += f" {base.ticks:>13} {trace.added(base):>7} {own:>7} {trace.in_guest(base):>7}"
            print(f"  {kind:<14} {mode:<10}{row}")
    print("\nWhere they go\n")
    profile, kind = profiles[0], next(iter(kinds))
    for mode in dict.fromkeys(mode for _, mode in profile.traces):
        if mode != "none" and not mode.startswith("floor-"):
            print_table(profile.kernel, kind, mode, profile.traces[kind, mode], profile.traces[kind, "none"])


def main():
    form = sys.argv[1] if sys.argv[1].startswith("--") else ""
    profiles = [Profile(folder) for folder in sys.argv[1 + bool(form) :]]
    if form == "--doc":
        print_doc(profiles)
    else:
        show = {"--csv": print_csv, "--list": print_list, "": print_text}[form]
        for profile in profiles:
            show(profile)
    if all(profile.sound() for profile in profiles):
        return 0
    print("profile.py: instructions and ticks of the TSC differ", file=sys.stderr)
    return 1


sys.exit(main())
