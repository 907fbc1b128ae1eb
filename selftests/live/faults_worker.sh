#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Each allocation of the worker fails in turn, for a VM that comes: its exits are
# counted, or said to be dropped, and it has its directory, all files, both vCPUs and its
# events once there is memory.
# needs: only=k1 seconds=120

. ./lib_faults.sh

KVM=$DEBUG/kvm

# workers N: the Nth allocation of each worker fails; 0: none
workers()
{
	for pid in $(of_workers); do
		echo "$1" > "/proc/$pid/task/$pid/fail-nth"
	done 2> /dev/null
}

# one_failed: did one worker come that far?
one_failed()
{
	for pid in $(of_workers); do
		[ "$(cat "/proc/$pid/task/$pid/fail-nth")" != 0 ] || return 0
	done 2> /dev/null
	return 1
}

# vm_comes WORD...: with the Nth failing, and these events; what is amiss goes to $wrong
vm_comes()
{
	dropped=$(status dropped)
	workers $nth
	guest_start vm --vcpus 2 --forever --rest 20 --rest-each cpuid=20 out=3
	guest_go vm
	dir=$(vm_of vm)
	until_true 'find "$dir" -type f | wc -l | cmp -s - "$TMP/nr_files"'
	until_true '[ "$(status vms_hidden)" = 0 ]'
	until_true '[ "$(grep -c "^[01]" "$dir/vcpus")" = 2 ]'
	for word; do
		until_true "[ \"\$(event $word 3) \$(event $word 8)\" = 'counting 2' ]"
	done
	one_failed
	more=$?
	workers 0
	guest_stop vm
	counted=$(($(column_sum "$dir/exits" 4) + $(status dropped) - dropped))
	kvm_counts=$(cat "$KVM/${dir##*/}/exits")
	[ $counted = "$kvm_counts" ] || wrong="$wrong; $nth: $counted exits of $kvm_counts"
	guest_end vm || wrong="$wrong; $nth: the guest"
}

tap_begin
all_may_fail
load events=none maxactive=4
guest_start vm cpuid=1
guest_go vm
dir=$(vm_of vm)
guest_done vm
find "$dir" -type f | wc -l > "$TMP/nr_files"
guest_end vm
for words in "" "task-clock context-switches"; do
	echo "${words:-none}" | tr ' ' , > $KVMHOT/events
	nth=0 wrong='' more=0
	while [ "$more" = 0 ]; do
		nth=$((nth + 1))
		# shellcheck disable=SC2086 # words
		vm_comes $words
		echo all > $KVMHOT/reset
	done
	true_that "events ${words:-none}: so many allocations at least" $nth -gt 5
	equal "events ${words:-none}: counted or dropped, whichever of $((nth - 1)) fails" "$wrong" ""
done
until_true '[ "$(status vms)" = 0 ]'
equal "no VM is left" "$(status vms_ended)" 0
rmmod kvmhot
load
counts_right "loaded again"
tap_end
