#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What prometheus.sh checks: prometheus_check.py WHAT ARGUMENTS..."""
import glob
import http.server
import json
import math
import re
import socket
import sys
import time
import urllib.parse
import urllib.request

HISTOGRAM = "kvmhot_exit_kvm_seconds"
KEY = ("vm", "reason", "level")


def get(api, path, **params):
    """The data of Prometheus' HTTP API."""
    url = f"http://{api}/api/v1/{path}?" + urllib.parse.urlencode(params)
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return json.load(answer)["data"]
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{params}: {error.read().decode()}") from error


def query(api, expr):
    """An instant query's vector, as [({label: value}, value)]."""
    return [(r["metric"], float(r["value"][1]))
            for r in get(api, "query", query=expr)["result"]]


def key(labels):
    """Of a VM's exit reason."""
    return tuple(labels[k] for k in KEY)


def check(condition, *what):
    """Fails with WHAT if not."""
    if not condition:
        raise SystemExit(" ".join(map(str, what)))


def samples(path):
    """Of a file: [(name, {label: value}, value)]."""
    # pylint: disable=import-outside-toplevel
    from prometheus_client.parser import text_fd_to_metric_families as parse
    with open(path, encoding="ascii") as file:
        return [s[:3] for family in parse(file) for s in family.samples]


def rows(root, name):
    """The rows of a file of all VMs: [(vm, [column])]."""
    for path in glob.glob(f"{root}/vms/*/{name}"):
        with open(path, encoding="ascii") as file:
            for line in file:
                if line[0] != "#":
                    yield path.split("/")[-2], line.rstrip("\n").split("\t")


def add(sums, place, value):
    """To a dictionary of sums."""
    sums[place] = sums.get(place, 0) + value


def of_files(root):
    """What the samples must be: {(name, vm, ...): value}, cycles of 2.4 GHz."""
    sums = {}
    for vm, col in rows(root, "exits"):
        for name, value in (("exits_total", int(col[3])),
                            (HISTOGRAM[7:] + "_count", int(col[4])),
                            ("lost_exits_total", int(col[6])),
                            ("fast_exits_total", int(col[7])),
                            (HISTOGRAM[7:] + "_sum", int(col[8]) / 2.4e9),
                            ("wait_seconds_total", int(col[12]) / 2.4e9),
                            ("user_exits_total", int(col[14])),
                            ("user_seconds_total", int(col[15]) / 2.4e9),
                            ("halt_seconds_total", int(col[19]) / 2.4e9)):
            add(sums, ("kvmhot_" + name, vm, col[2], col[21]), value)
    stages = ("guest irq handle reenter enter poll block user away ioctl "
              "preempted slept unknown").split()
    for vm, col in rows(root, "stages"):
        for i, stage in enumerate(stages):
            if col[1] == "-":
                add(sums, ("kvmhot_vcpu_seconds_total", vm, stage),
                    int(col[5 + i]) / 2.4e9)
    for vm, col in rows(root, "vcpus"):
        add(sums, ("kvmhot_vm_vcpus", vm), 1)
        add(sums, ("kvmhot_vm_dropped_exits_total", vm), int(col[3]))
        add(sums, ("kvmhot_vm_entries_total", vm), int(col[5]))
        add(sums, ("kvmhot_vm_runs_total", vm), int(col[6]))
        add(sums, ("kvmhot_vm_memory_bytes", vm), int(col[14]))
    for vm, col in rows(root, "pmu"):
        # It failed on one of the VM's vCPUs.
        if (vm, col[4]) == ("5120-14", "LLC-load-misses"):
            continue
        if col[1] == "-":
            for i, stage in enumerate(stages):
                add(sums, ("kvmhot_events_total", vm, stage, col[4]),
                    int(col[8 + i]))
            continue
        add(sums, ("kvmhot_exit_events_total", vm, col[2], col[3], col[4]),
            sum(int(n) for n in col[9:13]))
        if col[4] == "tsc":
            add(sums, ("kvmhot_known_exits_total", vm, col[2], col[3]),
                int(col[7]))
    return sums


