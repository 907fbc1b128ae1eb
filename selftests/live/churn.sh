#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# VMs come and go on all CPUs, while all is reset and read, and the list of
# events is written, with no place for ended ones: no exit goes missing, and no
# memory.
# needs: cpus=2 seconds=25

. ./lib.sh

# churn NR: VMs one after the other
churn()
{
	i=0
	while [ $i -lt "$1" ]; do
		./kvmhot-guest --vcpus 3 cpuid=5 out=2 > /dev/null || return
		i=$((i + 1))
	done
}

tap_begin
load max_ended=0
memory=$(status memory_bytes)
count_exits
churn 25 &
echo $! > "$TMP/1.pid"
churn 25 &
echo $! > "$TMP/2.pid"
churn 25 &
echo $! > "$TMP/3.pid"
nr_resets=0
while kill -0 "$(cat "$TMP/1.pid")" 2>/dev/null; do
	echo all > $KVMHOT/reset
	cat $KVMHOT/vms/*/hist $KVMHOT/status > /dev/null 2>&1
	nr_resets=$((nr_resets + 1))
	[ $((nr_resets % 4)) != 0 ] ||
		echo task-clock,context-switches > $KVMHOT/events
	cat $KVMHOT/vms/*/pmu > /dev/null 2>&1
done
true_that "there were lists of events" "$(status events_number)" -gt 3
echo none > $KVMHOT/events
for i in 1 2 3; do
	wait "$(cat "$TMP/$i.pid")"
	rc=$?
	rm "$TMP/$i.pid"
	tap $rc "guests of group $i are content"
done
true_that "there were resets ($nr_resets)" $nr_resets -gt 10
until_true '[ "$(status vms)" = 0 ]'
until_true '[ "$(status vms_ended)" = 0 ]'
equal "all exits are accounted for" "$(status exits)" \
	"$(hits)"
equal "nothing is dropped" "$(status dropped)" 0
count_exits_end
equal "no directory is left" "$(ls $KVMHOT/vms)" ""
equal "memory is back to where it was" "$(status memory_bytes)" "$memory"
tap_end
