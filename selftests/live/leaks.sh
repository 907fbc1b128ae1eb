#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# VMs come and go, all is switched, reset and read, and one allocation of the worker in
# ten fails, and some of who writes: when kvmhot is gone, nothing of its memory is left.
# needs: only=k1 append=kmemleak=on seconds=60

. ./lib_faults.sh

KMEMLEAK=$DEBUG/kmemleak

# tenth_fails TASK...: of their allocations, and of what they start
tenth_fails()
{
	for kind in failslab fail_page_alloc; do
		echo Y > $DEBUG/$kind/task-filter
		echo -1 > $DEBUG/$kind/times
		echo 10 > $DEBUG/$kind/probability
	done
	for pid; do echo 1 > "/proc/$pid/make-it-fail"; done
}

no_more_fails()
{
	for kind in failslab fail_page_alloc; do
		echo 0 > $DEBUG/$kind/probability
		echo N > $DEBUG/$kind/task-filter
	done
	for pid in $(of_workers); do echo 0 > "/proc/$pid/make-it-fail"; done
}

# everything: once
everything()
{
	load maxactive=4 max_ended=2 events=task-clock
	# shellcheck disable=SC2046 # a list
	[ -z "$1" ] || tenth_fails $(of_workers)
	for detail in 1 0; do
		./kvmhot-guest --vcpus 2 cpuid=20 out=3 hlt=2 ept_write=3 > "$TMP/out"
		cat $KVMHOT/status $KVMHOT/vms/*/* > "$TMP/all" 2> /dev/null
		for what in detail=$detail enabled=0 enabled=1; do
			echo "${what#*=}" > "$KVMHOT/${what%=*}"
		done
		for nth in ${1:+1 2 3 4 5 6 7 8} 0; do
			for what in events=context-switches,task-clock events=none reset=all; do
				./kvmhot-failnth "$nth" write "$KVMHOT/${what%=*}" "${what#*=}"
			done
			./kvmhot-failnth "$nth" read $KVMHOT/status
		done > "$TMP/failed"
		./kvmhot-vms --vms 5 --in-turn --exits 20 > "$TMP/out"
	done
	no_more_fails
	rmmod kvmhot
}

tap_begin
all_may_fail
echo clear > $KMEMLEAK
everything ""
everything failing
tap $? "loaded, used, removed"
# What is younger than that is not looked at, and what a scan finds the next confirms.
sleep 6
echo scan > $KMEMLEAK
echo scan > $KMEMLEAK
cat $KMEMLEAK > "$TMP/leaks"
equal "nothing is left" "$(grep -c unreferenced "$TMP/leaks")" 0
sed 's/^/#   /' "$TMP/leaks" | head -n 60
tap_end
