#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# VMs whose end is not seen, as kprobes are off then.
# needs: seconds=30

. ./lib.sh

KPROBES=/sys/kernel/debug/kprobes/enabled

# unseen_end NAME: let the VMs of kvmhot-vms come to their end, unseen
unseen_end()
{
	echo 0 > $KPROBES
	guest_go "$1"
	guest_done "$1"
	guest_end "$1" || tap 1 "$1 is content"
	echo 1 > $KPROBES
}

tap_begin
guest_program=./kvmhot-vms

# The next VM has its vCPU at the address of the one before, which so is found to
# be gone.  The exit that was open then, a HLT, is the first of its reason: it needs
# a cell, and after some number of ioctls the vCPU wants memory for that.
load max_ended=0 detail=1
memory=$(status memory_bytes)
for invent in 22 23 24 25 26 27 28 29 30 31 32; do
	guest_start vm --invent $invent
	unseen_end vm
	./kvmhot-vms || tap 1 "the next VM is content"
	until_true '[ "$(status vms)" = 0 ]'
	echo all > $KVMHOT/reset
	equal "after $invent ioctls: what was freed is given no memory" \
		"$(status memory_bytes)" "$memory"
done
rmmod kvmhot

# Nothing comes after it.
load
count_exits
guest_start vm --vcpus 3 --exits 20
unseen_end vm
equal "one VM seems to run" "$(status vms) $(status vms_ended)" "1 0"
until_true '[ "$(status vms)" = 0 ]'
equal "it is found to be gone" "$(status vms) $(status vms_ended)" "0 1"
# The worker has still to settle what its vCPUs were in the middle of.
until_true '[ "$(column_sum $KVMHOT/vms/*/vcpus 3)" = "$(hits)" ]'
equal "with all its exits" "$(column_sum $KVMHOT/vms/*/vcpus 3)" "$(hits)"
count_exits_end
rmmod kvmhot
tap_end
