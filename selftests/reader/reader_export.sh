# shellcheck shell=sh disable=SC2154,SC2016,SC2086
# SPDX-License-Identifier: GPL-2.0
# export: cases of reader.sh, which reads this file.
# Needs jq python3 python3-jsonschema; what lacks is skipped.

schema=$here/../../tools/share/kvmhot.schema.json
# Debian's, which has Debian's modules, whatever else PATH has
python=/usr/bin/python3

skip()
{
	nr=$((nr + 1))
	echo "ok $nr $1 # SKIP $2"
}

# sound DIR: no hook lacks and none missed anything, so that the status is 0
sound()
{
	awk -F'\t' -v OFS='\t' '$1 == "hook" { $5 = "armed"; $7 = $8 = 0 }
		{ print }' "$1/status" >"$dir/tmp" && cat "$dir/tmp" >"$1/status"
}

for factor in 1 2; do
	rm -rf "$dir/sound$factor"
	sh "$here/fixtures/make.sh" "$dir/sound$factor" $factor
	sh "$here/fixtures/pmu.sh" "$dir/sound$factor" cycles=host=900 \
		msr/0/=all=1000
	sound "$dir/sound$factor"
done
tree=$dir/sound1
later=$dir/sound2

# csv NAME FILE ARGUMENTS...: as prints does it; line ends are told below
csv()
{
	name=$1
	file=$2
	shift 2
	run export --csv "$@"
	tr -d '\r' <"$dir/out" >"$dir/clean"
	shows "$name" "$file"
}

prints "export --json" export-json.txt export --json --root "$tree"
prints "export --json --vcpu -r" export-json-vcpu.txt export --json --vcpu 1 -r 12,CPUID --root "$tree"
prints "export --openmetrics" export-openmetrics.txt export --openmetrics -p 901 --root "$tree"
prints "export --openmetrics --top" export-openmetrics-top.txt export --openmetrics --top 2 -p 5120 --root "$tree"
csv "export --csv" export-csv.txt --root "$tree"
csv "export --csv --top -g" export-csv-top.txt --top 2 -g db,02 --root "$tree"
prints "export --folded -p" export-folded.txt export --folded -p 901 --root "$tree"
run export --openmetrics -p 901 -o "$dir/a.prom" --root "$tree"
cp "$dir/a.prom" "$dir/clean"
shows "export --openmetrics -o FILE.prom" export-prom.txt

# Figures, from the files.  P50, P95 and P99 by nearest rank.
cat >"$dir/want.awk" <<'AWK'
function quantile(key, q,	rank, i, low, width, high) {
	rank = int((n[key] * q + 999) / 1000)
	if (rank <= 1)
		return min[key]
	if (rank >= n[key])
		return max[key]
	for (i = 0; rank > count[key, i]; i++)
		rank -= count[key, i]
	low = i < 8 ? i : (8 + i % 8) * 2 ^ (int(i / 8) - 1)
	width = i < 16 ? 1 : 2 ^ (int(i / 8) - 1)
	high = low + int((width - 1) / 2)
	return high < min[key] ? min[key] : high > max[key] ? max[key] : high
}
function place(low,	group) {
	if (low < 8)
		return low
	for (group = 1; low >= 16 * 2 ^ (group - 1); )
		group++
	return group * 8 + int(low / 2 ^ (group - 1)) - 8
}
/^#/ { next }
FILENAME ~ /exits$/ {
	key = vm[FILENAME] "," $2 "," $22
	exits[key] += $4; timed[key] += $5; cycles[key] += $9
	user[key] += $16; total[key] += $18
	next
}
{
	key = vm[FILENAME] "," $2 "," $9
	if (!n[key] || $6 < min[key])
		min[key] = $6
	if ($7 > max[key])
		max[key] = $7
	n[key] += $4
	split($8, buckets, " ")
	for (b in buckets) {
		split(buckets[b], pair, ":")
		count[key, place(pair[1])] += pair[2]
	}
}
BEGIN {
	for (i = 1; i < ARGC; i++) {
		split(ARGV[i], part, "/vms/")
		split(part[2], part, "/")
		vm[ARGV[i]] = part[1]
	}
}
END {
	for (key in exits)
		if (n[key])
			printf "%s,%d,%d,%d,%d,%d,%d,%d,%d,%d,%d\n", key,
				exits[key], timed[key], cycles[key], user[key],
				total[key], min[key], max[key],
				quantile(key, 500), quantile(key, 950),
				quantile(key, 990)
}
AWK
awk -F'\t' -f "$dir/want.awk" "$tree"/vms/*/exits "$tree"/vms/*/hist |
	sort >"$dir/want"