def of_prom(path):
    """The same of the export; and the counts below each bound."""
    sums, below = {}, {}
    for name, labels, value in samples(path):
        if name == HISTOGRAM + "_bucket":
            below[(*key(labels), float(labels["le"]))] = value
        elif "vm" in labels and name not in ("kvmhot_vm_running",
                                             "kvmhot_vm_seen_exits_total",
                                             "kvmhot_vm_kvm_exits_total",
                                            "kvmhot_vm_kvm_cleared_total"):
            place = (name, labels["vm"]) + tuple(
                labels[k] for k in ("reason", "level", "stage", "event")
                if k in labels)
            check(place not in sums, "twice:", place)
            sums[place] = value
    return sums, below


def files(path, root):
    """Are the samples what the files have?"""
    want = of_files(root)
    have, below = of_prom(path)
    check(want.keys() == have.keys(), "series:",
          sorted(want.keys() ^ have.keys())[:5])
    for place, value in want.items():
        check(math.isclose(value, have[place], rel_tol=1e-12), place, value,
              have[place])
    bounds = sorted({place[3] for place in below})
    check(len(bounds) == 32 and bounds[-1] == math.inf, "bounds:", bounds)
    counts = dict.fromkeys(below, 0)
    for vm, col in rows(root, "hist"):
        for bucket in col[7].split():
            low, count = map(int, bucket.split(":"))
            # All of the bucket is at or below the bound, or above it.
            width = max(1, 1 << max(0, low.bit_length() - 4))
            for bound in bounds:
                inside = (low + width - 1) / 2.4e9 <= bound
                check(inside or low / 2.4e9 > bound, "cut:", low, bound)
                counts[(vm, col[2], col[8], bound)] += count * inside
    check(counts == below, "histogram differs from the files")


def top(path, most, root):
    """Are there so many reasons at most, and is their sum that of all?"""
    want, have = {}, {}
    for place, value in of_files(root).items():
        if place[0] in ("kvmhot_exits_total", HISTOGRAM + "_sum"):
            add(want, place[:2] + place[3:], value)
    reasons = {}
    for place, value in of_prom(path)[0].items():
        if place[0] in ("kvmhot_exits_total", HISTOGRAM + "_sum"):
            add(have, place[:2] + place[3:], value)
            reasons.setdefault(place[1], []).append(place[2])
    check(want.keys() == have.keys(), want.keys() ^ have.keys())
    for place, value in want.items():
        check(math.isclose(value, have[place], rel_tol=1e-12), place)
    for vm, names in reasons.items():
        named = [n for n in names if n != "other"]
        check(len(named) <= 2 * int(most), vm, names)
    check(any("other" in names for names in reasons.values()), "no other")


def strict(path):
    """Would the reference parser of OpenMetrics take it?"""
    # pylint: disable=import-outside-toplevel
    from prometheus_client.openmetrics.parser import (
        text_string_to_metric_families as parse)
    with open(path, encoding="ascii") as file:
        families = {f.name: f for f in parse(file.read())}
    for name, kind, unit in (("kvmhot", "info", ""),
                             ("kvmhot_exits", "counter", ""),
                             ("kvmhot_vcpu_seconds", "counter", "seconds"),
                             (HISTOGRAM, "histogram", "seconds"),
                             ("kvmhot_vm_memory_bytes", "gauge", "bytes")):
        family = families[name]
        check((family.type, family.unit) == (kind, unit), name, family)
    for family in families.values():
        check(family.documentation and family.type != "unknown", family.name)


def ports(number):
    """So many free ones"""
    sockets = [socket.socket() for _ in range(int(number))]
    for sock in sockets:
        sock.bind(("127.0.0.1", 0))
    print(*(sock.getsockname()[1] for sock in sockets))


def serve(port, path):
    """The file, as OpenMetrics, until killed"""
    class Handler(http.server.BaseHTTPRequestHandler):
        """For any path"""
        def do_GET(self):  # pylint: disable=invalid-name
            """The whole file"""
            self.send_response(200)
            self.send_header("Content-Type", "application/openmetrics-text; "
                             "version=1.0.0; charset=utf-8")
            self.end_headers()
            with open(path, "rb") as file:
                self.wfile.write(file.read())

        def log_message(self, *args):  # pylint: disable=arguments-differ
            """Quiet"""

    http.server.HTTPServer(("127.0.0.1", int(port)), Handler).serve_forever()


def wait(api, expr, number):
    """Are there so many results?"""
    result = query(api, expr)
    check(len(result) == int(number), expr, result)


