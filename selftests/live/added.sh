#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What watching costs: instructions added to each exit, against the figures in
# added.expected.  On the emulated host the TSC counts instructions, and the
# median of many iterations is one without host interrupts.
#
# With KVMHOT_UPDATE_EXPECTED set, new figures are written there instead, which
# is what 'make bench-expected' does.
# needs: kernel=6.1 stock (counts instructions) seconds=30

. ./lib.sh

kernel=$(uname -r | cut -d . -f 1-2)

# per_exit KIND [VCPUS]: no sooner than all is there that watches; the first
# round is there to warm up; of HLT and the timer that ends it, all three exits
per_exit()
{
	fill=
	[ "$1" != hlt ] || fill=--fill
	./kvmhot-guest --rest 50 $fill --each --repeat 2 --vcpus "${2:-1}" "$1=300" |
		awk '/^each / { print $5 }'
}

# unsure KIND: paths may be some 6 instructions apart, as memory happens to be; how long
# KVM polls in HLT depends on the halts before
unsure()
{
	[ "$1" = hlt ] && echo 500 || echo 10
}

# most KIND: percent
most()
{
	[ "$1" = hlt ] && echo 15 || echo 5
}

# near KIND WHAT IS EXPECTED
near()
{
	true_that "$1: $2" $(($3 - $4)) -le "$(unsure "$1")" -a \
		$(($4 - $3)) -le "$(unsure "$1")"
}

# expected KIND COLUMN
expected()
{
	awk -v kernel="$kernel" -v kind="$1" -v column="$2" \
		'$1 == kernel && $2 == kind { print $column }' added.expected
}

# guard KIND WHAT IS EXPECTED
guard()
{
	[ -z "$KVMHOT_UPDATE_EXPECTED" ] || return
	if [ -z "$4" ]; then
		tap 1 "$1, $2: added.expected has no figure for $kernel"
	elif [ $((($3 - $4) * 100)) -gt $(($4 * $(most "$1"))) ]; then
		tap 1 "$1, $2: adds $3 instructions, $4 was expected: dearer"
	elif [ $((($4 - $3) * 100)) -gt $(($4 * $(most "$1"))) ]; then
		tap 1 "$1, $2: adds $3 instructions, $4 was expected: cheaper, to be kept"
	else
		tap 0 "$1, $2: adds $3 instructions, $4 expected"
		return
	fi
	echo "#   if that is meant to be so: make bench-expected KERNELS=$kernel"
}

emulated || skip_all "only the emulated host counts instructions"

tap_begin
grep -v "^$kernel " added.expected > "$TMP/added"
for kind in cpuid ept_write out msr_icr hlt; do
	without=$(per_exit $kind)
	load
	added=$(($(per_exit $kind) - without))
	many=
	case $kind in
	cpuid | msr_icr) many=$(($(per_exit $kind 4) - without)) ;;
	esac
	echo msr/0/ > $KVMHOT/events
	one=$(($(per_exit $kind) - without))
	echo msr/0/,task-clock > $KVMHOT/events
	two=$(($(per_exit $kind) - without))
	echo none > $KVMHOT/events
	# Only a second later perf has no part in context switches any more.
	[ $kind != hlt ] || sleep 2
	none=$(($(per_exit $kind) - without))
	# from the start: switched on later, it costs some 30 more
	rmmod kvmhot
	load detail=1
	detail=$(($(per_exit $kind) - without))
	rmmod kvmhot
	count_exits
	counting=$(($(per_exit $kind) - without))
	count_exits_end
	echo "# $kind: $without instructions; kvmhot adds $added, with" \
		"detail $detail; a hist trigger that only counts $counting"
	echo "# $kind: with an event (msr/0/) it adds $one, with two" \
		"(msr/0/, task-clock) $two"
	near $kind "without events it is as it was before them" "$none" "$added"
	[ -z "$many" ] || near $kind "four vCPUs at once pay the same" "$many" "$added"
	true_that "$kind: an event costs more" $one -gt $added
	true_that "$kind: a second one, too" $two -gt $one
	near $kind "without kvmhot it is as it was before" "$(per_exit $kind)" \
		"$without"
	true_that "$kind: kvmhot does cost something" $added -gt 0
	true_that "$kind: detail costs no less" $detail -ge $added
	case $kind in
	cpuid | msr_icr)
		true_that "$kind: less than the kernel's count by reason" \
			$added -lt $counting
	esac
	guard $kind "by default" $added "$(expected $kind 3)"
	guard $kind "with detail" $detail "$(expected $kind 4)"
	guard $kind "with one event" $one "$(expected $kind 5)"
	echo "$kernel $kind $added $detail $one" >> "$TMP/added"
done
if [ -n "$KVMHOT_UPDATE_EXPECTED" ]; then
	cp "$TMP/added" /out/added.expected
	tap $? "added.expected is written anew for $kernel"
fi
tap_end
