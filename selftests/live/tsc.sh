#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The TSC goes back, at any point of a vCPU's timeline, and the host sleeps: no
# figure is absurd, stages add up, no exit goes missing, and it is told.
# needs: cpus=2 seconds=25

. ./lib.sh

BACK=/sys/module/kvmhot_test_tsc/parameters/back

trap 'cleanup; rmmod kvmhot_test_tsc 2>/dev/null' EXIT

# pinned ARGUMENT...: a guest on CPU 1
pinned()
{
	guest_start vm "$@"
	taskset -ap 2 "$(cat "$TMP/vm.pid")" > /dev/null
	guest_go vm
	dir=$(vm_of vm)
}

# look NAME: at all that there is of the VM
look()
{
	until_true '[ "$(header "$dir/exits" state)" = ended ]'
	for file in exits hist vcpus stages totals user ept halt ioctl pmu; do
		cat "$dir/$file" > "$TMP/$file"
	done
	cat "$dir"/* $KVMHOT/status > "$TMP/all" 2>/dev/null
	equal "$1: no figure is absurd" "$(absurd "$TMP/all")" ""
	equal "$1: stages add up" "$(not_conserved < "$TMP/stages")" "0 1"
	equal "$1: buckets add up" "$(not_added_up hist user)" \
		"0 rows"
	./kvmhot export --openmetrics > "$TMP/metrics" 2> /dev/null
	# One of them as a number of seconds: 2^64 cycles are centuries.
	equal "$1: nor one in the metrics" "$(awk '!/^#/ && $1 !~ /timestamp/ &&
		$NF > ($1 ~ /^kvmhot_events_total/ ? 1e15 : 1e9) &&
		$1 !~ /(hertz|bytes)/ { print }' "$TMP/metrics" | head -n 3)" ""
}

# back NAME ARGUMENT...: of insmod; a guest under which it goes back
back()
{
	name=$1
	shift
	load "$@"
	count_exits
	pinned --forever --nap-ticks $(($(status tsc_khz) / 20)) \
		cpuid=200 out=50 ept_write=2 nap=1
	i=0
	while [ $i -lt 60 ]; do
		# Longer than any stage, but for a nap of the guest, which then
		# takes that much longer.
		echo "1 1000000" > $BACK
		cat "$dir/stages" >> "$TMP/readings"
		i=$((i + 1))
	done
	guest_stop vm
	guest_end vm
	tap $? "$name: the guest is content"
	look "$name"
	equal "$name: all exits are there" "$(column_sum "$dir/exits" 4)" \
		"$(hits)"
	count_exits_end
	true_that "$name: that the TSC went back is told ($(status tsc_back))" \
		"$(status tsc_back)" -ge 10
	true_that "$name: some exits' cost is not known" \
		"$(column_sum "$dir/exits" 7)" -gt 0
	equal "$name: stages added up all the while" \
		"$(not_conserved < "$TMP/readings")" "0 60"
	rm "$TMP/readings"
	rmmod kvmhot
}

# slept: of the host, all but its devices
host_sleeps()
{
	echo freezer > /sys/power/pm_test
	echo 1 > /sys/module/suspend/parameters/pm_test_delay
	echo mem > /sys/power/state
	echo none > /sys/power/pm_test
}

tap_begin
insmod ./kvmhot_test_tsc.ko || bail "insmod kvmhot_test_tsc.ko"
back "by default"
back "with detail" detail=1
back "with events" events=task-clock,msr/0/

load
pinned --forever cpuid=100 out=5
until_true '[ "$(column_sum "$dir/exits" 4)" -gt 1000 ]'
host_sleeps
tap $? "the host sleeps"
equal "after that: enabled and armed" "$(cat $KVMHOT/enabled) $(status armed)" "1 1"
# shellcheck disable=SC2034 # used by until_true
exits=$(column_sum "$dir/exits" 4)
until_true '[ "$(column_sum "$dir/exits" 4)" -gt $exits ]'
tap $? "after that: counts again"
cat "$dir/stages" > "$TMP/stages"
true_that "after that: the time between is unknown" \
	"$(stage 0 18)" -gt $(($(status tsc_khz) * 500))
guest_stop vm
guest_end vm
tap $? "the host slept: the guest is content"
look "the host slept"
rmmod kvmhot
rmmod kvmhot_test_tsc
tap $? "the TSC is as it was"
tap_end