def by_and_by(what, api, *arguments):
    """What Prometheus knows comes in time, and may fail to once: until it is
    right, for a minute at most"""
    deadline = time.monotonic() + 60
    while True:
        try:
            return what(api, *arguments)
        except (OSError, SystemExit) as error:
            if time.monotonic() > deadline:
                raise SystemExit(error) from error
        time.sleep(0.2)


def equals(api, expr, value):
    """Is there one result?"""
    result = query(api, expr)
    check(len(result) == 1 and result[0][1] == float(value), expr, result)


def types(api):
    """Both formats must give Prometheus the same, but for info and unit."""
    for job in ("node", "openmetrics"):
        have = {m["metric"]: m["type"] for m in get(
            api, "targets/metadata", match_target=f'{{job="{job}"}}')}
        # OpenMetrics names a counter without its suffix.
        end = "_total" if job == "node" else ""
        for name, kind in (("kvmhot_exits" + end, "counter"),
                           ("kvmhot_vcpu_seconds" + end, "counter"),
                           ("kvmhot_hook_missed" + end, "counter"),
                           (HISTOGRAM, "histogram"),
                           ("kvmhot_vm_vcpus", "gauge")):
            check(have.get(name) == kind, job, name, have.get(name))


def same(api):
    """Are the series, but for their job, the same?"""
    series = {}
    for labels, value in query(api, '{__name__=~"kvmhot_.*"}'):
        rest = {k: v for k, v in labels.items() if k not in ("job", "instance")}
        # node_exporter writes them anew.
        if "le" in rest:
            rest["le"] = float(rest["le"])
        series.setdefault(labels["job"], {})[tuple(sorted(rest.items()))] = value
    check(len(series["node"]) > 800, len(series["node"]))
    names = {dict(labels).get("name") for labels in series["node"]}
    check('a"b\\c,d?e{}' in names, names)
    check(series["node"] == series["openmetrics"],
          list(series["node"].items() ^ series["openmetrics"].items())[:3])


def bucket(bounds, value):
    """The place of the first bound that is not less"""
    return next(i for i, bound in enumerate(bounds) if value <= bound)


def quantile(api, which, path):
    """Is histogram_quantile() the reader's, to a bucket?"""
    bounds = sorted({float(labels["le"]) for labels, _ in query(
        api, HISTOGRAM + '_bucket{job="node"}')})
    have = {key(labels): value for labels, value in query(
        api, f'histogram_quantile({which}, {HISTOGRAM}_bucket{{job="node"}})')}
    with open(path, encoding="ascii") as file:
        vms = json.load(file)["vms"]
    name = "p" + which[2:].ljust(2, "0")
    want = {(vm["id"], r["name"], str(r["level"])):
            r[name] / (vm["tsc_khz"] * 1000) for vm in vms
            for r in vm["reasons"] if r["timed"]}
    check(want and want.keys() == have.keys(), want.keys() ^ have.keys())
    for place, value in want.items():
        off = bucket(bounds, value) - bucket(bounds, have[place])
        check(abs(off) <= 1, place, which, value, have[place])


def without_variables(expr):
    """As Grafana would send it, with 'All' chosen"""
    expr = expr.replace("$__rate_interval", "20s")
    expr = re.sub(r"\$(instance|vm|reason)\b", ".*", expr)
    check("$" not in expr, "variable:", expr)
    return expr


def dashboard(api, path):
    """Has each query of the dashboard a result?"""
    with open(path, encoding="utf-8") as file:
        board = json.load(file)
    exprs = [t["expr"] for p in board["panels"] for t in p["targets"]]
    check(len(exprs) > 15, exprs)
    for expr in map(without_variables, exprs):
        result = query(api, expr)
        # What is lost may be nothing.
        check(result or expr.endswith("> 0"), "nothing:", expr)
        check("quantile" not in expr or any(v > 0 for _, v in result),
              "no quantile:", expr, result)
    for note in board["annotations"]["list"]:
        query(api, without_variables(note["expr"]))
    for variable in board["templating"]["list"]:
        if variable["type"] != "query":
            continue
        metric, label = re.fullmatch(r"label_values\((.*), (\w+)\)",
                                     variable["query"]["query"]).groups()
        check(any(label in labels for labels, _ in query(
            api, without_variables(metric))), "variable:", variable["name"])


if __name__ == "__main__":
    WHAT = globals()[sys.argv[1]]
    if WHAT in (wait, equals, types, same, quantile, dashboard):
        by_and_by(WHAT, *sys.argv[2:])
    else:
        WHAT(*sys.argv[2:])
