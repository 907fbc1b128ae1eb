#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What stat and top need for 1,000 VMs of 8 vCPUs: CPU time and memory.
# Needs nothing but the programs, and script(1) for a terminal.
#
# Usage: scale.sh KVMHOT FLEET
set -u
export LC_ALL=C TZ=UTC0

kvmhot=$1
fleet=$2
# In memory, if there is some: it is not the disk that is to be seen here.
dir=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d) || exit 1
trap 'kill $pid 2>/dev/null; rm -rf "$dir"' EXIT
pid=
ticks=$(getconf CLK_TCK)
# shellcheck source=tap.sh
. "$(dirname "$0")/tap.sh"

# readings VMS: six trees, each later than the one before
readings()
{
	for factor in 1 2 3 4 5 6; do
		"$fleet" -l "$dir/$1-$factor" "$1" 8 $factor || exit 1
	done
}

# next VMS: in the place of the tree that is read a later one; after the last
# the first, as if all were reset
factor=1
next()
{
	factor=$((factor % 6 + 1))
	ln -s "$dir/$1-$factor" "$dir/link" && mv -T "$dir/link" "$dir/now"
}

# used PID: CPU time of user and kernel, in ticks; FIELD PID: of its status
used()
{
	awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"
}

field()
{
	sed -n "s/^$1:[^0-9]*\\([0-9]*\\).*/\\1/p" "/proc/$2/status"
}

blocks()
{
	grep -c '^# [0-9]*-' "$dir/out"
}

# wait_for BLOCKS VMS: until so many are printed, with another tree for each
wait_for()
{
	tries=0
	while [ "$(blocks)" -lt "$1" ]; do
		next "$2"
		sleep 0.02
		tries=$((tries + 1))
		[ $tries -lt 10000 ] && kill -0 "$pid" 2>/dev/null || return 1
	done
}

# measure VMS BLOCKS OPTIONS...: $each: the CPU time of a block, in us, on the
# average; $least, $most: of the fastest and the slowest five in a row; $peak and
# $grown: KiB
measure()
{
	vms=$1
	count=$2
	shift 2
	next "$vms"
	"$kvmhot" stat 0.02 --root "$dir/now" "$@" >"$dir/out" 2>"$dir/err" &
	pid=$!
	wait_for 5 "$vms" || return 1
	peak=$(field VmHWM $pid)
	begin=$(used $pid) from=$begin at=$(blocks) first=$(blocks) most=0 least=
	while [ $((at - first)) -lt "$count" ]; do
		wait_for $((at + 5)) "$vms" || return 1
		now=$(used $pid)
		till=$(blocks)
		us=$(((now - from) * 1000000 / ticks / (till - at)))
		[ $us -le $most ] || most=$us
		[ "$us" -ge "${least:-$us}" ] || least=$us
		least=${least:-$us}
		from=$now at=$till
	done
	each=$(((from - begin) * 1000000 / ticks / (at - first)))
	grown=$(($(field VmHWM $pid) - peak))
	peak=$((peak + grown))
	kill $pid
	wait $pid 2>/dev/null
	echo "# $vms VMs of 8 vCPUs, stat${*:+ $*}: $((each / 1000)) ms of CPU for a block (five in a row: $((least / 1000)) to $((most / 1000))), memory $peak KiB"
}

# measure_top VMS: the same of top, on a terminal, for eight readings
measure_top()
{
	next "$1"
	rm -f "$dir/pid" "$dir/keys"
	# The keyboard, of which none is pressed, for as long as is needed
	mkfifo "$dir/keys"
	script -qc "stty rows 50 cols 160; echo \$\$ >'$dir/pid'
		exec '$kvmhot' top -d 0.5 --root '$dir/now'" /dev/null \
		<"$dir/keys" >"$dir/out" 2>"$dir/err" &
	script=$!
	exec 9>"$dir/keys"
	until_true "grep -q Measuring '$dir/out'" || return 1
	pid=$(cat "$dir/pid") && begin=$(used "$pid") || return 1
	for i in 1 2 3 4 5 6 7 8; do
		drawn=$(wc -c <"$dir/out")
		next "$1"
		until_true "[ \$(wc -c <'$dir/out') != $drawn ]" || return 1
	done
	each=$((($(used "$pid") - begin) * 1000000 / ticks / i))
	peak=$(field VmHWM "$pid")
	kill "$pid"
	wait $script 2>/dev/null
	exec 9>&-
	grep -q EPT_VIOLATION "$dir/out" || return 1
	rm "$dir/out"
	echo "# $1 VMs of 8 vCPUs, top: $((each / 1000)) ms of CPU for a refresh, memory $peak KiB"
}

# until_true COMMAND: for two minutes at most
until_true()
{
	tries=0
	until eval "$1"; do
		tries=$((tries + 1))
		[ $tries -lt 2400 ] || return 1
		sleep 0.05
	done
}

echo "TAP version 13"
"$fleet" "$dir/all" 20 8 3
for verb in vms report tree costs "export --csv"; do
	# shellcheck disable=SC2086
	"$kvmhot" $verb --root "$dir/all" >"$dir/$verb" 2>"$dir/err"
	ok "the generated tree is a good one: $verb" $?
done
rm "$dir"/all/vms/*/totals
"$kvmhot" vms --root "$dir/all" >"$dir/out" 2>"$dir/err" &&
	cmp -s "$dir/out" "$dir/vms"
ok "totals have what the other files have, summed" $?

readings 500
readings 1000
measure 500 20
ok "stat of 500 VMs" $?
half=$least
measure 1000 20
ok "stat of 1000 VMs" $?
# What is asserted is no time, but that it is not far more than it should be.
[ "$each" -lt 500000 ]
ok "1000 VMs: far below a second of CPU for a block" $?
# Whatever else runs here may have slowed all of one of the two.
for again in 1 2; do
	[ "$least" -ge $((half * 3)) ] || break
	echo "# once more ($again)"
	measure 500 20
	half=$least
	measure 1000 20
done
[ "$least" -lt $((half * 3)) ]
ok "twice the VMs: not three times the CPU" $?
measure 1000 50 --top 20
ok "stat --top 20 of 1000 VMs" $?
[ "$peak" -le 65536 ]
ok "memory is bounded: $peak KiB, at most 64 MiB" $?
[ "$grown" -le 2048 ]
ok "memory does not grow within 50 blocks: $grown KiB" $?
measure_top 1000
ok "top of 1000 VMs" $?
[ "$each" -lt 500000 ] && [ "$peak" -le 65536 ]
ok "top: far below a second of CPU for a refresh, at most 64 MiB" $?

tap_end