run export --csv --root "$tree"
awk -F, '
NR == 1 { for (i = 1; i <= NF; i++) { sub(/\r/, "", $i); at[$i] = i }; next }
{
	gsub(/"db,02"/, "db"); gsub(/["\r]/, "")
	print $at["id"] "," $at["reason"] "," $at["level"] "," $at["exits"] "," \
		$at["timed"] "," $at["cycles"] "," $at["user_cycles"] "," \
		$at["total"] "," $at["min"] "," $at["max"] "," $at["p50"] "," \
		$at["p95"] "," $at["p99"]
}' "$dir/out" | sort >"$dir/have"
diff "$dir/want" "$dir/have" >"$dir/out" && [ "$(wc -l <"$dir/have")" -eq 19 ]
ok "export --csv: counts and quantiles are the files'" $?

run export --csv --root "$tree"
[ -s "$dir/out" ] &&
	[ "$(grep -c "$(printf '\r')\$" "$dir/out")" -eq "$(wc -l <"$dir/out")" ]
ok "export --csv: lines end as RFC 4180 has it" $?
head -n 1 "$dir/out" >"$dir/header"
fresh
rm -r "$bad"/vms/*
sed '/^vm/d' "$bad/status" >"$dir/tmp" && cat "$dir/tmp" >"$bad/status"
run export --csv --root "$bad"
[ $status -eq 0 ] && diff "$dir/header" "$dir/out" >/dev/null
ok "export --csv: without VMs the same columns" $?
run export --openmetrics --root "$bad"
[ $status -eq 0 ] && [ "$(tail -n 1 "$dir/out")" = "# EOF" ] &&
	! grep -q vm= "$dir/out"
ok "export --openmetrics: without VMs" $?

run export --openmetrics --top 3 --root "$tree"
awk -F'"' '/^#/ || !/vm=/ { next }
/reason=/ { row[$2, $6, $8]++; next }
{ of_vm[$2]++ }
END {
	# 41, and three of events; 22, and of each stage three of events
	for (i in row) { split(i, k, SUBSEP); rows[k[1]]++; if (row[i] != 45) exit 1 }
	for (v in of_vm) if (of_vm[v] != 61 || rows[v] > 5) exit 1
	exit !(v && i)
}' "$dir/out"
ok "export --openmetrics: as many series as it should have" $?

# Own cost, of 2.4 GHz
own_of() { grep '^kvmhot_own_' "$dir/out" | tr '\n' ' '; }
fresh
run export --openmetrics --root "$bad"
own_of | awk '{ exit !(NF == 8 && $1 == "kvmhot_own_exit_seconds" && $2 * 2.4e9 == 412 &&
	$3 == "kvmhot_own_exit_p99_seconds" && $5 == "kvmhot_own_run_seconds" && $8 == 1000) }'
ok "export --openmetrics: own cost in seconds" $?
edit "$bad/status" '/^own_/d'
run export --openmetrics --root "$bad"
[ "$(own_of)" = "kvmhot_own_rounds 0 " ] && ! grep -q '^# .*own_.*seconds' "$dir/out"
ok "export --openmetrics: own cost that was not timed has no sample" $?

# A name with all that has a meaning somewhere
fresh
printf '%s\0' qemu -name 'guest=a"b\c,,d;e
 =f' >"$bad/proc/4391/cmdline"
called='a"b\c,d;e? =f'
run export --openmetrics -p 4391 --root "$bad"
[ "$(grep -c vm= "$dir/out")" -gt 100 ] &&
	! grep vm= "$dir/out" | grep -qvF ',name="a\"b\\c,d;e? =f"'
ok "name: export --openmetrics" $?
run export --csv -p 4391 --root "$bad"
[ "$(grep -c '^"4391-11",4391,"a""b\\c,d;e? =f","qemu-system-x86",' "$dir/out")" -eq 8 ]
ok "name: export --csv" $?
run export --folded -p 4391 --root "$bad"
[ -s "$dir/out" ] && ! grep -qv '^a"b\\c,d_e?_=f;[^ ]* [0-9]*$' "$dir/out"
ok "name: export --folded" $?
run export --json -p 4391 --root "$bad"
if command -v jq >/dev/null; then
	[ "$(jq -r '.vms[].name' <"$dir/out")" = "$called" ]
	ok "name: export --json" $?
	run export --json --root "$tree"
	jq -r '.vms[] as $v | $v.reasons[] | [$v.id, .reason, .level, .exits,
		.timed, .cycles, .user_cycles, .total, .min, .max, .p50, .p95,
		.p99] | map(tostring) | join(",")' <"$dir/out" | sort |
		diff "$dir/want" - >"$dir/diff"
	ok "export --json: counts and quantiles are the files'" $?
	jq -e '[.vms[].reasons[] | .timed == ([.histogram[][2]] | add)] | all' \
		<"$dir/out" >/dev/null
	ok "export --json: histograms have all timed exits" $?
	jq -e '.schemaVersion >= 36 and (.panels | length) > 9' \
		<"$here/../../tools/share/kvmhot-grafana.json" >/dev/null
	ok "the dashboard is JSON" $?
else
	skip "jq reads it" "no jq"
fi

# What Python makes of it: the schema, as it is and without unknown keys.
cat >"$dir/check.py" <<'END'
import csv, json, sys
import jsonschema

def close(node):
    if isinstance(node, dict):
        if "properties" in node:
            node["additionalProperties"] = False
        for value in node.values():
            close(value)

with open(sys.argv[1]) as file:
    schema = json.load(file)
with open(sys.argv[2]) as file:
    data = json.load(file)
jsonschema.Draft7Validator.check_schema(schema)
jsonschema.validate(data, schema)
jsonschema.validate(dict(data, novel=1), schema)
close(schema)
jsonschema.validate(data, schema)
for key in data:
    less = {k: v for k, v in data.items() if k != key}
    assert not jsonschema.Draft7Validator(schema).is_valid(less), key
with open(sys.argv[3], newline="") as file:
    rows = list(csv.reader(file, strict=True))
assert len(set(rows[0])) == len(rows[0]) > 60
assert all(len(row) == len(rows[0]) for row in rows)
have = [dict(zip(rows[0], row)) for row in rows[1:]]
want = [(vm, reason) for vm in data["vms"] for reason in vm["reasons"]]
assert len(have) == len(want) > 0
for row, (vm, reason) in zip(have, want):
    both = dict(reason, **{k: vm[k] for k in (
        "id", "pid", "name", "comm", "state", "vcpus", "tsc_khz", "since",
        "now")}, reason_name=reason["name"])
    both.update(("stage_%s_cycles" % k, v) for k, v in reason["stages"].items())
    both.update(("vm_%s_cycles" % k, v) for k, v in vm["stages"].items())
    both.update(vm_exits=vm["sums"]["exits"], vm_lost=vm["sums"]["lost"],
                seen_exits=vm["coverage"]["exits"], seconds=vm["seconds"],
                vm_dropped=vm["sums"]["dropped"],
                kvm_exits=vm["coverage"]["kvm_exits"],
                vm_runs=vm["sums"]["runs"])
    both.update((k, v) for k, v in data.items() if k.startswith("own_"))
    for key, value in row.items():
        if key.endswith("_max") and not value:
            continue
        if key.startswith("own_") and not value:
            assert both[key] is None and not data["own_rounds"], key
            continue
        assert value == str(both[key]) or float(value) == both[key], key
END
# python NAME TREE: both formats of it
python()
{
	"$kvmhot" export --csv --root "$2" >"$dir/csv" 2>"$dir/err"
	"$kvmhot" export --json --root "$2" >"$dir/json" 2>>"$dir/err"
	"$python" "$dir/check.py" "$schema" "$dir/json" "$dir/csv" \
		>"$dir/out" 2>&1
	ok "schema, and strict CSV: $1" $?
}
if "$python" -c 'import jsonschema' 2>/dev/null; then
	python "what it is" "$tree"
	python "a name that means something, a hook missing" "$bad"
	fresh
	edit "$bad/vms/901-8/exits" '3,$d'
	edit "$bad/vms/901-8/hist" '3,$d'
	edit "$bad/vms/901-8/stages" "4,\$d"
	edit "$bad/vms/901-8/pmu" '3,$d'
	python "a VM without exits" "$bad"
	fresh
	edit "$bad/status" '/^own_/d'
	python "own cost not timed" "$bad"
	KVMHOT_FELT=1 sh "$here/fixtures/make.sh" "$dir/felt-json"
	python "what the guest felt" "$dir/felt-json"
else
	skip "schema, and strict CSV" "no python3-jsonschema"
fi
fresh
field "$bad/vms/901-8/exits" 3 18 18446744073709551615
run export --json --root "$bad"
grep -q '"total":18446744073709551615,' "$dir/out"
ok "export --json: 2^64 - 1" $?
run export --csv --root "$bad"
grep -q ',18446744073709551615,' "$dir/out"
ok "export --csv: 2^64 - 1" $?

# -o
rm -rf "$dir/o" && mkdir "$dir/o"
# kept NAME MESSAGE ARGUMENTS...: fails, and leaves o/f as it was and alone.
# No file may have more than $most half KiB.
kept()
{
	name=$1
	message=$2
	shift 2
	echo before >"$dir/o/f"
	(
		trap '' XFSZ
		ulimit -f $most
		exec "$kvmhot" export "$@" >"$dir/out" 2>"$dir/err"
	)
	[ $? -eq 1 ] && grep -qF -e "$message" "$dir/err" &&
		[ "$(cat "$dir/o/f")" = before ] && [ "$(ls -A "$dir/o")" = f ]
	ok "-o: $name" $?
}
for format in json openmetrics csv; do
	most=8
	kept "--$format: no room, the old file stays" "File too large" \
		--$format -o "$dir/o/f" --root "$tree"
	most=1000
	fresh
	: >"$vm/hist"
	kept "--$format: damage, the old file stays" "line 1: nothing there" \
		--$format -o "$dir/o/f" --root "$bad"
done
kept "no such folder" "none/f: No such file or directory" \
	--csv -o "$dir/none/f" --root "$tree"
kept "a folder" "Is a directory" --csv -o "$dir/o" --root "$tree"
rm -rf "$dir/o" && mkdir "$dir/o"
run export --csv -o "$dir/o/f" --root "$tree"
[ $status -eq 0 ] && [ ! "$lacks" ] && [ ! -s "$dir/out" ] && [ ! -s "$dir/err" ]
ok "-o: says nothing, and that nothing lacks" $?
"$kvmhot" export --csv --root "$tree" | diff - "$dir/o/f" >"$dir/out" &&
	[ "$(ls -A "$dir/o")" = f ] && [ -r "$dir/o/f" ]
ok "-o: the same as without, and nothing else" $?
run export --csv -o - --root "$tree"
diff "$dir/out" "$dir/o/f" >/dev/null
ok "-o -: standard output" $?
(umask 022 && "$kvmhot" export --csv -o "$dir/o/f" --root "$tree")
[ "$(stat -c %a "$dir/o/f")" = 644 ]
ok "-o: others may read it, as umask has it" $?
fresh
edit "$bad/status" "s/^armed${tab}1/armed${tab}0/"
run export --csv -o "$dir/o/f" --root "$bad"
[ $status -eq 0 ] && [ "$lacks" = "not armed" ] &&
	diff "$dir/o/f" - >/dev/null <<END
$("$kvmhot" export --csv --root "$tree")
END
ok "-o: incomplete counts are written, and told: 3" $?

# Readers see one reading or the other, whole.
"$kvmhot" export --openmetrics --root "$tree" >"$dir/1"
"$kvmhot" export --openmetrics --root "$later" >"$dir/2"
cp "$dir/1" "$dir/o/f"
(
	until [ -e "$dir/enough" ]; do
		"$kvmhot" export --openmetrics -o "$dir/o/f" --root "$later"
		"$kvmhot" export --openmetrics -o "$dir/o/f" --root "$tree"
	done
) 2>/dev/null &
seen=0
torn=0
new=0
while [ $seen -lt 100 ] || { [ $new -lt 5 ] && [ $seen -lt 10000 ]; }; do
	cat "$dir/o/f" >"$dir/3" || torn=$((torn + 1))
	if cmp -s "$dir/2" "$dir/3"; then
		new=$((new + 1))
	elif ! cmp -s "$dir/1" "$dir/3"; then
		torn=$((torn + 1))
	fi
	seen=$((seen + 1))
done
: >"$dir/enough"
wait
[ $torn -eq 0 ] && [ $new -ge 5 ] && [ "$(ls -A "$dir/o")" = f ]
ok "-o: no reader sees a part of it" $?

# The command line
refuses "export without a format" 2 "export: say in which format: --json, --csv, --openmetrics or --folded" export --root "$tree"
refuses "export: two formats" 2 "one format at a time" export --json --csv --root "$tree"
refuses "export --folded --top" 2 "--folded is of all time: it takes no --reason or --top" export --folded --top 3 --root "$tree"
refuses "export --folded -r" 2 "--folded is of all time: it takes no --reason or --top" export --folded -r HLT --root "$tree"
for format in json csv openmetrics folded; do
	refuses "export --$format: no such VM" 1 "no such VM: nobody" export --$format -p nobody --root "$tree"
	refuses "export --$format: no such vCPU" 1 "no vCPU 77" export --$format --vcpu 77 --root "$tree"
done

if command -v systemd-analyze >/dev/null; then
	mkdir -p "$dir/units/sbin"
	printf '#!/bin/sh\n' >"$dir/units/sbin/kvmhot"
	chmod +x "$dir/units/sbin/kvmhot"
	sed "s|@SBINDIR@|$dir/units/sbin|" \
		"$here/../../tools/share/kvmhot-export.service.in" \
		>"$dir/units/kvmhot-export.service"
	cp "$here/../../tools/share/kvmhot-export.timer" "$dir/units"
	systemd-analyze verify --man=no "$dir/units/kvmhot-export.service" \
		"$dir/units/kvmhot-export.timer" >"$dir/out" 2>&1 &&
		! grep -q kvmhot "$dir/out"
	ok "systemd takes the service and the timer" $?
else
	skip "systemd takes the service and the timer" "no systemd-analyze"
fi
