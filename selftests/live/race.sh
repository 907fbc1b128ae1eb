#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Threads of one VMM race for KVM_RUN on one vCPU, while it is reset and read: that
# may spoil the stages of that vCPU, but neither the host nor another vCPU, and no
# figure is absurd.
# needs: cpus=2 seconds=25

. ./lib.sh

# race ARGUMENT...: of insmod
race()
{
	load "$@"
	count_exits
	./kvmhot-guest --forever cpuid=50 out=10 > "$TMP/fair.out" 2>&1 &
	echo $! > "$TMP/fair.pid"
	./kvmhot-race 4 $((slow > 1 ? 4 : 1)) > "$TMP/race.out" 2>&1 &
	echo $! > "$TMP/race.pid"
	n=0
	while kill -0 "$(cat "$TMP/race.pid")" 2>/dev/null; do
		echo all > $KVMHOT/reset
		cat $KVMHOT/vms/*/* > "$TMP/all" 2>/dev/null
		n=$((n + 1))
	done
	wait "$(cat "$TMP/race.pid")"
	tap $? "$*: the racers came to their end: $(cat "$TMP/race.out")"
	rm "$TMP/race.pid"
	true_that "$*: reset and read meanwhile ($n times)" $n -gt 3
	kill -TERM "$(cat "$TMP/fair.pid")"
	wait "$(cat "$TMP/fair.pid")"
	tap $? "$*: the guest beside them is content"
	until_true '[ "$(status vms)" = 0 ]'
	equal "$*: all exits are accounted for" "$(status exits)" "$(hits)"
	count_exits_end
	cat $KVMHOT/vms/*/* $KVMHOT/status > "$TMP/all" 2>/dev/null
	equal "$*: no figure is absurd" "$(absurd "$TMP/all")" ""
	fair=$(cat "$TMP/fair.pid")
	cat $KVMHOT/vms/"$fair"-*/stages > "$TMP/stages"
	equal "$*: stages of the guest beside them add up" \
		"$(not_conserved < "$TMP/stages")" "0 1"
	rm "$TMP/fair.pid"
	rmmod kvmhot
}

tap_begin
race detail=0
race detail=1
race events=task-clock
tap_end
