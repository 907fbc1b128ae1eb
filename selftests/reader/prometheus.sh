#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# export --openmetrics, through a real node_exporter, into a real Prometheus.
# Needs python3-prometheus-client; the daemons come by daemons.sh.
#
# Usage: prometheus.sh [KVMHOT]	(default ../../tools/kvmhot)
#
# The daemons listen on the loopback only, and end with this script.
set -u
export LC_ALL=C TZ=UTC0

here=$(cd "$(dirname "$0")" && pwd)
kvmhot=${1:-$here/../../tools/kvmhot}
dashboard=$here/../../tools/share/kvmhot-grafana.json
# Debian's, which has Debian's modules, whatever else PATH has
python=/usr/bin/python3
dir=$(mktemp -d) || exit 1
pids=
# shellcheck source=tap.sh
. "$here/tap.sh"

# shellcheck disable=SC2317
clean()
{
	# shellcheck disable=SC2086
	[ -z "$pids" ] || { kill $pids && wait; } 2>/dev/null
	rm -rf "$dir"
}
trap clean EXIT
trap 'exit 1' INT TERM HUP

bail_out()
{
	echo "Bail out! $1"
	exit 1
}

# check NAME WHAT ARGUMENTS...: what prometheus_check.py says of it
check()
{
	name=$1
	shift
	"$python" "$here/prometheus_check.py" "$@" >"$dir/out" 2>&1
	ok "$name" $?
}

# export_to FILE ROOT OPTIONS...: 3 means that the fixture lacks a hook
export_to()
{
	file=$1
	root=$2
	shift 2
	"$kvmhot" export "$@" -o "$file" --root "$root" >"$dir/out" 2>&1
	status=$?
	[ $status -eq 0 ] || [ $status -eq 3 ]
}

# daemon NAME COMMAND...
daemon()
{
	name=$1
	shift
	"$@" >"$dir/$name.log" 2>&1 &
	pids="$pids $!"
}

daemons=$(bash "$here/daemons.sh") || bail_out "no daemons"
PATH=$daemons:$PATH
for command in prometheus promtool prometheus-node-exporter "$python"; do
	command -v "$command" >/dev/null || bail_out "no $command"
done
"$python" -c 'import prometheus_client' || bail_out "no prometheus_client"

# Three VMs and events, one VM with all that labels must escape in its name.
for factor in 1 2; do
	tree=$dir/tree$factor
	sh "$here/fixtures/make.sh" "$tree" $factor
	sh "$here/fixtures/pmu.sh" "$tree" cycles=host=900 \
		instructions=host=1200 msr/0/=all=1000 \
		LLC-load-misses=host=3=5120-14/1
	printf '%s\0' qemu -name 'guest=a"b\c,,d
e{},x=y' >"$tree/proc/4391/cmdline"
done

echo "TAP version 13"
mkdir "$dir/textfile" "$dir/om"
prom=$dir/textfile/kvmhot.prom

export_to "$prom" "$dir/tree1" --openmetrics --top 4
ok "export --openmetrics --top 4 -o FILE.prom" $?
promtool check metrics <"$prom" >"$dir/out" 2>&1 && [ ! -s "$dir/out" ]
ok "promtool check metrics" $?
check "--top 4: others, and the same totals" top "$prom" 4 "$dir/tree1"
export_to "$dir/om/metrics" "$dir/tree1" --openmetrics
ok "export --openmetrics -o FILE" $?
check "OpenMetrics: a strict parser" strict "$dir/om/metrics"
export_to "$prom" "$dir/tree1" --openmetrics
ok "export --openmetrics -o FILE.prom" $?
promtool check metrics <"$prom" >"$dir/out" 2>&1 && [ ! -s "$dir/out" ]
ok "promtool check metrics" $?
grep -v '^#' "$prom" >"$dir/a"
grep -v '^#' "$dir/om/metrics" | diff - "$dir/a" >"$dir/out" 2>&1
ok "the samples of both are the same" $?
check "samples: the counts and cycles of the files" files "$prom" "$dir/tree1"

# Three ports that were free a moment ago
ports=$("$python" "$here/prometheus_check.py" ports 3)
# shellcheck disable=SC2086
set -- $ports
cat >"$dir/prometheus.yml" <<END
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
- {job_name: node, static_configs: [{targets: ["127.0.0.1:$2"]}]}
- {job_name: openmetrics, static_configs: [{targets: ["127.0.0.1:$3"]}]}
END
daemon prometheus prometheus --config.file="$dir/prometheus.yml" \
	--storage.tsdb.path="$dir/tsdb" --web.listen-address="127.0.0.1:$1"
daemon exporter prometheus-node-exporter --web.listen-address="127.0.0.1:$2" \
	--collector.disable-defaults --collector.textfile \
	--collector.textfile.directory="$dir/textfile"
daemon openmetrics "$python" "$here/prometheus_check.py" serve "$3" \
	"$dir/om/metrics"
api=127.0.0.1:$1

check "scraped" wait "$api" "count by (job) (kvmhot_exits_total)" 2
[ "$failed" -eq 0 ] || tail -n 3 "$dir"/*.log | sed 's/^/# /'
check "node_exporter took the file" equals "$api" \
	"node_textfile_scrape_error" 0
check "types: of node_exporter's, and of OpenMetrics" types "$api"
check "both have the same series" same "$api"
"$kvmhot" export --json --root "$dir/tree1" >"$dir/json" 2>/dev/null
for quantile in 0.5 0.95 0.99; do
	check "histogram_quantile($quantile): the reader's, within a bucket" \
		quantile "$api" "$quantile" "$dir/json"
done
export_to "$prom" "$dir/tree2" --openmetrics
ok "a later reading" $?
check "scraped" wait "$api" \
	'sum(kvmhot_exits_total{job="node"}) > 30000' 1
check "dashboard: every query has a result" dashboard "$api" "$dashboard"

tap_end
