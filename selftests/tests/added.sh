#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What watching costs: instructions added to each exit.  On the emulated host
# the TSC counts instructions, and the quickest of many rounds is one without
# host interrupts.
# kernels: 6.1
# takes: 45 s

. ./lib.sh

# ticks KIND N: of the quickest round; no sooner than all is there that watches
ticks()
{
	./kvmhot-guest --rest 50 --tsc --repeat 25 "$1=$2" | awk '/ tsc / { print $4 }'
}

# per_exit KIND
per_exit()
{
	echo $((($(ticks "$1" 200) - $(ticks "$1" 100)) / 100))
}

# near IS EXPECTED: within 5 %, less than any probe that stayed behind; not to
# the last instruction, as no round may be without some odd path
near()
{
	[ $((($1 - $2) * 20)) -le "$2" ] && [ $((($2 - $1) * 20)) -le "$2" ]
}

emulated || skip_all "only the emulated host counts instructions"

tap_begin
for kind in cpuid msr_read ept_write out; do
	without=$(per_exit $kind)
	load
	added=$(($(per_exit $kind) - without))
	echo 1 > $KVMHOT/detail
	detail=$(($(per_exit $kind) - without))
	echo 0 > $KVMHOT/detail
	echo msr/0/ > $KVMHOT/events
	one=$(($(per_exit $kind) - without))
	echo msr/0/,task-clock > $KVMHOT/events
	two=$(($(per_exit $kind) - without))
	echo none > $KVMHOT/events
	none=$(per_exit $kind)
	rmmod kvmhot
	count_exits
	counting=$(($(per_exit $kind) - without))
	count_exits_end
	echo "# $kind: $without instructions; kvmhot adds $added, with" \
		"detail $detail; a hist trigger that only counts $counting"
	echo "# $kind: with an event (msr/0/) it adds $one, with two" \
		"(msr/0/, task-clock) $two"
	near "$none" $((without + added))
	tap $? "$kind: without events it is as it was before them"
	true_that "$kind: an event costs more" $one -gt $added
	true_that "$kind: a second one, too" $two -gt $one
	near "$(per_exit $kind)" "$without"
	tap $? "$kind: without kvmhot it is as it was before"
	true_that "$kind: kvmhot does cost something" $added -gt 0
	true_that "$kind: detail costs more" $detail -gt $added
	case $kind in
	cpuid | msr_read)
		true_that "$kind: less than the kernel's count by reason" \
			$added -lt $counting
	esac
done
tap_end
